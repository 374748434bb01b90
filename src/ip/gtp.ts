import { TUNNEL_KEY, type Encapsulation } from '../link/encapsulation.js';
import { isIp, PPP, skipEtherType } from '../link/ether-type.js';
import { CUT, NOT_IP } from '../link/no-ip.js';
import { int32 } from './tcp-segment.js';

const PORT = 2152;
const HEADER = 8;
const VERSION_AND_PROTOCOL = 0xf0;
const VERSION_1 = 0x30;
const EXTENSION = 0x04;
const ANY_OPTIONAL = 0x07;
/** Message type of what carries a user's packet. */
const USER_PACKET = 0xff;

/**
 * Goes past a GTP-U header with its extension headers (3GPP TS 29.281 section 5).
 *
 * @returns offset of the inner packet, {@link NOT_IP} or {@link CUT}
 */
export function skipGtp(bytes: Buffer, offset: number, outer: Encapsulation): number {
  const flags = bytes[offset]!;
  if ((flags & VERSION_AND_PROTOCOL) !== VERSION_1) return outer.notIp('udp-port', PORT);
  if (bytes[offset + 1] !== USER_PACKET) return NOT_IP;
  if (offset + HEADER > bytes.length) return CUT;
  outer.add(TUNNEL_KEY, int32(bytes, offset + 4));
  offset += HEADER;
  if ((flags & ANY_OPTIONAL) !== 0) {
    let type = (flags & EXTENSION) === 0 ? 0 : (bytes[offset + 3] ?? 0);
    offset += 4;
    while (type !== 0) {
      const length = (bytes[offset] ?? 0) * 4;
      if (length === 0 || offset + length > bytes.length) return CUT;
      type = bytes[offset + length - 1]!;
      offset += length;
    }
  }
  if (offset >= bytes.length) return CUT;
  if (isIp(bytes, offset)) return offset;
  return bytes[offset] === 0xff ? skipEtherType(PPP, bytes, offset, outer) : outer.notIp('udp-port', PORT);
}
