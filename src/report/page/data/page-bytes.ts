/**
 * Bytes with what the shared modules ask of Node's `Buffer`: a page has none. Whoever gives them to such a module says
 * so with {@link asBuffer}.
 */
export class PageBytes extends Uint8Array {
  static fromHex(digits: string): PageBytes {
    const bytes = new PageBytes(digits.length / 2);
    for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16);
    return bytes;
  }

  static fromBase64(base64: string): PageBytes {
    const binary = atob(base64);
    const bytes = new PageBytes(binary.length);
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  }

  static fromText(text: string): PageBytes {
    return new PageBytes(new TextEncoder().encode(text));
  }

  get #view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.byteLength);
  }

  readUInt32BE(offset: number): number {
    return this.#view.getUint32(offset);
  }

  readBigUInt64BE(offset: number): bigint {
    return this.#view.getBigUint64(offset);
  }

  copy(target: Uint8Array, targetStart: number, start: number, end: number): number {
    target.set(this.subarray(start, end), targetStart);
    return end - start;
  }

  /** Of encodings only `hex` is asked for. */
  override toString(_encoding?: 'hex', start = 0, end = this.length): string {
    let digits = '';
    for (let at = start; at < end; at++) digits += this[at]!.toString(16).padStart(2, '0');
    return digits;
  }
}

/** The bytes as the shared modules name their type. */
export function asBuffer(bytes: PageBytes): Buffer {
  return bytes as unknown as Buffer;
}
