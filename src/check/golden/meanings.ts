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
 * What the messages of one connection mean, by the lines that a golden file has of it. It is found out of the lines and not of
 * the capture, so that a golden file and a capture are understood alike.
 *
 * @param connection - its own line, where there is one
 * @param messages - the lines of its messages, with their indices
 */
export function meaningsOf(
  connection: GoldenLine | undefined,
  messages: readonly (readonly [index: number, line: GoldenLine])[],
): MessageGroup[] {
  const first = new LineReader(connection, 'auto');
  const groups = first.read(messages);
  // What came before the proof can be read as well, now that the protocol is known.
  if (first.protocol === undefined || !first.hasUnread) return groups;
  return new LineReader(connection, [first.protocol]).read(messages);
}

/** Reads the lines of one connection once. */
class LineReader {
  readonly #reader: MeaningReader;
  #hasUnread = false;

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

  read(messages: readonly (readonly [index: number, line: GoldenLine])[]): MessageGroup[] {
    const groups: MessageGroup[] = [];
    let open: { lines: number[]; items: MessageGroup['items'][number][] } = { lines: [], items: [] };
    let from: unknown;
    for (const [index, line] of messages) {
      const { direction, opcode } = line;
      if (typeof opcode !== 'number' || opcode >= CLOSE) continue;
      if (direction !== from || line.afterLoss === true) open = { lines: [], items: [] };
      from = direction;
      const side = direction as Direction;
      if (line.afterLoss === true) this.#reader.lost(side);
      const message = dataOf(line);
      if (message === undefined) {
        this.#reader.lost(side);
        open = { lines: [], items: [] };
        continue;
      }
      const decoded = this.#reader.message({ direction: side, ...message });
      open.lines.push(index);
      if (decoded !== undefined) {
        const { protocol, items } = decoded;
        open.items.push(...items.map((item) => ({ ...item, protocol: item.protocol ?? protocol })));
      } else if (!this.#reader.isPart) {
        this.#hasUnread ||= this.#reader.protocol === undefined;
        open = { lines: [], items: [] };
        continue;
      }
      if (this.#reader.isWaiting(side)) continue;
      if (open.items.length > 0) groups.push(open);
      open = { lines: [], items: [] };
    }
    this.#reader.end();
    return groups;
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
