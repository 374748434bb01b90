import type { BitInput } from './bit-input.js';
import { BLOCK_END, INVALID, SUBTABLE, type HuffmanTable } from './huffman.js';
import { MATCH_ROOM, type SlidingWindow } from './sliding-window.js';

/**
 * Where decoding stopped: at the `end` of the block; with no `room` for another match, or at the fence of the input; at a code that means nothing;
 * at a distance `beyond` the first byte of the window; with the input `cut` off.
 */
export type StopReason = 'end' | 'room' | 'bad-length' | 'bad-distance' | 'beyond' | 'cut';

const VALUE = 0x7fff;

/**
 * Decodes literals and matches of a compressed block into the window (RFC 1951 section 3.2.3).
 *
 * Where it stops `beyond`, the distance asked for is the window's `farthest`.
 */
export function decodeSymbols(
  input: BitInput,
  window: SlidingWindow,
  literals: HuffmanTable,
  distances: HuffmanTable,
): StopReason {
  // The state of both objects stands in local variables: this loop runs once for each symbol of all messages.
  const { bytes, fence: inputFence } = input;
  let { position, bit } = input;
  const { bytes: out, view } = window.store;
  const fence = out.length - MATCH_ROOM;
  let at = window.end;
  let { farthest, lowest } = window;
  const literalEntries = literals.entries;
  const literalBits = literals.indexBits;
  const literalMask = (1 << literalBits) - 1;
  const distanceEntries = distances.entries;
  const distanceBits = distances.indexBits;
  const distanceMask = (1 << distanceBits) - 1;
  let stop: StopReason = 'room';

  while (at <= fence && position <= inputFence) {
    // A word has 25 bits at least: the longest code (15) and the most extra bits of a length (5) are in it.
    let word = bytes.getUint32(position, true) >>> bit;
    let entry = literalEntries[word & literalMask]!;
    if ((entry & SUBTABLE) !== 0) {
      entry = literalEntries[((entry >>> 8) & VALUE) + ((word >>> literalBits) & ((1 << ((entry >>> 4) & 15)) - 1))]!;
    }
    bit += entry & 15;
    if (entry < 0) {
      out[at++] = entry >>> 8;
      // A literal seldom comes alone, and what is left of the word is enough for the first level.
      entry = literalEntries[(word >>> (entry & 15)) & literalMask]!;
      if (entry < 0) {
        out[at++] = entry >>> 8;
        bit += entry & 15;
      }
      position += bit >>> 3;
      bit &= 7;
      continue;
    }
    if ((entry & (BLOCK_END | INVALID)) !== 0) {
      stop = (entry & BLOCK_END) !== 0 ? 'end' : 'bad-length';
      break;
    }
    let extra = (entry >>> 4) & 15;
    const length = ((entry >>> 8) & VALUE) + ((word >>> (entry & 15)) & ((1 << extra) - 1));
    bit += extra;
    position += bit >>> 3;
    bit &= 7;

    word = bytes.getUint32(position, true) >>> bit;
    entry = distanceEntries[word & distanceMask]!;
    if ((entry & SUBTABLE) !== 0) {
      entry = distanceEntries[((entry >>> 8) & VALUE) + ((word >>> distanceBits) & ((1 << ((entry >>> 4) & 15)) - 1))]!;
    }
    extra = (entry >>> 4) & 15;
    const code = entry & 15;
    bit += code;
    word = code + extra > 25 ? bytes.getUint32(position + (bit >>> 3), true) >>> (bit & 7) : word >>> code;
    bit += extra;
    position += bit >>> 3;
    bit &= 7;
    if ((entry & INVALID) !== 0) {
      stop = 'bad-distance';
      break;
    }
    const distance = ((entry >>> 8) & VALUE) + (word & ((1 << extra) - 1));
    if (distance > farthest) farthest = distance;
    if (distance > at) {
      stop = 'beyond';
      break;
    }
    let from = at - distance;
    if (from < lowest) lowest = from;
    const until = at + length;
    // Steps of four bytes must not read what they have not yet written: what repeats sooner is written out four times.
    if (distance < 4) for (const repeated = at + 3 * distance; at < repeated; at++) out[at] = out[at - distance]!;
    while (at < until) {
      view.setUint32(at, view.getUint32(from));
      view.setUint32(at + 4, view.getUint32(from + 4));
      at += 8;
      from += 8;
    }
    at = until;
  }

  input.position = position;
  input.bit = 0;
  input.skip(bit);
  window.end = at;
  window.farthest = farthest;
  window.lowest = lowest;
  // Past the end the bits mean nothing, whatever they seemed to say.
  return input.overrun ? 'cut' : stop;
}
