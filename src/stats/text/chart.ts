import type { RateBins } from '../rates.js';

/** From the least that is something to the most: an eighth of a column each, or in ASCII darker and darker. */
const BLOCKS = '▁▂▃▄▅▆▇█';
const ASCII = '.:-=+*%#';

/** A chart in one line, and how much each of its columns stands for. */
export interface Chart {
  readonly line: string;
  /** Seconds of each column. */
  readonly seconds: number;
  /** Messages in the highest. */
  readonly most: number;
}

/**
 * Messages over time, in no more columns than there are. A column in which there was anything is never empty.
 *
 * @param isUtf8 - the terminal shows characters beyond ASCII
 */
export function rateChart({ messages, seconds }: RateBins, columns: number, isUtf8: boolean): Chart {
  const together = Math.max(1, Math.ceil(messages.length / columns));
  const sums: number[] = [];
  for (let at = 0; at < messages.length; at += together) {
    sums.push(messages.slice(at, at + together).reduce((sum, each) => sum + each, 0));
  }
  const most = Math.max(...sums);
  const levels = isUtf8 ? BLOCKS : ASCII;
  const line = sums.map((sum) => (sum === 0 ? ' ' : levels[Math.ceil((sum / most) * levels.length) - 1]!)).join('');
  return { line, seconds: seconds * together, most };
}
