import type { ShownText } from '../shown-text.js';
import { cutToWidth, textWidth } from './text-width.js';

const GAP = '  ';
/** A terminal that is narrower still is nobody's. */
const FEWEST_COLUMNS = 16;

/**
 * Indented lines with as many of the parts in each as there is room for. A part that is longer than a line is broken.
 *
 * @param indent - what each line begins with
 */
export function filledLines(parts: readonly ShownText[], columns: number, indent: string): string[] {
  const room = Math.max(columns - indent.length, FEWEST_COLUMNS);
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const part of parts) {
    const partWidth = textWidth(part.text);
    if (line !== '' && width + GAP.length + partWidth <= room) {
      line += GAP + part.painted();
      width += GAP.length + partWidth;
      continue;
    }
    if (line !== '') lines.push(line);
    let start = 0;
    let rest = part.text;
    while (textWidth(rest) > room) {
      const fitting = cutToWidth(rest, room);
      lines.push(part.painted(start + fitting.length, start));
      start += fitting.length;
      rest = part.text.slice(start);
    }
    line = part.painted(part.text.length, start);
    width = textWidth(rest);
  }
  if (line !== '') lines.push(line);
  return lines.map((text) => indent + text);
}
