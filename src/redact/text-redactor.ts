import { isAscii, isUtf8 } from '../common/node/buffer.js';
import type { JsonPath } from '../output/json/json-path.js';
import { stringOf, type JsonSlice } from '../subprotocol/values/json-text.js';
import { AddressMap } from './address-map.js';
import { HostMap } from './host-map.js';
import { jsonPlaces, type JsonPlace } from './json-places.js';
import { LearnedValues } from './learned-values.js';
import type { RedactRule } from './redact-file.js';
import { FILLER, fillerFor, merged, replaceInBytes, replaceInText, type Span } from './span.js';
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

/** Told of what is replaced. */
export interface RedactionListener {
  /** @param value - what stood there */
  replaced(rule: number, value: string): void;
  /** Something was replaced whole, as it could not be searched. */
  replacedWhole(): void;
}

/** How a text is searched. */
export interface TextOptions {
  /** What is replaced is counted: it stands there for the first time. */
  readonly isCounted?: boolean;
  /** Its length must stay. */
  readonly isFixed?: boolean;
}

/** Times that a text is searched again, as what is replaced may bring another match to light. */
const MOST_ROUNDS = 4;
const FILLED = new RegExp(`^${FILLER}*$`, 'u');
const DIGIT = '9';
const SHORTEST_GUESS = 8;

/** Finds in texts what the rules name, and replaces it. */
export class TextRedactor {
  readonly addresses: AddressMap | undefined;
  readonly hosts: HostMap | undefined;
  readonly #patterns: SoughtPattern[] = [];
  readonly #paths: { readonly rule: number; readonly path: JsonPath }[] = [];
  readonly #headers = new Map<string, number>();
  readonly #addressRule: number;
  readonly #hostRule: number;
  readonly #listener: RedactionListener;
  /** Values that paths and headers have named. */
  readonly #learned = new LearnedValues();

  constructor(rules: readonly RedactRule[], listener: RedactionListener) {
    this.#listener = listener;
    for (const [rule, each] of rules.entries()) {
      if ('path' in each) this.#paths.push({ rule, path: each.path });
      else if ('header' in each) this.#headers.set(each.header, rule);
      else if ('pattern' in each)
        this.#addPattern({ rule, pattern: each.pattern, isMeant: undefined, isPlace: false, isChecked: true });
      else {
        const { headers = [], patterns = [], isMeant, isPlace = false, isDistinct: isChecked = false } = each.preset;
        for (const header of headers) this.#headers.set(header, rule);
        for (const pattern of patterns) this.#addPattern({ rule, pattern, isMeant, isPlace, isChecked });
      }
    }
    const mapping = (maps: 'address' | 'host'): number =>
      rules.findIndex((rule) => 'preset' in rule && rule.preset.maps === maps);
    this.#addressRule = mapping('address');
    this.#hostRule = mapping('host');
    this.addresses = this.#addressRule < 0 ? undefined : new AddressMap();
    this.hosts = this.#hostRule < 0 ? undefined : new HostMap();
  }

  /** What a rule names by its place is looked for in other places too. */
  learn(value: string, rule: number): void {
    this.#learned.learn(value, rule);
    if (/[^\0-\x7f]/u.test(value)) this.#learned.learn(Buffer.from(value, 'utf8').toString('latin1'), rule);
  }

  /** How often what a rule named by its place could not be looked for elsewhere: it is too long, or there are too many. */
  get notLearned(): number {
    return this.#learned.left;
  }

  /** There are paths into JSON. */
  get looksIntoJson(): boolean {
    return this.#paths.length > 0;
  }

  /** The rule for a field of HTTP, by its name; `undefined` where there is none. */
  ruleOfHeader(name: string): number | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  /** Something was replaced that is no text by itself. */
  count(rule: number, value: string): void {
    this.#listener.replaced(rule, value);
  }

  /** Bytes of a message or a reason. They keep their length. @returns the very bytes where nothing is replaced */
  bytes(bytes: Buffer, isCounted = true): Buffer {
    if (bytes.length === 0) return bytes;
    const encoding = isAscii(bytes) || !isUtf8(bytes) ? 'latin1' : 'utf8';
    let result = bytes;
    for (let round = 0; round <= MOST_ROUNDS; round++) {
      const text = result.toString(encoding);
      const spans = this.#spans(text, true, isCounted);
      if (spans === undefined || (spans.length > 0 && round === MOST_ROUNDS)) {
        if (isCounted) this.#listener.replacedWhole();
        return fillerFor(bytes);
      }
      const next = spans.length === 0 ? result : replaceInBytes(result, text, spans);
      if (next.equals(result)) return result;
      result = next;
    }
    return result;
  }

  /** Any text that may quote what was captured. */
  text(text: string, { isCounted = false, isFixed = false }: TextOptions = {}): string {
    let result = text;
    for (let round = 0; round <= MOST_ROUNDS; round++) {
      const spans = this.#spans(result, isFixed, isCounted);
      if (spans === undefined || (spans.length > 0 && round === MOST_ROUNDS)) {
        return FILLER.repeat(Buffer.byteLength(text));
      }
      const next = replaceInText(result, spans);
      if (next === result) break;
      result = next;
    }
    return result;
  }

  /** The rules whose patterns find something in a text. */
  patternsIn(text: string): Set<number> {
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

  #addPattern(sought: SoughtPattern): void {
    this.#patterns.push(sought);
    const bytewise = inBytes(sought.pattern);
    if (bytewise !== undefined) this.#patterns.push({ ...sought, pattern: bytewise });
  }

  /** @returns `undefined` where the text cannot be searched */
  #spans(text: string, isFixed: boolean, isCounted: boolean): Span[] | undefined {
    try {
      return this.#found(text, isFixed, isCounted);
    } catch (error) {
      // A long text can be too much for a pattern: the engine's stack overflows.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #found(text: string, isFixed: boolean, isCounted: boolean): Span[] | undefined {
    const spans: Span[] = [];
    const readings = readingsOf(text);
    if (readings === undefined) return undefined;
    for (const reading of readings) this.#findPatterns(reading, text, spans);
    for (const { view } of readings) {
      for (const { start, end, rule } of this.#learned.find(view.text)) {
        spans.push({ start: view.startOf(start), end: view.endOf(end), by: undefined, rule });
      }
    }
    if (this.#paths.length > 0) {
      for (const place of urlParts(text)) if (!this.#findPaths(place, spans)) return undefined;
      for (const { view, isGuess, isEncoded } of readings) {
        if (isGuess || (!isEncoded && view !== readings[0]!.view)) continue;
        if (!this.#findPaths(view, spans, isEncoded)) return undefined;
      }
    }
    this.#findNames(readings, isFixed, spans);
    const changes = spans.filter(({ start, end, by }) => start < end && isChange(text, start, end, by));
    if (isCounted) this.#count(text, changes);
    return merged(changes);
  }

  /** What is found in two ways to read a text is one. */
  #count(text: string, spans: readonly Span[]): void {
    const counted = new Set<string>();
    for (const { start, end, rule } of spans) {
      const key = `${rule} ${start} ${end}`;
      if (rule !== undefined && !counted.has(key)) this.#listener.replaced(rule, text.slice(start, end));
      counted.add(key);
    }
  }

  #findPatterns({ view, isGuess }: Reading, text: string, spans: Span[]): void {
    for (const { rule, pattern, isMeant, isPlace } of this.#patterns) {
      for (const match of view.text.matchAll(pattern)) {
        const [found] = match;
        if (found === '' || FILLED.test(found) || isMeant?.(found) === false) continue;
        if (isGuess && !isLikely(found, pattern)) continue;
        const [start, end] = [view.startOf(match.index), view.endOf(match.index + found.length)];
        if (isPlace) this.learn(found, rule);
        if (FILLED.test(text.slice(start, end))) continue;
        // JSON stays JSON, as long as what is put there is not found again.
        const isNumber = isMeant !== undefined && end - start === found.length && isJsonNumber(view.text, match);
        spans.push({ start, end, by: isNumber ? DIGIT.repeat(found.length) : undefined, rule });
      }
    }
  }

  /** @param isEncoded - what is replaced may be nothing but filled */
  #findPaths(view: TextView, spans: Span[], isEncoded = false): boolean {
    const places = jsonPlaces(view);
    if (places === undefined) return false;
    for (const place of places) {
      for (const { rule, path } of this.#paths) {
        for (const value of path.find(place.value)) {
          this.learn(stringOf(value) ?? '', rule);
          const span = valueSpan(place, value, rule);
          spans.push(isEncoded ? { ...span, by: undefined } : span);
        }
      }
    }
    return true;
  }

  #findNames(readings: readonly Reading[], isFixed: boolean, spans: Span[]): void {
    const { addresses, hosts } = this;
    for (const { view, isGuess } of readings) {
      if (isGuess) continue;
      for (const { start, end } of addresses?.find(view.text) ?? []) {
        const found = view.text.slice(start, end);
        const isPlain = view.endOf(end) - view.startOf(start) === found.length;
        const by = isFixed ? addresses!.mapInPlace(found) : addresses!.map(found);
        spans.push(mappedSpan(view, start, end, isPlain ? by : undefined, this.#addressRule));
      }
      for (const { start, end } of hosts?.find(view.text) ?? []) {
        const found = view.text.slice(start, end);
        const by = hosts!.map(found);
        const isPlain = view.endOf(end) - view.startOf(start) === found.length && by.length === found.length;
        spans.push(mappedSpan(view, start, end, isPlain ? by : undefined, this.#hostRule));
      }
    }
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

function mappedSpan(view: TextView, start: number, end: number, by: string | undefined, rule: number): Span {
  return { start: view.startOf(start), end: view.endOf(end), by, rule };
}

function isChange(text: string, start: number, end: number, by: string | undefined): boolean {
  return by === undefined ? !FILLED.test(text.slice(start, end)) : text.slice(start, end) !== by;
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
