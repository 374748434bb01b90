import { JsonObject } from './json-object.js';
import type { DataMessage, Meaning, MeaningKind, SubProtocol } from './sub-protocol.js';

/** Discord's gateway, in JSON without compression of its own. What is compressed has no meaning here. */
export const DISCORD: SubProtocol = {
  name: 'discord',
  recognise: ({ url }) => (/^wss?:\/\/gateway[^/?]*\.discord\.gg[:/?]/i.test(url ?? '') ? 'url' : undefined),
  decoder: () => ({ decode }),
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

function decode({ isText, text }: DataMessage): Meaning[] | undefined {
  const object = isText ? JsonObject.read(text) : undefined;
  const [kind, operation] = OPERATIONS[object?.source('op') ?? ''] ?? [];
  if (object === undefined || kind === undefined) return undefined;
  return [{ kind, name: object.string('t') ?? operation, value: object.source('d') }];
}
