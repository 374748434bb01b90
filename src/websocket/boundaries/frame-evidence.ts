import { isUtf8 } from '../../common/node/buffer.js';
import { BINARY, CLOSE, CONTINUATION, PONG, TEXT, type FrameHeader } from '../frame.js';
import { isMinimal } from '../frame-header.js';
import { mayBeSent } from '../conformance.js';
import { unmask } from '../unmask.js';

/** What the frames that are looked for must be like. */
export interface BoundaryRules {
  /** Whether they are masked; `undefined` where the direction is not known yet. */
  readonly mask: boolean | undefined;
  /** Whether RSV1 may be 1: not where it is known that no compression was agreed on. */
  readonly rsv1: boolean;
  /** Whether RSV1 says that the payload is DEFLATE. */
  readonly deflate: boolean;
  /** The masking key that the sender used for all its frames so far; `undefined` where they differ or are too few. */
  readonly fixedKey?: number | undefined;
}

/**
 * How much more probable each first byte is in a header than anywhere else, in bits: log2 of its share among frames,
 * times 256. Fragments and RSV1 are less common than whole messages; other values stand in no header.
 */
const FIRST_BYTE: ReadonlyMap<number, number> = new Map([
  [0x81, 6.7],
  [0x82, 6],
  [0xc1, 4.7],
  [0xc2, 3.7],
  [0x89, 3.9],
  [0x8a, 3.9],
  [0x88, 2.9],
  [0x80, 2.4],
  [0x00, 2.4],
  [0x01, 2.4],
  [0x02, 2.4],
  [0x41, 2.4],
  [0x42, 2.4],
]);
/**
 * The most that a first byte tells where the bytes are not masked: 80 to 82 are common in binary data, and 0 to 2 so much
 * that inside a segment they tell nothing.
 */
const UNMASKED_INSIDE = 3;
const UNMASKED_FRAGMENT = 1;
const MASK_BIT = 1;
/** The length leads to the end of a segment: by chance once in 126 times, with 16 bits of length once in 2^16 more. */
export const SHORT_LENGTH = 7;
export const MEDIUM_LENGTH = 7 + 16;
/** A length in 64 bits that is above 65,535 and below 2^31. */
const LONG_LENGTH = 7 + 33;
/** 2,012 of 65,536 codes may be sent, and most close frames have one of two. */
const CLOSE_CODE = 5;
const COMMON_CLOSE_CODE = 12;
/** A byte of a masking key that is the known one; the four may well be alike, so less than 8. */
const KNOWN_KEY_BYTE = 6;
/** One byte of text that could stand in a letter: about 98 of 256 values. */
const PRINTABLE = 1.4;
const MOST_TEXT = 24;
/** Bytes of a text that are looked at, so that the work for each place is bounded. */
const TEXT_LOOKED_AT = 128;
/** A text frame that is not UTF-8: rare in frames, the rule in other bytes. */
const NOT_UTF8 = -8;
const LARGEST_PAYLOAD = 2 ** 31;

/** Whether a byte may be the first one of a frame of these rules. */
export function mayBeFirst(byte: number, rsv1: boolean): boolean {
  return FIRST_BYTE.has(byte) && (rsv1 || (byte & 0x40) === 0);
}

/** Whether a header may stand there at all, by itself. */
export function isPlausible(header: FrameHeader, rules: BoundaryRules): boolean {
  const { opcode } = header;
  if (header.rsv2 || header.rsv3 || header.payloadLength >= LARGEST_PAYLOAD) return false;
  if (header.rsv1 && (!rules.rsv1 || (opcode !== TEXT && opcode !== BINARY))) return false;
  if (opcode >= CLOSE ? opcode > PONG || !header.fin || header.payloadLength > 125 : opcode > BINARY) return false;
  return isMinimal(header) && !(opcode === CLOSE && header.payloadLength === 1);
}

/**
 * What a header by itself tells, in bits, its length apart.
 *
 * @param isInside - it does not begin where a segment begins
 * @param fixedKey - the masking key that the sender always used
 */
export function headerBits(header: FrameHeader, isInside: boolean, fixedKey: number | undefined): number {
  const first = (header.fin ? 0x80 : 0) | (header.rsv1 ? 0x40 : 0) | header.opcode;
  let bits = FIRST_BYTE.get(first) ?? 0;
  if (header.maskingKey !== undefined) {
    bits += header.maskingKey === fixedKey ? knownKeyBits(fixedKey) : keyBits(header.maskingKey);
  } else if (isInside) bits = header.fin ? Math.min(bits, UNMASKED_INSIDE) : -MASK_BIT;
  else if (!header.fin) bits = UNMASKED_FRAGMENT;
  return bits + MASK_BIT + (Number(header.payloadLength) > 0xffff ? LONG_LENGTH : 0);
}

/**
 * What a masking key tells. Clients take random ones (RFC 6455 section 5.3), in which zeros are rare; counters, lengths
 * and types of other protocols have them in plenty. Some clients mask with 0, which tells nothing.
 */
function keyBits(key: number): number {
  if (key === 0) return 0;
  const zeros = zeroBytes(key);
  return zeros === 0 ? 0 : zeros === 1 ? -2 : zeros === 2 ? -8 : -16;
}

/** What it tells that a masking key is the one that the sender always used: zeros may stand anywhere. */
function knownKeyBits(key: number): number {
  return (4 - zeroBytes(key)) * KNOWN_KEY_BYTE;
}

function zeroBytes(key: number): number {
  let zeros = 0;
  for (let shift = 0; shift < 32; shift += 8) if (((key >>> shift) & 0xff) === 0) zeros++;
  return zeros;
}

/** What a payload tells, in bits. */
export interface PayloadEvidence {
  /** No frame has such a payload. */
  readonly isImpossible: boolean;
  readonly bits: number;
  /** How much of that is readable text. */
  readonly textBits: number;
  /** Stands for the bytes that were looked at, so that the same text again is known. */
  readonly mark: number;
}

const NOTHING: PayloadEvidence = { isImpossible: false, bits: 0, textBits: 0, mark: 0 };
const IMPOSSIBLE: PayloadEvidence = { ...NOTHING, isImpossible: true };

/**
 * Weighs what there is of a payload in a chunk.
 *
 * @param offset - where the payload begins in the chunk
 */
export function weighPayload(
  header: FrameHeader,
  chunk: Buffer,
  offset: number,
  rules: BoundaryRules,
): PayloadEvidence {
  const length = Number(header.payloadLength);
  const there = Math.min(length, chunk.length - offset);
  if (there <= 0) return NOTHING;
  if (header.rsv1) return rules.deflate && isNoDeflate(header, chunk[offset]!) ? IMPOSSIBLE : NOTHING;
  if (header.opcode === CLOSE) {
    return there === length ? weighClose(plain(header, chunk, offset, there), rules.mask !== undefined) : NOTHING;
  }
  if (header.opcode !== TEXT) return NOTHING;
  const looked = Math.min(there, TEXT_LOOKED_AT);
  if (looked < length && looked < MOST_TEXT) return NOTHING;
  if (isInsideCharacter(chunk, offset - header.headerLength)) return NOTHING;
  return weighText(plain(header, chunk, offset, looked), looked === length && header.fin);
}

/** A block of DEFLATE is of one of three types (RFC 1951 section 3.2.3); the fourth value is reserved. */
function isNoDeflate({ maskingKey }: FrameHeader, first: number): boolean {
  const byte = maskingKey === undefined ? first : first ^ (maskingKey >>> 24);
  return (byte & 0b110) === 0b110;
}

/** @param isKnown - whether the connection is known to be WebSocket: else a lone close frame must not be enough */
function weighClose(body: Buffer, isKnown: boolean): PayloadEvidence {
  const code = body.readUInt16BE(0);
  if (!mayBeSent(code) || !isUtf8(body.subarray(2))) return IMPOSSIBLE;
  const reason = weighText(body.subarray(2), true);
  return { ...reason, bits: reason.bits + (isKnown && code <= 1001 ? COMMON_CLOSE_CODE : CLOSE_CODE) };
}

function weighText(text: Buffer, isWhole: boolean): PayloadEvidence {
  if (!isUtf8(isWhole ? text : text.subarray(0, wholeCharacters(text)))) return { ...NOTHING, bits: NOT_UTF8 };
  let printable = 0;
  for (const byte of text.subarray(0, MOST_TEXT)) {
    // Binary fields, with a type and a length before them, are valid UTF-8 more often than they are text. STOMP ends
    // with a zero, SignalR with a separator, and terminals send escapes: those may stand in a text.
    const isBinary = (byte > 0 && byte < 9) || (byte > 13 && byte < 0x1b);
    if (isBinary) return NOTHING;
    if (byte >= 0x20 || (byte >= 9 && byte <= 13)) printable++;
  }
  let mark = text.length;
  for (const byte of text) mark = (Math.imul(mark, 31) + byte) | 0;
  const textBits = Math.min(MOST_TEXT, printable * PRINTABLE);
  return { isImpossible: false, bits: textBits, textBits, mark };
}

/** Bytes of a text up to a character that may be cut off at its end. */
function wholeCharacters(text: Buffer): number {
  for (let back = 1; back <= 3 && back <= text.length; back++) {
    const byte = text[text.length - back]!;
    if (byte >= 0xc0) return text.length - back;
    if (byte < 0x80) break;
  }
  return text.length;
}

/**
 * Whether a first byte of 80 to BF goes on with a character that begins before it: inside a text that is lost, such a
 * byte and the text after it are no evidence.
 */
function isInsideCharacter(chunk: Buffer, start: number): boolean {
  if (start <= 0 || (chunk[start]! & 0xc0) !== 0x80) return false;
  for (let back = 1; back <= 3 && back <= start; back++) {
    const byte = chunk[start - back]!;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2);
    if (byte < 0x80) return false;
  }
  return false;
}

function plain(header: FrameHeader, chunk: Buffer, offset: number, length: number): Buffer {
  if (header.maskingKey === undefined) return chunk.subarray(offset, offset + length);
  const bytes = Buffer.allocUnsafe(length);
  unmask(chunk, offset, offset + length, bytes, 0, header.maskingKey, 0);
  return bytes;
}

/** Whether a data frame may follow: messages are not mixed (RFC 6455 section 5.4). */
export function mayFollow({ opcode }: FrameHeader, isOpen: boolean | undefined): boolean {
  return isOpen === undefined || isOpen === (opcode === CONTINUATION);
}
