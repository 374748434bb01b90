import type { HeldBytes } from '../common/held-bytes.js';
import { ITEM_COST } from '../common/held-input.js';
import type { Moment } from '../common/moment.js';
import { decodeHttp2FrameHeader, FRAME_HEADER_LENGTH, isPlausibleHeader } from './http2-frame.js';

/** How {@link FrameSearch} tells frame headers from other bytes. */
export interface FrameSearchOptions {
  readonly fromClient: boolean;
  readonly isKnownStream: (stream: number) => boolean;
  readonly held: HeldBytes;
  /** Bytes that may wait for proof. */
  readonly most: number;
}

/** Payloads longer than this are not believed of a frame that is searched for: few peers allow more than 16,384 bytes. */
const LONGEST_PAYLOAD = 1 << 20;
/** Bits that a header shows by what is always the same in it: type, reserved bit, flags that have no meaning. */
const PLAUSIBLE_BITS = 9;
/** A stream that is known, or 0 where the type asks for it: one of 2^31 numbers, or of few. */
const KNOWN_STREAM_BITS = 24;
/** A stream of which nothing is known, below this number, with the right parity. */
const LOW_STREAM = 1 << 16;
const LOW_STREAM_BITS = 12;
/** Evidence that a chain of headers must show, the first one a good part of it by itself. */
const ENOUGH = 64;
const ENOUGH_FOR_FIRST = 20;

/**
 * Finds where a frame header begins, in bytes of an HTTP/2 connection whose place is not known.
 *
 * A place is proven by a chain: each header says where the next one stands, and a chain of them does not come by chance.
 * The bytes of one run are looked at once from each place, as a chain that has been walked is not walked again.
 */
export class FrameSearch {
  readonly #options: FrameSearchOptions;
  #items: { readonly bytes: Buffer; readonly at: Moment }[] = [];
  #run: Buffer = Buffer.alloc(0);
  #cost = 0;
  /** Bytes that came since the last look. */
  #unseen = 0;
  /** Places before this one begin no chain. */
  #from = 0;
  #proven: number | undefined = undefined;
  /** Captured bytes that stand before the proven place, or are held no longer. */
  skipped = 0;

  constructor(options: FrameSearchOptions) {
    this.#options = options;
  }

  /** Takes the next chunk, copied. @returns whether a place is proven: {@link take} then gives what begins there */
  push(chunk: Buffer, at: Moment): boolean {
    if (this.#cost + chunk.length + ITEM_COST > this.#options.most || !this.#options.held.hasRoomFor(chunk.length)) {
      this.gap();
      this.skipped += chunk.length;
      return false;
    }
    this.#items.push({ bytes: Buffer.from(chunk), at });
    this.#hold(chunk.length + ITEM_COST);
    this.#unseen += chunk.length;
    // A look reads all that waits: often while that is little, then each time it has grown by an eighth.
    return this.#unseen * 8 >= this.#cost && this.#look();
  }

  /** Bytes are missing: a chain may not lead over them, and what waits is not proven. */
  gap(): void {
    for (const { bytes } of this.#items) this.skipped += bytes.length;
    this.#forget();
  }

  /** What begins at the proven place, chunk by chunk. */
  take(): { readonly bytes: Buffer; readonly at: Moment }[] {
    let skip = this.#proven ?? 0;
    const taken: { bytes: Buffer; at: Moment }[] = [];
    for (const { bytes, at } of this.#items) {
      const cut = Math.min(skip, bytes.length);
      skip -= cut;
      if (cut < bytes.length) taken.push({ bytes: bytes.subarray(cut), at });
    }
    this.#forget();
    return taken;
  }

  /** Nothing more comes. @returns whether a place is proven after all; where none is, all that waited is skipped */
  end(): boolean {
    if (this.#items.length > 0 && this.#look()) return true;
    this.gap();
    return false;
  }

  #look(): boolean {
    this.#unseen = 0;
    this.#run = this.#items.length === 1 ? this.#items[0]!.bytes : Buffer.concat(this.#items.map(({ bytes }) => bytes));
    let next = this.#run.length;
    for (let place = this.#from; place + FRAME_HEADER_LENGTH <= this.#run.length; place++) {
      const verdict = this.#walk(place);
      if (verdict === 'proven') {
        this.#proven = place;
        this.skipped += place;
        return true;
      }
      if (verdict === 'open') next = Math.min(next, place);
    }
    this.#from = Math.min(next, Math.max(0, this.#run.length - FRAME_HEADER_LENGTH + 1));
    return false;
  }

  /** Follows the chain of headers from a place. */
  #walk(place: number): 'proven' | 'open' | 'none' {
    let bits = 0;
    for (let at = place; ;) {
      const header = decodeHttp2FrameHeader(this.#run, at);
      if (header === undefined) return bits > 0 || at > place ? 'open' : 'none';
      const weight = this.#weigh(header, this.#run[at + 5]!);
      if (weight === 0 || (at === place && weight < ENOUGH_FOR_FIRST)) return 'none';
      bits += weight;
      if (bits >= ENOUGH) return 'proven';
      at += FRAME_HEADER_LENGTH + header.length;
      if (at > this.#run.length) return 'open';
    }
  }

  #weigh(header: ReturnType<typeof decodeHttp2FrameHeader> & object, firstOfStream: number): number {
    const { fromClient, isKnownStream } = this.#options;
    if ((firstOfStream & 0x80) !== 0 || !isPlausibleHeader(header, fromClient, LONGEST_PAYLOAD)) return 0;
    if ((header.flags & ~0x2d) !== 0) return 0;
    if (header.stream === 0 || isKnownStream(header.stream)) return PLAUSIBLE_BITS + KNOWN_STREAM_BITS;
    return header.stream < LOW_STREAM ? PLAUSIBLE_BITS + LOW_STREAM_BITS : 0;
  }

  #forget(): void {
    this.#items = [];
    this.#run = Buffer.alloc(0);
    this.#from = 0;
    this.#hold(-this.#cost);
  }

  #hold(bytes: number): void {
    this.#cost += bytes;
    this.#options.held.add(bytes);
  }
}
