import { isAscii, isUtf8 } from '../../common/node/buffer.js';
import { AddressMap } from './address-map.js';
import { HostMap } from './host-map.js';
import { LearnedValues } from './learned-values.js';
import type { RedactRule } from '../redact-file.js';
import { SoughtPaths } from './sought-paths.js';
import { SoughtPatterns } from './sought-patterns.js';
import { FILLED, FILLER, fillerFor, merged, replaceInBytes, replaceInText, type Span } from './span.js';
import type { TextView } from './text-view.js';
import { readingsOf, type Reading } from './text-views.js';

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

/** Finds in texts what the rules name, and replaces it. */
export class TextRedactor {
  readonly addresses: AddressMap | undefined;
  readonly hosts: HostMap | undefined;
  readonly #patterns = new SoughtPatterns();
  readonly #paths = new SoughtPaths();
  readonly #headers = new Map<string, number>();
  readonly #addressRule: number;
  readonly #hostRule: number;
  readonly #listener: RedactionListener;
  /** Values that paths and headers have named. */
  readonly #learned = new LearnedValues();

  constructor(rules: readonly RedactRule[], listener: RedactionListener) {
    this.#listener = listener;
    for (const [rule, each] of rules.entries()) {
      if ('path' in each) this.#paths.add(rule, each.path);
      else if ('header' in each) this.#headers.set(each.header, rule);
      else if ('pattern' in each)
        this.#patterns.add({ rule, pattern: each.pattern, isMeant: undefined, isPlace: false, isChecked: true });
      else {
        const { headers = [], patterns = [], isMeant, isPlace = false, isDistinct: isChecked = false } = each.preset;
        for (const header of headers) this.#headers.set(header, rule);
        for (const pattern of patterns) this.#patterns.add({ rule, pattern, isMeant, isPlace, isChecked });
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
    this.#learned.learnText(value, rule);
  }

  /** How often what a rule named by its place could not be looked for elsewhere: it is too long, or there are too many. */
  get notLearned(): number {
    return this.#learned.left;
  }

  /** There are paths into JSON. */
  get looksIntoJson(): boolean {
    return !this.#paths.isEmpty;
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
    return this.#patterns.rulesIn(text);
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
    for (const reading of readings) this.#patterns.find(reading, text, this.#learned, spans);
    for (const { view } of readings) {
      for (const { start, end, rule } of this.#learned.find(view.text)) {
        spans.push({ start: view.startOf(start), end: view.endOf(end), by: undefined, rule });
      }
    }
    if (!this.#paths.find(text, readings, this.#learned, spans)) return undefined;
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

function mappedSpan(view: TextView, start: number, end: number, by: string | undefined, rule: number): Span {
  return { start: view.startOf(start), end: view.endOf(end), by, rule };
}

function isChange(text: string, start: number, end: number, by: string | undefined): boolean {
  return by === undefined ? !FILLED.test(text.slice(start, end)) : text.slice(start, end) !== by;
}
