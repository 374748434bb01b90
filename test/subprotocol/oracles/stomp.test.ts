import { FrameImpl, StompHeaders } from '@stomp/stompjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../conversation.js';
import { meaningOf } from './generators.js';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const odd = fc.string({ unit: fc.constantFrom('a', ':', '\n', '\r', '\\', 'c', 'é'), minLength: 1, maxLength: 8 });
const word = fc.oneof(text, odd);

const KINDS = {
  SEND: 'event',
  SUBSCRIBE: 'subscribe',
  UNSUBSCRIBE: 'event',
  ACK: 'event',
  MESSAGE: 'data',
  RECEIPT: 'ack',
  ERROR: 'error',
} as const;

const OF_SERVERS = ['MESSAGE', 'RECEIPT', 'ERROR'];

const frame = fc.record({
  command: fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[])),
  headers: fc.record(
    { destination: word, id: word, receipt: word, 'receipt-id': word, subscription: word, other: word },
    { requiredKeys: [] },
  ),
  body: fc.oneof(fc.constant(''), fc.string({ unit: 'binary' })),
});

describe('STOMP as @stomp/stompjs writes it', () => {
  it('has the same command, id, destination and body', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 3 }), fc.boolean(), (frames, isSplit) => {
        const marshalled = frames.map(({ command, headers, body }) => {
          const parts = { command, headers: Object.assign(new StompHeaders(), headers), body };
          return FrameImpl.marshall({ ...parts, escapeHeaderValues: true }) as string;
        });
        const said = isSplit ? marshalled : [marshalled.join('\n')];
        const decoded = decode(
          { subprotocol: 'v12.stomp' },
          said.map((each) => ['server', each] as const),
        );
        const found = decoded.flatMap((each) => each!.items.map((_item, index) => meaningOf(each, index)));
        expect(found).toEqual(
          frames.map(({ command, headers, body }) => ({
            kind: headers.receipt === undefined || OF_SERVERS.includes(command) ? KINDS[command] : 'call',
            name: command,
            id: OF_SERVERS.includes(command)
              ? headers[command === 'MESSAGE' ? 'subscription' : 'receipt-id']
              : (headers.receipt ?? headers.id),
            channel: headers.destination,
            value: undefined,
            raw: body === '' ? undefined : body,
          })),
        );
      }),
    );
  });
});
