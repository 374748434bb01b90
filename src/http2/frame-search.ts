import type { HeldBytes } from '../common/held-bytes.js';
import { ITEM_COST } from '../common/held-input.js';
import type { PacketTime } from '../common/packet-time.js';
import { ENOUGH, weighHeader } from './frame-evidence.js';
import { CONNECTION_PREFACE, decodeHttp2FrameHeader, FRAME_HEADER_LENGTH, SETTINGS } from './http2-frame.js';

const END_OF_HEAD = '\r\n\r\n';
/** Bytes of `HTTP/1.1 101` and of what follows that. */
const SWITCH_LENGTH = 13;

/** How {@link FrameSearch} tells frame headers from other bytes. */
export interface FrameSearchOptions {
  readonly fromClient: boolean | undefined;
  readonly isKnownStream: (stream: number) => boolean;
  /** Nothing of the side was read yet: a client's preface may stand in it, or a server's answer that changes to HTTP/2. */
  readonly mayBegin: boolean;
  readonly held: HeldBytes;
  /** Bytes that may wait for proof. */
  readonly most: number;
}

/** What the first header of a chain must show by itself. */
const ENOUGH_FOR_FIRST = 20;
/** Less is enough of a chain that ends just where the bytes do, with the last of them: a length of 24 bits says so. */
const ENOUGH_AT_END = 31;
/** A frame that begins with a chunk. */
const CHUNK_BITS = 8;

/**
 * Finds where a frame header begins, in bytes of an HTTP/2 connection whose place is not known.
 *
 * A place is proven by a chain: each header says where the next one stands, and a chain of them does not come by chance.
 * The bytes of one run are looked at once from each place, as a chain that has been walked is not walked again.
 */
export class FrameSearch {
  readonly #options: FrameSearchOptions;
  #items: { readonly bytes: Buffer; readonly at: PacketTime }[] = [];
  #run: Buffer = Buffer.alloc(0);
  #cost = 0;
  /** Bytes that came since the last look. */
  #unseen = 0;
  /** Places before this one begin no chain. */
  #from = 0;
  #proven: number | undefined = undefined;
  /** The proven place is that of the preface. */
  isAtPreface = false;
  /** All that stands before the proven place is the server's answer in HTTP/1.1 that changes to HTTP/2. */
  isAfterSwitch = false;
  /** Captured bytes that stand before the proven place, or are held no longer. */
  skipped = 0;

  constructor(options: FrameSearchOptions) {
    this.#options = options;
  }

  /** Takes the next chunk, copied. @returns whether a place is proven: {@link take} then gives what begins there */
  push(chunk: Buffer, at: PacketTime): boolean {
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
  take(): { readonly bytes: Buffer; readonly at: PacketTime }[] {
    let skip = this.#proven ?? 0;
    const taken: { bytes: Buffer; at: PacketTime }[] = [];
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
    if (this.#items.length > 0 && this.#look(true)) return true;
    this.gap();
    return false;
  }

  /** @param isOver - nothing more comes: a chain that ends here is whole */
  #look(isOver = false): boolean {
    this.#unseen = 0;
    this.#run = this.#items.length === 1 ? this.#items[0]!.bytes : Buffer.concat(this.#items.map(({ bytes }) => bytes));
    const { mayBegin, fromClient } = this.#options;
    if (mayBegin && fromClient !== false && this.#findPreface()) return true;
    let next = this.#run.length;
    for (let place = this.#from; place + FRAME_HEADER_LENGTH <= this.#run.length; place++) {
      const verdict = this.#walk(place, isOver);
      if (verdict === 'proven') {
        this.#proven = place;
        this.isAfterSwitch = mayBegin && this.skipped === 0 && isSwitch(this.#run.subarray(0, place));
        this.skipped += place;
        return true;
      }
      if (verdict === 'open') next = Math.min(next, place);
    }
    this.#from = Math.min(next, Math.max(0, this.#run.length - FRAME_HEADER_LENGTH + 1));
    return false;
  }

  /** The preface, and the header of the SETTINGS frame that follows it (RFC 9113 section 3.4). */
  #findPreface(): boolean {
    const place = this.#run.indexOf(CONNECTION_PREFACE);
    const settings = place < 0 ? undefined : decodeHttp2FrameHeader(this.#run, place + CONNECTION_PREFACE.length);
    if (settings?.type !== SETTINGS || settings.flags !== 0 || settings.stream !== 0) return false;
    this.#proven = place;
    this.skipped += place;
    this.isAtPreface = true;
    return true;
  }

  /** Follows the chain of headers from a place. */
  #walk(place: number, isOver: boolean): 'proven' | 'open' | 'none' {
    const { fromClient, isKnownStream } = this.#options;
    let bits = 0;
    let before = 0;
    for (let at = place; ;) {
      const header = decodeHttp2FrameHeader(this.#run, at);
      if (header === undefined) {
        const isWhole = isOver && at === this.#run.length;
        if (isWhole && bits + (this.#beginsChunk(place) ? CHUNK_BITS : 0) >= ENOUGH_AT_END) return 'proven';
        return bits > 0 || at > place ? 'open' : 'none';
      }
      const isKnown = header.stream === before || isKnownStream(header.stream);
      const weight = weighHeader(header, this.#run[at + 5]!, fromClient, isKnown);
      if (weight === 0 || (at === place && weight < ENOUGH_FOR_FIRST)) return 'none';
      bits += weight;
      if (bits >= ENOUGH) return 'proven';
      before = header.stream;
      at += FRAME_HEADER_LENGTH + header.length;
      if (at > this.#run.length) return 'open';
    }
  }

  #beginsChunk(place: number): boolean {
    let start = 0;
    for (const { bytes } of this.#items) {
      if (start >= place) return start === place;
      start += bytes.length;
    }
    return false;
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

/** Whether bytes are the head of a 101, and nothing else. */
function isSwitch(bytes: Buffer): boolean {
  if (!/^HTTP\/1\.\d 101[ \r]/.test(bytes.toString('latin1', 0, SWITCH_LENGTH))) return false;
  return bytes.indexOf(END_OF_HEAD) === bytes.length - END_OF_HEAD.length;
}
