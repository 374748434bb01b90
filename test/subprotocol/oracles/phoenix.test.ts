import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../conversation.js';
import { jsonObject, meaningOf } from './generators.js';

interface Message {
  join_ref: string | null;
  ref: string | null;
  topic: string;
  event: string;
  payload: unknown;
}

// The package has no types.
const { Serializer } = createRequire(import.meta.url)('phoenix') as {
  Serializer: {
    encode(message: Message, done: (data: string | ArrayBuffer) => void): void;
    decode(data: string | ArrayBuffer, done: (message: Message) => void): void;
  };
};

const OPENING = { url: 'ws://h/socket/websocket?vsn=2.0.0' };
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const ref = fc.nat().map(String);
const rawOf = (bytes: Buffer): string => {
  const read = bytes.toString('utf8');
  return Buffer.from(read, 'utf8').equals(bytes) ? read : `h'${bytes.toString('hex')}'`;
};

describe('Phoenix as its own serializer writes it', () => {
  it('has the same event, ref, topic and payload', () => {
    fc.assert(
      fc.property(ref, ref, text, text, jsonObject, (joinRef, number, topic, event, payload) => {
        fc.pre(!event.startsWith('phx_'));
        Serializer.encode({ join_ref: joinRef, ref: number, topic, event, payload }, (data) => {
          const [decoded] = decode(OPENING, [['client', data as string]]);
          expect(meaningOf(decoded)).toEqual({
            kind: 'call',
            name: event,
            id: number,
            channel: topic,
            value: payload,
            raw: undefined,
          });
        });
      }),
    );
  });

  it('has the same of what is pushed in bytes', () => {
    fc.assert(
      fc.property(ref, ref, text, text, fc.uint8Array(), (joinRef, number, topic, event, bytes) => {
        const payload = new Uint8Array(bytes).buffer;
        Serializer.encode({ join_ref: joinRef, ref: number, topic, event, payload }, (data) => {
          const [decoded] = decode(OPENING, [['client', Buffer.from(data as ArrayBuffer)]]);
          expect(meaningOf(decoded)).toEqual({
            ...{ kind: 'call', name: event, id: number, channel: topic, value: undefined },
            raw: rawOf(Buffer.from(bytes)),
          });
        });
      }),
    );
  });

  it('is read as it reads bytes of the server', () => {
    const part = fc.string({ unit: 'grapheme', maxLength: 6 });
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2),
        fc.array(part, { minLength: 4, maxLength: 4 }),
        fc.uint8Array(),
        (kind, parts, bytes) => {
          const texts = parts.slice(0, [3, 4, 2][kind]).map((each) => Buffer.from(each));
          const payload = Buffer.from(bytes);
          const data = Buffer.concat([Buffer.of(kind, ...texts.map(({ length }) => length)), ...texts, payload]);
          Serializer.decode(new Uint8Array(data).buffer, ({ ref: number, topic, event, payload: read }) => {
            const status = kind === 1 ? (read as { status: string }).status : undefined;
            const [decoded] = decode(OPENING, [['server', data]]);
            expect(meaningOf(decoded)).toEqual({
              kind: status === undefined ? 'event' : status === 'error' ? 'error' : 'reply',
              ...{ name: event, id: number ?? undefined, channel: topic, value: undefined, raw: rawOf(payload) },
            });
          });
        },
      ),
    );
  });
});
