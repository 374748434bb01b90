import type { Encapsulation } from './encapsulation.js';
import { LLC, skipEtherType } from './ether-type.js';
import { CUT, SEVERAL } from './no-ip.js';
import { ENCRYPTED_FRAME, FRAME_FRAGMENT, NO_DATA_FRAME } from './not-looked-into.js';
import { uint16 } from './integers.js';

/** First byte of Frame Control. */
const VERSION_AND_TYPE = 0x0f;
const DATA = 0x08;
const NO_DATA = 0x40;
const QOS = 0x80;

/** Second byte of Frame Control. */
const TO_DS = 0x01;
const FROM_DS = 0x02;
const PROTECTED = 0x40;
const ORDER = 0x80;

/** First byte of QoS Control. */
const A_MSDU = 0x80;

/** Two addresses and a length. */
const SUBFRAME_HEADER = 14;

/**
 * Goes past the header of an 802.11 data frame (IEEE 802.11 section 9.3.2).
 *
 * Encrypted frames and later fragments are `NOT_IP`.
 *
 * @param isPadded - some drivers fill the header up to a multiple of 4 bytes; radiotap says so
 * @param outer - takes the parts of an aggregate
 * @returns offset of the IP packet, {@link SEVERAL} for an aggregate (A-MSDU), `NOT_IP` or {@link CUT}
 */
export function skipIeee80211(bytes: Uint8Array, offset: number, isPadded: boolean, outer: Encapsulation): number {
  if (offset + 2 > bytes.length) return CUT;
  const control = bytes[offset]!;
  const flags = bytes[offset + 1]!;
  if ((control & VERSION_AND_TYPE) !== DATA || (control & NO_DATA) !== 0)
    return outer.notIp('ieee80211', NO_DATA_FRAME);
  if ((flags & PROTECTED) !== 0) return outer.notIp('ieee80211', ENCRYPTED_FRAME);

  const fragmentNumber = bytes[offset + 22]! & 0x0f;
  if (fragmentNumber !== 0) return outer.notIp('ieee80211', FRAME_FRAGMENT);
  const isRelayed = (flags & TO_DS) !== 0 && (flags & FROM_DS) !== 0;
  let headerLength = isRelayed ? 30 : 24;
  let isAggregate = false;
  if ((control & QOS) !== 0) {
    isAggregate = (bytes[offset + headerLength]! & A_MSDU) !== 0;
    headerLength += (flags & ORDER) === 0 ? 2 : 6;
  }
  if (isPadded) headerLength = (headerLength + 3) & ~3;
  if (isAggregate) return splitAggregate(bytes, offset + headerLength, outer);
  return skipEtherType(LLC, bytes, offset + headerLength, outer);
}

/** Gives the parts of an A-MSDU (section 9.3.2.2): each is filled up to a multiple of 4 bytes, but for the last. */
function splitAggregate(bytes: Uint8Array, offset: number, outer: Encapsulation): number {
  if (offset + SUBFRAME_HEADER > bytes.length) return CUT;
  while (offset + SUBFRAME_HEADER <= bytes.length) {
    const start = offset + SUBFRAME_HEADER;
    const end = start + uint16(bytes, offset + 12);
    if (end > start) outer.subframes.push(start, end);
    offset += (end - offset + 3) & ~3;
  }
  return SEVERAL;
}
