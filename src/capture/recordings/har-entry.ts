import { finding, type Finding } from '../../common/finding.js';
import type { Limits } from '../../common/limits.js';
import { NO_TIME, type PacketTime } from '../../common/packet-time.js';
import { jsonStringBytes } from './json-string.js';
import type { RecordedHead, RecordedItem, RecordedMessage, RecordedOpening, RecordedStatus } from '../recorded.js';
import { timeOfNumber, timeOfText } from './recorded-time.js';

/** Takes what an entry turns out to be. */
export interface HarEntrySink {
  item(item: RecordedItem): void;
  finding(found: Finding): void;
}

/** A head of an entry, as far as it was read. */
interface Head {
  line: Record<string, string>;
  fields: [name: string, value: string][];
  length: number;
  isCut: boolean;
}

/** A message of an entry, as far as it was read. */
interface MessageParts {
  texts: Record<string, string>;
  /** Its data; `null` where it is too long. */
  data: Buffer | null | undefined;
}

const HIGHEST_OPCODE = 15;
const CLOSE = 8;
const BINARY = 2;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const STATUSES: readonly string[] = [
  'gap',
  'truncated',
  'unfinished',
  'lost-context',
  'bad-deflate',
  'not-decoded',
  'too-large',
] satisfies RecordedStatus[];
/** Characters of what a recorder says that are repeated. */
const MOST_SAID = 200;

/**
 * One entry of a HAR file. Which request it was may stand after its messages: they wait for it, up to a limit.
 */
export class HarEntry {
  readonly #number: number;
  readonly #limits: Limits;
  readonly #sink: HarEntrySink;
  readonly #heads: Record<'request' | 'response', Head | undefined> = { request: undefined, response: undefined };
  #started: PacketTime = NO_TIME;
  #type: string | undefined;
  #field: Record<string, string> = {};
  #message: MessageParts = { texts: {}, data: undefined };
  #messages = 0;
  #waiting: RecordedMessage[] = [];
  #waitingBytes = 0;
  /** `open` was given: all that is known has been told, or not all of it yet. */
  #isOpen: 'no' | 'in part' | 'yes' = 'no';
  hasMessages = false;

  /** @param number - from 0 */
  constructor(number: number, limits: Limits, sink: HarEntrySink) {
    this.#number = number;
    this.#limits = limits;
    this.#sink = sink;
  }

  /** Takes the value of a member; `undefined` where it is too long or no text. */
  set(level: string, name: string, value: string | undefined): void {
    if (level === 'message') {
      if (value !== undefined) this.#message.texts[name] = value;
    } else if (level === 'request field' || level === 'response field') {
      if (value === undefined) this.#head(level).isCut = true;
      else this.#field[name] = value;
    } else if (level === 'request' || level === 'response') {
      if (value !== undefined) this.#head(level).line[name] = value;
    } else if (name === 'startedDateTime') this.#started = timeOfText(value ?? '');
    else this.#type = value;
  }

  /** A header field is there. */
  field(level: 'request field' | 'response field'): void {
    const { name, value } = this.#field;
    this.#field = {};
    if (name === undefined || value === undefined) return;
    const head = this.#head(level);
    head.length += name.length + value.length;
    if (head.length > this.#limits.httpHead) head.isCut = true;
    else head.fields.push([name, value]);
  }

  /** @param raw - `undefined` where it is too long */
  data(raw: Buffer | undefined): void {
    this.#message.data = raw === undefined ? null : Buffer.from(raw);
  }

  /** A message is there. */
  message(): void {
    const parts = this.#message;
    this.#message = { texts: {}, data: undefined };
    const message = this.#read(parts, ++this.#messages);
    if (message === undefined) return;
    const { request, response } = this.#heads;
    if (this.#isOpen === 'no' && request !== undefined && response !== undefined && this.#started !== NO_TIME) {
      this.#open('yes');
    }
    if (this.#isOpen !== 'no') {
      this.#give(message);
      return;
    }
    this.#waiting.push(message);
    this.#waitingBytes += (message.payload?.length ?? 0) + MESSAGE_COST;
    if (this.#waitingBytes > this.#limits.heldBytes) this.#open('in part');
  }

  /** It is over. @returns whether it was a WebSocket connection */
  end(): boolean {
    if (this.#isOpen === 'no') {
      const url = this.#heads.request?.line['url'] ?? '';
      if (!this.hasMessages && !/^wss?:/i.test(url) && this.#type?.toLowerCase() !== 'websocket') return false;
      if (!this.hasMessages) this.#tellNoMessages();
      this.#open('yes');
    } else if (this.#isOpen === 'in part') {
      this.#sink.item({ kind: 'learned', id: this.#number, opening: this.#opening() });
    }
    this.#sink.item({ kind: 'close', id: this.#number });
    return true;
  }

  #tellNoMessages(): void {
    const message =
      `entry ${this.#number + 1} of the HAR file is a WebSocket connection without _webSocketMessages: whoever wrote it ` +
      'notes no messages';
    this.#sink.finding(finding('capture.no-messages', message));
  }

  #head(level: string): Head {
    const which = level.startsWith('request') ? 'request' : 'response';
    return (this.#heads[which] ??= { line: {}, fields: [], length: 0, isCut: false });
  }

  #open(isOpen: 'in part' | 'yes'): void {
    this.#isOpen = isOpen;
    this.#sink.item({ kind: 'open', id: this.#number, opening: this.#opening() });
    for (const message of this.#waiting) this.#give(message);
    this.#waiting = [];
  }

  #give(message: RecordedMessage): void {
    this.#sink.item({ kind: 'message', id: this.#number, message });
  }

  #opening(): RecordedOpening {
    const { request, response } = this.#heads;
    const url = request?.line['url'];
    const status = Number(response?.line['status']);
    const isAnswered = Number.isInteger(status) && status >= 100 && status <= 999;
    const versions = [request, response].map((head) => head?.line['httpVersion']?.toLowerCase() ?? '');
    return {
      at: this.#started,
      url,
      request: request === undefined || request.fields.length === 0 ? undefined : requestHead(request),
      response: response === undefined || !isAnswered ? undefined : responseHead(response, status),
      status: isAnswered ? status : undefined,
      isHttp2: versions.some((version) => /^(?:h2|http\/2)/.test(version)),
    };
  }

  /** What a message says; `undefined` where it is none. */
  #read({ texts, data }: MessageParts, number: number): RecordedMessage | undefined {
    const { type = '', time = '', encoding } = texts;
    const opcode = Number(texts['opcode'] ?? Number.NaN);
    const where = `message ${number} of entry ${this.#number + 1} of the HAR file`;
    if (type === 'error') {
      const said = data === undefined || data === null ? '' : (jsonStringBytes(data)?.toString('utf8') ?? '');
      const message = `${where} is an error that whoever wrote it noted: ${said.slice(0, MOST_SAID)}`;
      this.#sink.finding(finding('capture.recorded-error', message));
      return undefined;
    }
    const isKnown = type === 'send' || type === 'receive';
    if (!isKnown || !Number.isInteger(opcode) || opcode < 0 || opcode > HIGHEST_OPCODE || data === undefined) {
      const what = isKnown ? (data === undefined ? 'no data' : 'no opcode') : 'neither send nor receive as its type';
      this.#sink.finding(finding('capture.bad-message', `${where} has ${what}: it is left out`));
      return undefined;
    }
    const at = timeOfNumber(time);
    const missing = Number(texts['missing'] ?? 0);
    const base = { at, isFromClient: type === 'send', opcode, missing: Number.isSafeInteger(missing) ? missing : 0 };
    const status = STATUSES.includes(texts['status'] ?? '') ? (texts['status'] as RecordedStatus) : 'ok';
    if (data === null) return { ...base, payload: undefined, status: 'too-large' };
    if (data.length === 0 && status !== 'ok') return { ...base, payload: undefined, status };
    const payload = payloadOf(data, opcode, encoding);
    if (payload === undefined) {
      const what = opcode === BINARY || encoding === 'base64' ? 'not base64' : 'not the text or bytes of a frame';
      this.#sink.finding(finding('capture.bad-message', `the data of ${where} is ${what}: what was sent is not known`));
      return { ...base, payload, status: 'not-decoded' };
    }
    return { ...base, payload, status };
  }
}

/** What a message costs beside its payload. */
const MESSAGE_COST = 200;

/** The bytes that were sent; `undefined` where the data does not tell them. */
function payloadOf(data: Buffer, opcode: number, encoding: string | undefined): Buffer | undefined {
  const bytes = jsonStringBytes(data);
  if (bytes === undefined) return undefined;
  if (opcode === BINARY || encoding?.toLowerCase() === 'base64') {
    const text = bytes.toString('latin1');
    return text.length % 4 === 0 && BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
  }
  // A code and a reason as text are not how they were sent.
  return opcode === CLOSE && bytes.length > 0 ? undefined : bytes;
}

function requestHead({ line, fields, isCut }: Head): RecordedHead {
  const { method = 'GET', url = '', httpVersion = '' } = line;
  const target = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*(\/?[^#]*)/.exec(url)?.[1] ?? url;
  const startLine = `${method} ${target === '' ? '/' : target} ${versionOf(httpVersion)}`.trimEnd();
  return { startLine, fields, isCut };
}

function responseHead({ line, fields, isCut }: Head, status: number): RecordedHead {
  const startLine = `${versionOf(line['httpVersion'] ?? '')} ${status} ${line['statusText'] ?? ''}`.trim();
  return { startLine, fields, isCut };
}

function versionOf(version: string): string {
  return /^http\/\d\.\d$/i.test(version) ? version.toUpperCase() : '';
}
