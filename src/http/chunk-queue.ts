import { ByteQueue } from '../common/byte-queue.js';
import type { Moment } from '../common/moment.js';

/** A run of bytes that came in one call, or a gap. */
interface Piece {
  /** Bytes of it that are still in the queue; 0 for a gap. */
  length: number;
  readonly gap: Gap | undefined;
  readonly at: Moment;
}

/** Bytes that were not captured. */
export interface Gap {
  /** How many, or `undefined` where that is not known. */
  readonly length: number | undefined;
  readonly at: Moment;
}

/** A chunk taken out of the queue. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly at: Moment;
}

const COMPACT_AFTER = 64;

/**
 * Chunks and gaps of one side that wait, in order.
 *
 * They can be read as one run of bytes (a head split over segments) and can be given on as the chunks that they came
 * in, because where a segment began is evidence for the stage that finds frames.
 */
export class ChunkQueue {
  readonly #bytes = new ByteQueue();
  #pieces: Piece[] = [];
  #first = 0;
  #gaps = 0;
  /** Bytes before the first gap. */
  #run = 0;

  /** Bytes in the queue, gaps not counted. */
  get length(): number {
    return this.#bytes.length;
  }

  get isEmpty(): boolean {
    return this.#first === this.#pieces.length;
  }

  /** Whether a gap follows the bytes of {@link peek}. */
  get hasGap(): boolean {
    return this.#gaps > 0;
  }

  /** Copies a chunk to the end. */
  push(chunk: Buffer, at: Moment): void {
    if (chunk.length === 0) return;
    this.#bytes.push(chunk);
    this.#pieces.push({ length: chunk.length, gap: undefined, at });
    if (this.#gaps === 0) this.#run += chunk.length;
  }

  pushGap(length: number | undefined, at: Moment): void {
    const before = this.isEmpty ? undefined : this.#pieces.at(-1)?.gap;
    if (before === undefined) {
      this.#pieces.push({ length: 0, gap: { length, at }, at });
      this.#gaps++;
      return;
    }
    // Gaps behind one another are one: no limit of bytes would bound how many of them wait.
    const sum = length === undefined || before.length === undefined ? undefined : before.length + length;
    this.#pieces[this.#pieces.length - 1] = { length: 0, gap: { length: sum, at }, at };
  }

  /** A view of the bytes before the first gap; valid until the next `push`. */
  peek(): Buffer {
    return this.#bytes.peek().subarray(0, this.#run);
  }

  /**
   * Forgets bytes of {@link peek}.
   *
   * @param length - 1 or more
   * @returns the moment of the last of them
   */
  skip(length: number): Moment {
    this.#bytes.skip(length);
    this.#run -= length;
    let left = length;
    for (;;) {
      const piece = this.#pieces[this.#first]!;
      if (piece.length > left) {
        piece.length -= left;
        return piece.at;
      }
      left -= piece.length;
      this.#shift();
      if (left === 0) return piece.at;
    }
  }

  /** Takes the gap out that stands first, if one does. */
  takeGap(): Gap | undefined {
    if (this.#gaps === 0 || this.#run > 0) return undefined;
    const { gap } = this.#pieces[this.#first]!;
    this.#shift();
    this.#gaps--;
    this.#run = 0;
    for (let i = this.#first; i < this.#pieces.length && this.#pieces[i]!.gap === undefined; i++) {
      this.#run += this.#pieces[i]!.length;
    }
    return gap;
  }

  /** A view of the first chunk, or of what is left of it; `undefined` where there is none before a gap. */
  peekChunk(): Chunk | undefined {
    if (this.#run === 0) return undefined;
    const { length, at } = this.#pieces[this.#first]!;
    return { bytes: this.#bytes.peek().subarray(0, length), at };
  }

  /** Forgets everything, the memory too. */
  clear(): void {
    this.#bytes.clear();
    this.#pieces = [];
    this.#first = 0;
    this.#gaps = 0;
    this.#run = 0;
  }

  #shift(): void {
    this.#first++;
    if (this.#first === this.#pieces.length) {
      this.#pieces = [];
      this.#first = 0;
    } else if (this.#first >= COMPACT_AFTER && this.#first * 2 >= this.#pieces.length) {
      // A queue that is never quite empty must not keep all that went through it.
      this.#pieces = this.#pieces.slice(this.#first);
      this.#first = 0;
    }
  }
}
