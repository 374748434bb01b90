/** Shorter values are words like any other. */
const SHORTEST = 8;
const LONGEST = 4096;
/** Values that are looked for: one is found by its first characters. */
const MOST = 10_000;
const CODES = 65_536;

/** Values that a rule has named by their place: where they stand again, they are meant as well. */
export class LearnedValues {
  readonly #byStart = new Map<string, Map<string, number>>();
  /** Characters that a value begins with: few places of a text need more than a look. */
  readonly #first = new Uint8Array(CODES);
  #size = 0;

  /** @param rule - the rule that named it */
  learn(value: string, rule: number): void {
    if (value.length < SHORTEST || value.length > LONGEST || this.#size >= MOST || isUniform(value)) return;
    const start = value.slice(0, SHORTEST);
    const values = this.#byStart.get(start) ?? new Map<string, number>();
    this.#byStart.set(start, values);
    if (values.has(value)) return;
    values.set(value, rule);
    this.#first[value.charCodeAt(0)] = 1;
    this.#size++;
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
