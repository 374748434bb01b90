import { streamName } from '../../events.js';
import { count as counted } from '../../common/words.js';
import { valueAt, type Condition } from './condition.js';
import type { ExpectedType } from './fields.js';
import type { JsonRecord } from '../records.js';
import type { Claim } from '../report.js';

/** How many records must match; at least one of the three is given. */
export interface Amount {
  readonly count?: number;
  readonly min?: number;
  readonly max?: number;
}

/**
 * One item of the `checks` of an expectation file.
 *
 * @beta
 */
export interface Expectation {
  /** The file that it stands in, and the line, from 1. */
  readonly origin: { readonly file: string; readonly line: number };
  /** What its author calls it. Not safe to print. */
  readonly name?: string;
  readonly amount: Amount;
  /** The records that it is about; all where it does not name a type. */
  readonly types: readonly ExpectedType[];
  /** What it wants of the name of the capture: it does not apply to a capture with another name. */
  readonly ofFile: readonly Condition[];
  /** What else a record must be to match. */
  readonly conditions: readonly Condition[];
}

/** Packets or connections that a failed expectation names. */
const MOST_NAMED = 5;
/** Characters of a value that a failed expectation shows. */
const SHOWN_VALUE = 120;

/** A record that does not match. */
interface Miss {
  /** Conditions that it fails, those that it keeps before the first of them, and fields that it does not have. */
  readonly failed: number;
  readonly kept: number;
  readonly absent: number;
  readonly text: string;
}

/** Counts the records of one capture that match an expectation. */
export class ExpectationCount {
  readonly expectation: Expectation;
  /** How many records passed the first conditions: index 0 is all records of its type. */
  readonly #passed: number[];
  readonly #places: string[] = [];
  /**
   * Of the records that do not match, the one that fails the fewest conditions; of those one that kept most of them in their
   * order; of those the first one that lacks the fewest fields.
   */
  #nearest: Miss | undefined;

  constructor(expectation: Expectation) {
    this.expectation = expectation;
    this.#passed = Array.from({ length: expectation.conditions.length + 1 }, () => 0);
  }

  /** Takes the next record. */
  record(record: JsonRecord): void {
    const { types, conditions } = this.expectation;
    if (!types.includes(record.type)) return;
    this.#passed[0]!++;
    let isMatch = true;
    const failed: Condition[] = [];
    let kept = 0;
    for (const [index, condition] of conditions.entries()) {
      const holds = condition.holds(record);
      isMatch &&= holds;
      if (isMatch) this.#passed[(kept = index + 1)]!++;
      else if (!holds) failed.push(condition);
      // Another record came nearer.
      if (this.#nearest !== undefined && failed.length > this.#nearest.failed) return;
    }
    if (!isMatch) {
      const nearest = this.#nearest;
      const isEqual = nearest?.failed === failed.length;
      if (isEqual && (kept < nearest.kept || (kept === nearest.kept && nearest.absent === 0))) return;
      const absent = absentIn(record, failed);
      if (isEqual && kept === nearest.kept && absent >= nearest.absent) return;
      this.#nearest = { failed: failed.length, kept, absent, text: missOf(record, failed) };
      return;
    }
    if (this.#places.length < MOST_NAMED) this.#places.push(placeOf(record));
  }

  /** Whether the expectation is met, and where it went wrong if it is not. */
  claim(): Claim {
    const { amount } = this.expectation;
    const matched = this.#passed.at(-1)!;
    const isMet =
      (amount.count === undefined || matched === amount.count) &&
      (amount.min === undefined || matched >= amount.min) &&
      (amount.max === undefined || matched <= amount.max);
    const message = `${wanted(amount)} expected, ${matched} found`;
    return {
      kind: 'expectation',
      name: nameOf(this.expectation),
      isMet,
      message,
      detail: isMet ? [] : this.#detail(matched),
      origin: this.expectation.origin,
    };
  }

  #detail(matched: number): string[] {
    const { types, conditions } = this.expectation;
    const what = types.length === 1 ? `type: "${types[0]!}"` : 'any type';
    const steps = [what, ...conditions.map(({ text }) => text)];
    const lines = steps.map((step, index) => {
      const passed = this.#passed[index]!;
      return index === 0 ? `${step}: ${counted(passed, 'record')}` : `${step}: ${passed} of them`;
    });
    const { count = 0, min = count } = this.expectation.amount;
    // Of what is too much, what is there tells why; of what is too little, what came nearest.
    if (matched < min && this.#nearest !== undefined) lines.push(`nearest: ${this.#nearest.text}`);
    if (matched === 0) return lines;
    const more = matched > this.#places.length ? ', ...' : '';
    return [...lines, `found: ${this.#places.join(', ')}${more}`];
  }
}

/** Expectations that are about captures by name, none of which was checked: a mistake, so a claim that is not met. */
export function unusedExpectations(expectations: readonly Expectation[], files: readonly string[]): Claim[] {
  const isUsed = ({ ofFile }: Expectation): boolean =>
    ofFile.length === 0 ||
    files.some((file) => ofFile.every((condition) => condition.holds({ type: 'connection', file })));
  return expectations
    .filter((expectation) => !isUsed(expectation))
    .map(({ origin, name, ofFile }) => ({
      kind: 'expectation',
      name: nameOf({ origin, name }),
      isMet: false,
      message: 'no capture that was checked is the one that it is about',
      detail: ofFile.map(({ text }) => text),
      origin,
    }));
}

/** `exactly 3 records`, `2 to 4 records`. */
function wanted({ count, min, max }: Amount): string {
  if (count !== undefined) return `exactly ${counted(count, 'record')}`;
  if (min === undefined) return `at most ${counted(max!, 'record')}`;
  return max === undefined ? `at least ${counted(min, 'record')}` : `${min} to ${counted(max, 'record')}`;
}

function placeOf(record: JsonRecord): string {
  const { packet, stream, http2Stream } = record as Readonly<Record<string, unknown>> as {
    packet?: unknown;
    stream: number;
    http2Stream?: number;
  };
  return typeof packet === 'number' ? `packet ${packet}` : `stream ${streamName({ stream, http2Stream })}`;
}

/** `no reconnects (expect.yaml:3)`, or the place alone. */
function nameOf({
  origin,
  name,
}: {
  readonly origin: Expectation['origin'];
  readonly name?: string | undefined;
}): string {
  const place = `${origin.file}:${origin.line}`;
  return name === undefined ? place : `${name} (${place})`;
}

/** Fields that conditions read and a record does not have. */
function absentIn(record: JsonRecord, conditions: readonly Condition[]): number {
  const fields = conditions.flatMap(({ field, reads }) => [...(reads ?? [field])]);
  return fields.filter((field) => valueAt(record, field) === undefined).length;
}

/** `packet 8: closeCode is 1001`. */
function missOf(record: JsonRecord, failed: readonly Condition[]): string {
  const values = failed
    .flatMap(({ field, reads }) => [...(reads ?? [field])])
    .map((field) => {
      const value = valueAt(record, field);
      if (value === undefined) return `${field} is absent`;
      const text = JSON.stringify(value);
      return `${field} is ${text.length > SHOWN_VALUE ? `${text.slice(0, SHOWN_VALUE)}...` : text}`;
    });
  return `${placeOf(record)}: ${values.join(', ')}`;
}
