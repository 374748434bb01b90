import { isUtf8 } from 'node:buffer';
import type { Moment } from '../common/moment.js';
import { BINARY, CLOSE, CONTINUATION, PONG, TEXT, type FrameHeader } from './frame.js';
import { decodeFrameHeader, headerLength, isMinimal, LONGEST_HEADER } from './frame-header.js';
import { mayBeSent } from './conformance.js';
import { unmask } from './unmask.js';

/** What the frames that are looked for must be like. */
export interface BoundaryRules {
  /** Whether they are masked; `undefined` where the direction is not known yet. */
  readonly mask: boolean | undefined;
  /** Whether RSV1 may be 1: not where it is known that no compression was agreed on. */
  readonly rsv1: boolean;
}

/**
 * How improbable each observation is in bytes that are no frames, in bits: -log2 of its probability.
 *
 * 13 of the 256 values of a header's first byte are plausible; a length of 7 bits leads to the segment's end by
 * chance once in 126 times.
 */
const FIRST_BYTE = 4.3;
/** Of a frame that is not final and not masked: its first byte is 0, 1, 2, 0x41 or 0x42, as much of binary data is. */
const COMMON_FIRST_BYTE = 1;
const MASK_BIT = 1;
/** A whole text frame has one first byte of these 13, and is the most common frame by far. */
const WHOLE_TEXT = 5;
const SHORT_LENGTH = 7;
const MEDIUM_LENGTH = 7 + 16;
/** A length in 64 bits that is above 65,535 and below 2^31. */
const LONG_LENGTH = 7 + 33;
/** 2,012 of 65,536 codes may be sent. */
const CLOSE_CODE = 5;
/** One byte of text that could stand in a letter: about 98 of 256 values. */
const PRINTABLE = 1.4;
const MOST_TEXT = 24;
/** Longest text that is looked at. */
const TEXT_LOOKED_AT = 4096;
const LARGEST_PAYLOAD = 2 ** 31;

/**
 * A place where a frame may begin, and how well the bytes from there on read as frames.
 *
 * It walks from header to header; an implausible header ends it. The evidence adds up in bits, so that a threshold
 * bounds the chance that other bytes are taken for frames.
 */
export class BoundaryCandidate {
  /** Number of the held item that it begins with. */
  readonly item: number;
  readonly at: Moment;
  readonly #rules: BoundaryRules;
  readonly #head = Buffer.allocUnsafe(LONGEST_HEADER);
  #headLength = 0;
  #remaining = 0;
  #lengthBits = 0;
  /** The header before, and whether it left a message open; `undefined` where that is not known. */
  #last: FrameHeader | undefined = undefined;
  #open: boolean | undefined = undefined;
  /** Chunks that the current frame stands in. */
  #chunks = 0;
  /** Improbability of what was seen, in bits. */
  bits = 0;
  /** How much of that is readable text. */
  textBits = 0;
  dead = false;
  /** Whether the frames seen are masked. */
  mask: boolean | undefined;

  constructor(item: number, rules: BoundaryRules, at: Moment) {
    this.item = item;
    this.#rules = rules;
    this.mask = rules.mask;
    this.at = at;
  }

  /** Walks on through a chunk; the end of a chunk is where senders end frames. */
  push(chunk: Buffer): void {
    let offset = 0;
    this.#chunks++;
    while (offset < chunk.length && !this.dead) {
      if (this.#remaining > 0) {
        const taken = Math.min(this.#remaining, chunk.length - offset);
        this.#remaining -= taken;
        offset += taken;
      } else {
        offset = this.#header(chunk, offset);
      }
    }
    if (!this.dead && this.#remaining === 0 && this.#headLength === 0 && this.#lengthBits > 0) {
      this.bits += Math.max(0, this.#lengthBits - Math.log2(this.#chunks));
      this.#lengthBits = 0;
    }
  }

  /** Walks over bytes that were not captured; where a header fell among them the walk ends. */
  gap(length: number | undefined): void {
    if (length === undefined || length > this.#remaining) this.dead = true;
    else this.#remaining -= length;
  }

  #header(chunk: Buffer, start: number): number {
    let offset = start;
    let header: FrameHeader | undefined;
    while (header === undefined) {
      const needed = headerLength(this.#head, 0, this.#headLength);
      const copied = chunk.copy(this.#head, this.#headLength, offset, offset + needed - this.#headLength);
      if (copied === 0) return chunk.length;
      this.#headLength += copied;
      offset += copied;
      header = decodeFrameHeader(this.#head, 0, this.#headLength);
    }
    this.#headLength = 0;
    this.#weigh(header, chunk, offset);
    return offset;
  }

  #weigh(header: FrameHeader, chunk: Buffer, offset: number): void {
    const length = Number(header.payloadLength);
    this.mask ??= header.mask;
    const fillsChunk = offset === header.headerLength && offset + length === chunk.length;
    const repeats = this.#last !== undefined && isRepeated(this.#last, header, fillsChunk);
    this.#last = header;
    if (!this.#isPlausible(header, length)) {
      this.dead = true;
      return;
    }
    this.#remaining = length;
    this.#chunks = 1;
    this.#lengthBits = 0;
    if (repeats) return;
    this.bits += header.fin || header.mask ? FIRST_BYTE + MASK_BIT : COMMON_FIRST_BYTE;
    this.#lengthBits = length <= 125 ? SHORT_LENGTH : length <= 0xffff ? MEDIUM_LENGTH : 0;
    if (length > 0xffff) this.bits += LONG_LENGTH;
    if (offset + length > chunk.length || length > TEXT_LOOKED_AT) return;
    if (header.opcode === CLOSE) this.#weighClose(header, chunk, offset, length);
    else if (header.opcode === TEXT && header.fin && !header.rsv1) this.#weighText(header, chunk, offset, length);
  }

  #isPlausible(header: FrameHeader, length: number): boolean {
    const { opcode } = header;
    if (header.rsv2 || header.rsv3 || header.mask !== this.mask || length >= LARGEST_PAYLOAD) return false;
    if (header.rsv1 && (!this.#rules.rsv1 || (opcode !== TEXT && opcode !== BINARY))) return false;
    if (opcode >= CLOSE ? opcode > PONG || !header.fin || length > 125 : !this.#mayFollow(header)) return false;
    return isMinimal(header) && !(opcode === CLOSE && length === 1);
  }

  /** Whether a data frame may stand behind the ones before: messages are not mixed (RFC 6455 section 5.4). */
  #mayFollow({ opcode, fin }: FrameHeader): boolean {
    const open = this.#open;
    this.#open = !fin;
    return opcode <= BINARY && (open === undefined || open === (opcode === CONTINUATION));
  }

  #weighClose(header: FrameHeader, chunk: Buffer, offset: number, length: number): void {
    if (length < 2) return;
    const body = plain(header, chunk, offset, length);
    if (mayBeSent(body.readUInt16BE(0)) && isUtf8(body.subarray(2))) this.bits += CLOSE_CODE;
    else this.dead = true;
  }

  #weighText(header: FrameHeader, chunk: Buffer, offset: number, length: number): void {
    const text = plain(header, chunk, offset, length);
    if (!isUtf8(text)) return;
    let printable = 0;
    for (const byte of text.subarray(0, MOST_TEXT)) {
      // Binary fields, with a type and a length before them, are valid UTF-8 more often than they are text. STOMP ends
      // with a zero, SignalR with a separator, and terminals send escapes: those may stand in a text.
      const isBinary = (byte > 0 && byte < 9) || (byte > 13 && byte < 0x1b);
      if (isBinary) return;
      if (byte >= 0x20 || (byte >= 9 && byte <= 13)) printable++;
    }
    const textBits = Math.min(MOST_TEXT, printable * PRINTABLE);
    this.bits += WHOLE_TEXT + textBits;
    this.textBits += textBits;
  }
}

/**
 * Whether a header says nothing new: bytes that repeat, as a run of zeros does, are one observation and not many.
 *
 * Frames of a server may well be alike; where each fills a chunk of its own, that is an observation. A client's key is
 * another one for each frame, or for some clients always the same, and then the rest of the header tells.
 */
function isRepeated(last: FrameHeader, header: FrameHeader, fillsChunk: boolean): boolean {
  if (header.fin !== last.fin || header.opcode !== last.opcode || header.payloadLength !== last.payloadLength) {
    return false;
  }
  return header.mask ? header.maskingKey === last.maskingKey : !fillsChunk || header.payloadLength === 0;
}

function plain(header: FrameHeader, chunk: Buffer, offset: number, length: number): Buffer {
  if (header.maskingKey === undefined) return chunk.subarray(offset, offset + length);
  const bytes = Buffer.allocUnsafe(length);
  unmask(chunk, offset, offset + length, bytes, 0, header.maskingKey, 0);
  return bytes;
}
