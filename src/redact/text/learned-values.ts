import { REDACT_LIMITS } from '../../common/limits.js';

/** Shorter values are words like any other. */
const SHORTEST = 8;
const CODES = 65_536;

/** Values that a rule has named by their place: where they stand again, they are meant as well. */
export class LearnedValues {
  readonly #byStart = new Map<string, Map<string, number>>();
  /** Characters that a value begins with: few places of a text need more than a look. */
  readonly #first = new Uint8Array(CODES);
  #size = 0;
  #left = 0;

  /** How often a value was not taken: it is too long, or there are too many. */
  get left(): number {
    return this.#left;
  }

  /** @param rule - the rule that named it */
  learn(value: string, rule: number): void {
    if (value.length < SHORTEST || isUniform(value)) return;
    const start = value.slice(0, SHORTEST);
    const known = this.#byStart.get(start);
    if (known?.has(value) === true) return;
    if (value.length > REDACT_LIMITS.valueLength || this.#size >= REDACT_LIMITS.values) {
      this.#left++;
      return;
    }
    const values = known ?? new Map<string, number>();
    this.#byStart.set(start, values);
    values.set(value, rule);
    this.#first[value.charCodeAt(0)] = 1;
    this.#size++;
  }

  /** The same of a text that may also stand where bytes are read one by one. */
  learnText(value: string, rule: number): void {
    this.learn(value, rule);
    if (/[^\0-\x7f]/u.test(value)) this.learn(Buffer.from(value, 'utf8').toString('latin1'), rule);
  }

  /** Where known values stand in a text. */
  *find(text: string): Generator<{ readonly start: number; readonly end: number; readonly rule: number }> {
    if (this.#size === 0) return;
    for (let at = 0; at + SHORTEST <= text.length; at++) {
      if (this.#first[text.charCodeAt(at)] === 0) continue;
      const values = this.#byStart.get(text.slice(at, at + SHORTEST));
      if (values === undefined) continue;
      for (const [value, rule] of values) {
        if (text.startsWith(value, at)) yield { start: at, end: at + value.length, rule };
      }
    }
  }
}

function isUniform(value: string): boolean {
  return value === value[0]!.repeat(value.length);
}
