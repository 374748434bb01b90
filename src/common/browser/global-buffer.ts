type Encoding = 'utf8' | 'latin1' | 'ascii' | 'hex' | 'base64' | 'utf16le';

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const ENCODER = new TextEncoder();
/** No more than a call takes as arguments. */
const PIECE = 8 * 1024;
const TWO_TO_32 = 0x1_0000_0000;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Numbers of 8 bytes are read through this. */
const scratch = new DataView(new ArrayBuffer(8));

/**
 * What the dissector uses of Node's Buffer, for a page: the bundler puts it in the place of the global one. It is a
 * Uint8Array, and so are its views.
 */
export class BrowserBuffer extends Uint8Array<ArrayBuffer> {
  /** Views are made by this too. */
  constructor(source: number | ArrayLike<number> | ArrayBufferLike, offset?: number, length?: number) {
    super(source as ArrayBuffer, offset, length);
  }

  static alloc(length: number): BrowserBuffer {
    return new BrowserBuffer(length);
  }

  static allocUnsafe(length: number): BrowserBuffer {
    return new BrowserBuffer(length);
  }

  static allocUnsafeSlow(length: number): BrowserBuffer {
    return new BrowserBuffer(length);
  }

  static override from(source: unknown, second?: unknown, third?: unknown): BrowserBuffer {
    if (typeof source === 'string') return encode(source, second as Encoding | undefined);
    if (source instanceof ArrayBuffer) return new BrowserBuffer(source, second as number, third as number);
    return new BrowserBuffer(source as ArrayLike<number>);
  }

  static override of(...bytes: number[]): BrowserBuffer {
    return new BrowserBuffer(bytes);
  }

  static isBuffer(value: unknown): boolean {
    return value instanceof BrowserBuffer;
  }

  static byteLength(text: string): number {
    return ENCODER.encode(text).length;
  }

  static concat(parts: readonly Uint8Array[], length?: number): BrowserBuffer {
    const whole = new BrowserBuffer(length ?? parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      if (at >= whole.length) break;
      whole.set(part.length > whole.length - at ? part.subarray(0, whole.length - at) : part, at);
      at += part.length;
    }
    return whole;
  }

  static compare(one: Uint8Array, other: Uint8Array): number {
    const length = Math.min(one.length, other.length);
    for (let i = 0; i < length; i++) if (one[i] !== other[i]) return one[i]! < other[i]! ? -1 : 1;
    return Math.sign(one.length - other.length);
  }

  /** A view, as Node's is. */
  override slice(start?: number, end?: number): BrowserBuffer {
    const { buffer, byteOffset, byteLength } = this.subarray(start, end);
    return new BrowserBuffer(buffer, byteOffset, byteLength);
  }

  override toString(encoding: Encoding = 'utf8', start = 0, end = this.length): string {
    const bytes = start === 0 && end >= this.length ? this : this.subarray(start, Math.max(start, end));
    switch (encoding) {
      case 'hex':
        return hexText(bytes);
      case 'base64':
        return btoa(latin1Text(bytes, 0xff));
      case 'latin1':
        return latin1Text(bytes, 0xff);
      case 'ascii':
        return latin1Text(bytes, 0x7f);
      case 'utf16le':
        return utf16Text(bytes);
      case 'utf8':
        return UTF8.decode(bytes);
    }
  }

  equals(other: Uint8Array): boolean {
    return this.length === other.length && BrowserBuffer.compare(this, other) === 0;
  }

  compare(other: Uint8Array, otherStart = 0, otherEnd = other.length, start = 0, end = this.length): number {
    return BrowserBuffer.compare(this.subarray(start, end), other.subarray(otherStart, otherEnd));
  }

  copy(target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    const length = Math.max(0, Math.min(end - start, this.length - start, target.length - targetStart));
    target.set(this.subarray(start, start + length), targetStart);
    return length;
  }

  /** Writes text. @returns its bytes */
  write(text: string, offset: number | Encoding = 0, encoding?: Encoding): number {
    const at = typeof offset === 'number' ? offset : 0;
    const bytes = encode(text, typeof offset === 'string' ? offset : encoding);
    return bytes.copy(this, at);
  }

  override indexOf(value: unknown, from = 0): number {
    if (typeof value === 'number') return super.indexOf(value & 0xff, from);
    return find(this, typeof value === 'string' ? encode(value) : (value as Uint8Array), from);
  }

  override lastIndexOf(value: unknown, from = this.length): number {
    if (typeof value === 'number') return super.lastIndexOf(value & 0xff, from);
    const bytes = typeof value === 'string' ? encode(value) : (value as Uint8Array);
    for (let at = Math.min(from, this.length - bytes.length); at >= 0; at--) {
      if (BrowserBuffer.compare(this.subarray(at, at + bytes.length), bytes) === 0) return at;
    }
    return -1;
  }

  override includes(value: unknown, from = 0): boolean {
    return this.indexOf(value, from) >= 0;
  }

  readUInt8(at = 0): number {
    return this.#at(at, 1)[at]!;
  }

  readInt8(at = 0): number {
    return (this.readUInt8(at) << 24) >> 24;
  }

  readUInt16BE(at = 0): number {
    const bytes = this.#at(at, 2);
    return (bytes[at]! << 8) | bytes[at + 1]!;
  }

  readUInt16LE(at = 0): number {
    const bytes = this.#at(at, 2);
    return (bytes[at + 1]! << 8) | bytes[at]!;
  }

  readInt16BE(at = 0): number {
    return (this.readUInt16BE(at) << 16) >> 16;
  }

  readInt32BE(at = 0): number {
    const bytes = this.#at(at, 4);
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }

  readInt32LE(at = 0): number {
    const bytes = this.#at(at, 4);
    return (bytes[at + 3]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 1]! << 8) | bytes[at]!;
  }

  readUInt32BE(at = 0): number {
    return this.readInt32BE(at) >>> 0;
  }

  readUInt32LE(at = 0): number {
    return this.readInt32LE(at) >>> 0;
  }

  readUIntBE(at: number, length: number): number {
    const bytes = this.#at(at, length);
    let value = 0;
    for (let i = 0; i < length; i++) value = value * 256 + bytes[at + i]!;
    return value;
  }

  readUIntLE(at: number, length: number): number {
    const bytes = this.#at(at, length);
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
    return value;
  }

  readIntBE(at: number, length: number): number {
    const value = this.readUIntBE(at, length);
    return value >= 2 ** (8 * length - 1) ? value - 2 ** (8 * length) : value;
  }

  readBigUInt64BE(at = 0): bigint {
    return this.#scratch(at, 8).getBigUint64(0);
  }

  readBigUInt64LE(at = 0): bigint {
    return this.#scratch(at, 8).getBigUint64(0, true);
  }

  readBigInt64BE(at = 0): bigint {
    return this.#scratch(at, 8).getBigInt64(0);
  }

  readBigInt64LE(at = 0): bigint {
    return this.#scratch(at, 8).getBigInt64(0, true);
  }

  readFloatBE(at = 0): number {
    return this.#scratch(at, 4).getFloat32(0);
  }

  readDoubleBE(at = 0): number {
    return this.#scratch(at, 8).getFloat64(0);
  }

  writeUInt8(value: number, at = 0): number {
    this.#at(at, 1)[at] = value;
    return at + 1;
  }

  writeUInt16BE(value: number, at = 0): number {
    return this.#write(value, at, 2, false);
  }

  writeUInt16LE(value: number, at = 0): number {
    return this.#write(value, at, 2, true);
  }

  writeUInt32BE(value: number, at = 0): number {
    return this.#write(value, at, 4, false);
  }

  writeUInt32LE(value: number, at = 0): number {
    return this.#write(value, at, 4, true);
  }

  writeInt32BE(value: number, at = 0): number {
    return this.#write(value, at, 4, false);
  }

  writeInt32LE(value: number, at = 0): number {
    return this.#write(value, at, 4, true);
  }

  writeBigUInt64BE(value: bigint, at = 0): number {
    this.#write(Number(value / BigInt(TWO_TO_32)), at, 4, false);
    return this.#write(Number(value % BigInt(TWO_TO_32)), at + 4, 4, false);
  }

  #write(value: number, at: number, length: number, isLittle: boolean): number {
    const bytes = this.#at(at, length);
    for (let i = 0; i < length; i++) {
      bytes[at + (isLittle ? i : length - 1 - i)] = (value >>> (8 * i)) & 0xff;
    }
    return at + length;
  }

  /** This, where it has so many bytes at a place. @throws RangeError where it has not, as Node does */
  #at(at: number, length: number): this {
    if (at < 0 || at + length > this.length) throw new RangeError(`no ${length} bytes at ${at} of ${this.length}`);
    return this;
  }

  #scratch(at: number, length: number): DataView {
    const bytes = this.#at(at, length);
    for (let i = 0; i < length; i++) scratch.setUint8(i, bytes[at + i]!);
    return scratch;
  }
}

function encode(text: string, encoding: Encoding = 'utf8'): BrowserBuffer {
  switch (encoding) {
    case 'hex': {
      const digits = /^(?:[\da-fA-F]{2})*/.exec(text)![0];
      const bytes = new BrowserBuffer(digits.length / 2);
      for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
      return bytes;
    }
    case 'base64':
      return encode(atob(base64Digits(text)), 'latin1');
    case 'latin1':
    case 'ascii': {
      const bytes = new BrowserBuffer(text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      return bytes;
    }
    case 'utf16le': {
      const bytes = new BrowserBuffer(2 * text.length);
      for (let i = 0; i < text.length; i++) bytes.writeUInt16LE(text.charCodeAt(i), 2 * i);
      return bytes;
    }
    case 'utf8': {
      const { buffer, byteOffset, byteLength } = ENCODER.encode(text);
      return new BrowserBuffer(buffer, byteOffset, byteLength);
    }
  }
}

/** Digits that `atob` takes, of what Node takes: white space, `-` and `_`, and an end anywhere. */
function base64Digits(text: string): string {
  const [before = ''] = text.split('=', 1);
  const digits = before
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[^A-Za-z0-9+/]/g, '');
  return digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
}

function latin1Text(bytes: Uint8Array, mask: number): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    text += String.fromCharCode(...(mask === 0xff ? piece : piece.map((byte) => byte & mask)));
  }
  return text;
}

/** Half a surrogate pair stays what it is. */
function utf16Text(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) text += String.fromCharCode(bytes[at]! | (bytes[at + 1]! << 8));
  return text;
}

function hexText(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]!]!;
  return text;
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  if (wanted.length === 0) return Math.min(from, bytes.length);
  const last = bytes.length - wanted.length;
  for (let at = Uint8Array.prototype.indexOf.call(bytes, wanted[0]!, from); at >= 0 && at <= last;) {
    let length = 1;
    while (length < wanted.length && bytes[at + length] === wanted[length]) length++;
    if (length === wanted.length) return at;
    at = Uint8Array.prototype.indexOf.call(bytes, wanted[0]!, at + 1);
  }
  return -1;
}
