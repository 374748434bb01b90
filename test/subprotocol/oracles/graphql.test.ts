import fc from 'fast-check';
import { type Message, stringifyMessage, validateMessage } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { decode } from '../conversation.js';
import { jsonObject, meaningOf } from './generators.js';

const id = fc.string({ unit: 'grapheme', minLength: 1 });
const name = fc.option(fc.string({ minLength: 1 }), { nil: undefined });
const message = fc.oneof(
  fc.record(
    { type: fc.constantFrom('connection_init', 'connection_ack', 'ping', 'pong'), payload: jsonObject },
    { requiredKeys: ['type'] },
  ),
  fc.record({
    type: fc.constant('subscribe'),
    id,
    payload: fc.record({ query: fc.string(), operationName: name, variables: jsonObject }),
  }),
  fc.record({ type: fc.constant('next'), id, payload: fc.record({ data: jsonObject }) }),
  fc.record({
    type: fc.constant('error'),
    id,
    payload: fc.array(fc.record({ message: fc.string() }), { minLength: 1 }),
  }),
  fc.record({ type: fc.constant('complete'), id }),
);

const KINDS: Readonly<Record<string, string>> = {
  connection_init: 'open',
  connection_ack: 'ack',
  subscribe: 'call',
  next: 'data',
};

describe('GraphQL as graphql-ws writes and checks it', () => {
  it('has the same type, id and payload', () => {
    fc.assert(
      fc.property(message, (made) => {
        const sent = JSON.parse(JSON.stringify(made)) as {
          type: string;
          id?: string;
          payload?: { operationName?: string };
        };
        validateMessage(sent);
        const [decoded] = decode({ subprotocol: 'graphql-transport-ws' }, [
          ['client', stringifyMessage(sent as unknown as Message)],
        ]);
        expect(meaningOf(decoded)).toEqual({
          kind: KINDS[sent.type] ?? sent.type,
          name: (sent.type === 'subscribe' ? sent.payload?.operationName : undefined) ?? sent.type,
          id: sent.id,
          channel: undefined,
          value: sent.payload,
          raw: undefined,
        });
      }),
    );
  });
});
