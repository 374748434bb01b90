import { WsdissectError } from '../common/error.js';
import { parseGoldenLine } from '../check/golden/golden.js';
import type { IgnoreRule } from '../check/golden/ignore-rules.js';
import type { Said, SaidRecord } from './said.js';

/** Where a connection's own messages are found in a line. */
const SIDES = { 'client-to-server': 'client', 'server-to-client': 'server' } as const;

/** Whether a text is that of a golden file, by its first line. */
export function isGolden(beginning: string): boolean {
  return /^\s*\{"type":"(?:connection|message)",(?:"file":"(?:[^"\\]|\\.)*",)?"connection":\d+,/.test(beginning);
}

/** Takes the lines of a golden file. */
export class GoldenSaid {
  readonly #name: string;
  readonly #said: Said;
  readonly #keys = new Map<string, number>();
  #lines = 0;

  constructor(name: string, said: Said) {
    this.#name = name;
    this.#said = said;
  }

  /** @throws WsdissectError `bad-option` for a line that is none of a golden file */
  line(text: string): void {
    if (text === '') return;
    this.#lines++;
    const line = parseLine(text);
    if (line === undefined) {
      throw new WsdissectError('bad-option', `${this.#name}: line ${this.#lines} is not one of a golden file`);
    }
    const { type, file, connection, ...record } = line;
    const name = JSON.stringify([file, connection]);
    const key = this.#keys.get(name) ?? this.#keys.size;
    this.#keys.set(name, key);
    if (type === 'connection') this.#said.connection(key, record);
    else this.#said.message(key, SIDES[record.direction as keyof typeof SIDES], record);
  }

  /** There are no more. @param descriptor - an empty file for what is left without what is ignored */
  finish(ignore: readonly IgnoreRule[], descriptor: number | undefined): Said {
    return this.#said.end([...this.#keys.values()], ignore, descriptor);
  }
}

function parseLine(line: string): SaidRecord | undefined {
  const record = parseGoldenLine(line) as SaidRecord | undefined;
  if (record === undefined || record.type === 'connection') return record;
  const isMessage = record.type === 'message' && typeof record.direction === 'string';
  return isMessage && Object.hasOwn(SIDES, record.direction as string) ? record : undefined;
}
