import { REDACT_LIMITS } from '../../common/limits.js';
import { FILLER } from './span.js';

/** Names for documentation, and those that no network resolves (RFC 2606, RFC 6761). */
const RESERVED = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$/iu;
const AUTHORITY = /(?<=\b[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@\s"'<>]*@)?)[\p{L}\p{N}._-]+/giu;
const ADDRESS = /^[\d.]+$/u;
const SUFFIXES = ['.example.com', '.example', '.test'];

/** Gives each host name of a capture one for documentation of the same length, and always the same. */
export class HostMap {
  readonly #names = new Map<string, string>();
  /** How many names each length has got. */
  readonly #given = new Map<string, number>();
  readonly #taken = new Set<string>();
  #isFull = false;
  /** All names so far; made anew where there is another one. */
  #pattern: RegExp | undefined;

  /** How many names were replaced. */
  get size(): number {
    return this.#names.size;
  }

  /** Whether there were more than are told apart and looked for in all texts. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** A name stands in the capture: it is looked for from now on. */
  learn(name: string): void {
    if (isMapped(name)) this.map(name);
  }

  /** Host names in a text, by their places: those of URLs, and those that are known. */
  *find(text: string): Generator<{ readonly start: number; readonly end: number }> {
    for (const match of text.matchAll(AUTHORITY)) {
      const [name] = match;
      if (isMapped(name)) yield { start: match.index, end: match.index + name.length };
    }
    const known = this.#known();
    if (known === undefined) return;
    for (const match of text.matchAll(known)) yield { start: match.index, end: match.index + match[0].length };
  }

  /** Whether a name that was replaced stands in a text. */
  stillIn(text: string): boolean {
    const known = this.#known();
    return known !== undefined && text.search(known) >= 0;
  }

  /** What a name becomes where nothing but a host can stand: one that is for documentation, or an address, stays. */
  mapField(name: string): string {
    return isMapped(name) ? this.map(name) : name;
  }

  /** What a name becomes. */
  map(name: string): string {
    const key = name.toLowerCase();
    let mapped = this.#names.get(key);
    if (mapped === undefined) {
      mapped =
        this.#names.size < REDACT_LIMITS.hosts
          ? this.#make(Buffer.byteLength(key))
          : FILLER.repeat(Buffer.byteLength(key));
      if (this.#names.size < REDACT_LIMITS.hosts) {
        this.#names.set(key, mapped);
        this.#pattern = undefined;
      } else {
        this.#isFull = true;
      }
    }
    return mapped;
  }

  #make(length: number): string {
    const suffix = SUFFIXES.find((each) => each.length < length) ?? '';
    const width = length - suffix.length;
    // Of two characters and more the first one is a letter.
    for (;;) {
      const number = this.#given.get(`${length}`) ?? 0;
      this.#given.set(`${length}`, number + 1);
      const digits = number.toString(36);
      if (suffix === '' || digits.length > Math.max(1, width - 1)) return FILLER.repeat(width) + suffix;
      const label = width === 1 ? digits : `h${digits.padStart(width - 1, '0')}`;
      const mapped = label + suffix;
      if (this.#taken.has(mapped)) continue;
      this.#taken.add(mapped);
      return mapped;
    }
  }

  #known(): RegExp | undefined {
    // A name of one label is a word like any other.
    const names = this.#pattern === undefined ? [...this.#names.keys()].filter((name) => name.includes('.')) : [];
    if (this.#pattern === undefined && names.length === 0) return undefined;
    this.#pattern ??= new RegExp(
      `(?<![\\p{L}\\p{N}-])(?:${names
        .toSorted((a, b) => b.length - a.length)
        .map((name) => name.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&'))
        .join('|')})(?![\\p{L}\\p{N}-])`,
      'giu',
    );
    return this.#pattern;
  }
}

function isMapped(name: string): boolean {
  return name !== '' && !RESERVED.test(name) && !ADDRESS.test(name);
}
