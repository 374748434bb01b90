import type { PacketTime } from '../../src/common/packet-time.js';
import { ConnectionCalls, type Call } from '../../src/subprotocol/calls.js';
import { MeaningReader, type DecodeChoice } from '../../src/subprotocol/meaning-reader.js';
import type { DataMessage, DecodedMessage, Opening } from '../../src/subprotocol/sub-protocol.js';

/** A message of a conversation: text or bytes. */
export type Said = readonly ['client' | 'server', string | Buffer];

/** What a decoder takes. */
export function dataMessage([from, payload]: Said): DataMessage {
  const isText = typeof payload === 'string';
  return {
    direction: from === 'client' ? 'client-to-server' : 'server-to-client',
    isText,
    payload: Buffer.from(payload),
    text: isText ? payload : '',
  };
}

/** What the messages of a conversation mean. */
export function decode(
  opening: Partial<Opening>,
  said: readonly Said[],
  choice?: Exclude<DecodeChoice, 'off'>,
): (DecodedMessage | undefined)[] {
  const reader = new MeaningReader({ url: undefined, subprotocol: undefined, ...opening }, choice);
  return said.map((each) => reader.message(dataMessage(each)));
}

/** Each thing that was said, in few words: `call name #id @channel value`; `-` for a message without a meaning. */
export function inWords(decoded: readonly (DecodedMessage | undefined)[]): string[] {
  return decoded.flatMap((message) =>
    message === undefined
      ? ['-']
      : message.items.map(({ kind, name, id, channel, value, raw }) =>
          [
            kind,
            ...(name === undefined ? [] : [name]),
            ...(id === undefined ? [] : [`#${id}`]),
            ...(channel === undefined ? [] : [`@${channel}`]),
            ...(value === undefined ? [] : [value]),
            ...(raw === undefined ? [] : [`raw ${JSON.stringify(raw)}`]),
          ].join(' '),
        ),
  );
}

/** The calls of a conversation, a second for each message. */
export function callsOf(opening: Partial<Opening>, said: readonly Said[]): Call[] {
  const found: Call[] = [];
  const calls = new ConnectionCalls((call) => found.push(call));
  const reader = new MeaningReader({ url: undefined, subprotocol: undefined, ...opening });
  said.forEach((each, index) => {
    const message = dataMessage(each);
    const at: PacketTime = { packet: index, seconds: index, nanoseconds: 0, precision: 6 };
    const decoded = reader.message(message);
    if (decoded === undefined) calls.lost(message.direction, at);
    else calls.message(message.direction, at, decoded);
  });
  calls.end();
  return found;
}
