import type { LearnedValues } from './learned-values.js';
import { DIGIT, FILLED, type Span } from './span.js';
import { TextView } from './text-view.js';
import { readingsOf, type Reading } from './text-views.js';

/** A pattern that is looked for in every text. */
interface SoughtPattern {
  readonly rule: number;
  readonly pattern: RegExp;
  readonly isMeant: ((match: string) => boolean) | undefined;
  /** Its matches are looked for elsewhere, too. */
  readonly isPlace: boolean;
  /** What was written is searched for it too. */
  readonly isChecked: boolean;
}

const SHORTEST_GUESS = 8;

/** The patterns of the rules, for characters and for bytes that are read one by one. */
export class SoughtPatterns {
  readonly #patterns: SoughtPattern[] = [];

  add(sought: SoughtPattern): void {
    this.#patterns.push(sought);
    const bytewise = inBytes(sought.pattern);
    if (bytewise !== undefined) this.#patterns.push({ ...sought, pattern: bytewise });
  }

  /** Adds to spans what the patterns find in a text as it is read in one way. */
  find({ view, isGuess }: Reading, text: string, learned: LearnedValues, spans: Span[]): void {
    for (const { rule, pattern, isMeant, isPlace } of this.#patterns) {
      for (const match of view.text.matchAll(pattern)) {
        const [found] = match;
        if (found === '' || FILLED.test(found) || isMeant?.(found) === false) continue;
        if (isGuess && !isLikely(found, pattern)) continue;
        const [start, end] = [view.startOf(match.index), view.endOf(match.index + found.length)];
        if (isPlace) learned.learnText(found, rule);
        if (FILLED.test(text.slice(start, end))) continue;
        // JSON stays JSON, as long as what is put there is not found again.
        const isNumber = isMeant !== undefined && end - start === found.length && isJsonNumber(view.text, match);
        spans.push({ start, end, by: isNumber ? DIGIT.repeat(found.length) : undefined, rule });
      }
    }
  }

  /** The rules whose patterns find something in a text. */
  rulesIn(text: string): Set<number> {
    const rules = new Set<number>();
    const sought = this.#patterns.filter(({ isChecked }) => isChecked);
    for (const { view, isGuess } of readingsOf(text) ?? [
      { view: TextView.of(text), isGuess: false, isEncoded: false },
    ]) {
      for (const { rule, pattern } of sought) {
        // What was replaced may have been cut where it is shown.
        const isThere = ([found]: RegExpExecArray): boolean =>
          !FILLED.test(found.replace(/(?:…|\.\.\.)$/u, '')) && (!isGuess || isLikely(found, pattern));
        if (!rules.has(rule) && [...view.text.matchAll(pattern)].some(isThere)) rules.add(rule);
      }
    }
    return rules;
  }
}

/** Whether a match in what may be no text at all means something: noise looks like any short text. */
function isLikely(found: string, { source }: RegExp): boolean {
  return found.length >= SHORTEST_GUESS && (/^[ -~]*$/u.test(found) || /[^ -~]/u.test(source));
}

/** Whether a match is all of a number in JSON. */
function isJsonNumber(text: string, { 0: found, index }: RegExpExecArray): boolean {
  if (!/^[1-9]\d*$/u.test(found)) return false;
  const before = /[:[,]\s*-?$/u.test(text.slice(Math.max(0, index - 8), index));
  return before && /^\s*[,}\]]/u.test(text.slice(index + found.length, index + found.length + 8));
}

/** A pattern for bytes that are read one by one: what is no ASCII in it is what UTF-8 makes of it. */
function inBytes({ source, flags }: RegExp): RegExp | undefined {
  if (!/[^\0-\x7f]/u.test(source)) return undefined;
  try {
    return new RegExp(
      source.replace(/[^\0-\x7f]+/gu, (run) => Buffer.from(run, 'utf8').toString('latin1')),
      flags,
    );
  } catch {
    return undefined;
  }
}
