import { isUtf8 } from '../../common/node/buffer.js';
import type { Direction } from '../../common/finding.js';
import type { HeldBytes } from '../../common/held-bytes.js';
import { ByteCarry } from '../values/byte-carry.js';
import { readJson } from '../values/json-text.js';
import { rawText } from '../values/value-writer.js';
import type { DataMessage, Decoder, Meaning, SubProtocol } from '../sub-protocol.js';

/** NATS: its client protocol, lines and payloads that may begin and end anywhere in messages. */
export const NATS: SubProtocol = {
  name: 'nats',
  recognise: () => undefined,
  resembles: ({ payload }) => {
    const parsed = partAt(payload, 0);
    if (parsed === 'more') return 'perhaps';
    if (parsed === 'none') return 'no';
    return /^(?:INFO|CONNECT|H?PUB|H?MSG|SUB)$/.test(parsed.meaning.name ?? '') ? 'certainly' : 'perhaps';
  },
  decoder: (_opening, held) => new NatsDecoder(held),
};

/** Bytes of a line. */
const MOST_LINE = 64 * 1024;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/** Subjects of answers that are remembered for each side; of more, the oldest are forgotten. */
const MOST_ASKED = 10_000;

class NatsDecoder implements Decoder {
  /** Subjects under which each side waits for answers. */
  readonly #asked: Readonly<Record<Direction, Set<string>>> = {
    'client-to-server': new Set(),
    'server-to-client': new Set(),
  };
  readonly #carry: Readonly<Record<Direction, ByteCarry>>;

  constructor(held: HeldBytes) {
    this.#carry = { 'client-to-server': new ByteCarry(held), 'server-to-client': new ByteCarry(held) };
  }

  decode({ direction, payload }: DataMessage): Meaning[] | 'more' | undefined {
    const carry = this.#carry[direction];
    const bytes = carry.begin(payload);
    const items: Meaning[] = [];
    let at = 0;
    while (at < bytes.length) {
      const part = partAt(bytes, at);
      if (part === 'more') break;
      if (part === 'none') {
        carry.lost();
        return undefined;
      }
      items.push(this.#joined(part, direction));
      at = part.end;
    }
    if (!carry.keep(at)) return undefined;
    return items.length === 0 ? 'more' : items;
  }

  isWaiting(direction: Direction): boolean {
    return this.#carry[direction].isWaiting;
  }

  /** What comes under the subject that a request has named for its answer is that answer. */
  #joined({ meaning, isRefused }: Part, direction: Direction): Meaning {
    const { kind, channel } = meaning;
    const asked = this.#asked[direction === 'client-to-server' ? 'server-to-client' : 'client-to-server'];
    // It may want to be acknowledged in its turn: an answer it is all the same.
    const isAnswer = kind !== 'subscribe' && channel !== undefined && asked.delete(channel);
    if (isAnswer) return { ...meaning, kind: isRefused === true ? 'error' : 'reply', id: channel };
    if (kind === 'call' && typeof meaning.id === 'string') {
      const own = this.#asked[direction];
      if (own.size >= MOST_ASKED) for (const oldest of own) if (own.delete(oldest)) break;
      own.add(meaning.id);
    }
    return meaning;
  }

  lost(direction: Direction): void {
    this.#carry[direction].lost();
  }

  end(): void {
    this.#carry['client-to-server'].end();
    this.#carry['server-to-client'].end();
  }
}

type Part = { readonly meaning: Meaning; readonly end: number; readonly isRefused?: boolean };

/** The status of a message without an answer: 503 where nobody answers requests. */
const REFUSED = /^NATS\/1\.0[ \t]+[45]\d\d/;

const VERB = /^(INFO|CONNECT|PUB|HPUB|SUB|UNSUB|MSG|HMSG|PING|PONG|\+OK|-ERR)(?:[ \t]+(.*))?$/is;

/** One operation with its payload. */
function partAt(bytes: Buffer, from: number): Part | 'more' | 'none' {
  const feed = bytes.subarray(from, from + MOST_LINE).indexOf(LINE_FEED);
  if (feed < 0)
    return /^[A-Z+-]/i.test(bytes.toString('latin1', from, from + 1)) && bytes.length - from < MOST_LINE
      ? 'more'
      : 'none';
  if (feed < 1 || bytes[from + feed - 1] !== RETURN) return 'none';
  const match = VERB.exec(bytes.toString('utf8', from, from + feed - 1));
  if (match === null) return 'none';
  const name = match[1]!.toUpperCase();
  const rest = match[2] ?? '';
  const end = from + feed + 1;
  const fields = rest.trim().split(/[ \t]+/);
  switch (name) {
    case 'INFO':
    case 'CONNECT':
      return readJson(rest) === undefined ? 'none' : { meaning: { kind: 'open', name, value: rest }, end };
    case 'PING':
      return { meaning: { kind: 'ping', name }, end };
    case 'PONG':
      return { meaning: { kind: 'pong', name }, end };
    case '+OK':
      return { meaning: { kind: 'event', name }, end };
    case '-ERR':
      return { meaning: { kind: 'error', name, raw: rest }, end };
    case 'SUB':
      if (fields.length < 2 || fields.length > 3) return 'none';
      return { meaning: { kind: 'subscribe', name, id: fields.at(-1), channel: fields[0] }, end };
    case 'UNSUB':
      return fields[0] === '' ? 'none' : { meaning: { kind: 'event', name, id: fields[0] }, end };
    default:
      return withPayload(bytes, name, fields, end);
  }
}

/** PUB, HPUB, MSG and HMSG: the subject, whom to answer, and how many bytes follow. */
function withPayload(bytes: Buffer, name: string, fields: readonly string[], from: number): Part | 'more' | 'none' {
  const hasHeaders = name.startsWith('H');
  const isDelivery = name.endsWith('MSG');
  const sizes = fields.slice(hasHeaders ? -2 : -1);
  const names = fields.slice(0, fields.length - sizes.length);
  const [channel] = names;
  const fewest = isDelivery ? 2 : 1;
  if (names.length < fewest || names.length > fewest + 1 || sizes.some((size) => !/^\d{1,9}$/.test(size)))
    return 'none';
  const total = Number(sizes.at(-1));
  const headers = hasHeaders ? Number(sizes[0]) : 0;
  const end = from + total;
  if (headers > total) return 'none';
  if (end + 2 > bytes.length) return 'more';
  if (bytes[end] !== RETURN || bytes[end + 1] !== LINE_FEED) return 'none';
  // Who asks names the subject of the answer.
  const reply = names.length > fewest ? names.at(-1) : undefined;
  const kind = reply === undefined ? (isDelivery ? 'data' : 'event') : 'call';
  return {
    meaning: { kind, name, id: reply, channel, ...contentOf(bytes.subarray(from + headers, end)) },
    end: end + 2,
    isRefused: REFUSED.test(bytes.toString('latin1', from, from + Math.min(headers, 20))),
  };
}

function contentOf(body: Buffer): Pick<Meaning, 'value' | 'raw'> {
  if (body.length === 0) return {};
  const text = isUtf8(body) ? body.toString('utf8') : undefined;
  return text !== undefined && readJson(text) !== undefined ? { value: text } : { raw: rawText(body) };
}
