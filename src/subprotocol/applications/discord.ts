import type { Direction } from '../../common/finding.js';
import type { HeldBytes } from '../../common/held-bytes.js';
import { DEFAULT_LIMITS } from '../../common/limits.js';
import { isUtf8 } from '../../common/node/buffer.js';
import { JsonObject } from '../values/json-object.js';
import {
  pathOf,
  type DataMessage,
  type Decoder,
  type Meaning,
  type MeaningKind,
  type SubProtocol,
} from '../sub-protocol.js';
import { ZlibStream } from '../values/zlib-stream.js';

/** Discord's gateway, in JSON: as it is, or in one zlib stream. What is compressed otherwise has no meaning here. */
export const DISCORD: SubProtocol = {
  name: 'discord',
  recognise: ({ url }) => (/^wss?:\/\/gateway[^/?]*\.discord\.gg[:/?]/i.test(url ?? '') ? 'url' : undefined),
  decoder: ({ url }, held, limit = DEFAULT_LIMITS.decodedMessage) =>
    /[?&]compress=zlib-stream(?:&|$)/.test(pathOf(url))
      ? new CompressedDecoder(held, limit)
      : { decode: ({ isText, text }) => (isText ? meaningOf(text) : undefined) },
};

const OPERATIONS: Readonly<Record<string, readonly [MeaningKind, string]>> = {
  0: ['event', 'Dispatch'],
  1: ['ping', 'Heartbeat'],
  2: ['open', 'Identify'],
  3: ['event', 'Presence Update'],
  4: ['event', 'Voice State Update'],
  6: ['open', 'Resume'],
  7: ['close', 'Reconnect'],
  8: ['event', 'Request Guild Members'],
  9: ['error', 'Invalid Session'],
  10: ['open', 'Hello'],
  11: ['pong', 'Heartbeat ACK'],
  31: ['event', 'Request Soundboard Sounds'],
};

/** The client sends JSON; what the server sends is compressed. */
class CompressedDecoder implements Decoder {
  readonly #stream: ZlibStream;

  constructor(held: HeldBytes, limit: number) {
    this.#stream = new ZlibStream(held, limit);
  }

  get isOverLimit(): boolean {
    return this.#stream.isOverLimit;
  }

  decode({ direction, isText, payload, text }: DataMessage): Meaning[] | 'more' | undefined {
    if (isText) return meaningOf(text);
    if (direction === 'client-to-server') return undefined;
    const inflated = this.#stream.push(payload);
    if (inflated === undefined || inflated === 'more') return inflated;
    return isUtf8(inflated) ? meaningOf(inflated.toString('utf8')) : undefined;
  }

  isWaiting(direction: Direction): boolean {
    return direction === 'server-to-client' && this.#stream.isWaiting;
  }

  lost(direction: Direction): void {
    if (direction === 'server-to-client') this.#stream.lost();
  }

  end(): void {
    this.#stream.end();
  }
}

function meaningOf(text: string): Meaning[] | undefined {
  const object = JsonObject.read(text);
  const [kind, operation] = OPERATIONS[object?.source('op') ?? ''] ?? [];
  if (object === undefined || kind === undefined) return undefined;
  return [{ kind, name: object.string('t') ?? operation, value: object.source('d') }];
}
