import { ByteQueue } from '../common/byte-queue.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { CountedQueue } from './counted-queue.js';
import { HpackDecoder, type HeaderBlock } from './hpack-decoder.js';
import { FrameSearch } from './frame-search.js';
import {
  CONNECTION_PREFACE,
  CONTINUATION,
  DATA,
  decodeHttp2FrameHeader,
  END_HEADERS,
  END_STREAM,
  FRAME_HEADER_LENGTH,
  GOAWAY,
  HAS_PRIORITY,
  HEADERS,
  PADDED,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  SETTINGS_ACK,
  type Http2FrameHeader,
} from './http2-frame.js';

/** What takes what one side of an HTTP/2 connection says. */
export interface Http2Listener {
  /** A header section of a stream: of a request, a response, or trailers. */
  headers(stream: number, block: HeaderBlock, at: PacketTime): void;
  /** Bytes of a stream's data; where they are cut into frames means nothing. */
  data(stream: number, chunk: Buffer, at: PacketTime): void;
  /** Bytes of a stream's data that were not captured; `undefined` where it is not known how many, or whether any. */
  dataGap(stream: number, length: number | undefined, at: PacketTime): void;
  /** This side sends nothing more on a stream. */
  endStream(stream: number, at: PacketTime): void;
  /** This side ended a stream at once. */
  reset(stream: number, errorCode: number, at: PacketTime): void;
  /** This side ends the connection; streams with higher numbers were not looked at. */
  goAway(lastStream: number, errorCode: number, at: PacketTime): void;
  /** A SETTINGS frame, with its pairs of identifiers and values; `undefined` where bytes of it were not captured. */
  settings(settings: readonly (readonly [identifier: number, value: number])[] | undefined): void;
  /** Frames were lost, and it is not known of which streams: each may lack some of this many bytes here. */
  lost(length: number | undefined, at: PacketTime): void;
  /** The capture, or the side, ends inside a DATA frame: so many bytes of its data did not come. */
  cutData(stream: number, missing: number, at: PacketTime): void;
  /** A header section cannot be read whole, or is not kept whole. */
  unreadable(stream: number, problem: string, code: SectionProblem, at: PacketTime): void;
  /** Bytes of this side where no frame could be found. */
  skipped(bytes: number, at: PacketTime): void;
}

/** As many bytes of a preface are hardly a frame header: its payload would be of five million bytes. */
const START_OF_PREFACE = 3;

/** Why a header section is not read whole. */
type SectionProblem =
  'http2.header-lost' | 'limit.http-head' | 'limit.header-list' | 'limit.hpack-table' | 'limit.held-bytes';

/** Why what is to be read whole is not: bytes were not captured, it is longer than is kept, or too much waits elsewhere. */
type Damage = 'lost' | 'long' | 'held';

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

/** Bytes of the fields before the header block: pad length, priority; promised stream. */
const PRIORITY_LENGTH = 5;
const PROMISED_STREAM_LENGTH = 4;
const SETTING_LENGTH = 6;
/** Longest payloads that are read, of frames that are read whole. */
const LONGEST_SETTINGS = 6 * 1024;
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
  hpack: HpackDecoder;
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
  /** The header section that goes on in CONTINUATION frames. */
  #section: { stream: number; ends: boolean; promised: boolean; damage: Damage | undefined } | undefined;
  readonly #block: CountedQueue;
  #search: FrameSearch | undefined;
  /** Its first frame may still be to come, after a client's preface: none was found, and what it begins with was not known. */
  #mayBegin: boolean;
  /** Its first bytes are text of the request that changed to HTTP/2. */
  #beganAsHttp1: boolean | undefined = undefined;

  constructor(options: Http2SideOptions, listener: Http2Listener) {
    this.#options = options;
    this.#listener = listener;
    this.#payload = new CountedQueue(options.held);
    this.#block = new CountedQueue(options.held);
    this.hpack = new HpackDecoder(options.limits, options.fromStart, options.held);
    this.#state = !options.fromStart ? 'search' : options.isClient === true ? 'preface' : 'header';
    this.#mayBegin = !options.fromStart;
  }

  /** Where it stands among its frames is not known, or not yet. */
  get isSearching(): boolean {
    return this.#state === 'search';
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
      if (missing > 0) this.#listener.cutData(this.#frame.stream, missing, at);
    }
    if (this.#search?.end() === true) {
      this.#goOn(this.#search, at);
      this.end(at);
      return;
    }
    if (this.#search !== undefined) this.#tellSkipped(this.#search, at);
    this.#search = undefined;
    const isInSection = this.#state === 'payload' && isSection(this.#frame.type);
    if (this.#section !== undefined || isInSection) {
      const { stream } = this.#section ?? this.#frame;
      this.#listener.unreadable(stream, 'its end did not come', 'http2.header-lost', at);
    }
    this.#forgetSection();
    this.#head.clear();
    this.#payload.clear();
    this.hpack.lose();
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
    this.hpack.lose();
    this.hpack = new HpackDecoder(this.#options.limits, true, this.#options.held);
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
    const continues = header.type === CONTINUATION && header.stream === this.#section?.stream;
    // Nothing may stand between the frames of a header section (RFC 9113 section 6.10).
    if (this.#section !== undefined && !continues) this.#loseSection(at);
    if (header.length === 0) this.#endPayload(at);
  }

  /** @returns bytes taken, 1 or more */
  #takePayload(chunk: Buffer, offset: number, at: PacketTime): number {
    const taken = Math.min(this.#left, chunk.length - offset);
    if (this.#frame.type === DATA) {
      if (this.#padding === undefined) {
        this.#padding = Math.min(chunk[offset]!, this.#left - 1);
        this.#left--;
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

  #keep(bytes: Buffer): void {
    if (this.#damage !== undefined) return;
    const { limits, held } = this.#options;
    const most = isSection(this.#frame.type) ? limits.httpHead : LONGEST_SETTINGS;
    if (this.#payload.length + this.#block.length + bytes.length > most) this.#damage = 'long';
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
    if (type === HEADERS || type === PUSH_PROMISE) this.#beginSection(payload, at);
    else if (type === CONTINUATION) this.#continueSection(payload, at);
    else if (this.#damage === undefined) this.#readControl(payload, at);
    else if (type === SETTINGS) this.#listener.settings(undefined);
    this.#payload.clear();
  }

  #readControl(payload: Buffer, at: PacketTime): void {
    const { type, flags, stream } = this.#frame;
    if (type === RST_STREAM && payload.length === 4) {
      this.#listener.reset(stream, payload.readUInt32BE(0), at);
    } else if (type === GOAWAY && payload.length >= 8) {
      this.#listener.goAway(payload.readUInt32BE(0) & 0x7fff_ffff, payload.readUInt32BE(4), at);
    } else if (type === SETTINGS && (flags & SETTINGS_ACK) === 0) {
      const settings: [number, number][] = [];
      for (let i = 0; i + SETTING_LENGTH <= payload.length; i += SETTING_LENGTH) {
        settings.push([payload.readUInt16BE(i), payload.readUInt32BE(i + 2)]);
      }
      this.#listener.settings(settings);
    }
  }

  #beginSection(payload: Buffer, at: PacketTime): void {
    const { type, flags, stream } = this.#frame;
    const promised = type === PUSH_PROMISE;
    this.#section = { stream, ends: !promised && (flags & END_STREAM) !== 0, promised, damage: this.#damage };
    if (this.#damage === undefined) {
      const fragment = fragmentOf(payload, this.#frame);
      if (fragment === undefined) this.#section.damage = 'lost';
      else this.#block.push(fragment);
    }
    if ((flags & END_HEADERS) !== 0) this.#endSection(at);
  }

  #continueSection(payload: Buffer, at: PacketTime): void {
    // Without a beginning, its header block is of no use to the table either.
    if (this.#section === undefined) this.hpack.lose();
    else if (this.#section.damage === undefined && this.#damage === undefined) this.#block.push(payload);
    else this.#damageSection(this.#section, this.#damage);
    if ((this.#frame.flags & END_HEADERS) !== 0) this.#endSection(at);
  }

  /** What came of a section is of no use without the rest. */
  #damageSection(section: { damage: Damage | undefined }, damage: Damage | undefined): void {
    section.damage ??= damage;
    this.#block.clear();
  }

  #endSection(at: PacketTime): void {
    const section = this.#section;
    if (section === undefined) return;
    if (section.damage !== undefined) {
      this.#loseSection(at);
    } else {
      const block = this.hpack.decode(this.#block.peek());
      this.#forgetSection();
      if (block.error !== undefined) this.#listener.unreadable(section.stream, block.error, 'http2.header-lost', at);
      if (block.isTooLong) {
        const problem = `its fields are longer than ${this.#options.limits.headerList} bytes`;
        this.#listener.unreadable(section.stream, problem, 'limit.header-list', at);
      }
      if (block.isBeyondTable) {
        const problem = `more than ${this.#options.limits.hpackTable} bytes of fields that later ones may refer to are not kept`;
        this.#listener.unreadable(section.stream, problem, 'limit.hpack-table', at);
      }
      if (block.isTableDropped) {
        const problem = 'fields that later ones may refer to are not kept, as too many of all connections are';
        this.#listener.unreadable(section.stream, problem, 'limit.hpack-table', at);
      }
      if (!section.promised) this.#listener.headers(section.stream, block, at);
    }
    if (section.ends) this.#listener.endStream(section.stream, at);
  }

  /** A header section is incomplete: what it put into the table is not known either. */
  #loseSection(at: PacketTime): void {
    const section = this.#section!;
    this.hpack.lose();
    this.#forgetSection();
    const { httpHead, unprovenTotal } = this.#options.limits;
    if (section.damage === 'long') {
      this.#listener.unreadable(section.stream, `it is longer than ${httpHead} bytes`, 'limit.http-head', at);
    } else if (section.damage === 'held') {
      const problem = `it was not kept, as more than ${unprovenTotal} bytes of all connections wait for what they are`;
      this.#listener.unreadable(section.stream, problem, 'limit.held-bytes', at);
    } else {
      this.#listener.unreadable(section.stream, 'bytes of it were not captured', 'http2.header-lost', at);
    }
    if (!section.promised) this.#listener.headers(section.stream, NOTHING_KNOWN, at);
  }

  #forgetSection(): void {
    this.#section = undefined;
    this.#block.clear();
  }

  /** A frame header was lost: any frames may have been, of any stream. */
  #lose(length: number | undefined, at: PacketTime): void {
    this.#search?.gap();
    if (this.#section !== undefined) this.#loseSection(at);
    else this.hpack.lose();
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

/** A header section of which nothing is known. */
const NOTHING_KNOWN: HeaderBlock = {
  fields: [],
  error: undefined,
  isIncomplete: true,
  isTooLong: false,
  isBeyondTable: false,
  isTableDropped: false,
};

function isReadWhole(type: number): boolean {
  return isSection(type) || type === RST_STREAM || type === SETTINGS || type === GOAWAY;
}

function isSection(type: number): boolean {
  return type === HEADERS || type === PUSH_PROMISE || type === CONTINUATION;
}

/** The header block in a HEADERS or PUSH_PROMISE frame; `undefined` where its padding leaves no room for it. */
function fragmentOf(payload: Buffer, { type, flags }: Http2FrameHeader): Buffer | undefined {
  const isPadded = (flags & PADDED) !== 0;
  let start = isPadded ? 1 : 0;
  if (type === PUSH_PROMISE) start += PROMISED_STREAM_LENGTH;
  else if ((flags & HAS_PRIORITY) !== 0) start += PRIORITY_LENGTH;
  const end = payload.length - (isPadded ? (payload[0] ?? 0) : 0);
  return start <= end ? payload.subarray(start, end) : undefined;
}
