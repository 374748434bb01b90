import { isUtf8 } from '../common/node/buffer.js';

/** A value of a binary format, written as text so that nothing is lost. */
export interface Rendered {
  readonly text: string;
  /** The text is JSON. Otherwise it is CBOR's diagnostic notation (RFC 8949 section 8), which has bytes and keys of all kinds. */
  readonly isJson: boolean;
}

/** The member that a text belongs in. */
export function shown({ text, isJson }: Rendered): { value: string } | { raw: string } {
  return isJson ? { value: text } : { raw: text };
}

/** Bytes as diagnostic notation has them. */
export function bytesText(bytes: Buffer): string {
  return `h'${bytes.toString('hex')}'`;
}

/** Text that is no JSON, or bytes that are no text. */
export function rawText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : bytesText(bytes);
}
