import { finding, type Finding } from '../common/finding.js';
import { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import { NO_TIME, type PacketTime } from '../common/packet-time.js';
import { viewOf } from '../common/view.js';
import { CapturedFrame, UncutFrame } from './captured-frame.js';
import type { Conformance } from './conformance.js';
import { CLOSE, type Frame, type FrameHeader, type FrameStatus, type PayloadGap } from './frame.js';
import { decodeFrameHeader, headerLength, LONGEST_HEADER } from './frame-header.js';
import { LONGEST_COUNTED, PartialFrame } from './partial-frame.js';
import { unmask } from './unmask.js';

/** What takes the frames of one direction. */
export interface FrameParserListener {
  /** The next frame, complete or not. */
  frame(frame: Frame): void;
  /** A header was not captured whole: these first bytes of it were. */
  cutHeader(bytes: number, at: PacketTime): void;
}

/**
 * Whose payloads are wanted; the others are counted and left alone, since unmasking costs the most. `late`: all, to be
 * unmasked when they are asked for, where that is at most once and soon.
 */
export type PayloadWish = 'all' | 'late' | 'compressed';

const NO_GAPS: readonly PayloadGap[] = [];
const EMPTY = Buffer.alloc(0);
/** `Buffer` itself is a getter of the global object: too slow to be asked for each frame. */
const Memory = Buffer;

/**
 * Reads the frames of one direction, in any chunks (RFC 6455 section 5.2).
 *
 * It must be in step: the first byte pushed is the first of a header. A gap that ends inside the frame it began in
 * leaves it in step; after any other one it is not, and takes no more bytes until {@link restart}.
 */
export class FrameParser {
  readonly #limits: Limits;
  readonly #conformance: Conformance;
  readonly #wish: PayloadWish;
  readonly #listener: FrameParserListener;
  readonly #held: HeldBytes;
  /**
   * The beginning of a header whose end has not come. Memory of its own, set aside when it is first needed: a few
   * bytes of the shared pool would keep 8 KiB of other buffers alive for as long as the connection lasts.
   */
  #head: Buffer = EMPTY;
  #headLength = 0;
  /** The frame that has begun. */
  #frame: PartialFrame | undefined = undefined;
  /** The last packet with a byte of it. Dropped with the frame: no connection keeps the moments of a whole capture. */
  #at: PacketTime = NO_TIME;
  /** Bytes of the direction so far. */
  #position = 0;
  /** Whether the next byte's place in a frame is known. */
  inStep = true;

  /** @param held - where the bytes of payloads that are not complete are counted */
  constructor(
    limits: Limits,
    conformance: Conformance,
    wish: PayloadWish,
    listener: FrameParserListener,
    held = new HeldBytes(limits.heldTotal),
  ) {
    this.#limits = limits;
    this.#conformance = conformance;
    this.#wish = wish;
    this.#listener = listener;
    this.#held = held;
  }

  /** Whether the next byte is the first one of a frame. */
  get isBetweenFrames(): boolean {
    return this.#frame === undefined && this.#headLength === 0;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer, at: PacketTime): void {
    let offset = 0;
    // Held segments may be passed on after a later packet: the frame's packet is the last one with a byte of it.
    if (this.#at !== NO_TIME && at.packet > this.#at.packet) this.#at = at;
    while (offset < chunk.length) {
      if (this.#frame !== undefined) {
        offset += this.#frame.push(chunk, offset);
        if (this.#frame.remaining === 0) this.#emit(this.#frame.missing === 0 ? 'ok' : 'gap');
        continue;
      }
      const header = this.#headLength === 0 ? decodeFrameHeader(chunk, offset) : undefined;
      if (header === undefined) {
        if (this.#headLength === 0) this.#at = at;
        offset += this.#pushHead(chunk, offset, this.#position + offset);
      } else if (header.payloadLength <= chunk.length - offset - header.headerLength) {
        offset += this.#whole(header, chunk, offset, at);
      } else {
        this.#at = at;
        this.#begin(header, this.#position + offset);
        offset += header.headerLength;
      }
    }
    this.#position += chunk.length;
  }

  /**
   * Bytes were not captured.
   *
   * @param length - how many; `undefined` where that is not known
   */
  gap(length: number | undefined, at: PacketTime): void {
    if (this.#at !== NO_TIME && at.packet > this.#at.packet) this.#at = at;
    this.#position += length ?? 0;
    if (this.#frame === undefined || length === undefined || length > this.#frame.remaining) {
      this.#lose(at);
      return;
    }
    this.#frame.miss(length);
    if (this.#frame.remaining === 0) this.#emit('gap');
  }

  /** Nothing more comes: what has begun is passed on as it is. */
  end(at: PacketTime): void {
    if (this.#headLength > 0) this.#listener.cutHeader(this.#headLength, at);
    this.#headLength = 0;
    if (this.#frame === undefined) return;
    this.#frame.miss(this.#frame.remaining);
    this.#emit('truncated');
  }

  /**
   * The next byte pushed is the first of a header again.
   *
   * @param skipped - bytes since the parser fell out of step, those that were not captured too
   */
  restart(skipped: number): void {
    this.#position += skipped;
    this.inStep = true;
  }

  #lose(at: PacketTime): void {
    this.inStep = false;
    if (this.#frame !== undefined) {
      this.#frame.miss(this.#frame.remaining);
      this.#emit('gap');
    } else if (this.#headLength > 0) {
      this.#listener.cutHeader(this.#headLength, at);
      this.#headLength = 0;
      this.#at = NO_TIME;
    }
    this.#conformance.lost();
  }

  /** Takes bytes of a header that stands in several chunks. */
  #pushHead(chunk: Buffer, offset: number, position: number): number {
    if (this.#head.length === 0) this.#head = Buffer.allocUnsafeSlow(LONGEST_HEADER);
    const before = this.#headLength;
    let taken = 0;
    let header: FrameHeader | undefined;
    while (header === undefined && offset + taken < chunk.length) {
      const needed = headerLength(this.#head, 0, this.#headLength);
      taken += chunk.copy(this.#head, this.#headLength, offset + taken, offset + taken + needed - this.#headLength);
      this.#headLength = before + taken;
      header = decodeFrameHeader(this.#head, 0, this.#headLength);
    }
    if (header !== undefined) {
      this.#headLength = 0;
      this.#begin(header, position - before);
    }
    return taken;
  }

  /** Begins a frame whose payload stands in several chunks, or whose header does. */
  #begin(header: FrameHeader, position: number): void {
    let findings = this.#conformance.header(header);
    if (header.payloadLength > this.#limits.message) findings = [...findings, this.#tooLong(header)];
    this.#frame = new PartialFrame(
      header,
      position,
      findings,
      this.#isKept(header),
      this.#held,
      this.#limits.frameGaps,
    );
    if (this.#frame.remaining === 0) this.#emit('ok');
  }

  #isKept({ opcode, payloadLength }: FrameHeader): boolean {
    if (payloadLength > this.#limits.message) return false;
    return this.#wish !== 'compressed' || this.#conformance.compressed || opcode === CLOSE;
  }

  #tooLong({ payloadLength }: FrameHeader): Finding {
    const message = `a payload of ${payloadLength} bytes: none of it is kept, as ${this.#limits.message} is the limit`;
    return finding('limit.message', message);
  }

  /** Takes a frame that stands whole in one chunk, as most do, and returns its length. */
  #whole(header: FrameHeader, chunk: Buffer, start: number, at: PacketTime): number {
    const offset = start + header.headerLength;
    const length = Number(header.payloadLength);
    let findings = this.#conformance.header(header);
    let payload: Buffer | undefined;
    if (this.#isKept(header)) {
      if (length === 0) {
        payload = EMPTY;
      } else if (this.#wish === 'late' && header.opcode !== CLOSE) {
        const place = this.#position + start;
        this.#listener.frame(new UncutFrame(header, at, place, chunk, offset, this.#conformance, findings));
        return header.headerLength + length;
      } else if (header.maskingKey === undefined) {
        payload = viewOf(chunk, offset, offset + length);
      } else {
        payload = Memory.allocUnsafe(length);
        unmask(chunk, offset, offset + length, payload, 0, header.maskingKey, 0);
      }
    } else if (length > this.#limits.message) {
      findings = [...findings, this.#tooLong(header)];
    }
    this.#pass(header, at, this.#position + start, payload, 'ok', 0, NO_GAPS, findings);
    return header.headerLength + length;
  }

  /** Passes on the frame that has begun. */
  #emit(status: FrameStatus): void {
    const frame = this.#frame!;
    const { header, offset, payload, missing, gaps = NO_GAPS, findings } = frame;
    frame.release();
    const at = this.#at;
    this.#frame = undefined;
    this.#at = NO_TIME;
    this.#pass(header, at, offset, payload, status, missing, gaps, findings);
  }

  #pass(
    header: FrameHeader,
    at: PacketTime,
    offset: number,
    payload: Buffer | undefined,
    status: FrameStatus,
    missing: number,
    gaps: readonly PayloadGap[],
    found: readonly Finding[],
  ): void {
    let findings = found;
    if (header.opcode === CLOSE && status === 'ok' && payload !== undefined) {
      const more = this.#conformance.closePayload(payload);
      if (more.length > 0) findings = [...findings, ...more];
    }
    // Beyond 2^53 a place is not exact as a number: what is missing is told, where is not.
    const places = typeof header.payloadLength === 'bigint' ? NO_GAPS : gaps;
    const unseen = status === 'ok' ? 0 : missingBytes(header, missing);
    const rules = this.#conformance;
    this.#listener.frame(new CapturedFrame(header, at, offset, payload, status, unseen, places, rules, findings));
  }
}

function missingBytes(header: FrameHeader, missing: number): number | bigint {
  if (typeof header.payloadLength === 'number') return missing;
  // Only the captured bytes are counted; the rest follows from the length itself.
  return header.payloadLength - BigInt(LONGEST_COUNTED - missing);
}
