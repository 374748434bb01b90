import type { Moment } from '../common/moment.js';

/** A run of bytes that came before its turn. */
export interface HeldSegment {
  /** Sequence number of the first byte, as a signed 32-bit number. */
  readonly sequence: number;
  /** Bytes that it stands for: more than `bytes.length` where the snap length cut it. */
  readonly length: number;
  /** The captured bytes: a copy. */
  readonly bytes: Buffer;
  readonly at: Moment;
}

/** What a held segment costs beside its bytes, so that a million segments of one byte are not free. */
const OVERHEAD = 128;

/**
 * The segments of one direction that wait behind a hole, in order of their sequence numbers and without overlap.
 *
 * Where two copies of a byte come, the first one stays.
 */
export class HeldSegments {
  #segments: HeldSegment[] = [];
  #first = 0;
  /** Memory in use, in bytes. */
  cost = 0;

  /** The segment with the lowest sequence number. */
  get first(): HeldSegment | undefined {
    return this.#segments[this.#first];
  }

  /** Takes the first segment out. */
  shift(): HeldSegment | undefined {
    const segment = this.#segments[this.#first];
    if (segment === undefined) return undefined;
    this.cost -= segment.bytes.length + OVERHEAD;
    this.#first++;
    // Moving the array's rest down at each call would make giving up a long row of holes quadratic.
    if (this.#first > 32 && this.#first * 2 > this.#segments.length) {
      this.#segments = this.#segments.slice(this.#first);
      this.#first = 0;
    }
    return segment;
  }

  /**
   * Keeps the parts of a segment that are not held yet.
   *
   * @returns whether bytes that are held already came again with other values
   */
  insert(sequence: number, length: number, bytes: Buffer, at: Moment): boolean {
    let differs = false;
    let index = this.#indexFrom(sequence);
    let offset = 0;
    while (offset < length) {
      const next = this.#segments[index];
      const before = next === undefined ? length : (next.sequence - sequence) | 0;
      if (before > offset) {
        const end = Math.min(before, length);
        this.#add(index, (sequence + offset) | 0, end - offset, Buffer.from(bytes.subarray(offset, end)), at);
        index++;
        offset = end;
      } else {
        const held = next!;
        const end = Math.min(before + held.length, length);
        const known = Math.min(before + held.bytes.length, end, bytes.length);
        if (known > offset && bytes.compare(held.bytes, offset - before, known - before, offset, known) !== 0) {
          differs = true;
        }
        offset = Math.max(offset, end);
        index++;
      }
    }
    return differs;
  }

  #add(index: number, sequence: number, length: number, bytes: Buffer, at: Moment): void {
    const segment: HeldSegment = { sequence, length, bytes, at };
    if (index === this.#segments.length) this.#segments.push(segment);
    else this.#segments.splice(index, 0, segment);
    this.cost += bytes.length + OVERHEAD;
  }

  /** Index of the first segment that ends after a sequence number. */
  #indexFrom(sequence: number): number {
    let low = this.#first;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle]!;
      if (((segment.sequence + segment.length - sequence) | 0) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
