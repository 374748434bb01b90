import type { JsonPath } from '../../output/json/json-path.js';
import { stringOf, type JsonSlice } from '../../subprotocol/values/json-text.js';
import { jsonPlaces, type JsonPlace } from './json-places.js';
import type { LearnedValues } from './learned-values.js';
import { DIGIT, FILLER, type Span } from './span.js';
import { TextView } from './text-view.js';
import type { Reading } from './text-views.js';

/** The paths of the rules into JSON, wherever JSON stands in a text. */
export class SoughtPaths {
  readonly #paths: { readonly rule: number; readonly path: JsonPath }[] = [];

  get isEmpty(): boolean {
    return this.#paths.length === 0;
  }

  add(rule: number, path: JsonPath): void {
    this.#paths.push({ rule, path });
  }

  /** Adds to spans what the paths lead to. @returns false where the text cannot be searched */
  find(text: string, readings: readonly Reading[], learned: LearnedValues, spans: Span[]): boolean {
    if (this.isEmpty) return true;
    for (const place of urlParts(text)) if (!this.#findIn(place, learned, spans, false)) return false;
    for (const { view, isGuess, isEncoded } of readings) {
      if (isGuess || (!isEncoded && view !== readings[0]!.view)) continue;
      if (!this.#findIn(view, learned, spans, isEncoded)) return false;
    }
    return true;
  }

  /** @param isEncoded - what is replaced may be nothing but filled */
  #findIn(view: TextView, learned: LearnedValues, spans: Span[], isEncoded: boolean): boolean {
    const places = jsonPlaces(view);
    if (places === undefined) return false;
    for (const place of places) {
      for (const { rule, path } of this.#paths) {
        for (const value of path.find(place.value)) {
          learned.learnText(stringOf(value) ?? '', rule);
          const span = valueSpan(place, value, rule);
          spans.push(isEncoded ? { ...span, by: undefined } : span);
        }
      }
    }
    return true;
  }
}

/** What of a JSON value is replaced, so that the JSON around it stays JSON. */
function valueSpan({ view, isInString }: JsonPlace, { kind, start, end }: JsonSlice, rule: number): Span {
  if (kind === 'string') {
    if (end - start <= 2) return { start: 0, end: 0, by: undefined, rule };
    return { start: view.startOf(start + 1), end: view.endOf(end - 1), by: undefined, rule };
  }
  const [first, last] = [view.startOf(start), view.endOf(end)];
  const length = last - first;
  const source = view.text.slice(start, end);
  // What is in it may have several bytes a character: nothing of it may count by characters then.
  const isOdd = /[^\0-\x7f]/u.test(source);
  const byNumber = DIGIT.repeat(length);
  switch (kind) {
    case 'null':
      return { start: 0, end: 0, by: undefined, rule };
    case 'number':
      return { start: first, end: last, by: byNumber, rule };
    case 'boolean':
      return { start: first, end: last, by: 'null'.padEnd(length), rule };
    default: {
      if (source.replace(/\s/gu, '').length <= 2) return { start: 0, end: 0, by: undefined, rule };
      if (isOdd) return { start: first, end: last, by: undefined, rule };
      return { start: first, end: last, by: isInString ? byNumber : `"${FILLER.repeat(length - 2)}"`, rule };
    }
  }
}

/** The values of a URL's query, or of another list of this form, of which each may be JSON. */
function urlParts(text: string): TextView[] {
  const views: TextView[] = [];
  if (!text.includes('%') && !text.includes('={') && !text.includes('=[')) return views;
  for (const match of text.matchAll(/(?<=[?&;#][^=&;#\s]{0,200}=)[^&;#\s"'<>]+/gu)) {
    const start = match.index;
    const value = TextView.of(match[0], start);
    const decoded = value.percentDecoded() ?? value;
    if (/^\s*[[{"]/u.test(decoded.text)) views.push(decoded);
  }
  return views;
}
