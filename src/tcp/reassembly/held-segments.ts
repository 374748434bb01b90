import type { PacketTime } from '../../common/packet-time.js';

/** A run of bytes that came before its turn, or of bytes that the snap length cut off and another copy may hold. */
export interface HeldSegment {
  /** Sequence number of the first byte, as a signed 32-bit number. */
  readonly sequence: number;
  /** Bytes that it stands for. */
  readonly length: number;
  /** The captured bytes: a copy. None of them, or all: see {@link isCutOff}. */
  readonly bytes: Buffer;
  readonly at: PacketTime;
  /** Packets of the connection that had come by then, see `HalfConnection`. */
  readonly packets: number;
}

/** Whether the bytes were sent and the snap length cut them off. */
export function isCutOff({ bytes, length }: HeldSegment): boolean {
  return bytes.length < length;
}

/** What a held segment costs beside its bytes, so that a million segments of one byte are not free. */
const OVERHEAD = 128;
/** Segments in one block: in one long array each segment that comes between others would move all after it. */
const BLOCK = 128;
const CUT_OFF = Buffer.alloc(0);
/** One array for all directions that never held a segment, which are most. */
const NONE: HeldSegment[][] = [];

/**
 * The segments of one direction that wait after a hole, in order of their sequence numbers and without overlap.
 *
 * Where two copies of a byte come, the first one stays. Bytes that the snap length cut off a copy wait for another one.
 */
export class HeldSegments {
  /** Blocks of segments, in order; none from {@link #firstBlock} on is empty. */
  #blocks: HeldSegment[][] = NONE;
  /** Where the first segment stands: its block, and its place in it. */
  #firstBlock = 0;
  #first = 0;
  /** Where {@link insert} is. */
  #block = 0;
  #index = 0;
  /** Memory in use, in bytes. */
  cost = 0;

  /** The segment with the lowest sequence number. */
  get first(): HeldSegment | undefined {
    return this.#blocks[this.#firstBlock]?.[this.#first];
  }

  /**
   * The length of the hole before the segment that begins with a number; 0 where none does.
   *
   * @param next - where the hole before the first one begins
   */
  holeBefore(sequence: number, next: number): number {
    let end = next;
    for (const block of this.#blocks.slice(this.#firstBlock)) {
      for (const segment of block) {
        if (segment.sequence === sequence) return (sequence - end) | 0;
        end = (segment.sequence + segment.length) | 0;
      }
    }
    return 0;
  }

  /** Takes out those from a number on. */
  takeFrom(sequence: number): HeldSegment[] {
    const below: HeldSegment[] = [];
    const taken: HeldSegment[] = [];
    for (let first = this.shift(); first !== undefined; first = this.shift())
      (((first.sequence - sequence) | 0) < 0 ? below : taken).push(first);
    for (const { sequence: from, length, bytes, at, packets } of below) this.insert(from, length, bytes, at, packets);
    return taken;
  }

  /** Takes the first segment out. */
  shift(): HeldSegment | undefined {
    const block = this.#blocks[this.#firstBlock];
    const segment = block?.[this.#first];
    if (block === undefined || segment === undefined) return undefined;
    this.cost -= segment.bytes.length + OVERHEAD;
    this.#first++;
    if (this.#first === block.length) {
      this.#first = 0;
      this.#blocks[this.#firstBlock++] = [];
      // Moving the rest down at each call would make giving up a long row of holes quadratic.
      if (this.#firstBlock * 2 > this.#blocks.length) {
        this.#blocks = this.#firstBlock === this.#blocks.length ? NONE : this.#blocks.slice(this.#firstBlock);
        this.#firstBlock = 0;
      }
    }
    return segment;
  }

  /**
   * Keeps the parts of a segment that are not held yet.
   *
   * @param packets - of the connection, so far
   * @returns whether bytes that are held already came again with other values
   */
  insert(sequence: number, length: number, bytes: Buffer, at: PacketTime, packets = 0): boolean {
    let differs = false;
    const captured = Math.min(bytes.length, length);
    this.#seek(sequence);
    for (let offset = 0; offset < length;) {
      const next = this.#blocks[this.#block]?.[this.#index];
      const before = next === undefined ? length : (next.sequence - sequence) | 0;
      if (next === undefined || before > offset) {
        const isCut = offset >= captured;
        const end = Math.min(before, isCut ? length : captured);
        const run = isCut ? CUT_OFF : Buffer.from(bytes.subarray(offset, end));
        this.#add({ sequence: (sequence + offset) | 0, length: end - offset, bytes: run, at, packets });
        offset = end;
        continue;
      }
      const end = Math.min(before + next.length, length);
      const known = Math.min(end, captured);
      if (isCutOff(next) && known > offset) {
        this.#fill(next, offset - before, Buffer.from(bytes.subarray(offset, known)), at);
        offset = known;
        continue;
      }
      if (known > offset && bytes.compare(next.bytes, offset - before, known - before, offset, known) !== 0) {
        differs = true;
      }
      // What the snap length cut off has no bytes to compare, and to note each hole in it would make a long segment
      // cost as much as there are held ones: they stay holes like others.
      if (end > captured || offset >= captured) return differs;
      offset = end;
      this.#step();
    }
    return differs;
  }

  /** Puts bytes in place of some that were cut off, and goes on after them. */
  #fill(cut: HeldSegment, from: number, bytes: Buffer, at: PacketTime): void {
    const { sequence, length, packets } = cut;
    const to = from + bytes.length;
    const pieces: HeldSegment[] = [];
    if (from > 0) pieces.push({ ...cut, length: from });
    pieces.push({ sequence: (sequence + from) | 0, length: bytes.length, bytes, at, packets });
    if (to < length) pieces.push({ ...cut, sequence: (sequence + to) | 0, length: length - to });
    const block = this.#blocks[this.#block]!;
    block.splice(this.#index, 1, ...pieces);
    this.cost += bytes.length + (pieces.length - 1) * OVERHEAD;
    if (from > 0) this.#index++;
    if (block.length > BLOCK) this.#split(block);
    this.#step();
  }

  /** Puts a segment where {@link insert} is, which then is after it. */
  #add(segment: HeldSegment): void {
    this.cost += segment.bytes.length + OVERHEAD;
    const block = this.#blocks[this.#block];
    if (block === undefined) {
      const last = this.#blocks.at(-1);
      if (last !== undefined && last.length > 0 && last.length < BLOCK) last.push(segment);
      else if (this.#blocks === NONE) this.#blocks = [[segment]];
      else this.#blocks.push([segment]);
      this.#block = this.#blocks.length;
      return;
    }
    block.splice(this.#index, 0, segment);
    if (block.length > BLOCK) this.#split(block);
    this.#step();
  }

  /** Makes two blocks of one; the place in it stays the same. */
  #split(block: HeldSegment[]): void {
    const half = block.splice(block.length >>> 1);
    this.#blocks.splice(this.#block + 1, 0, half);
    if (this.#block === this.#firstBlock && this.#first >= block.length) {
      // What is left in the first half was taken out before.
      this.#first -= block.length;
      this.#blocks[this.#firstBlock++] = [];
    }
    if (this.#index >= block.length) {
      this.#index -= block.length;
      this.#block++;
    }
  }

  /** Goes on to the next segment. */
  #step(): void {
    this.#index++;
    if (this.#index < (this.#blocks[this.#block]?.length ?? 0)) return;
    this.#block++;
    this.#index = 0;
  }

  /** Goes to the first segment that ends after a sequence number. */
  #seek(sequence: number): void {
    let low = this.#firstBlock;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (endsAfter(this.#blocks[middle]!.at(-1)!, sequence)) high = middle;
      else low = middle + 1;
    }
    this.#block = low;
    const block = this.#blocks[low] ?? [];
    let from = low === this.#firstBlock ? this.#first : 0;
    let to = block.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (endsAfter(block[middle]!, sequence)) to = middle;
      else from = middle + 1;
    }
    this.#index = from;
  }
}

function endsAfter(segment: HeldSegment, sequence: number): boolean {
  return ((segment.sequence + segment.length - sequence) | 0) > 0;
}
