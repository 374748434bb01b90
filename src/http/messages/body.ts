import { ChunkedBody } from './chunked-body.js';
import type { FieldIndex } from './head.js';

/** How the length of a body is told (RFC 9112 section 6.3): its bytes, in chunks, or by the end of the connection. */
export type Framing = number | 'chunked' | 'until-close';

/** The framing of a request's body. */
export function requestFraming(fields: FieldIndex): Framing {
  return framing(fields) ?? 0;
}

/**
 * The framing of a final response's body.
 *
 * @param method - of its request; `undefined` where that is not known
 */
export function responseFraming(fields: FieldIndex, status: number, method: string | undefined): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0;
  return framing(fields) ?? 'until-close';
}

function framing(fields: FieldIndex): Framing | undefined {
  const codings = fields.list('transfer-encoding');
  if (codings.length > 0) return codings.at(-1)!.toLowerCase() === 'chunked' ? 'chunked' : 'until-close';
  const lengths = fields.all('content-length').flatMap((value) => value.split(','));
  if (lengths.length === 0) return undefined;
  const numbers = new Set(lengths.map((text) => (/^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined)));
  const [length] = numbers;
  return numbers.size === 1 && length !== undefined ? length : 'until-close';
}

/** Passes over a body without looking at it. */
export class Body {
  #left: number;
  readonly #chunked: ChunkedBody | undefined;

  /** @param framing - bytes, or in chunks */
  constructor(framing: number | 'chunked') {
    this.#left = framing === 'chunked' ? 0 : framing;
    this.#chunked = framing === 'chunked' ? new ChunkedBody() : undefined;
  }

  /** `open` while more of it is to come; `broken` where it is not in chunks as it should be. */
  get state(): 'open' | 'done' | 'broken' {
    if (this.#chunked !== undefined) return this.#chunked.state;
    return this.#left > 0 ? 'open' : 'done';
  }

  /** @returns how many of the bytes belong to the body; all of them while it is open */
  push(bytes: Buffer): number {
    if (this.#chunked !== undefined) return this.#chunked.push(bytes);
    const length = Math.min(bytes.length, this.#left);
    this.#left -= length;
    return length;
  }

  /** @returns whether the bytes that were not captured all fall into a part whose length is known */
  gap(length: number | undefined): boolean {
    if (length === undefined) return false;
    if (this.#chunked !== undefined) return this.#chunked.gap(length);
    if (length > this.#left) return false;
    this.#left -= length;
    return true;
  }
}
