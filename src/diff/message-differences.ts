import type { RecordValue } from '../output/records/record-field.js';
import type { Difference } from './difference.js';
import { jsonDifference, type PathDifference } from './json-difference.js';
import type { SaidMessage, SaidRecord } from './said.js';
import { saidHunks } from './said-hunks.js';
import { keyOf, recordOf, WHERE_BOTH } from './said-keys.js';

/** Members that say what a message means, and of those, its value as JSON text. */
const MEANT = /^decoded\./;
const VALUE = /^decoded\..*\bvalue$/;

type MessageDifference = Pick<Difference, 'kind' | 'message' | 'values'>;

/**
 * What one side says differently.
 *
 * @param before - gives what it said, each time that it is called
 */
export function* messageDifferences(
  before: () => Iterator<SaidMessage>,
  after: () => Iterator<SaidMessage>,
): Generator<MessageDifference> {
  const [one, other] = [new Reader(before()), new Reader(after())];
  for (const { removed, added } of saidHunks(before(), after())) {
    for (let index = 0; index < Math.max(removed.count, added.count); index++) {
      const a = index < removed.count ? one.at(removed.start + index) : undefined;
      const b = index < added.count ? other.at(added.start + index) : undefined;
      if (a !== undefined && b !== undefined && a.record.opcode === b.record.opcode) {
        // They may be the same where no shortest difference was found.
        if (keyOf(a.record) === keyOf(b.record)) continue;
        yield { kind: 'changed', message: a.number, values: valuesOf(a.record, b.record) };
        continue;
      }
      if (a !== undefined)
        yield { kind: 'missing', message: a.number, values: [{ path: 'message', before: contentOf(a.record) }] };
      if (b !== undefined)
        yield { kind: 'extra', message: b.number, values: [{ path: 'message', after: contentOf(b.record) }] };
    }
  }
}

/** Reads messages by their place, one after the other. */
class Reader {
  readonly #messages: Iterator<SaidMessage>;
  #read = 0;

  constructor(messages: Iterator<SaidMessage>) {
    this.#messages = messages;
  }

  /** @param index - higher than any before */
  at(index: number): { readonly record: SaidRecord; readonly number: number } {
    for (; this.#read < index; this.#read++) this.#messages.next();
    this.#read++;
    const message = this.#messages.next().value as SaidMessage;
    return { record: recordOf(message), number: message.number };
  }
}

/** What two records have in different ways. */
export function fieldDifferences(a: SaidRecord, b: SaidRecord): PathDifference[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].flatMap((name): PathDifference[] => {
    const isJson = VALUE.test(name);
    const [before, after] = [show(a[name], isJson), show(b[name], isJson)];
    if (before === after) return [];
    const inside = isJson && before !== undefined && after !== undefined ? jsonDifference(before, after) : undefined;
    if (inside !== undefined) return inside.map((each) => ({ ...each, path: name + each.path.slice(1) }));
    if (WHERE_BOTH.includes(name) && (before === undefined || after === undefined)) return [];
    return [{ path: name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  });
}

/** @param isJson - it is JSON text already */
function show(value: RecordValue | undefined, isJson = false): string | undefined {
  return value === undefined || (isJson && typeof value === 'string') ? value : JSON.stringify(value);
}

function valuesOf(a: SaidRecord, b: SaidRecord): readonly PathDifference[] {
  const { text: before, ...one } = a;
  const { text: after, ...other } = b;
  const fields = fieldDifferences(one, other).filter(({ path }) => path !== 'length');
  if (before === after) return fields;
  const inside = typeof before === 'string' && typeof after === 'string' ? jsonDifference(before, after) : undefined;
  return [...(inside ?? fieldDifferences({ text: before ?? null }, { text: after ?? null })), ...fields];
}

function contentOf(record: SaidRecord): string {
  const { text, base64, closeCode, closeReason, opcodeName } = record;
  const meaning = Object.entries(record).filter(([name]) => MEANT.test(name));
  if (meaning.length > 0)
    return meaning.map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ');
  if (typeof text === 'string') return text;
  if (closeCode !== undefined)
    return `close ${JSON.stringify(closeCode)} ${typeof closeReason === 'string' ? closeReason : ''}`.trim();
  return `${typeof opcodeName === 'string' ? opcodeName : 'message'} ${typeof base64 === 'string' ? base64 : ''}`.trim();
}
