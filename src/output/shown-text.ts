import { escapeCharacter, isPlain, sanitize, unsafeCharacters } from './sanitize.js';
import type { Paint, Style } from './style.js';

/** Where in a text something was found, from the first of these UTF-16 units to before the last. */
export type Span = readonly [start: number, end: number];

/** A part of a text that looks alike. */
interface Run {
  /** Safe to print. */
  readonly text: string;
  readonly paint: Paint | undefined;
}

const NOWHERE: readonly Span[] = [];

/**
 * Captured text as it is shown, in one line. With colours, what stands for a character that may not be printed is told
 * apart by its style, and so is what was found; without, all of it is escaped and marked, as {@link sanitize} does.
 *
 * @param found - what to show as found, in order
 */
export function shownText(style: Style, text: string, found: readonly Span[] = NOWHERE): string {
  return new ShownText(style, text, found).painted();
}

/** {@link shownText} that can be cut. */
export class ShownText {
  readonly #runs: readonly Run[];
  /** Without colours. */
  readonly text: string;

  /** @param before - what stands before it; safe to print */
  constructor(style: Style, text: string, found: readonly Span[] = NOWHERE, before = '') {
    this.#runs = [{ text: before, paint: undefined }, ...runsOf(style, text, found)];
    this.text = this.#runs.map((run) => run.text).join('');
  }

  /**
   * With colours.
   *
   * @param end - how far in {@link text}
   * @param start - where in it to begin
   */
  painted(end = this.text.length, start = 0): string {
    let painted = '';
    let at = 0;
    for (const { text, paint } of this.#runs) {
      const part = text.slice(Math.max(start - at, 0), Math.max(end - at, 0));
      if (part !== '') painted += paint === undefined ? part : paint(part);
      at += text.length;
    }
    return painted;
  }
}

/**
 * Where a pattern is found in a text.
 *
 * @param pattern - with the `g` flag
 * @param length - how much of the text is shown
 */
export function spansOf(pattern: RegExp | undefined, text: string, length = text.length): readonly Span[] {
  if (pattern === undefined) return NOWHERE;
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    if (match.index >= length) break;
    if (match[0] !== '') spans.push([match.index, match.index + match[0].length]);
  }
  return spans;
}

/** The spans of a part of the text, counted from its beginning. */
export function spansWithin(spans: readonly Span[], start: number, end: number): readonly Span[] {
  return spans
    .filter((span) => span[0] < end && span[1] > start)
    .map((span) => [Math.max(span[0], start) - start, Math.min(span[1], end) - start]);
}

function runsOf(style: Style, text: string, found: readonly Span[]): Run[] {
  const { escaped, match } = style;
  if (escaped === undefined) return [{ text: sanitize(text), paint: undefined }];
  if (found.length === 0 && isPlain(text)) return [{ text, paint: undefined }];
  const runs: Run[] = [];
  let at = 0;
  for (const [start, end] of found) {
    addRuns(runs, text.slice(at, start), undefined, escaped);
    addRuns(runs, text.slice(start, end), match, escaped);
    at = end;
  }
  addRuns(runs, text.slice(at), undefined, escaped);
  return runs;
}

function addRuns(runs: Run[], text: string, paint: Paint | undefined, escaped: Paint): void {
  const paintEscaped: Paint = paint === undefined ? escaped : (part) => paint(escaped(part));
  let shown = '';
  const flush = (): void => {
    if (shown !== '') runs.push({ text: shown, paint });
    shown = '';
  };
  let at = 0;
  for (const { character, index } of unsafeCharacters(text)) {
    shown += text.slice(at, index);
    flush();
    runs.push({ text: escapeCharacter(character), paint: paintEscaped });
    at = index + character.length;
  }
  shown += text.slice(at);
  flush();
}
