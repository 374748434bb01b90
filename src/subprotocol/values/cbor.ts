import { isUtf8 } from '../../common/node/buffer.js';
import { readValue, type ReadValue, type ValueWriter } from './value-writer.js';

const BREAK = 0xff;
const INDEFINITE = 31;

/** Major types (RFC 8949 section 3.1). */
const UNSIGNED = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;

/**
 * Reads the CBOR value that begins at a place (RFC 8949).
 *
 * @returns `undefined` where there is none, or the bytes end before it does
 */
export function readCbor(bytes: Buffer, from = 0): ReadValue | undefined {
  return readValue(bytes, from, readItem);
}

/** The elements of an array that begins at a place, each by itself. */
export function readCborArray(bytes: Buffer, from = 0): { elements: ReadValue[]; end: number } | undefined {
  const head = headAt(bytes, from);
  if (head === undefined || head.major !== ARRAY) return undefined;
  const elements: ReadValue[] = [];
  let at = head.end;
  const isMarked = head.info === INDEFINITE;
  if (!isMarked && head.value > bytes.length) return undefined;
  for (let left = isMarked ? Number.POSITIVE_INFINITY : Number(head.value); left > 0; left--) {
    if (isMarked && bytes[at] === BREAK) return { elements, end: at + 1 };
    const element = readCbor(bytes, at);
    if (element === undefined) return undefined;
    elements.push(element);
    at = element.end;
  }
  return { elements, end: at };
}

interface Head {
  readonly major: number;
  readonly info: number;
  /** The argument. */
  readonly value: number | bigint;
  readonly end: number;
}

function headAt(bytes: Buffer, at: number): Head | undefined {
  if (at >= bytes.length) return undefined;
  const first = bytes[at]!;
  const major = first >>> 5;
  const info = first & 31;
  if (info < 24) return { major, info, value: info, end: at + 1 };
  if (info === INDEFINITE) return { major, info, value: 0, end: at + 1 };
  if (info > 27) return undefined;
  const size = 1 << (info - 24);
  const end = at + 1 + size;
  if (end > bytes.length) return undefined;
  const value = size === 8 ? bytes.readBigUInt64BE(at + 1) : bytes.readUIntBE(at + 1, size);
  return { major, info, value, end };
}

function readItem(bytes: Buffer, at: number, writer: ValueWriter): number | undefined {
  if (bytes[at] === BREAK) {
    if (!writer.isInIndefinite || writer.isAfterKey) return undefined;
    writer.end();
    return at + 1;
  }
  const head = headAt(bytes, at);
  if (head === undefined) return undefined;
  const { major, info, value, end } = head;
  const isMarked = info === INDEFINITE;
  if (isMarked && (major < BYTES || major === TAG)) return undefined;
  switch (major) {
    case UNSIGNED:
      return writer.plain(String(value)) ? end : undefined;
    case NEGATIVE:
      return writer.plain(String(-1n - BigInt(value))) ? end : undefined;
    case BYTES:
    case TEXT: {
      const string = isMarked ? joinChunks(bytes, end, major) : sliceOf(bytes, end, value);
      if (string === undefined) return undefined;
      const isFine =
        major === TEXT && isUtf8(string.body) ? writer.string(string.body.toString('utf8')) : writer.bytes(string.body);
      return isFine ? string.end : undefined;
    }
    case ARRAY:
    case MAP:
      return writer.begin(major === MAP, isMarked ? Number.POSITIVE_INFINITY : Number(value)) ? end : undefined;
    case TAG:
      return writer.wrap(`${value}(`, ')') ? end : undefined;
    default:
      return readSimple(bytes, head, writer);
  }
}

function sliceOf(bytes: Buffer, from: number, length: number | bigint): { body: Buffer; end: number } | undefined {
  const end = from + Number(length);
  return end <= bytes.length ? { body: bytes.subarray(from, end), end } : undefined;
}

/** A string of unknown length: pieces of known length of the same kind (section 3.2.3). */
function joinChunks(bytes: Buffer, from: number, major: number): { body: Buffer; end: number } | undefined {
  const pieces: Buffer[] = [];
  let at = from;
  while (bytes[at] !== BREAK) {
    const head = headAt(bytes, at);
    if (head === undefined || head.major !== major || head.info === INDEFINITE) return undefined;
    const piece = sliceOf(bytes, head.end, head.value);
    if (piece === undefined) return undefined;
    pieces.push(piece.body);
    at = piece.end;
  }
  return { body: Buffer.concat(pieces), end: at + 1 };
}

const SIMPLE = ['false', 'true', 'null'];

function readSimple(bytes: Buffer, { info, value, end }: Head, writer: ValueWriter): number | undefined {
  let isFine: boolean;
  if (info >= 20 && info <= 22) isFine = writer.plain(SIMPLE[info - 20]!);
  else if (info === 23) isFine = writer.other('undefined');
  else if (info === 25) isFine = writer.float(halfFloat(Number(value)));
  else if (info === 26) isFine = writer.float(bytes.readFloatBE(end - 4));
  else if (info === 27) isFine = writer.float(bytes.readDoubleBE(end - 8));
  else isFine = (info < 24 || value >= 32) && writer.other(`simple(${value})`);
  return isFine ? end : undefined;
}

/** RFC 8949 appendix D. */
function halfFloat(half: number): number {
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
