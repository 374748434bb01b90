import type { UncutFrame } from '../websocket/captured-frame.js';
import { BitInput } from './bit-input.js';
import { readCodes } from './code-lengths.js';
import { decodeSymbols } from './compressed-block.js';
import { distanceTable, FIXED_DISTANCES, FIXED_LITERALS, literalTable } from './deflate-alphabet.js';
import type { HuffmanTable } from './huffman.js';
import { SlidingWindow } from './sliding-window.js';

/** A payload as it was sent, in a chunk of the connection. */
export type SentPayload = Pick<UncutFrame, 'chunk' | 'start' | 'payloadLength' | 'maskingKey'>;

/** What became of a compressed message. */
export type Inflated =
  | {
      readonly verdict: 'ok';
      /** The message; the caller's own. */
      readonly output: Buffer;
      /** The greatest distance that it refers back, 0 to 32,768. */
      readonly farthest: number;
      /** What stands after the end of the compressed data and was not used, in words. */
      readonly trailing: string | undefined;
      /** It does not end with the beginning of an empty block, for which the receiver appends 00 00 ff ff. */
      readonly isTailMissing: boolean;
      /** Bytes that it inflates to after its first final block. */
      readonly afterFinal: number;
      /** It refers back past a final block, of this message or an earlier one. */
      readonly isPastFinal: boolean;
    }
  | Failure;

interface Failure {
  /**
   * `bad-data`: not DEFLATE. `lost-context`: it refers back to bytes that are not known. `too-large`: it is longer
   * than the limit.
   */
  readonly verdict: 'bad-data' | 'lost-context' | 'too-large';
  /** What is wrong and where, in words. */
  readonly reason: string;
}

/** One message is inflated at a time, so all inflaters share what it takes and keep only their windows. */
const input = new BitInput();
const literals = literalTable();
const distances = distanceTable();
const contextFree = new SlidingWindow();

/**
 * Undoes permessage-deflate for the messages of one direction (RFC 7692 section 7.2.2).
 *
 * It keeps the last 32 KiB that it inflated, and knows whether there was more before them. What refers back to bytes
 * that it does not have is never inflated with others in their place.
 */
export class Inflater {
  readonly #window: SlidingWindow;
  readonly #takeover: boolean;
  /** Nothing was sent before the window's first byte. */
  #fromStart: boolean;

  /**
   * @param takeover - false where each message begins with an empty window (RFC 7692 section 7.1.1)
   * @param fromStart - false where messages before the first one may be missing
   */
  constructor(takeover: boolean, fromStart: boolean) {
    this.#takeover = takeover;
    this.#fromStart = fromStart || !takeover;
    this.#window = takeover ? new SlidingWindow() : contextFree;
  }

  /** Messages were lost, or cannot be inflated: what the next one refers back to is not known. */
  forget(): void {
    this.#window.forget();
    if (this.#takeover) this.#fromStart = false;
  }

  /**
   * Inflates the next message.
   *
   * @param compressed - the payload of all its frames
   * @param limit - bytes that it may inflate to
   */
  inflate(compressed: Uint8Array, limit: number): Inflated {
    input.load(compressed);
    return this.#inflate(limit);
  }

  /** Inflates the next message, whose bytes are still as they were sent: {@link SHARED_LENGTH} of them at most. */
  inflateSent({ chunk, start, payloadLength, maskingKey = 0 }: SentPayload, limit: number): Inflated {
    input.loadMasked(chunk, start, start + payloadLength, maskingKey);
    return this.#inflate(limit);
  }

  #inflate(limit: number): Inflated {
    const window = this.#window;
    if (!this.#takeover) window.forget();
    window.begin(limit);
    const result = this.#blocks(limit);
    input.release();
    if (result.verdict !== 'ok') this.forget();
    return result;
  }

  #blocks(limit: number): Inflated {
    const window = this.#window;
    // Where the last block with BFINAL ended, in the input and in the output. Blocks may follow it (section 7.2.1).
    let finalEnd = Infinity;
    let finalProduced = 0;
    let firstFinal = Infinity;
    let isPastFinal = false;
    let emptyStored = false;
    while (!input.exhausted) {
      input.advance();
      if (input.atMessageEnd) {
        return this.#finish(firstFinal, isPastFinal, emptyStored ? MARKER_KEPT : undefined, !emptyStored);
      }
      const before = window.produced;
      const final = input.take(1) === 1;
      const type = input.take(2);
      const failure = this.#block(type, limit);
      if (failure !== undefined) {
        const { length } = input;
        if (failure.verdict !== 'bad-data' || finalEnd > length) return failure;
        window.rewind(finalProduced);
        const trailing = `${length - finalEnd} of ${length} compressed bytes follow the final block`;
        const result = this.#finish(firstFinal, isPastFinal, trailing, false);
        // Whether they were meant to be part of the context is not known.
        this.forget();
        return result;
      }
      if (window.produced > limit) return tooLarge(limit);
      emptyStored = type === 0 && !final && window.produced === before;
      if (final) {
        input.align();
        finalEnd = input.used;
        finalProduced = window.produced;
        firstFinal = Math.min(firstFinal, finalProduced);
        isPastFinal ||= window.isPastFinal;
        window.markFinal();
        window.lowest = Infinity;
      }
    }
    return this.#finish(firstFinal, isPastFinal, undefined, false);
  }

  /** @param firstFinal - bytes before the end of the first final block */
  #finish(firstFinal: number, isPastFinal: boolean, trailing: string | undefined, isTailMissing: boolean): Inflated {
    const window = this.#window;
    const afterFinal = Math.max(0, window.produced - firstFinal);
    const { farthest } = window;
    const pastFinal = isPastFinal || window.isPastFinal;
    const output = window.finish();
    return { verdict: 'ok', output, farthest, trailing, isTailMissing, afterFinal, isPastFinal: pastFinal };
  }

  #block(type: number, limit: number): Failure | undefined {
    switch (type) {
      case 0:
        return this.#stored(limit);
      case 1:
        return this.#compressed(FIXED_LITERALS, FIXED_DISTANCES, limit);
      case 2: {
        const wrong = readCodes(input, literals, distances);
        if (input.overrun) return CUT;
        return wrong === undefined ? this.#compressed(literals, distances, limit) : badData(`a block with ${wrong}`);
      }
      default:
        return badData('a block of the reserved type 3');
    }
  }

  #stored(limit: number): Failure | undefined {
    const window = this.#window;
    input.align();
    if (input.position + 4 > input.end) return CUT;
    const length = input.take(16);
    if (length !== (input.take(16) ^ 0xffff)) return badData('a stored block with two lengths that disagree');
    if (length === 0) return undefined;
    input.align();
    input.advance(length);
    if (input.position + length > input.end) return CUT;
    if (window.produced + length > limit) return tooLarge(limit);
    window.makeRoom(length);
    window.store.bytes.set(input.takeBytes(length), window.end);
    window.end += length;
    return undefined;
  }

  #compressed(literals: HuffmanTable, distances: HuffmanTable, limit: number): Failure | undefined {
    const window = this.#window;
    for (;;) {
      const stop = decodeSymbols(input, window, literals, distances);
      switch (stop) {
        case 'end':
          return undefined;
        case 'room':
          if (input.advance()) break;
          if (window.produced > limit) return tooLarge(limit);
          window.makeRoom(0);
          break;
        case 'bad-length':
          return badData('a code that is no literal and no length');
        case 'bad-distance':
          return badData('a code that is no distance');
        case 'beyond':
          return this.#beyond();
        case 'cut':
          return CUT;
      }
    }
  }

  #beyond(): Failure {
    const { farthest, end } = this.#window;
    if (!this.#takeover) {
      return badData(`a match ${farthest} bytes back, where ${end} of the message came before it: no context takeover`);
    }
    if (this.#fromStart) return badData(`a match ${farthest} bytes back, where only ${end} were sent`);
    return {
      verdict: 'lost-context',
      reason: `the message refers ${farthest} bytes back, and only the last ${end} are known`,
    };
  }
}

/** What is said to be trailing where the empty block with which a message ends is whole. */
export const MARKER_KEPT = 'the 00 00 ff ff at the end of the compressed data was not removed';

const CUT: Failure = { verdict: 'bad-data', reason: 'the compressed data ends in the middle of a block' };

function badData(what: string): Failure {
  const at = Math.min(input.used, input.length);
  return { verdict: 'bad-data', reason: `${what}, after ${at} of ${input.length} compressed bytes` };
}

function tooLarge(limit: number): Failure {
  return { verdict: 'too-large', reason: `${input.length} compressed bytes inflate to more than ${limit}` };
}
