import { diffArrays } from 'diff/lib/diff/array.js';
import type { RecordValue } from '../output/records/record-field.js';
import type { SaidCall, SaidConnection, SaidMessage, SaidRecord } from './conversation.js';
import { jsonDifference, type PathDifference } from './json-difference.js';

/** Something that one capture says differently from the other. */
export interface Difference {
  readonly kind:
    'handshake' | 'changed' | 'missing' | 'extra' | 'outcome' | 'latency' | 'connection-missing' | 'connection-extra';
  /** Number of the connection, from 0: in the first capture, or in the second where only that has it. */
  readonly connection: number;
  /** Its URL, where it is known. */
  readonly url?: string;
  readonly sender?: 'client' | 'server';
  /** Number of the message among those of its sender, from 1: in the first capture, or the second where only that has it. */
  readonly message?: number;
  /** The call that it is about. */
  readonly call?: string;
  /** The fields, or the places in JSON, that differ. */
  readonly values: readonly PathDifference[];
}

/** What is compared besides what was said. */
export interface CompareOptions {
  /** How much longer or shorter a call may take, as a share of the first; `undefined` for any. */
  readonly latency: number | undefined;
}

/** What not every source tells: compared where both do. */
const WHERE_BOTH: readonly string[] = [
  'frames',
  'compressed',
  'client',
  'server',
  'length',
  'closedBy',
  'extensions',
  'missing',
];
/** Members that say what a message means, and of those, its value as JSON text. */
const MEANT = /^decoded\./;
const VALUE = /^decoded\..*\bvalue$/;
/** Edits after which no shortest difference is looked for. */
const MOST_EDITS = 2000;

/** Compares what two captures said, connection by connection. */
export function compareConversations(
  before: readonly SaidConnection[],
  after: readonly SaidConnection[],
  options: CompareOptions,
): Difference[] {
  const found: Difference[] = [];
  for (const [a, b] of pairs(before, after)) {
    const said = a === undefined ? after[b!]! : before[a]!;
    const url = said.connection?.url;
    const place = { connection: a ?? b!, ...(typeof url === 'string' ? { url } : {}) };
    if (a === undefined || b === undefined) {
      found.push({ kind: b === undefined ? 'connection-missing' : 'connection-extra', ...place, values: [] });
      continue;
    }
    const [one, other] = [before[a]!, after[b]!];
    const handshake = fieldDifferences(one.connection ?? {}, other.connection ?? {});
    if (handshake.length > 0) found.push({ kind: 'handshake', ...place, values: handshake });
    for (const sender of ['client', 'server'] as const) {
      found.push(...messageDifferences(one[sender], other[sender]).map((each) => ({ ...place, sender, ...each })));
    }
    found.push(...callDifferences(one.calls, other.calls, options).map((each) => ({ ...place, ...each })));
  }
  return found;
}

/** Connections that belong together: with the same URL in their order, then what is left in its order. */
function pairs(
  before: readonly SaidConnection[],
  after: readonly SaidConnection[],
): [number | undefined, number | undefined][] {
  const left = new Set(after.keys());
  const result: [number | undefined, number | undefined][] = [];
  const alone: number[] = [];
  for (const [index, { connection }] of before.entries()) {
    const twin = [...left].find((other) => after[other]!.connection?.url === connection?.url);
    if (twin === undefined) alone.push(index);
    else {
      left.delete(twin);
      result.push([index, twin]);
    }
  }
  const rest = [...left];
  for (const index of alone) result.push([index, rest.shift()]);
  result.sort(([a], [b]) => a! - b!);
  for (const index of rest) result.push([undefined, index]);
  return result;
}

function fieldDifferences(a: SaidRecord, b: SaidRecord): PathDifference[] {
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

type MessageDifference = Pick<Difference, 'kind' | 'message' | 'values'>;

function messageDifferences(before: readonly SaidMessage[], after: readonly SaidMessage[]): MessageDifference[] {
  const found: MessageDifference[] = [];
  for (const { removed, added } of hunks(before.map(keyOf), after.map(keyOf))) {
    const shared = Math.min(removed.count, added.count);
    for (let index = 0; index < Math.max(removed.count, added.count); index++) {
      const [a, b] = [before[removed.start + index]!, after[added.start + index]!];
      if (index < shared && a.record.opcode === b.record.opcode) {
        found.push({ kind: 'changed', message: a.number, values: valuesOf(a.record, b.record) });
        continue;
      }
      if (index < removed.count)
        found.push({ kind: 'missing', message: a.number, values: [{ path: 'message', before: contentOf(a.record) }] });
      if (index < added.count)
        found.push({ kind: 'extra', message: b.number, values: [{ path: 'message', after: contentOf(b.record) }] });
    }
  }
  return found;
}

/** Messages that only one of the two has, between others that both have. */
interface Hunk {
  readonly removed: { start: number; count: number };
  readonly added: { start: number; count: number };
}

function hunks(a: readonly string[], b: readonly string[]): Hunk[] {
  const changes = diffArrays([...a], [...b], { maxEditLength: MOST_EDITS });
  // More differs than anybody looks at: message by message in their order.
  if (changes === undefined) return [{ removed: { start: 0, count: a.length }, added: { start: 0, count: b.length } }];
  const found: Hunk[] = [];
  let [at, to] = [0, 0];
  let open: Hunk | undefined;
  for (const { removed, added, count } of changes) {
    if (!removed && !added) {
      open = undefined;
      at += count;
      to += count;
      continue;
    }
    if (open === undefined) {
      open = { removed: { start: at, count: 0 }, added: { start: to, count: 0 } };
      found.push(open);
    }
    if (removed) {
      open.removed.count += count;
      at += count;
    } else {
      open.added.count += count;
      to += count;
    }
  }
  return found;
}

/** What two messages must have in common to be the same. */
function keyOf({ record }: SaidMessage): string {
  return JSON.stringify(Object.entries(record).filter(([name]) => !WHERE_BOTH.includes(name)));
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

/** Calls of one name belong together in their order. */
function callDifferences(
  before: readonly SaidCall[],
  after: readonly SaidCall[],
  { latency }: CompareOptions,
): Pick<Difference, 'kind' | 'call' | 'values'>[] {
  const found: Pick<Difference, 'kind' | 'call' | 'values'>[] = [];
  const left = new Map<string, SaidCall[]>();
  for (const call of after) left.set(call.name, [...(left.get(call.name) ?? []), call]);
  for (const one of before) {
    const other = left.get(one.name)?.shift();
    if (other === undefined) continue;
    if (one.outcome !== other.outcome) {
      found.push({
        kind: 'outcome',
        call: one.name,
        values: [{ path: 'outcome', before: one.outcome, after: other.outcome }],
      });
    }
    if (latency === undefined || one.seconds === undefined || other.seconds === undefined) continue;
    if (Math.abs(other.seconds - one.seconds) <= latency * one.seconds) continue;
    const values = [{ path: 'seconds', before: String(one.seconds), after: String(other.seconds) }];
    found.push({ kind: 'latency', call: one.name, values });
  }
  return found;
}
