import type { FindingCode } from '../common/finding-codes.js';
import type { IpPacket } from './ip-packet.js';

/** No datagram has a longer payload: neither version of IP could say its length. */
const LONGEST = 65_535;
const SMALLEST_STORE = 2048;
const EMPTY = Buffer.alloc(0);

/** What is wrong with a fragment. */
export interface FragmentProblem {
  readonly code: FindingCode;
  readonly message: string;
}

/**
 * The payload of a datagram of which fragments have come.
 *
 * The bytes lie at their final place in one store. What has come is a sorted list of runs, which grows with the holes
 * and not with the fragments. A byte that comes twice stays as it came first.
 */
export class Datagram {
  #store: Buffer = EMPTY;
  /** Begin and end of each run on the wire, one after the other; no two runs touch. */
  readonly #runs: number[] = [];
  #length: number | undefined;
  /** The first byte that was on the wire and not captured. */
  #cut = LONGEST;

  /** Bytes of the whole payload; `undefined` until its last fragment comes. */
  get length(): number | undefined {
    return this.#length;
  }

  /** Bytes of memory that it holds: its runs count too, they can be all there is where the snap length is short. */
  get heldBytes(): number {
    return this.#store.length + this.#runs.length * 8;
  }

  /** Bytes of the fragments that have come. */
  get seenBytes(): number {
    let seen = 0;
    for (let i = 0; i < this.#runs.length; i += 2) seen += this.#runs[i + 1]! - this.#runs[i]!;
    return seen;
  }

  /** Whether all fragments have come, be it that the snap length cut them. */
  get isComplete(): boolean {
    return this.#runs.length === 2 && this.#runs[0] === 0 && this.#runs[1] === this.#length;
  }

  /** The captured bytes of a complete datagram, up to the first that the snap length took. */
  get payload(): Buffer {
    return this.#store.subarray(0, Math.min(this.#cut, this.#runs[1] ?? 0));
  }

  /**
   * Puts a fragment in its place.
   *
   * @param offset - bytes of the datagram before it
   * @param more - whether it is not the last fragment
   * @param packet - the IP packet whose payload it is
   * @returns what is wrong with it: it contradicts the others and is left out, or it overlaps with other bytes
   */
  add(offset: number, more: boolean, packet: IpPacket): FragmentProblem | undefined {
    const end = offset + packet.wireEnd - packet.offset;
    const contradiction = this.#contradiction(offset, end, more);
    if (contradiction !== undefined) return { code: 'ip.malformed', message: contradiction };
    if (!more) this.#length = end;
    if (end === offset) return undefined;
    return this.#insert(offset, end, packet)
      ? undefined
      : {
          code: 'ip.fragment-overlap',
          message: `Fragment of bytes ${offset} to ${end - 1} differs from what came before; the first copy is kept`,
        };
  }

  /** Whether a fragment was already part of this complete datagram, byte for byte. */
  includes(offset: number, packet: IpPacket): boolean {
    const length = packet.end - packet.offset;
    if (offset + packet.wireEnd - packet.offset > this.#length!) return false;
    const known = Math.min(offset + length, this.#cut);
    return known <= offset || this.#isEqual(offset, known, packet, offset);
  }

  #contradiction(offset: number, end: number, more: boolean): string | undefined {
    if (end > LONGEST) return `Fragment that ends at byte ${end} of its datagram, which none can have`;
    if (more && (end - offset) % 8 !== 0) {
      return `Fragment of ${end - offset} bytes; all but the last have a multiple of 8`;
    }
    if (this.#length !== undefined && (more ? end > this.#length : end !== this.#length)) {
      return `Fragment that ends at byte ${end} of a datagram of ${this.#length} bytes`;
    }
    if (!more && end < (this.#runs.at(-1) ?? 0)) return `Last fragment that ends at byte ${end}, before another one`;
    return undefined;
  }

  /** Copies what is new and compares what is not; `false` where the same bytes came before and were others. */
  #insert(offset: number, end: number, packet: IpPacket): boolean {
    const runs = this.#runs;
    const first = this.#firstRunFrom(offset);
    let isSame = true;
    let next = offset;
    let last = first;
    while (last < runs.length && runs[last]! <= end) {
      const runBegin = runs[last]!;
      const runEnd = runs[last + 1]!;
      if (runBegin > next) this.#copy(next, runBegin, packet, offset);
      const begin = Math.max(offset, runBegin);
      isSame &&= this.#isEqual(begin, Math.min(end, runEnd), packet, offset);
      next = Math.max(next, runEnd);
      last += 2;
    }
    if (next < end) this.#copy(next, end, packet, offset);
    const begin = Math.min(offset, runs[first] ?? offset);
    if (first === last) runs.splice(first, 0, offset, end);
    else runs.splice(first, last - first, begin, Math.max(end, runs[last - 1]!));
    return isSame;
  }

  /** Index of the first run that ends at a byte or after it. */
  #firstRunFrom(offset: number): number {
    let low = 0;
    let high = this.#runs.length / 2;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#runs[middle * 2 + 1]! < offset) low = middle + 1;
      else high = middle;
    }
    return low * 2;
  }

  /** Copies bytes of the datagram from a fragment that begins at its byte `offset`. */
  #copy(begin: number, end: number, packet: IpPacket, offset: number): void {
    const captured = Math.min(end, offset + packet.end - packet.offset);
    if (captured < end) this.#cut = Math.min(this.#cut, Math.max(begin, captured));
    if (captured <= begin) return;
    if (captured > this.#store.length) this.#grow(captured);
    const source = packet.offset - offset;
    packet.bytes.copy(this.#store, begin, source + begin, source + captured);
  }

  /** Whether a fragment has the bytes that are stored, as far as both were captured. */
  #isEqual(begin: number, end: number, packet: IpPacket, offset: number): boolean {
    const known = Math.min(end, this.#cut, offset + packet.end - packet.offset);
    if (known <= begin) return true;
    const source = packet.offset - offset;
    return packet.bytes.compare(this.#store, begin, known, source + begin, source + known) === 0;
  }

  #grow(length: number): void {
    let room = SMALLEST_STORE;
    while (room < length) room *= 2;
    const store = Buffer.allocUnsafeSlow(room);
    this.#store.copy(store);
    this.#store = store;
  }
}
