import { DEFAULT_LIMITS } from '../../common/limits.js';
import type { Direction } from '../../common/finding.js';
import { MeaningReader, type DecodeChoice } from '../../subprotocol/meaning-reader.js';
import type { Meaning, ProtocolName } from '../../subprotocol/sub-protocol.js';
import { BINARY, CLOSE, TEXT } from '../../websocket/frame.js';
import type { RecordValue } from '../records.js';

/** A line of a golden file, as data. */
export type GoldenLine = Readonly<Record<string, RecordValue>>;

/** Messages next to each other that are understood together: one, or all that share parts of what they hold. */
export interface MessageGroup {
  /** Indices of their lines, in order. */
  readonly lines: readonly number[];
  /** Each thing that they hold, with its protocol. */
  readonly items: readonly (Meaning & { readonly protocol: ProtocolName })[];
}

/**
 * A reader of what the messages of one connection mean, by the lines that a golden file has of it. It is found out of the lines and
 * not of the capture, so that a golden file and a capture are understood alike.
 *
 * @param connection - its own line, where there is one
 * @param messages - gives the lines of its messages, each time that it is called
 */
export function meaningReader(connection: GoldenLine | undefined, messages: () => Iterable<GoldenLine>): LineReader {
  const first = new LineReader(connection, 'auto');
  for (const line of messages()) first.take(line, 0);
  first.end();
  const { protocol, hasUnread } = first;
  // What came before the proof can be read as well, now that the protocol is known.
  return new LineReader(connection, protocol !== undefined && hasUnread ? [protocol] : 'auto');
}

/** Reads the lines of one connection once. */
export class LineReader {
  readonly #reader: MeaningReader;
  #hasUnread = false;
  #lines: number[] = [];
  #items: MessageGroup['items'][number][] = [];
  #from: unknown;

  constructor(connection: GoldenLine | undefined, choice: Exclude<DecodeChoice, 'off'>) {
    const { url, subprotocol, handshake } = connection ?? {};
    this.#reader = new MeaningReader({ url: textOf(url), subprotocol: textOf(subprotocol) }, choice);
    if (handshake === 'accepted') return;
    this.#reader.lost('client-to-server');
    this.#reader.lost('server-to-client');
  }

  get protocol(): ProtocolName | undefined {
    return this.#reader.protocol;
  }

  /** Whether a message was there before the protocol was known. */
  get hasUnread(): boolean {
    return this.#hasUnread;
  }

  /** Whether messages may be understood together with those that follow. */
  get isOpen(): boolean {
    return this.#lines.length > 0;
  }

  /** Takes the next line. @returns the messages that are understood with it */
  take(line: GoldenLine, index: number): MessageGroup | undefined {
    const { direction, opcode } = line;
    if (typeof opcode !== 'number' || opcode >= CLOSE) return undefined;
    if (direction !== this.#from || line.afterLoss === true) this.#close();
    this.#from = direction;
    const side = direction as Direction;
    if (line.afterLoss === true) this.#reader.lost(side);
    const message = dataOf(line);
    if (message === undefined) {
      this.#reader.lost(side);
      this.#close();
      return undefined;
    }
    const decoded = this.#reader.message({ direction: side, ...message });
    this.#lines.push(index);
    if (decoded !== undefined) {
      const { protocol, items } = decoded;
      this.#items.push(...items.map((item) => ({ ...item, protocol: item.protocol ?? protocol })));
    } else if (!this.#reader.isPart) {
      this.#hasUnread ||= this.#reader.protocol === undefined;
      this.#close();
      return undefined;
    }
    if (this.#reader.isWaiting(side)) return undefined;
    const group = this.#close();
    return group.items.length > 0 ? group : undefined;
  }

  /** Nothing follows. */
  end(): void {
    this.#reader.end();
  }

  #close(): MessageGroup {
    const group = { lines: this.#lines, items: this.#items };
    this.#lines = [];
    this.#items = [];
    return group;
  }
}

function dataOf({
  opcode,
  status,
  text,
  base64,
}: GoldenLine): { readonly isText: boolean; readonly payload: Buffer; readonly text: string } | undefined {
  if (status !== 'ok') return undefined;
  const isText = opcode === TEXT && typeof text === 'string';
  if (!isText && (opcode !== BINARY || typeof base64 !== 'string')) return undefined;
  const payload = isText ? Buffer.from(text, 'utf8') : Buffer.from(base64 as string, 'base64');
  return payload.length > DEFAULT_LIMITS.decodedMessage ? undefined : { isText, payload, text: isText ? text : '' };
}

function textOf(value: RecordValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
