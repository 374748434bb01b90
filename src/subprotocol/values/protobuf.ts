import { isUtf8 } from '../../common/node/buffer.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const GROUP = 3;
const GROUP_END = 4;
const FIXED32 = 5;

const MOST_VARINT = 10;
/** Messages inside one another that are looked for. */
const DEEPEST = 32;
const LARGEST_FIELD = 536_870_911;
/** Characters that text may be expected to have: a message of numbers is seldom free of all others. */
const TEXT = /^[\P{C}\t\n\r]*$/u;

/** What is being read: a message inside another, or a group. */
interface Open {
  /** Where it ends; of a group, where the message around it does. */
  readonly end: number;
  /** Of a group: the field number that its end has. */
  readonly group: number | undefined;
}

/**
 * Reads fields as `protoc --decode_raw` shows them: `1: 150 2 { 1: "name" }`. What may be a message inside is shown as
 * one, where all of its bytes are fields; otherwise it is text, or bytes.
 *
 * @returns `undefined` where the bytes are no fields
 */
export function readProtobuf(bytes: Buffer): string | undefined {
  const parts: string[] = [];
  const open: Open[] = [{ end: bytes.length, group: undefined }];
  let at = 0;
  for (;;) {
    const inside = open.at(-1)!;
    if (at === inside.end && inside.group === undefined) {
      open.pop();
      if (open.length === 0) return parts.join(' ');
      parts.push('}');
      continue;
    }
    const key = readVarint(bytes, at, inside.end);
    if (key === undefined) return undefined;
    const field = Number(key.value >> 3n);
    const type = Number(key.value & 7n);
    if (field === 0 || field > LARGEST_FIELD) return undefined;
    at = key.end;
    switch (type) {
      case VARINT: {
        const number = readVarint(bytes, at, inside.end);
        if (number === undefined) return undefined;
        parts.push(`${field}: ${number.value}`);
        at = number.end;
        break;
      }
      case FIXED64:
      case FIXED32: {
        const size = type === FIXED64 ? 8 : 4;
        if (at + size > inside.end) return undefined;
        const digits = type === FIXED64 ? bytes.readBigUInt64LE(at).toString(16) : bytes.readUInt32LE(at).toString(16);
        parts.push(`${field}: 0x${digits.padStart(size * 2, '0')}`);
        at += size;
        break;
      }
      case BYTES: {
        const length = readVarint(bytes, at, inside.end);
        if (length === undefined || length.value > BigInt(inside.end - length.end)) return undefined;
        const end = length.end + Number(length.value);
        const body = bytes.subarray(length.end, end);
        const text = textOf(body);
        at = end;
        if (text === undefined && body.length > 0 && open.length < DEEPEST && areFields(body)) {
          parts.push(`${field} {`);
          open.push({ end, group: undefined });
          at = length.end;
        } else {
          parts.push(`${field}: ${text ?? `h'${body.toString('hex')}'`}`);
        }
        break;
      }
      case GROUP:
        if (open.length >= DEEPEST) return undefined;
        parts.push(`${field} {`);
        open.push({ end: inside.end, group: field });
        break;
      case GROUP_END:
        if (inside.group !== field) return undefined;
        parts.push('}');
        open.pop();
        break;
      default:
        return undefined;
    }
  }
}

function textOf(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  return TEXT.test(text) ? JSON.stringify(text) : undefined;
}

/** Whether bytes are fields from the first to the last, whatever is in those with a length. */
function areFields(bytes: Buffer): boolean {
  const groups: bigint[] = [];
  for (let at = 0; at < bytes.length;) {
    const key = readVarint(bytes, at, bytes.length);
    if (key === undefined) return false;
    const field = key.value >> 3n;
    const type = Number(key.value & 7n);
    if (field === 0n || field > BigInt(LARGEST_FIELD)) return false;
    at = key.end;
    if (type === VARINT || type === BYTES) {
      const number = readVarint(bytes, at, bytes.length);
      if (number === undefined) return false;
      if (type === BYTES && number.value > BigInt(bytes.length - number.end)) return false;
      at = number.end + (type === BYTES ? Number(number.value) : 0);
    } else if (type === FIXED64 || type === FIXED32) {
      at += type === FIXED64 ? 8 : 4;
      if (at > bytes.length) return false;
    } else if (type === GROUP) {
      if (groups.length >= DEEPEST) return false;
      groups.push(field);
    } else if (type !== GROUP_END || groups.pop() !== field) {
      return false;
    }
  }
  return groups.length === 0;
}

function readVarint(bytes: Buffer, from: number, end: number): { value: bigint; end: number } | undefined {
  let value = 0n;
  for (let at = from; at < end && at - from < MOST_VARINT; at++) {
    const byte = bytes[at]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - from));
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + 1 };
  }
  return undefined;
}
