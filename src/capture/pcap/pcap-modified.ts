import { beginsCapture } from '../begins-capture.js';
import { readUint32 } from './byte-order.js';

/** Bytes of a record header of classic pcap. */
export const CLASSIC_RECORD_HEADER = 16;
/** Bytes of a record header of modified pcap: interface index, protocol and packet type follow the classic ones. */
export const MODIFIED_RECORD_HEADER = 24;

/**
 * Turns the records of a modified pcap file into those of a classic one, by leaving out the additional fields.
 *
 * It holds one record header and no packet, whatever length a record claims.
 */
export class ModifiedRecords {
  readonly #littleEndian: boolean;
  readonly #header = Buffer.alloc(MODIFIED_RECORD_HEADER);
  /** Bytes of the current record's header that were seen. */
  #headerSeen = 0;
  /** Bytes of the current record's packet still to come. */
  #bodyLeft = 0;
  #follower: Buffer | undefined;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  /** What came from another capture on that begins where a record should. */
  get follower(): Buffer | undefined {
    return this.#follower;
  }

  /** The next bytes of the file after its header, as a classic file would have them: a copy, possibly empty. */
  push(chunk: Buffer): Buffer {
    // A header is given when all of it is there, so up to 16 bytes of it may be from chunks before.
    const classic = Buffer.allocUnsafe(chunk.length + CLASSIC_RECORD_HEADER);
    let length = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#bodyLeft > 0) {
        const end = Math.min(chunk.length, at + this.#bodyLeft);
        length += chunk.copy(classic, length, at, end);
        this.#bodyLeft -= end - at;
        at = end;
        continue;
      }
      const copied = chunk.copy(this.#header, this.#headerSeen, at);
      this.#headerSeen += copied;
      at += copied;
      if (this.#headerSeen === MODIFIED_RECORD_HEADER) {
        if (beginsCapture(this.#header, 0)) {
          this.#follower = Buffer.concat([this.#header, chunk.subarray(at)]);
          break;
        }
        length += this.#header.copy(classic, length, 0, CLASSIC_RECORD_HEADER);
        this.#bodyLeft = readUint32(this.#header, 8, this.#littleEndian);
        this.#headerSeen = 0;
      }
    }
    return classic.subarray(0, length);
  }
}
