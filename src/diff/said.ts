import { comparedMessages, withoutIgnored } from '../check/golden/compared-lines.js';
import type { IgnoreRule } from '../check/golden/ignore-rules.js';
import { ByteQueue } from '../common/byte-queue.js';
import { nodeCrypto } from '../common/node/crypto.js';
import { readRegions, Spool, type SpoolIndex } from '../export/spool.js';
import type { RecordValue } from '../output/records/record-field.js';
import { safeJson } from '../output/json/safe-json.js';

/** What a line of a golden file says, without where it belongs. */
export type SaidRecord = Readonly<Record<string, RecordValue>>;

/** Who sends a message. */
export type Sender = 'client' | 'server';

/** A message of one side. */
export interface SaidMessage {
  /** Its number among those of its sender, from 1; of the first one, where several are compared as one. */
  readonly number: number;
  /** Its record as JSON; valid until the next one. */
  readonly json: Buffer;
}

/** How long a call took, and what became of it. */
export interface SaidCall {
  readonly name: string;
  readonly outcome: string;
  readonly seconds?: number | undefined;
}

/** What a capture said, for another thread, which can read its file. */
export interface SaidElsewhere {
  readonly index: SpoolIndex;
  readonly urls: readonly (string | undefined)[];
}

/** What is put by of a connection, each apart from the others. */
const PARTS = { connection: 0, messages: 1, calls: 2 } as const;
const PART_COUNT = 3;
/** What a message's line begins with. */
const SENDERS = { client: 0x63, server: 0x73 } as const;
const LINE_FEED = 0x0a;
/** Characters of a URL that is kept as it is. */
const SHORT = 64;

/**
 * What a capture or a golden file says, connection by connection. It waits in a temporary file, and is read from there as often as it
 * is needed: in memory are only its connections.
 */
export class Said {
  readonly #spool: Spool<number>;
  /** Under which number each connection is put by, in their order. */
  #keys: readonly number[] = [];
  /** Where they stand in the file, once all was put by. */
  #index: SpoolIndex | undefined;
  /** Their URLs, or hashes of those. */
  #urls: readonly (string | undefined)[];

  /**
   * @param descriptor - a file that it is put by in; a temporary one where there is none
   * @param elsewhere - what another thread has put by there
   */
  constructor(descriptor?: number, elsewhere?: SaidElsewhere) {
    this.#spool = new Spool(undefined, descriptor);
    this.#index = elsewhere?.index;
    this.#urls = elsewhere?.urls ?? [];
  }

  /** Puts the record of a connection by; of several, the last one counts. */
  connection(key: number, record: SaidRecord): void {
    this.#append(key, 'connection', safeJson(record));
  }

  message(key: number, sender: Sender, record: SaidRecord): void {
    this.#append(key, 'messages', sender.charAt(0) + safeJson(record));
  }

  call(key: number, call: SaidCall): void {
    this.#append(key, 'calls', JSON.stringify(call));
  }

  /**
   * All was put by.
   *
   * @param keys - the connections, in their order
   * @param descriptor - an empty file for what is left
   * @returns what is left without what is ignored
   */
  end(keys: readonly number[], ignore: readonly IgnoreRule[], descriptor?: number): Said {
    this.#keys = keys;
    if (ignore.length > 0) {
      const kept = new Said(descriptor);
      for (const index of keys.keys()) this.#copy(index, kept, ignore);
      this.close();
      return kept.end([...keys.keys()], []);
    }
    // What is little stays in memory.
    if (this.#spool.descriptor !== undefined) {
      this.#index = this.#spool.index(
        keys.flatMap((key) => Object.values(PARTS).map((part) => key * PART_COUNT + part)),
      );
    }
    this.#urls = keys.map((_, index) => urlOf(this.record(index)));
    return this;
  }

  /** The URL of each connection, or a hash of it. */
  get urls(): readonly (string | undefined)[] {
    return this.#urls;
  }

  /** The record of a connection; `undefined` where the capture broke off before its end. */
  record(index: number): SaidRecord | undefined {
    let last: SaidRecord | undefined;
    for (const line of this.#lines(index, 'connection')) last = JSON.parse(line.toString()) as SaidRecord;
    return last;
  }

  /** What one side of a connection said. */
  *messages(index: number, sender: Sender): Generator<SaidMessage> {
    let number = 0;
    for (const line of this.#lines(index, 'messages')) {
      if (line[0] !== SENDERS[sender]) continue;
      number++;
      if (line.length > 1) yield { number, json: line.subarray(1) };
    }
  }

  *calls(index: number): Generator<SaidCall> {
    for (const line of this.#lines(index, 'calls')) yield JSON.parse(line.toString()) as SaidCall;
  }

  /** What another thread reads it with, from the same file. */
  forThread(): SaidElsewhere {
    return { index: this.#index!, urls: this.#urls };
  }

  close(): void {
    this.#spool.close();
  }

  #append(key: number, part: keyof typeof PARTS, line: string): void {
    const bytes = Buffer.allocUnsafe(Buffer.byteLength(line) + 1);
    bytes[bytes.write(line)] = LINE_FEED;
    this.#spool.append(key * PART_COUNT + PARTS[part], bytes);
  }

  /** Puts what one connection said by elsewhere. What is one with the message before it becomes an empty line. */
  #copy(index: number, to: Said, ignore: readonly IgnoreRule[]): void {
    const connection = this.record(index);
    if (connection !== undefined) to.connection(index, withoutIgnored(connection, ignore));
    const lines = (): Generator<Buffer> => this.#lines(index, 'messages');
    const records = function* (): Generator<SaidRecord> {
      for (const line of lines()) yield JSON.parse(line.toString('utf8', 1)) as SaidRecord;
    };
    const senders = lines();
    for (const record of comparedMessages(connection, records, ignore)) {
      const sender = (senders.next().value as Buffer).toString('latin1', 0, 1);
      to.#append(index, 'messages', record === undefined ? sender : sender + safeJson(record));
    }
    for (const call of this.calls(index)) to.call(index, call);
  }

  /** The lines of a part of a connection; each is valid until the next. */
  *#lines(index: number, part: keyof typeof PARTS): Generator<Buffer> {
    const begun = new ByteQueue();
    for (const piece of this.#pieces(index, PARTS[part])) {
      let at = 0;
      for (let end = piece.indexOf(LINE_FEED); end >= 0; end = piece.indexOf(LINE_FEED, at)) {
        if (begun.length === 0) yield piece.subarray(at, end);
        else {
          begun.push(piece.subarray(at, end));
          yield begun.peek();
          begun.clear();
        }
        at = end + 1;
      }
      if (at < piece.length) begun.push(piece.subarray(at));
    }
  }

  #pieces(index: number, part: number): Generator<Buffer> {
    if (this.#index === undefined) return this.#spool.read(this.#keys[index]! * PART_COUNT + part);
    const { starts, regions } = this.#index;
    const place = index * PART_COUNT + part;
    return readRegions(this.#spool.descriptor!, regions.subarray(starts[place], starts[place + 1]));
  }
}

function urlOf({ url }: SaidRecord = {}): string | undefined {
  if (typeof url !== 'string' || url.length <= SHORT) return url as string | undefined;
  return nodeCrypto().hash('sha256', url, 'base64');
}
