import { WsdissectError } from '../common/error.js';
import type { RecordValue } from '../output/record-field.js';
import { withoutIgnored, type IgnoreRule } from '../check/ignore-rules.js';

/** A line of a golden file, as data. */
export type SaidRecord = Readonly<Record<string, RecordValue>>;

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
  readonly client: readonly SaidRecord[];
  readonly server: readonly SaidRecord[];
  readonly calls: readonly SaidCall[];
}

/** Where a connection's own messages are found in a line. */
const SIDES = { 'client-to-server': 'client', 'server-to-client': 'server' } as const;

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
  const found = new Map<string, { connection?: SaidRecord; client: SaidRecord[]; server: SaidRecord[] }>();
  for (const [index, line] of lines.entries()) {
    const record = parseLine(line);
    if (record === undefined) {
      throw new WsdissectError('bad-option', `${name}: line ${index + 1} is not one of a golden file`);
    }
    const { type, file, connection, ...rest } = record;
    const key = JSON.stringify([file, connection]);
    let said = found.get(key);
    if (said === undefined) found.set(key, (said = { client: [], server: [] }));
    const kept = withoutIgnored(rest, ignore);
    if (type === 'connection') said.connection = kept;
    else said[SIDES[record.direction as keyof typeof SIDES]].push(kept);
  }
  return [...found.values()].map(({ connection, client, server }, index) => {
    return { connection, client, server, calls: calls[index] ?? [] };
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
