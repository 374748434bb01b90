import { encodePacket } from 'engine.io-parser';
import fc from 'fast-check';
import { Encoder as MsgpackEncoder } from 'socket.io-msgpack-parser';
import { Encoder, PacketType, type Packet } from 'socket.io-parser';
import { describe, expect, it } from 'vitest';
import { decode, type Said } from '../conversation.js';
import { json, jsonObject, meaningOf } from './generators.js';

const OPENING = { url: 'ws://h/socket.io/?EIO=4&transport=websocket' };
const bytes = fc.uint8Array({ maxLength: 8 }).map((array) => Buffer.from(array));
const namespace = fc.constantFrom('/', '/admin', '/a/b');
const id = fc.option(fc.nat(), { nil: undefined });
const eventName = fc.oneof(fc.string({ unit: 'binary' }), fc.nat());

const packet = fc.oneof(
  fc.record({ type: fc.constant(PacketType.CONNECT), nsp: namespace, data: fc.option(jsonObject, { nil: undefined }) }),
  fc.record({ type: fc.constant(PacketType.DISCONNECT), nsp: namespace, data: fc.constant(undefined) }),
  fc.record({
    type: fc.constant(PacketType.EVENT),
    nsp: namespace,
    id,
    data: fc.tuple(eventName, fc.array(json, { maxLength: 3 })).map(([name, rest]) => [name, ...rest]),
  }),
  fc.record({
    type: fc.constant(PacketType.ACK),
    nsp: namespace,
    id: fc.nat(),
    data: fc.array(json, { maxLength: 3 }),
  }),
  fc.record({ type: fc.constant(PacketType.CONNECT_ERROR), nsp: namespace, data: jsonObject }),
) as fc.Arbitrary<Packet>;

const KINDS = ['open', 'close', 'event', 'ack', 'error'];
const NAMES = ['connect', 'disconnect', undefined, 'ack', 'connect_error'];

/** What a packet says, in the words that all protocols share. */
function expected({ type, nsp, id: number, data }: Packet): object {
  const isEvent = type === PacketType.EVENT;
  const [name, ...rest] = isEvent ? (data as unknown[]) : [NAMES[type]];
  return {
    kind: isEvent && number !== undefined ? 'call' : KINDS[type],
    name: String(name),
    id: number,
    channel: nsp === '/' ? undefined : nsp,
    value: isEvent ? rest : (data as unknown),
    raw: undefined,
  };
}

function encoded(sent: Packet): Said[] {
  return (new Encoder().encode(sent) as unknown[]).map((part): Said => {
    let message: unknown;
    encodePacket({ type: 'message', data: part as string }, true, (data: unknown) => {
      message = data;
    });
    return ['client', message as string | Buffer];
  });
}

describe('Socket.IO as its own parsers write it', () => {
  it('has the same kind, name, id, namespace and arguments', () => {
    fc.assert(
      fc.property(packet, (sent) => {
        const [decoded, ...more] = decode(OPENING, encoded(structuredClone(sent)));
        expect(more).toEqual([]);
        expect(meaningOf(decoded)).toEqual(expected(sent));
      }),
    );
  });

  it('joins binary attachments to their packet', () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 3 }), id, namespace, (attachments, number, nsp) => {
        const sent: Packet = { type: PacketType.EVENT, nsp, data: ['file', ...attachments] };
        if (number !== undefined) sent.id = number;
        const decoded = decode(OPENING, encoded(sent));
        expect(decoded).toHaveLength(1 + attachments.length);
        expect(meaningOf(decoded[0])).toEqual({
          ...expected({ ...sent, data: ['file', ...attachments.map((_each, num) => ({ _placeholder: true, num }))] }),
        });
        for (const each of decoded.slice(1)) expect(meaningOf(each)).toMatchObject({ kind: 'data', name: 'file' });
      }),
    );
  });

  it('is read where it is in MessagePack', () => {
    fc.assert(
      fc.property(packet, (sent) => {
        // notepack.io writes integers beyond 64 bits as others.
        fc.pre(!/\d{16}|e\+/.test(JSON.stringify(sent)));
        const parts = new MsgpackEncoder().encode(structuredClone(sent)) as unknown as Uint8Array[];
        const [decoded] = decode(OPENING, [['client', Buffer.from(parts[0]!)]]);
        expect(meaningOf(decoded)).toEqual(expected(sent));
      }),
    );
  });
});
