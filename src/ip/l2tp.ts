import { TUNNEL_KEY, type Encapsulation } from '../link/encapsulation.js';
import { PPP, skipEtherType } from '../link/ether-type.js';
import { CUT, NOT_IP } from '../link/no-ip.js';
import { uint16 } from '../link/integers.js';
import { int32 } from './tcp-segment.js';

const PORT = 1701;
const CONTROL = 0x8000;
const LENGTH = 0x4000;
const SEQUENCE = 0x0800;
const OFFSET = 0x0200;
const VERSION = 0x000f;

/**
 * Goes past the header of an L2TP data message of version 2 and the PPP header after it (RFC 2661 section 3.1).
 *
 * @returns offset of the inner packet, {@link NOT_IP} or {@link CUT}
 */
export function skipL2tp(bytes: Buffer, offset: number, outer: Encapsulation): number {
  const flags = uint16(bytes, offset);
  if ((flags & VERSION) !== 2) return outer.notIp('udp-port', PORT);
  if ((flags & CONTROL) !== 0) return NOT_IP;
  let at = offset + ((flags & LENGTH) === 0 ? 2 : 4);
  if (at + 4 > bytes.length) return CUT;
  outer.add(TUNNEL_KEY, int32(bytes, at));
  at += (flags & SEQUENCE) === 0 ? 4 : 8;
  if ((flags & OFFSET) !== 0) {
    if (at + 2 > bytes.length) return CUT;
    at += 2 + uint16(bytes, at);
  }
  return skipEtherType(PPP, bytes, at, outer);
}
