import stringWidth from 'string-width';

/** Text that has a column for each of its characters: printable ASCII. */
const NARROW = /^[ -~]*$/;

/** Made when the first text needs it: that takes some milliseconds. */
let segmenter: Intl.Segmenter | undefined;

/** Columns that a text takes on a terminal: two for most of the characters of East Asia and for emoji. */
export function textWidth(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** The beginning of a text that fits into this many columns. No character is cut in two. */
export function cutToWidth(text: string, columns: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(columns, 0));
  segmenter ??= new Intl.Segmenter();
  let used = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    used += stringWidth(segment);
    if (used > columns) return text.slice(0, index);
  }
  return text;
}
