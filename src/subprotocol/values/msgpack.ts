import { isUtf8 } from '../../common/node/buffer.js';
import { bytesText, readValue, type ReadValue, type ValueWriter } from './value-writer.js';

/** Bytes of a value after the head that says how long it is. */
interface Body {
  readonly kind: 'string' | 'bytes' | 'extension' | 'array' | 'map';
  readonly length: number;
  readonly from: number;
  readonly type?: number;
}

/**
 * Reads the MessagePack value that begins at a place.
 *
 * @returns `undefined` where there is none, or the bytes end before it does
 */
export function readMsgpack(bytes: Buffer, from = 0): ReadValue | undefined {
  return readValue(bytes, from, readItem);
}

/**
 * The elements of an array that begins at a place, each by itself.
 *
 * @returns `undefined` where there is no array, or the bytes end before it does
 */
export function readMsgpackArray(bytes: Buffer, from = 0): { elements: ReadValue[]; end: number } | undefined {
  const first = from < bytes.length ? bytes[from]! : -1;
  const head = first >= 0x90 && first <= 0x9f ? { length: first & 15, from: from + 1 } : bodyOf(bytes, from);
  if (head === undefined || ('kind' in head && head.kind !== 'array') || head.length > bytes.length) return undefined;
  const elements: ReadValue[] = [];
  let at = head.from;
  for (let left = head.length; left > 0; left--) {
    const element = readMsgpack(bytes, at);
    if (element === undefined) return undefined;
    elements.push(element);
    at = element.end;
  }
  return { elements, end: at };
}

/**
 * The pairs of a map that begins at a place, each key and value by itself.
 *
 * @returns `undefined` where there is no map, or the bytes end before it does
 */
export function readMsgpackMap(
  bytes: Buffer,
  from = 0,
): { pairs: [key: ReadValue, value: ReadValue][]; end: number } | undefined {
  const first = from < bytes.length ? bytes[from]! : -1;
  const head = first >= 0x80 && first <= 0x8f ? { length: first & 15, from: from + 1 } : bodyOf(bytes, from);
  if (head === undefined || ('kind' in head && head.kind !== 'map') || head.length > bytes.length) return undefined;
  const pairs: [ReadValue, ReadValue][] = [];
  let at = head.from;
  for (let left = head.length; left > 0; left--) {
    const key = readMsgpack(bytes, at);
    const value = key && readMsgpack(bytes, key.end);
    if (value === undefined) return undefined;
    pairs.push([key!, value]);
    at = value.end;
  }
  return { pairs, end: at };
}

/** Reads one item, or the head of an array or map. @returns where the next one begins */
function readItem(bytes: Buffer, at: number, writer: ValueWriter): number | undefined {
  if (at >= bytes.length) return undefined;
  const first = bytes[at]!;
  const next = at + 1;
  if (first < 0x80) return done(writer.plain(String(first)), next);
  if (first >= 0xe0) return done(writer.plain(String(first - 0x100)), next);
  if (first < 0x90) return done(writer.begin(true, first & 15), next);
  if (first < 0xa0) return done(writer.begin(false, first & 15), next);
  if (first < 0xc0) return readBody(bytes, { kind: 'string', length: first & 31, from: next }, writer);
  switch (first) {
    case 0xc0:
      return done(writer.plain('null'), next);
    case 0xc2:
      return done(writer.plain('false'), next);
    case 0xc3:
      return done(writer.plain('true'), next);
    case 0xc1:
      return undefined;
  }
  if (first >= 0xca && first <= 0xd3) return readNumber(bytes, at, writer);
  const body = bodyOf(bytes, at);
  return body && readBody(bytes, body, writer);
}

function done(isFine: boolean, end: number): number | undefined {
  return isFine ? end : undefined;
}

function readNumber(bytes: Buffer, at: number, writer: ValueWriter): number | undefined {
  const first = bytes[at]!;
  const from = at + 1;
  const size = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8][first - 0xca]!;
  const end = from + size;
  if (end > bytes.length) return undefined;
  if (first === 0xca) return done(writer.float(bytes.readFloatBE(from)), end);
  if (first === 0xcb) return done(writer.float(bytes.readDoubleBE(from)), end);
  const isSigned = first >= 0xd0;
  if (size === 8) {
    const value = isSigned ? bytes.readBigInt64BE(from) : bytes.readBigUInt64BE(from);
    return done(writer.plain(String(value)), end);
  }
  return done(writer.plain(String(isSigned ? bytes.readIntBE(from, size) : bytes.readUIntBE(from, size))), end);
}

/** Kind and bytes of the length of each head with a length, from 0xc4 on. */
const HEADS: Readonly<Record<number, readonly [Body['kind'], number]>> = {
  0xc4: ['bytes', 1],
  0xc5: ['bytes', 2],
  0xc6: ['bytes', 4],
  0xc7: ['extension', 1],
  0xc8: ['extension', 2],
  0xc9: ['extension', 4],
  0xd9: ['string', 1],
  0xda: ['string', 2],
  0xdb: ['string', 4],
  0xdc: ['array', 2],
  0xdd: ['array', 4],
  0xde: ['map', 2],
  0xdf: ['map', 4],
};

function bodyOf(bytes: Buffer, at: number): Body | undefined {
  if (at >= bytes.length) return undefined;
  const first = bytes[at]!;
  if (first >= 0xd4 && first <= 0xd8) {
    if (at + 1 >= bytes.length) return undefined;
    return { kind: 'extension', length: 1 << (first - 0xd4), type: bytes.readInt8(at + 1), from: at + 2 };
  }
  const head = HEADS[first];
  if (head === undefined) return undefined;
  const [kind, size] = head;
  const from = at + 1 + size;
  if (from > bytes.length) return undefined;
  const length = bytes.readUIntBE(at + 1, size);
  if (kind !== 'extension') return { kind, length, from };
  return from < bytes.length ? { kind, length, type: bytes.readInt8(from), from: from + 1 } : undefined;
}

function readBody(bytes: Buffer, { kind, length, from, type }: Body, writer: ValueWriter): number | undefined {
  if (kind === 'array' || kind === 'map') return done(writer.begin(kind === 'map', length), from);
  const end = from + length;
  if (end > bytes.length) return undefined;
  const body = bytes.subarray(from, end);
  if (kind === 'bytes') return done(writer.bytes(body), end);
  if (kind === 'extension') return done(writer.other(`ext(${type!}, ${bytesText(body)})`), end);
  // A string that is not UTF-8 is what the old format had for bytes.
  return done(isUtf8(body) ? writer.string(body.toString('utf8')) : writer.bytes(body), end);
}
