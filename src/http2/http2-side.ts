import { ByteQueue } from '../common/byte-queue.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { isControl, LONGEST_CONTROL, readControl } from './control-frames.js';
import { CountedQueue } from './counted-queue.js';
import { HeaderSectionReader, isSection, type Damage } from './header-section-reader.js';
import type { HpackDecoder } from './hpack/hpack-decoder.js';
import { FrameSearch } from './frame-search.js';
import {
  CONNECTION_PREFACE,
  CONTINUATION,
  DATA,
  decodeHttp2FrameHeader,
  END_STREAM,
  FRAME_HEADER_LENGTH,
  PADDED,
  SETTINGS,
  type Http2FrameHeader,
} from './http2-frame.js';
import type { Http2Listener } from './http2-listener.js';

/** As many bytes of a preface are hardly a frame header: its payload would be of five million bytes. */
const START_OF_PREFACE = 3;

/** How {@link Http2Side} begins. */
export interface Http2SideOptions {
  readonly limits: Limits;
  readonly held: HeldBytes;
  /** It sends requests; `undefined` where that is not known. */
  readonly isClient: boolean | undefined;
  /** The first byte that comes is the first that this side sends in HTTP/2. */
  readonly fromStart: boolean;
  /** Whether a stream may carry something: evidence for a frame header after a loss. */
  readonly isKnownStream: (stream: number) => boolean;
  /** It was HTTP/1.1 before: its request to change (`Upgrade: h2c`) may come in the capture after the answer. */
  readonly isUpgraded?: boolean;
}

/** The letters that the method of an HTTP/1 request begins with: as the first byte of a frame they were its length, of 4 million bytes. */
const FIRST_LETTER = 0x41;
const LAST_LETTER = 0x5a;

/**
 * One side of an HTTP/2 connection: its bytes in, the frames of its streams out (RFC 9113).
 *
 * Data passes through as it comes. Header sections are put together and decompressed. Bytes that are missing inside a
 * frame whose header was seen are known by their stream and number; where a header is missing, the next one is
 * searched for.
 */
export class Http2Side {
  readonly #options: Http2SideOptions;
  readonly #listener: Http2Listener;
  readonly #sections: HeaderSectionReader;
  /** Where the next byte stands: in the preface, a frame header, a payload, or somewhere unknown. */
  #state: 'preface' | 'header' | 'payload' | 'search';
  /** The frame header, or the preface, as far as it came. */
  readonly #head = new ByteQueue();
  #frame: Http2FrameHeader = { length: 0, type: 0, flags: 0, stream: 0 };
  /** Bytes of the payload to come. */
  #left = 0;
  /** Of a DATA frame: bytes of padding at its end; `undefined` until its first byte is seen. */
  #padding: number | undefined = 0;
  /** Payload of a frame that is read whole. */
  readonly #payload: CountedQueue;
  /** Why that payload is not there whole. */
  #damage: Damage | undefined = undefined;
  #search: FrameSearch | undefined;
  /** Its first frame may still be to come, after a client's preface: none was found, and what it begins with was not known. */
  #mayBegin: boolean;
  /** Its first bytes are text of the request that changed to HTTP/2. */
  #beganAsHttp1: boolean | undefined = undefined;

  constructor(options: Http2SideOptions, listener: Http2Listener) {
    this.#options = options;
    this.#listener = listener;
    this.#payload = new CountedQueue(options.held);
    this.#sections = new HeaderSectionReader(options.limits, options.held, options.fromStart, listener);
    this.#state = !options.fromStart ? 'search' : options.isClient === true ? 'preface' : 'header';
    this.#mayBegin = !options.fromStart;
  }

  /** What the fields of its header sections are decompressed with. */
  get hpack(): HpackDecoder {
    return this.#sections.hpack;
  }

  /** Where it stands among its frames is not known, or not yet. */
  get isSearching(): boolean {
    return this.#state === 'search';
  }

  /** All that came is whole frames. */
  get isBetweenFrames(): boolean {
    return this.#state === 'header' && this.#head.length === 0 && this.#sections.stream === undefined;
  }

  /** Takes the next bytes. */
  bytes(chunk: Buffer, at: PacketTime): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#state === 'payload') offset += this.#takePayload(chunk, offset, at);
      else if (this.#state === 'search' && this.#beginsHere(chunk, offset)) this.#beginAtPreface();
      else if (this.#state === 'search') offset = this.#takeSearched(chunk, offset, at);
      else offset += this.#takeHead(chunk, offset, at);
    }
  }

  /** Bytes are missing here. */
  gap(length: number | undefined, at: PacketTime): void {
    // What waits for proof gets no more of it: as far as it goes it may be proven all the same.
    if (this.#state === 'search' && this.#search?.end() === true) this.#goOn(this.#search, at);
    if (this.#state === 'payload' && length !== undefined && length <= this.#left) this.#gapInPayload(length, at);
    else this.#lose(length, at);
  }

  /** Nothing more comes. */
  end(at: PacketTime): void {
    if (this.#state === 'payload' && this.#frame.type === DATA && this.#left > 0) {
      const missing = this.#left - (this.#padding ?? 0);
      const problem = `${missing} bytes that a DATA frame announced did not come`;
      if (missing > 0) this.#listener.cutData(this.#frame.stream, problem, at);
    }
    if (this.#search?.end() === true) {
      this.#goOn(this.#search, at);
      this.end(at);
      return;
    }
    if (this.#search !== undefined) this.#tellSkipped(this.#search, at);
    this.#search = undefined;
    const isInSection = this.#state === 'payload' && isSection(this.#frame.type);
    this.#sections.end(isInSection ? this.#frame.stream : undefined, at);
    this.#head.clear();
    this.#payload.clear();
  }

  /** Nothing stands before a preface: the side begins with it, though that was not known. */
  #beginsHere(chunk: Buffer, offset: number): boolean {
    const length = Math.min(CONNECTION_PREFACE.length, chunk.length - offset);
    const mayBegin = this.#mayBegin && this.#options.isClient !== false;
    if (!mayBegin || this.#search !== undefined || length < START_OF_PREFACE) return false;
    return CONNECTION_PREFACE.compare(chunk, offset, offset + length, 0, length) === 0;
  }

  /** The preface comes next: it is all that this side says in HTTP/2 from here on. */
  #beginAtPreface(): void {
    this.#sections.restart();
    this.#state = 'preface';
  }

  /** The preface, or a frame header. @returns bytes taken */
  #takeHead(chunk: Buffer, offset: number, at: PacketTime): number {
    const wanted = this.#state === 'preface' ? CONNECTION_PREFACE.length : FRAME_HEADER_LENGTH;
    const before = this.#head.length;
    if (before === 0 && this.#state === 'header') {
      // Nearly always the whole header stands in one chunk.
      const header = decodeHttp2FrameHeader(chunk, offset);
      if (header !== undefined) {
        this.#begin(header, at);
        return FRAME_HEADER_LENGTH;
      }
    }
    const taken = Math.min(wanted - before, chunk.length - offset);
    this.#head.push(chunk.subarray(offset, offset + taken));
    if (this.#head.length < wanted) return taken;
    const head = this.#head.peek();
    if (this.#state === 'preface') {
      if (head.equals(CONNECTION_PREFACE)) {
        this.#head.clear();
        this.#state = 'header';
        return taken;
      }
      const other = Buffer.from(head);
      this.#lose(0, at);
      this.#takeSearched(other, 0, at);
      return taken;
    }
    const header = decodeHttp2FrameHeader(head, 0)!;
    this.#head.clear();
    this.#begin(header, at);
    return taken;
  }

  /** A frame's header is known. */
  #begin(header: Http2FrameHeader, at: PacketTime): void {
    this.#frame = header;
    this.#left = header.length;
    this.#damage = undefined;
    this.#padding = header.type === DATA && (header.flags & PADDED) !== 0 ? undefined : 0;
    this.#state = 'payload';
    const section = this.#sections.stream;
    // Nothing may stand between the frames of a header section (RFC 9113 section 6.10).
    if (section !== undefined && (header.type !== CONTINUATION || header.stream !== section))
      this.#sections.interrupt(at);
    if (header.length === 0) this.#endPayload(at);
  }

  /** @returns bytes taken, 1 or more */
  #takePayload(chunk: Buffer, offset: number, at: PacketTime): number {
    const taken = Math.min(this.#left, chunk.length - offset);
    if (this.#frame.type === DATA) {
      if (this.#padding === undefined) {
        const padding = chunk[offset]!;
        this.#left--;
        if (padding > this.#left && this.#left > 0) this.#tellPadding(padding, at);
        this.#padding = Math.min(padding, this.#left);
        if (this.#left === 0) this.#endPayload(at);
        return 1;
      }
      const data = Math.min(taken, this.#left - this.#padding);
      if (data > 0) this.#listener.data(this.#frame.stream, chunk.subarray(offset, offset + data), at);
    } else if (isReadWhole(this.#frame.type)) {
      this.#keep(chunk.subarray(offset, offset + taken));
    }
    this.#left -= taken;
    if (this.#left === 0) this.#endPayload(at);
    return taken;
  }

  /** No receiver takes such a frame (RFC 9113 section 6.1), and which of its bytes were meant as data is not known. */
  #tellPadding(padding: number, at: PacketTime): void {
    const { stream, length } = this.#frame;
    this.#listener.dataGap(stream, undefined, at);
    this.#listener.cutData(
      stream,
      `A DATA frame of ${length} bytes announces ${padding} of padding: it is not shown`,
      at,
    );
  }

  #keep(bytes: Buffer): void {
    if (this.#damage !== undefined) return;
    const { limits, held } = this.#options;
    const most = isSection(this.#frame.type) ? limits.httpHead : LONGEST_CONTROL;
    if (this.#payload.length + this.#sections.length + bytes.length > most) this.#damage = 'long';
    else if (!held.hasRoomForUnproven(bytes.length)) this.#damage = 'held';
    if (this.#damage === undefined) this.#payload.push(bytes, this.#frame.length);
    else this.#payload.clear();
  }

  #gapInPayload(length: number, at: PacketTime): void {
    const { type, stream } = this.#frame;
    if (type === DATA) {
      if (this.#padding === undefined) {
        // How much of it is padding is not known.
        this.#listener.dataGap(stream, undefined, at);
        this.#padding = 0;
        this.#skipRestOfData(length, at);
        return;
      }
      const data = Math.min(length, this.#left - this.#padding);
      if (data > 0) this.#listener.dataGap(stream, data, at);
    } else if (isReadWhole(type)) {
      this.#damage = 'lost';
      this.#payload.clear();
    }
    this.#left -= length;
    if (this.#left === 0) this.#endPayload(at);
  }

  /** The rest of a frame with padding of unknown length: none of it can be shown. */
  #skipRestOfData(length: number, at: PacketTime): void {
    this.#left -= length;
    this.#padding = this.#left;
    if (this.#left === 0) this.#endPayload(at);
  }

  #endPayload(at: PacketTime): void {
    this.#state = 'header';
    const { type, flags, stream } = this.#frame;
    if (type === DATA) {
      if ((flags & END_STREAM) !== 0) this.#listener.endStream(stream, at);
      return;
    }
    if (!isReadWhole(type)) return;
    const payload = this.#payload.peek();
    if (isSection(type)) this.#sections.take(this.#frame, payload, this.#damage, at);
    else if (this.#damage === undefined) readControl(this.#frame, payload, this.#listener, at);
    else if (type === SETTINGS) this.#listener.settings(undefined);
    this.#payload.clear();
  }

  /** A frame header was lost: any frames may have been, of any stream. */
  #lose(length: number | undefined, at: PacketTime): void {
    this.#search?.gap();
    this.#sections.lose(at);
    this.#head.clear();
    this.#payload.clear();
    this.#state = 'search';
    this.#listener.lost(length, at);
  }

  /** Looks for a frame header. @returns where in the chunk to go on */
  #takeSearched(chunk: Buffer, offset: number, at: PacketTime): number {
    const { isClient, isKnownStream, held, limits } = this.#options;
    const mayBegin = this.#mayBegin;
    if (mayBegin && isClient !== false) this.#beganAsHttp1 ??= isCapital(chunk[offset]!);
    this.#search ??= new FrameSearch({ fromClient: isClient, isKnownStream, mayBegin, held, most: limits.heldBytes });
    if (this.#search.push(chunk.subarray(offset), at)) this.#goOn(this.#search, at);
    return chunk.length;
  }

  #tellSkipped({ skipped, isAfterSwitch }: FrameSearch, at: PacketTime): void {
    if (isAfterSwitch) return;
    const isRequest = this.#mayBegin && this.#options.isUpgraded === true && this.#beganAsHttp1 === true;
    if (skipped > 0 && !isRequest) this.#listener.skipped(skipped, at);
  }

  /** A frame header was found: what waited from there on is read. */
  #goOn(search: FrameSearch, at: PacketTime): void {
    this.#search = undefined;
    this.#state = 'header';
    this.#tellSkipped(search, at);
    if (search.isAtPreface) this.#beginAtPreface();
    this.#mayBegin = false;
    for (const item of search.take()) this.bytes(item.bytes, item.at);
  }
}

function isCapital(byte: number): boolean {
  return byte >= FIRST_LETTER && byte <= LAST_LETTER;
}

function isReadWhole(type: number): boolean {
  return isSection(type) || isControl(type);
}
