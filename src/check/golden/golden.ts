import type { Direction } from '../../common/finding.js';
import type { GapEvent } from '../../events.js';
import type { JsonRecord, RecordValue } from '../records.js';
import { safeJson } from '../shown.js';

/** Bytes of golden lines that one capture may give. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * What is kept of a record, in this order. What differs each time that the same is said again is left out: times,
 * packets, ports, masking keys, and what depends on who compresses, who splits bytes into segments and when a
 * recording was stopped.
 */
export const KEPT = {
  connection: [
    'client',
    'server',
    'handshake',
    'httpStatus',
    'url',
    'origin',
    'subprotocol',
    'extensions',
    'closeCode',
    'closedBy',
  ],
  message: [
    'direction',
    'opcode',
    'opcodeName',
    'frames',
    'compressed',
    'length',
    'text',
    'base64',
    'closeCode',
    'closeReason',
    'status',
    'missing',
  ],
} as const;

/** Fields that end in a port, or hold one after a host. */
const ENDPOINTS: readonly string[] = ['client', 'server'];
const URLS: readonly string[] = ['url', 'origin'];

/** What one connection said, as lines without their number of the connection. */
interface ConversationLines {
  readonly stream: number;
  /** 0 over HTTP/1. */
  readonly http2Stream: number;
  readonly connections: string[];
  readonly 'client-to-server': string[];
  readonly 'server-to-client': string[];
  /** Directions in which bytes were lost after the last message. */
  readonly lost: Set<Direction>;
}

/** Where a record belongs. */
interface Place {
  readonly stream: number;
  readonly http2Stream?: number;
  readonly direction: Direction;
}

/**
 * What was said in a capture: its WebSocket connections in order, and of each the messages of the client, then those
 * of the server. Which side spoke first is a matter of timing, and would differ from one recording to the next.
 */
export class GoldenRecorder {
  readonly #file: string | undefined;
  readonly #conversations = new Map<string, ConversationLines>();
  #bytes = 0;

  /** @param file - the value of `file` in each line; `undefined` for none */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** Whether more was said than is kept: it cannot be compared. */
  get isTooLarge(): boolean {
    return this.#bytes > MOST_BYTES;
  }

  /** Takes the next record. */
  record(record: JsonRecord): void {
    if (record.type === 'frame' || this.isTooLarge) return;
    const { stream, http2Stream, direction } = record as unknown as Place;
    const conversation = this.#conversation(stream, http2Stream ?? 0);
    const said = normalise(record, KEPT[record.type]);
    if (record.type === 'message' && conversation.lost.delete(direction)) said.afterLoss = true;
    const line = safeJson(said);
    this.#bytes += line.length;
    if (record.type === 'connection') conversation.connections.push(line);
    else conversation[direction].push(line);
  }

  /** Bytes of a direction were not captured. */
  lost({ connection: { stream, http2Stream = 0 }, direction }: GapEvent): void {
    this.#conversation(stream, http2Stream).lost.add(direction);
  }

  /** The lines of the golden file, without line ends. */
  lines(): string[] {
    const file = this.#file === undefined ? '' : `"file":${safeJson(this.#file)},`;
    const conversations = [...this.#conversations.values()]
      .filter(
        ({ connections, ...sides }) =>
          connections.length + sides['client-to-server'].length + sides['server-to-client'].length > 0,
      )
      .sort((a, b) => a.stream - b.stream || a.http2Stream - b.http2Stream);
    return conversations.flatMap((conversation, index) => {
      const begin = (type: string) => (line: string) =>
        `{"type":"${type}",${file}"connection":${index},${line.slice(1)}`;
      return [
        ...conversation.connections.map(begin('connection')),
        ...conversation['client-to-server'].map(begin('message')),
        ...conversation['server-to-client'].map(begin('message')),
      ];
    });
  }

  #conversation(stream: number, http2Stream: number): ConversationLines {
    const name = `${stream}.${http2Stream}`;
    let conversation = this.#conversations.get(name);
    if (conversation === undefined) {
      const none = { connections: [], 'client-to-server': [], 'server-to-client': [] };
      conversation = { stream, http2Stream, ...none, lost: new Set() };
      this.#conversations.set(name, conversation);
    }
    return conversation;
  }
}

/** The members of a record that are kept. */
export function normalise(record: JsonRecord, kept: readonly string[]): Record<string, RecordValue> {
  const result: Record<string, RecordValue> = {};
  for (const name of kept) {
    const value = record[name];
    if (value === undefined) continue;
    if (typeof value !== 'string') result[name] = value;
    else if (ENDPOINTS.includes(name)) result[name] = value.replace(/:\d+$/, '');
    else result[name] = URLS.includes(name) ? value.replace(/^(\w+:\/\/[^/?#]*?):\d+(?=$|[/?#])/, '$1') : value;
  }
  return result;
}

/** The JSON object that a line of a golden file is; `undefined` where it is none. */
export function parseGoldenLine(line: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return typeof value !== 'object' || value === null || Array.isArray(value)
    ? undefined
    : (value as Readonly<Record<string, unknown>>);
}
