import type { Encapsulation } from '../link/encapsulation.js';
import { CUT, NOT_IP } from '../link/no-ip.js';
import { skipEthernet } from '../link/ethernet.js';
import { skipIeee80211 } from '../link/ieee80211.js';
import { uint16 } from '../link/integers.js';

const PORT = 37_008;
const HEADER = 4;
const RECEIVED = 0;
const TO_SEND = 1;

/** What is encapsulated. */
const ETHERNET = 1;
const IEEE_802_11 = 18;

/** Tags of one byte; all others say their length in the second. */
const PADDING = 0;
const END = 1;

/**
 * Goes past the header and the tags of TZSP, in which access points and MikroTik's routers send what they sniff.
 *
 * @returns offset of the inner packet, `SEVERAL`, {@link NOT_IP} or {@link CUT}
 */
export function skipTzsp(bytes: Buffer, offset: number, outer: Encapsulation): number {
  const type = bytes[offset + 1];
  if (bytes[offset] !== 1) return outer.notIp('udp-port', PORT);
  if (type !== RECEIVED && type !== TO_SEND) return NOT_IP;
  const carried = uint16(bytes, offset + 2);
  let at = offset + HEADER;
  for (let tag = bytes[at]; tag !== END; tag = bytes[at]) {
    if (tag === undefined) return CUT;
    at += tag === PADDING ? 1 : 2 + (bytes[at + 1] ?? 0);
  }
  at++;
  if (carried === ETHERNET) return skipEthernet(bytes, at, outer);
  return carried === IEEE_802_11 ? skipIeee80211(bytes, at, false, outer) : outer.notIp('udp-port', PORT);
}
