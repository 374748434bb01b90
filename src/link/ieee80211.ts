import type { Encapsulation } from './encapsulation.js';
import { LLC, skipEtherType } from './ether-type.js';
import { CUT, NOT_IP } from './no-ip.js';

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

/**
 * Goes past the header of an 802.11 data frame (IEEE 802.11 section 9.3.2).
 *
 * Encrypted frames, later fragments and aggregates (A-MSDU) are {@link NOT_IP}.
 *
 * @param isPadded - some drivers fill the header up to a multiple of 4 bytes; radiotap says so
 * @returns offset of the IP packet, {@link NOT_IP} or {@link CUT}
 */
export function skipIeee80211(bytes: Uint8Array, offset: number, isPadded: boolean, outer: Encapsulation): number {
  if (offset + 2 > bytes.length) return CUT;
  const control = bytes[offset]!;
  const flags = bytes[offset + 1]!;
  if ((control & VERSION_AND_TYPE) !== DATA || (control & NO_DATA) !== 0 || (flags & PROTECTED) !== 0) return NOT_IP;

  const fragmentNumber = bytes[offset + 22]! & 0x0f;
  if (fragmentNumber !== 0) return NOT_IP;
  const isRelayed = (flags & TO_DS) !== 0 && (flags & FROM_DS) !== 0;
  let headerLength = isRelayed ? 30 : 24;
  if ((control & QOS) !== 0) {
    if ((bytes[offset + headerLength]! & A_MSDU) !== 0) return NOT_IP;
    headerLength += (flags & ORDER) === 0 ? 2 : 6;
  }
  if (isPadded) headerLength = (headerLength + 3) & ~3;
  return skipEtherType(LLC, bytes, offset + headerLength, outer);
}
