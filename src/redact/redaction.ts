import { REDACT_LIMITS } from '../common/limits.js';
import { count } from '../common/words.js';
import { HandshakeRedactor } from './handshake-redactor.js';
import { LearnedValues } from './text/learned-values.js';
import type { RedactRule } from './redact-file.js';
import { TextRedactor, type RedactionListener } from './text/text-redactor.js';
import { TextView } from './text/text-view.js';
import { readingsOf } from './text/text-views.js';

/** The rules of one run of the program, and what they have replaced. */
export class Redaction implements RedactionListener {
  readonly texts: TextRedactor;
  readonly handshakes: HandshakeRedactor;
  /** What was replaced. */
  readonly #values = new LearnedValues();
  readonly #rules: readonly RedactRule[];
  readonly #counts: number[];
  readonly #inputs = new Map<string, string>();
  #whole = 0;

  constructor(rules: readonly RedactRule[]) {
    this.#rules = rules;
    this.#counts = rules.map(() => 0);
    this.texts = new TextRedactor(rules, this);
    this.handshakes = new HandshakeRedactor(this.texts);
  }

  replaced(rule: number, value: string): void {
    this.#counts[rule]!++;
    const named = this.#rules[rule]!;
    const isMapped = 'preset' in named && named.preset.maps !== undefined;
    if (!isMapped) this.#values.learn(value, rule);
  }

  /** What an input is called, where its name holds what is replaced. Two inputs never have one name. */
  nameOf(input: string): string {
    const replaced = this.texts.text(input, { isCounted: true });
    let name = replaced;
    for (let number = 2; (this.#inputs.get(name) ?? input) !== input; number++) name = `${replaced} (${number})`;
    this.#inputs.set(name, input);
    return name;
  }

  /** The input that has this name. */
  inputOf(name: string): string {
    return this.#inputs.get(name) ?? name;
  }

  /** A payload was replaced whole, as it could not be searched. */
  replacedWhole(): void {
    this.#whole++;
  }

  /**
   * Which rules still find something in a text that was written.
   *
   * @param what - `values` for the values alone that were replaced
   * @returns how the rules are called
   */
  remains(text: string, what: 'all' | 'values'): Set<string> {
    const { addresses, hosts } = this.texts;
    const labels = new Set<string>();
    if (what === 'all') for (const rule of this.texts.patternsIn(text)) labels.add(this.#rules[rule]!.label);
    for (const { view, isGuess } of readingsOf(text) ?? [
      { view: TextView.of(text), isGuess: false, isEncoded: false },
    ]) {
      for (const { rule } of this.#values.find(view.text)) labels.add(this.#rules[rule]!.label);
      if (isGuess) continue;
      if (addresses?.stillIn(view.text) === true) labels.add('an address');
      if (hosts?.stillIn(view.text) === true) labels.add('a host name');
    }
    return labels;
  }

  /** What was replaced and how often, in one sentence. */
  summary(): string {
    const { addresses, hosts } = this.texts;
    const parts = this.#rules.map((rule, index) => {
      const maps = 'preset' in rule ? rule.preset.maps : undefined;
      if (maps === 'address') return `${addresses!.size} ${addresses!.size === 1 ? 'address' : 'addresses'}`;
      if (maps === 'host') return count(hosts!.size, 'host name');
      return `${rule.label} ${count(this.#counts[index]!, 'time')}`;
    });
    if (this.#whole > 0) parts.push(`${count(this.#whole, 'payload')} that could not be searched, whole`);
    const { notLearned } = this.texts;
    if (notLearned > 0) {
      const { values, valueLength } = REDACT_LIMITS;
      parts.push(
        `${count(notLearned, 'value')} in the places of paths and headers only, being longer than ${valueLength} characters or more than ${values}`,
      );
    }
    if (hosts?.isFull === true)
      parts.push(`host names after the first ${REDACT_LIMITS.hosts} whole, where a host must stand`);
    return `replaced: ${parts.join(', ')}`;
  }
}
