import { finding, type Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import { NO_MOMENT, type Moment } from '../common/moment.js';
import { NO_FINDINGS, type Conformance } from './conformance.js';
import { CLOSE, type Frame, type FrameHeader, type FrameStatus, type PayloadGap } from './frame.js';
import { decodeFrameHeader, headerLength, LONGEST_HEADER } from './frame-header.js';
import { unmask } from './unmask.js';

/** What takes the frames of one direction. */
export interface FrameParserListener {
  /** The next frame, complete or not. */
  frame(frame: Frame): void;
  /** A header was not captured whole: these first bytes of it were. */
  cutHeader(bytes: number, at: Moment): void;
}

/** Whose payloads are wanted; the others are counted and left alone, since unmasking them is the dearest work. */
export type PayloadWish = 'all' | 'compressed';

const NO_GAPS: readonly PayloadGap[] = [];
/** A payload in several chunks begins with room for this much: a header alone must not cost what it promises. */
const FIRST_ROOM = 65_536;
const EMPTY = Buffer.alloc(0);

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
  /**
   * The beginning of a header whose end has not come. Memory of its own, set aside when it is first needed: a few
   * bytes of the shared pool would keep 8 KiB of other buffers alive for as long as the connection lasts.
   */
  #head: Buffer = EMPTY;
  #headLength = 0;
  /** The frame that has begun. */
  #header: FrameHeader | undefined = undefined;
  #findings: readonly Finding[] = NO_FINDINGS;
  #offset = 0;
  /** The last packet with a byte of it. Let go of with the frame: no connection keeps the moments of a whole capture. */
  #at: Moment = NO_MOMENT;
  /** Bytes of its payload to come; imprecise above 2^53, which nothing reaches. */
  #remaining = 0;
  #length = 0;
  #keep = false;
  #payload: Buffer = EMPTY;
  #filled = 0;
  #gaps: PayloadGap[] | undefined = undefined;
  /** Bytes of the direction so far. */
  #position = 0;
  /** Whether the next byte's place in a frame is known. */
  inStep = true;

  constructor(limits: Limits, conformance: Conformance, wish: PayloadWish, listener: FrameParserListener) {
    this.#limits = limits;
    this.#conformance = conformance;
    this.#wish = wish;
    this.#listener = listener;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer, at: Moment): void {
    let offset = 0;
    // Held segments may be passed on behind a later packet: the frame's packet is the last one with a byte of it.
    if (this.#at !== NO_MOMENT && at.packet > this.#at.packet) this.#at = at;
    while (offset < chunk.length) {
      if (this.#header === undefined) {
        const header = this.#headLength === 0 ? decodeFrameHeader(chunk, offset) : undefined;
        if (header === undefined) {
          if (this.#headLength === 0) this.#at = at;
          offset += this.#pushHead(chunk, offset, this.#position + offset);
        } else if (header.payloadLength <= chunk.length - offset - header.headerLength) {
          offset += this.#whole(header, chunk, offset, at);
          continue;
        } else {
          this.#at = at;
          this.#begin(header, this.#position + offset);
          offset += header.headerLength;
        }
      }
      offset += this.#pushPayload(chunk, offset);
    }
    this.#position += chunk.length;
  }

  /**
   * Bytes were not captured.
   *
   * @param length - how many; `undefined` where that is not known
   */
  gap(length: number | undefined, at: Moment): void {
    if (this.#at !== NO_MOMENT && at.packet > this.#at.packet) this.#at = at;
    this.#position += length ?? 0;
    if (this.#header === undefined || length === undefined || length > this.#remaining) {
      this.#lose(at);
      return;
    }
    this.#miss(length);
    if (this.#remaining === 0) this.#emit('gap');
  }

  /** Nothing more comes: what has begun is passed on as it is. */
  end(at: Moment): void {
    if (this.#headLength > 0) this.#listener.cutHeader(this.#headLength, at);
    this.#headLength = 0;
    if (this.#header === undefined) return;
    this.#miss(this.#remaining);
    this.#emit('truncated');
  }

  /**
   * The next byte pushed is the first of a header again.
   *
   * @param skipped - captured bytes since the parser fell out of step
   */
  restart(skipped: number): void {
    this.#position += skipped;
    this.inStep = true;
  }

  #lose(at: Moment): void {
    this.inStep = false;
    if (this.#header !== undefined) {
      this.#miss(this.#remaining);
      this.#emit('gap');
    } else if (this.#headLength > 0) {
      this.#listener.cutHeader(this.#headLength, at);
      this.#headLength = 0;
      this.#at = NO_MOMENT;
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
    this.#header = header;
    this.#offset = position;
    this.#findings = this.#conformance.header(header);
    this.#length = Number(header.payloadLength);
    this.#remaining = this.#length;
    this.#filled = 0;
    this.#payload = EMPTY;
    this.#gaps = undefined;
    this.#keep = this.#isKept(header);
    if (this.#length > this.#limits.message) this.#findings = [...this.#findings, this.#tooLong(header)];
    if (this.#remaining === 0) this.#emit('ok');
  }

  #isKept({ opcode, payloadLength }: FrameHeader): boolean {
    if (payloadLength > this.#limits.message) return false;
    return this.#wish === 'all' || this.#conformance.compressed || opcode === CLOSE;
  }

  #tooLong({ payloadLength }: FrameHeader): Finding {
    const message = `a payload of ${payloadLength} bytes: none of it is kept, as ${this.#limits.message} is the limit`;
    return finding('limit.message', message);
  }

  /** Takes a frame that stands whole in one chunk, as most do, and returns its length. */
  #whole(header: FrameHeader, chunk: Buffer, start: number, at: Moment): number {
    const offset = start + header.headerLength;
    const length = Number(header.payloadLength);
    let findings = this.#conformance.header(header);
    let payload: Buffer | undefined;
    if (this.#isKept(header)) {
      if (length === 0) {
        payload = EMPTY;
      } else if (header.maskingKey === undefined) {
        payload = chunk.subarray(offset, offset + length);
      } else {
        payload = Buffer.allocUnsafe(length);
        unmask(chunk, offset, offset + length, payload, 0, header.maskingKey, 0);
      }
    } else if (length > this.#limits.message) {
      findings = [...findings, this.#tooLong(header)];
    }
    this.#pass(header, at, this.#position + start, payload, 'ok', NO_GAPS, findings);
    return header.headerLength + length;
  }

  #pushPayload(chunk: Buffer, offset: number): number {
    const header = this.#header;
    if (header === undefined) return 0;
    const taken = Math.min(this.#remaining, chunk.length - offset);
    if (this.#keep && taken > 0) {
      this.#reserve(taken);
      const target = this.#payload;
      if (header.maskingKey === undefined) chunk.copy(target, this.#filled, offset, offset + taken);
      else
        unmask(chunk, offset, offset + taken, target, this.#filled, header.maskingKey, this.#length - this.#remaining);
      this.#filled += taken;
    }
    this.#remaining -= taken;
    if (this.#remaining === 0) this.#emit(this.#gaps === undefined ? 'ok' : 'gap');
    return taken;
  }

  #reserve(more: number): void {
    const needed = this.#filled + more;
    if (needed <= this.#payload.length) return;
    const room = Math.min(this.#length, Math.max(needed, 2 * this.#payload.length, FIRST_ROOM));
    const grown = Buffer.allocUnsafeSlow(room);
    this.#payload.copy(grown, 0, 0, this.#filled);
    this.#payload = grown;
  }

  /** Notes payload bytes that do not come. */
  #miss(length: number): void {
    if (length === 0) return;
    const offset = this.#length - this.#remaining;
    const last = this.#gaps?.at(-1);
    if (last !== undefined && last.offset + last.length === offset) {
      this.#gaps?.splice(-1, 1, { offset: last.offset, length: last.length + length });
    } else {
      this.#gaps ??= [];
      this.#gaps.push({ offset, length });
    }
    this.#remaining -= length;
  }

  /** Passes on the frame that has begun. */
  #emit(status: FrameStatus): void {
    const header = this.#header!;
    const at = this.#at;
    this.#header = undefined;
    this.#at = NO_MOMENT;
    const whole = this.#filled === this.#payload.length;
    const payload = !this.#keep ? undefined : whole ? this.#payload : this.#payload.subarray(0, this.#filled);
    this.#payload = EMPTY;
    this.#pass(header, at, this.#offset, payload, status, this.#gaps ?? NO_GAPS, this.#findings);
  }

  #pass(
    header: FrameHeader,
    at: Moment,
    offset: number,
    payload: Buffer | undefined,
    status: FrameStatus,
    missed: readonly PayloadGap[],
    found: readonly Finding[],
  ): void {
    let findings = found;
    if (header.opcode === CLOSE && status === 'ok' && payload !== undefined) {
      const more = this.#conformance.closePayload(payload);
      if (more.length > 0) findings = [...findings, ...more];
    }
    this.#listener.frame({
      fin: header.fin,
      rsv1: header.rsv1,
      rsv2: header.rsv2,
      rsv3: header.rsv3,
      opcode: header.opcode,
      mask: header.mask,
      payloadLength: header.payloadLength,
      maskingKey: header.maskingKey,
      headerLength: header.headerLength,
      at,
      offset,
      payload,
      status,
      missing: status === 'ok' ? 0 : missingBytes(header, missed),
      // Beyond 2^53 a place is not exact as a number: what is missing is told, where is not.
      gaps: typeof header.payloadLength === 'bigint' ? NO_GAPS : missed,
      messageOpcode: this.#conformance.messageOpcode,
      compressed: this.#conformance.compressed,
      findings,
    });
  }
}

function missingBytes(header: FrameHeader, gaps: readonly PayloadGap[]): number | bigint {
  let missing = 0;
  for (const gap of gaps) missing += gap.length;
  if (typeof header.payloadLength === 'number') return missing;
  // Above 2^53 only the captured bytes are counted exactly; the rest follows from the length itself.
  return header.payloadLength - BigInt(Math.max(0, Number(header.payloadLength) - missing));
}
