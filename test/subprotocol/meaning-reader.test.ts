import { describe, expect, it } from 'vitest';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import { REGISTRY, SHAPES } from '../../src/subprotocol/registry.js';
import { PROTOCOLS, type DataMessage, type DecodedMessage, type Opening } from '../../src/subprotocol/sub-protocol.js';

const text = (payload: string): DataMessage => ({
  direction: 'client-to-server',
  isText: true,
  payload: Buffer.from(payload),
  text: payload,
});
const binary = (payload: Buffer): DataMessage => ({ direction: 'client-to-server', isText: false, payload, text: '' });

function read(opening: Partial<Opening>, ...messages: DataMessage[]): (DecodedMessage | undefined)[] {
  const reader = new MeaningReader({ url: undefined, subprotocol: undefined, ...opening });
  return messages.map((message) => reader.message(message));
}

const SOCKET_IO = { url: 'ws://h/socket.io/?EIO=4&transport=websocket' };

describe('MeaningReader', () => {
  it('reads Socket.IO by its URL: events, calls with an id, acknowledgements, namespaces', () => {
    const [connect, event, call, ack, ping] = read(
      SOCKET_IO,
      text('40/admin,{"token":"x"}'),
      text('42/admin,["chat",{"n":12345678901234567890}]'),
      text('4217["save", 1.0]'),
      text('4317["ok"]'),
      text('2'),
    );
    expect(connect).toMatchObject({ protocol: 'socket.io', by: 'url', items: [{ kind: 'open', channel: '/admin' }] });
    expect(event!.items[0]).toMatchObject({
      kind: 'event',
      name: 'chat',
      channel: '/admin',
      value: '[{"n":12345678901234567890}]',
    });
    expect(call!.items[0]).toMatchObject({ kind: 'call', name: 'save', id: 17, value: '[1.0]' });
    expect(ack!.items[0]).toMatchObject({ kind: 'ack', id: 17, value: '["ok"]' });
    expect(ping!.items[0]).toMatchObject({ protocol: 'engine.io', kind: 'ping' });
  });

  it('joins binary attachments to their event, and to none after a loss', () => {
    const reader = new MeaningReader({ url: SOCKET_IO.url, subprotocol: undefined });
    const event = text('451-["file",{"_placeholder":true,"num":0}]');
    reader.message(event);
    expect(reader.message(binary(Buffer.from([1])))!.items[0]).toMatchObject({ kind: 'data', name: 'file' });
    reader.message(event);
    reader.lost('client-to-server');
    expect(reader.message(binary(Buffer.from([1])))!.items[0]!.name).toBe('message');
  });

  it('reads GraphQL by the subprotocol that was chosen', () => {
    const subscribe = '{"id":"1","type":"subscribe","payload":{"operationName":"Q","query":"{a}"}}';
    const [call, data] = read(
      { subprotocol: 'graphql-transport-ws' },
      text(subscribe),
      text('{"id":"1","type":"next","payload":{}}'),
    );
    expect(call).toMatchObject({ by: 'subprotocol', items: [{ kind: 'call', name: 'Q', id: '1' }] });
    expect(data!.items[0]).toMatchObject({ kind: 'data', name: 'next', id: '1' });
  });

  it('believes JSON-RPC by its messages alone only when three have shown it, and never against one that is not', () => {
    const call = (id: number): DataMessage => text(`{"jsonrpc":"2.0","id":${id},"method":"add","params":[1]}`);
    expect(read({}, call(1), call(2), call(3), call(4)).map((decoded) => decoded?.items[0]!.id)).toEqual([
      undefined,
      undefined,
      3,
      4,
    ]);
    expect(read({}, call(1), call(2), text('hello'), call(3), call(4))).toEqual(Array.from({ length: 5 }));
  });

  it('reads each call of a batch', () => {
    const batch =
      '[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b"},{"jsonrpc":"2.0","id":9,"error":{"code":1}}]';
    const [decoded] = read({ subprotocol: 'json-rpc' }, text(batch));
    expect(decoded!.items.map(({ kind, name, id }) => [kind, name, id])).toEqual([
      ['call', 'a', 1],
      ['event', 'b', undefined],
      ['error', undefined, 9],
    ]);
  });

  it('throws at nothing, whatever the messages are', () => {
    const odd = [
      '',
      '4',
      '42',
      '42[',
      '45999999-["a"]',
      '42/',
      '[]',
      '{}',
      '{"type":1}',
      '4299999999999999999999["x"]',
      '\u0000',
    ];
    for (const subprotocol of [undefined, 'graphql-ws', 'json-rpc']) {
      read({ subprotocol }, ...odd.map(text), binary(Buffer.alloc(0)));
      read({ ...SOCKET_IO, subprotocol }, ...odd.map(text), binary(Buffer.alloc(3)));
    }
  });

  it('has a decoder for every name that --decode takes', () => {
    const names = [...REGISTRY, ...SHAPES].map(({ name }) => name);
    expect(names.toSorted()).toEqual([...PROTOCOLS].sort());
    expect(new Set(names).size).toBe(names.length);
  });

  it('believes who names a protocol, and still reads only what is of it', () => {
    const reader = new MeaningReader({ url: undefined, subprotocol: undefined }, ['json-rpc', 'json']);
    expect(reader.message(text('{"jsonrpc":"2.0","method":"a"}'))).toMatchObject({
      protocol: 'json-rpc',
      by: 'option',
    });
    expect(reader.message(text('[1,2]'))).toMatchObject({
      protocol: 'json',
      by: 'option',
      items: [{ value: '[1,2]' }],
    });
    expect(reader.message(text('hello'))).toBeUndefined();
  });
});
