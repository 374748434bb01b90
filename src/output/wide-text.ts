import stringWidth from 'string-width';

/** Made when the first text needs it: that takes some milliseconds. */
let segmenter: Intl.Segmenter | undefined;

/** The beginning of any text that fits into this many columns. */
export function cutWide(text: string, columns: number): string {
  segmenter ??= new Intl.Segmenter();
  let used = 0;
  for (const { segment, index } of segmenter.segment(text)) {
    used += stringWidth(segment);
    if (used > columns) return text.slice(0, index);
  }
  return text;
}

/** Columns of any text. */
export function wideWidth(text: string): number {
  return stringWidth(text);
}
