import { WsdissectError } from '../../common/error.js';
import { finding } from '../../common/finding.js';
import type { Limits } from '../../common/limits.js';
import { NO_TIME } from '../../common/packet-time.js';
import { FindingBudget } from '../finding-budget.js';
import { HarEntry } from './har-entry.js';
import { JsonStream, type JsonHandler } from './json-stream.js';
import { decodeJsonString } from './json-string.js';
import { INPUT_START, type CaptureSink, type CaptureStart, type FileReader } from '../packet.js';
import { RecordedPacket, type RecordedItem } from '../recorded.js';

/** What the objects and arrays are that are read. */
type HarLevel =
  | 'root'
  | 'log'
  | 'entries'
  | 'entry'
  | 'request'
  | 'response'
  | 'request fields'
  | 'response fields'
  | 'request field'
  | 'response field'
  | 'messages'
  | 'message';

/** The way down: what is read of each level, and what that is. */
const WAYS: Readonly<Record<HarLevel, Readonly<Record<string, HarLevel>>>> = {
  root: { log: 'log' },
  log: { entries: 'entries' },
  entries: { '': 'entry' },
  entry: { request: 'request', response: 'response', _webSocketMessages: 'messages', webSocketMessages: 'messages' },
  request: { headers: 'request fields' },
  response: { headers: 'response fields' },
  'request fields': { '': 'request field' },
  'response fields': { '': 'response field' },
  'request field': {},
  'response field': {},
  messages: { '': 'message' },
  message: {},
};

/** Members whose values are wanted. */
const WANTED: Readonly<Partial<Record<HarLevel, readonly string[]>>> = {
  entry: ['startedDateTime', '_resourceType'],
  request: ['method', 'url', 'httpVersion'],
  response: ['status', 'httpVersion', 'statusText'],
  'request field': ['name', 'value'],
  'response field': ['name', 'value'],
  message: ['type', 'time', 'opcode', 'data', 'encoding', 'status', 'missing'],
};

const ARRAYS: readonly (HarLevel | undefined)[] = ['entries', 'request fields', 'response fields', 'messages'];

/**
 * Reads the WebSocket messages of a HAR file (HTTP Archive 1.2, with the member `_webSocketMessages` that browsers and
 * proxies add to an entry). Nothing else of it is kept, however long it is.
 */
export class HarReader implements FileReader, JsonHandler {
  /** Another HAR that follows is read as a part of this one. */
  readonly follower = undefined;
  readonly packets: number;
  readonly #sink: CaptureSink;
  readonly #limits: Limits;
  readonly #findings: FindingBudget;
  readonly #json = new JsonStream(this);
  readonly #levels: HarLevel[] = [];
  #entry: HarEntry | undefined;
  #entries = 0;
  #hasEntries = false;
  #others = 0;
  #ended = false;

  constructor(sink: CaptureSink, limits: Limits, { packets }: CaptureStart = INPUT_START) {
    this.#sink = sink;
    this.#limits = limits;
    this.packets = packets;
    this.#findings = new FindingBudget(sink, limits.findings);
  }

  push(chunk: Buffer): void {
    this.#json.push(chunk);
  }

  /** @throws WsdissectError `not-a-capture` where it is JSON of another kind */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#json.end();
    const { damage, isWhole } = this.#json;
    if (!this.#hasEntries) {
      const why = damage === undefined ? 'it has no log.entries' : `${damage.what} at byte ${damage.offset}`;
      throw new WsdissectError('not-a-capture', `not a capture: it looks like JSON, and a HAR file it is not: ${why}`);
    }
    // What a cut entry has said is good as far as it goes.
    if (this.#entry !== undefined) this.#endEntry();
    this.#give({ kind: 'other', count: this.#others });
    if (damage !== undefined) {
      const { offset, what } = damage;
      const message = `the JSON of the HAR file is damaged: ${what} at byte ${offset}; nothing after it is read`;
      this.#findings.add(finding('capture.bad-json', message, { offset }));
    } else if (!isWhole) {
      this.#findings.add(finding('capture.bad-json', 'the HAR file was cut: its JSON has no end'));
    }
    this.#findings.end();
  }

  begin(isArray: boolean, name: string | undefined): boolean {
    const level = this.#levels.at(-1);
    const next = level === undefined ? 'root' : WAYS[level][name ?? ''];
    if (next === undefined || isArray !== ARRAYS.includes(next)) return false;
    this.#levels.push(next);
    if (next === 'entries') this.#hasEntries = true;
    else if (next === 'entry') {
      this.#entry = new HarEntry(this.#entries++, this.#limits, {
        item: (item) => this.#give(item),
        finding: (found) => this.#findings.add(found),
      });
    } else if (next === 'messages') this.#entry!.hasMessages = true;
    return true;
  }

  close(): void {
    const level = this.#levels.pop();
    if (level === 'message') this.#entry?.message();
    else if (level === 'request field' || level === 'response field') this.#entry?.field(level);
    else if (level === 'entry') this.#endEntry();
  }

  longest(name: string | undefined): number {
    const level = this.#levels.at(-1)!;
    if (name === undefined || WANTED[level]?.includes(name) !== true) return 0;
    return name === 'data' ? this.#limits.message : this.#limits.httpHead;
  }

  string(name: string | undefined, raw: Buffer | undefined): void {
    const level = this.#levels.at(-1)!;
    if (level === 'message' && name === 'data') this.#entry!.data(raw);
    else this.#set(level, name!, raw === undefined ? undefined : decodeJsonString(raw));
  }

  scalar(name: string | undefined, text: string): void {
    const level = this.#levels.at(-1);
    if (level !== undefined && name !== undefined && WANTED[level]?.includes(name)) this.#set(level, name, text);
  }

  #endEntry(): void {
    if (this.#entry?.end() === false) this.#others++;
    this.#entry = undefined;
  }

  #set(level: HarLevel, name: string, value: string | undefined): void {
    this.#entry?.set(level, name, value);
  }

  #give(item: RecordedItem): void {
    this.#sink.packet(new RecordedPacket(NO_TIME, item));
  }
}
