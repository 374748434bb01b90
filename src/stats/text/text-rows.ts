import { isExact, quantiles, type Histogram } from '../../common/histogram.js';
import type { Style } from '../../output/style.js';
import { cutToWidth, textWidth } from '../../output/text/text-width.js';
import { inSeconds } from '../nanoseconds.js';

const LABEL_WIDTH = 36;
const NUMBER_WIDTH = 14;
const GAP = '  ';
/** What a line goes on with below the values of the one above. */
const INDENT = 14;

/** A line with a value of each side. The values are safe to print. */
export function bothSides(style: Style, label: string, client: string | number, server: string | number): string {
  const values = [client, server].map((value) => ` ${value}`.padStart(NUMBER_WIDTH));
  return `${style.label(fitted(label, LABEL_WIDTH))}${values.join('')}\n`;
}

/** The heading above lines of {@link bothSides}. */
export function sidesHeading(style: Style, title: string): string {
  const heads = ['client', 'server'].map((word) => word.padStart(NUMBER_WIDTH)).join('');
  return `${style.heading(fitted(title, LABEL_WIDTH))}${style.label(heads)}\n`;
}

/** A line with parts, or as many as there is room for in each. They are safe to print. */
export function parts(style: Style, label: string, values: readonly string[], columns: number): string {
  const lines: string[] = [];
  let line = '';
  for (const value of values) {
    if (line !== '' && INDENT + textWidth(line) + GAP.length + textWidth(value) > columns) {
      lines.push(line);
      line = value;
    } else {
      line += (line === '' ? '' : GAP) + value;
    }
  }
  lines.push(line);
  return lines.map((text, index) => `${style.label((index === 0 ? label : '').padEnd(INDENT))}${text}\n`).join('');
}

/** Seconds with the digits of a capture in microseconds: `0.000051`. */
export function shownSeconds(nanoseconds: number): string {
  return inSeconds(nanoseconds).toFixed(6);
}

/** Quantiles in parts: `0.000051 s p50`. What is not one of the values has a `~` before it. */
export function quantileParts(
  histogram: Histogram,
  named: readonly (readonly [name: string, part: number])[],
  shown: (value: number) => string,
): string[] {
  if (histogram.count === 0) return [];
  const about = isExact(histogram) ? '' : '~';
  const values = quantiles(
    histogram,
    named.map(([, part]) => part),
  );
  return [...named.map(([name], index) => `${name} ${about}${shown(values[index]!)}`), `max ${shown(histogram.most)}`];
}

/** A text in exactly so many columns, and no character cut in two. */
function fitted(text: string, columns: number): string {
  const shown = textWidth(text) <= columns ? text : `${cutToWidth(text, columns - ELLIPSIS.length)}${ELLIPSIS}`;
  return shown + ' '.repeat(Math.max(0, columns - textWidth(shown)));
}

const ELLIPSIS = '...';
