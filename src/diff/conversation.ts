import { WsdissectError } from '../common/error.js';
import type { RecordValue } from '../output/records/record-field.js';
import { comparedLines } from '../check/golden/compared-lines.js';
import type { IgnoreRule } from '../check/golden/ignore-rules.js';

/** A line of a golden file, as data. */
export type SaidRecord = Readonly<Record<string, RecordValue>>;

/** A message of one side. */
export interface SaidMessage {
  readonly record: SaidRecord;
  /** Its number among those of its sender, from 1; of the first one, where several are compared as one. */
  readonly number: number;
}

/** How long a call took, and what became of it. */
export interface SaidCall {
  readonly name: string;
  readonly outcome: string;
  readonly seconds: number | undefined;
}

/** What one connection said. */
export interface SaidConnection {
  /** Its line; `undefined` where the capture broke off before its end. */
  readonly connection: SaidRecord | undefined;
  readonly client: readonly SaidMessage[];
  readonly server: readonly SaidMessage[];
  readonly calls: readonly SaidCall[];
}

/** Where a connection's own messages are found in a line. */
const SIDES = { 'client-to-server': 'client', 'server-to-client': 'server' } as const;

/** Members that say which conversation a line is of. */
const PLACE: readonly string[] = ['type', 'file', 'connection'];

/** Whether a text is that of a golden file, by its first line. */
export function isGolden(beginning: string): boolean {
  return /^\s*\{"type":"(?:connection|message)",(?:"file":"(?:[^"\\]|\\.)*",)?"connection":\d+,/.test(beginning);
}

/**
 * Reads the lines of a golden file.
 *
 * @param calls - the calls of each connection, in the order of the connections
 * @throws WsdissectError `bad-option` that names a line which is none
 */
export function conversationsOf(
  lines: readonly string[],
  name: string,
  ignore: readonly IgnoreRule[],
  calls: readonly (readonly SaidCall[])[] = [],
): SaidConnection[] {
  const records = lines.map((line, index) => {
    const record = parseLine(line);
    if (record !== undefined) return record;
    throw new WsdissectError('bad-option', `${name}: line ${index + 1} is not one of a golden file`);
  });
  const numbers = messageNumbers(records);
  const found = new Map<string, { connection?: SaidRecord; client: SaidMessage[]; server: SaidMessage[] }>();
  for (const { record: line, index } of comparedLines(records, ignore)) {
    // A rule may leave out where it belongs.
    const { type, direction } = records[index]!;
    const record = Object.fromEntries(Object.entries(line).filter(([member]) => !PLACE.includes(member)));
    const key = keyOf(records[index]!);
    let said = found.get(key);
    if (said === undefined) found.set(key, (said = { client: [], server: [] }));
    if (type === 'connection') said.connection = record;
    else said[SIDES[direction as keyof typeof SIDES]].push({ record, number: numbers[index]! });
  }
  return [...found.values()].map(({ connection, client, server }, index) => {
    return { connection, client, server, calls: calls[index] ?? [] };
  });
}

function keyOf({ file, connection }: SaidRecord): string {
  return JSON.stringify([file, connection]);
}

/** The number of each message among those of its sender; 0 for other lines. */
function messageNumbers(records: readonly SaidRecord[]): number[] {
  const counts = new Map<string, number>();
  return records.map((record) => {
    if (record.type !== 'message') return 0;
    const key = JSON.stringify([keyOf(record), record.direction]);
    const number = (counts.get(key) ?? 0) + 1;
    counts.set(key, number);
    return number;
  });
}

function parseLine(line: string): SaidRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const record = value as SaidRecord;
  if (record.type === 'connection') return record;
  const isMessage = record.type === 'message' && typeof record.direction === 'string';
  return isMessage && Object.hasOwn(SIDES, record.direction as string) ? record : undefined;
}
