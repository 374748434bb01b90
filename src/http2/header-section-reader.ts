import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { CountedQueue } from './counted-queue.js';
import { HpackDecoder, type HeaderBlock } from './hpack/hpack-decoder.js';
import {
  CONTINUATION,
  END_HEADERS,
  END_STREAM,
  HAS_PRIORITY,
  HEADERS,
  PADDED,
  PUSH_PROMISE,
  type Http2FrameHeader,
} from './http2-frame.js';
import type { Http2Listener } from './http2-listener.js';

/** Why what is to be read whole is not: bytes were not captured, or are no section; it is longer than is kept, or too much waits elsewhere. */
export type Damage = 'lost' | 'malformed' | 'long' | 'held';

/** Bytes of the fields before the header block: pad length, priority; promised stream. */
const PRIORITY_LENGTH = 5;
const PROMISED_STREAM_LENGTH = 4;
/** A header section of which nothing is known. */
const NOTHING_KNOWN: HeaderBlock = {
  fields: [],
  error: undefined,
  isIncomplete: true,
  isTooLong: false,
  isBeyondTable: false,
  isTableDropped: false,
};

/**
 * The header sections of one side (RFC 9113 section 4.3): put together from HEADERS or PUSH_PROMISE and CONTINUATION frames,
 * and decompressed.
 */
export class HeaderSectionReader {
  readonly #limits: Limits;
  readonly #held: HeldBytes;
  readonly #listener: Http2Listener;
  hpack: HpackDecoder;
  /** The header section that goes on in CONTINUATION frames. */
  #open: { stream: number; ends: boolean; promised: boolean; damage: Damage | undefined } | undefined;
  readonly #block: CountedQueue;

  /** @param fromStart - what comes first is the first that the side sends: the table of fields is empty */
  constructor(limits: Limits, held: HeldBytes, fromStart: boolean, listener: Http2Listener) {
    this.#limits = limits;
    this.#held = held;
    this.#listener = listener;
    this.#block = new CountedQueue(held);
    this.hpack = new HpackDecoder(limits, fromStart, held);
  }

  /** The stream of a section that is not whole yet. */
  get stream(): number | undefined {
    return this.#open?.stream;
  }

  /** Bytes that wait for the rest of a section. */
  get length(): number {
    return this.#block.length;
  }

  /** The side begins here, with an empty table. */
  restart(): void {
    this.hpack.lose();
    this.hpack = new HpackDecoder(this.#limits, true, this.#held);
  }

  /** Takes the payload of a frame. @param damage - why it is not there whole */
  take(frame: Http2FrameHeader, payload: Buffer, damage: Damage | undefined, at: PacketTime): void {
    if (frame.type === CONTINUATION) this.#continue(payload, damage);
    else this.#begin(frame, payload, damage);
    if ((frame.flags & END_HEADERS) !== 0) this.#end(at);
  }

  #begin(frame: Http2FrameHeader, payload: Buffer, damage: Damage | undefined): void {
    const { type, flags, stream } = frame;
    const promised = type === PUSH_PROMISE;
    this.#open = { stream, ends: !promised && (flags & END_STREAM) !== 0, promised, damage: damage };
    if (damage === undefined) {
      const fragment = fragmentOf(payload, frame);
      if (fragment === undefined) this.#open.damage = 'malformed';
      else this.#block.push(fragment);
    }
  }

  #continue(payload: Buffer, damage: Damage | undefined): void {
    // Without a beginning, its header block is of no use to the table either.
    if (this.#open === undefined) this.hpack.lose();
    else if (this.#open.damage === undefined && damage === undefined) this.#block.push(payload);
    else this.#damage(this.#open, damage);
  }

  /** What came of a section is of no use without the rest. */
  #damage(section: { damage: Damage | undefined }, damage: Damage | undefined): void {
    section.damage ??= damage;
    this.#block.clear();
  }

  #end(at: PacketTime): void {
    const section = this.#open;
    if (section === undefined) return;
    if (section.damage !== undefined) {
      this.lose(at);
    } else {
      const block = this.hpack.decode(this.#block.peek());
      this.#forget();
      if (block.error !== undefined) this.#listener.unreadable(section.stream, block.error, 'http2.header-lost', at);
      if (block.isTooLong) {
        const problem = `its fields are longer than ${this.#limits.headerList} bytes`;
        this.#listener.unreadable(section.stream, problem, 'limit.header-list', at);
      }
      if (block.isBeyondTable) {
        const problem = `more than ${this.#limits.hpackTable} bytes of fields that later ones may refer to are not kept`;
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

  /** Another frame stands where a section has to go on. */
  interrupt(at: PacketTime): void {
    if (this.#open !== undefined) this.#open.damage ??= 'malformed';
    this.lose(at);
  }

  /** Bytes of a section are missing, or may be: what it put into the table is not known either. */
  lose(at: PacketTime): void {
    const section = this.#open;
    this.hpack.lose();
    if (section === undefined) return;
    this.#forget();
    const { httpHead, unprovenTotal } = this.#limits;
    if (section.damage === 'long') {
      this.#listener.unreadable(section.stream, `it is longer than ${httpHead} bytes`, 'limit.http-head', at);
    } else if (section.damage === 'held') {
      const problem = `it was not kept, as more than ${unprovenTotal} bytes of all connections wait for what they are`;
      this.#listener.unreadable(section.stream, problem, 'limit.held-bytes', at);
    } else {
      const problem = section.damage === 'malformed' ? 'its frames are malformed' : 'bytes of it were not captured';
      this.#listener.unreadable(section.stream, problem, 'http2.header-lost', at);
    }
    if (!section.promised) this.#listener.headers(section.stream, NOTHING_KNOWN, at);
  }

  /** Nothing more comes. @param inStream - the stream of a frame that is cut, where it carries a part of a section */
  end(inStream: number | undefined, at: PacketTime): void {
    const stream = this.stream ?? inStream;
    if (stream !== undefined) this.#listener.unreadable(stream, 'its end did not come', 'http2.header-lost', at);
    this.#forget();
    this.hpack.lose();
  }

  #forget(): void {
    this.#open = undefined;
    this.#block.clear();
  }
}

/** Whether a frame carries a part of a header section. */
export function isSection(type: number): boolean {
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
