/** What stands in the place of a captured character. */
export const FILLER = 'x';
const FILLER_BYTE = 0x78;

/** A text of which nothing is left. */
export const FILLED = new RegExp(`^${FILLER}*$`, 'u');

/** What stands in the place of a number in JSON. */
export const DIGIT = '9';

/** Characters of a text that are replaced. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What replaces them; `undefined` for {@link FILLER}. It has their length, where the length must be kept. */
  readonly by: string | undefined;
  /** The rule that is counted; `undefined` where it is none by itself. */
  readonly rule: number | undefined;
}

/** Spans in order, and none on another: those that overlap are one. */
export function merged(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const result: Span[] = [];
  for (const span of sorted) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) result.push(span);
    else if (span.end > last.end) result[result.length - 1] = { ...last, end: span.end, by: undefined };
  }
  return result;
}

/** A text with its spans replaced, byte for byte in UTF-8. @param spans - in order, and none on another */
export function replaceInText(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text;
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end, by } of spans) {
    pieces.push(text.slice(from, start), by ?? FILLER.repeat(Buffer.byteLength(text.slice(start, end))));
    from = end;
  }
  pieces.push(text.slice(from));
  return pieces.join('');
}

/**
 * A copy of bytes with the spans of their text replaced. No byte moves.
 *
 * @param text - the bytes as text: UTF-8, or one character for each byte
 * @param spans - in order, and none on another; what replaces them has their length
 */
export function replaceInBytes(bytes: Buffer, text: string, spans: readonly Span[]): Buffer {
  const result = Buffer.from(bytes);
  const isOneToOne = text.length === bytes.length;
  let from = 0;
  let at = 0;
  for (const { start, end, by } of spans) {
    at += isOneToOne ? start - from : Buffer.byteLength(text.slice(from, start));
    const length = isOneToOne ? end - start : Buffer.byteLength(text.slice(start, end));
    if (by === undefined) result.fill(FILLER_BYTE, at, at + length);
    else result.write(by, at, length, 'latin1');
    at += length;
    from = end;
  }
  return result;
}

/** Bytes of the same length in which nothing of them is left. */
export function fillerFor(bytes: Buffer): Buffer {
  return Buffer.alloc(bytes.length, FILLER_BYTE);
}
