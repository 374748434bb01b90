import { type HubMessage, JsonHubProtocol, MessageType } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, type Said } from '../conversation.js';
import { json, meaningOf } from './generators.js';

const id = fc.nat().map(String);
const target = fc.string({ unit: 'grapheme', minLength: 1 });
const args = fc.array(json, { maxLength: 3 });
const nothing = { name: undefined, id: undefined, channel: undefined, value: undefined, raw: undefined };

/** Messages beside what they say. */
const message: fc.Arbitrary<readonly [HubMessage, object]> = fc.oneof(
  fc.tuple(target, args).map(([name, list]) => {
    return [
      { type: MessageType.Invocation, target: name, arguments: list },
      { kind: 'event', name, value: list },
    ] as const;
  }),
  fc
    .tuple(fc.constantFrom(MessageType.Invocation as const, MessageType.StreamInvocation as const), id, target, args)
    .map(([type, number, name, list]) => {
      const sent = { type, invocationId: number, target: name, arguments: list, streamIds: [] };
      return [sent, { kind: 'call', name, id: number, value: list }] as const;
    }),
  fc.tuple(id, json).map(([number, item]) => {
    const sent = { type: MessageType.StreamItem as const, invocationId: number, item };
    return [sent, { kind: 'data', name: 'StreamItem', id: number, value: item }] as const;
  }),
  fc.tuple(id, json).map(([number, result]) => {
    const sent = { type: MessageType.Completion as const, invocationId: number, result };
    return [sent, { kind: 'reply', name: 'Completion', id: number, value: result }] as const;
  }),
  fc.tuple(id, target).map(([number, error]) => {
    const sent = { type: MessageType.Completion as const, invocationId: number, error };
    return [sent, { kind: 'error', name: 'Completion', id: number, value: error }] as const;
  }),
  id.map((number) => {
    const sent = { type: MessageType.CancelInvocation as const, invocationId: number };
    return [sent, { kind: 'close', name: 'CancelInvocation', id: number }] as const;
  }),
  fc.constant([{ type: MessageType.Ping as const }, { kind: 'event', name: 'Ping' }] as const),
  fc.nat().map((sequenceId) => {
    return [
      { type: MessageType.Ack as const, sequenceId },
      { kind: 'ack', name: 'Ack', value: sequenceId },
    ] as const;
  }),
  fc.nat().map((sequenceId) => {
    return [
      { type: MessageType.Sequence as const, sequenceId },
      { kind: 'event', name: 'Sequence', value: sequenceId },
    ] as const;
  }),
);

describe.each([new JsonHubProtocol(), new MessagePackHubProtocol()])(
  'SignalR as its $name protocol writes it',
  (protocol) => {
    it.each([false, true])(
      'has the same kind, name, id and value, also where a message holds several (%s)',
      (isJoined) => {
        fc.assert(
          fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (list) => {
            const written = list.map(([sent]) => protocol.writeMessage(sent));
            const texts = written.filter((each) => typeof each === 'string');
            const bytes = written.filter((each) => typeof each !== 'string').map((each) => Buffer.from(each));
            const parts = texts.length > 0 ? texts : bytes;
            const joined = texts.length > 0 ? texts.join('') : Buffer.concat(bytes);
            const said = isJoined ? [joined] : parts;
            const open: Said[] = [
              ['client', `{"protocol":"${protocol.name}","version":1}\u001e`],
              ['server', '{}\u001e'],
            ];
            const decoded = decode({}, [...open, ...said.map((each): Said => ['client', each])]).slice(2);
            const found = decoded.flatMap((each) => each!.items.map((_item, index) => meaningOf(each, index)));
            expect(found).toEqual(list.map(([, meaning]) => ({ ...nothing, ...meaning })));
          }),
        );
      },
    );
  },
);
