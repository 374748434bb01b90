import { describe, expect, it } from 'vitest';
import type { PacketTime } from '../../src/common/packet-time.js';
import { ConnectionCalls, type Call } from '../../src/subprotocol/calls.js';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import type { Opening } from '../../src/subprotocol/sub-protocol.js';
import { dataMessage, type Said } from './conversation.js';

/** A message, or a loss of one side. */
type Turn = Said | 'client lost' | 'server lost';

const at = (packet: number): PacketTime => ({ packet, seconds: 100 + packet, nanoseconds: 0, precision: 6 });

/** The calls of a conversation, each in few words: `save #17 ok 2`, the last the seconds that it took. */
function calls(opening: Partial<Opening>, turns: readonly Turn[]): string[] {
  const found: Call[] = [];
  const connection = new ConnectionCalls((call) => found.push(call));
  const reader = new MeaningReader({ url: undefined, subprotocol: undefined, ...opening });
  turns.forEach((turn, index) => {
    if (typeof turn === 'string') {
      const direction = turn === 'client lost' ? 'client-to-server' : 'server-to-client';
      reader.lost(direction);
      connection.lost(direction);
      return;
    }
    const message = dataMessage(turn);
    const decoded = reader.message(message);
    if (decoded !== undefined) connection.message(message.direction, at(index), decoded);
  });
  connection.end();
  return found.map(({ name, id, outcome, seconds, items, repeatedId }) =>
    [
      name ?? '',
      `#${id}`,
      outcome,
      ...(seconds === undefined ? [] : [seconds]),
      ...(items > 0 ? [`items ${items}`] : []),
      ...(repeatedId ? ['repeated'] : []),
    ].join(' '),
  );
}

const RPC = { subprotocol: 'json-rpc' };
const ask = (id: number, name = 'a'): Said => ['client', `{"jsonrpc":"2.0","id":${id},"method":"${name}"}`];
const answer = (id: number): Said => ['server', `{"jsonrpc":"2.0","id":${id},"result":1}`];
const fail = (id: number): Said => ['server', `{"jsonrpc":"2.0","id":${id},"error":{}}`];

describe('ConnectionCalls', () => {
  it('joins each call to its answer, whatever their order, and tells the unanswered', () => {
    expect(calls(RPC, [ask(1), ask(2, 'b'), fail(2), answer(1), ask(3)])).toEqual([
      'b #2 error 1',
      'a #1 ok 3',
      'a #3 unanswered',
    ]);
  });

  it('has calls of both sides, with ids of their own', () => {
    const back: Said = ['server', '{"jsonrpc":"2.0","id":1,"method":"s"}'];
    expect(calls(RPC, [ask(1), back, ['client', '{"jsonrpc":"2.0","id":1,"result":2}'], answer(1)])).toEqual([
      's #1 ok 1',
      'a #1 ok 3',
    ]);
  });

  it('tells a number from a text', () => {
    expect(calls(RPC, [ask(1), ['server', '{"jsonrpc":"2.0","id":"1","result":1}']])).toEqual(['a #1 unanswered']);
  });

  it('never guesses where the answer may have been lost', () => {
    expect(calls(RPC, [ask(1), 'server lost'])).toEqual(['a #1 unknown']);
    expect(calls(RPC, [ask(1), 'client lost'])).toEqual(['a #1 unanswered']);
    expect(calls(RPC, [ask(1), 'server lost', 'client lost', answer(1)])).toEqual(['a #1 unknown']);
    expect(calls(RPC, [ask(1), 'server lost', answer(1)])).toEqual(['a #1 ok 2']);
  });

  it('tells ids that are used by several calls at once, and joins neither', () => {
    expect(calls(RPC, [ask(1), ask(1, 'b'), answer(1)])).toEqual(['a #1 unknown repeated', 'b #1 unknown repeated']);
    expect(calls(RPC, [ask(1), answer(1), ask(1, 'b'), answer(1)])).toEqual(['a #1 ok 1', 'b #1 ok 1']);
  });

  it('says unknown where the answer stands before the call', () => {
    expect(calls(RPC, [answer(1), ask(1)])).toEqual(['a #1 unknown']);
  });

  it('takes each call of a batch by itself', () => {
    const batch: Said = ['client', '[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","id":2,"method":"b"}]'];
    const replies: Said = ['server', '[{"jsonrpc":"2.0","id":2,"result":1},{"jsonrpc":"2.0","id":1,"error":{}}]'];
    expect(calls(RPC, [batch, replies])).toEqual(['b #2 ok 1', 'a #1 error 1']);
  });

  it('counts what a subscription brings until it is complete', () => {
    const next: Said = ['server', '{"id":"1","type":"next","payload":{}}'];
    const opening = { subprotocol: 'graphql-transport-ws' };
    const start: Said = ['client', '{"id":"1","type":"subscribe","payload":{"operationName":"Q","query":"q"}}'];
    expect(calls(opening, [start, next, next, ['server', '{"id":"1","type":"complete"}']])).toEqual([
      'Q #1 ok 3 items 2',
    ]);
    expect(calls(opening, [start, next, ['client', '{"id":"1","type":"complete"}']])).toEqual(['Q #1 ok 2 items 1']);
  });

  it('counts the ids of each namespace of Socket.IO by themselves', () => {
    const opening = { url: 'ws://h/socket.io/?EIO=4' };
    expect(
      calls(opening, [
        ['client', '42/a,1["x"]'],
        ['client', '42/b,1["y"]'],
        ['server', '43/b,1[]'],
        ['server', '43/a,1[]'],
      ]),
    ).toEqual(['y #1 ok 1', 'x #1 ok 3']);
  });

  it('joins the pings of protocols', () => {
    expect(
      calls({ url: 'ws://h/socket.io/?EIO=4' }, [
        ['server', '2'],
        ['client', '3'],
      ]),
    ).toEqual(['ping #undefined ok 1']);
  });

  it('gives a pong to the ping with its payload', () => {
    const found: Call[] = [];
    const connection = new ConnectionCalls((call) => found.push(call));
    connection.ping('server-to-client', at(1), Buffer.from('x'));
    connection.ping('server-to-client', at(2), Buffer.from('y'));
    connection.pong('server-to-client', at(3), Buffer.from('x'));
    connection.pong('client-to-server', at(4), Buffer.from('y'));
    connection.end();
    expect(found.map(({ at: { packet }, outcome, seconds }) => [packet, outcome, seconds])).toEqual([
      [2, 'ok', 2],
      [1, 'unanswered', undefined],
    ]);
  });

  it('says nothing that a loss of any one turn would make untrue', () => {
    const turns: Said[] = [ask(1), ask(2, 'b'), fail(2), ask(3, 'c'), answer(1), ask(2, 'd'), answer(3), answer(2)];
    const whole = new Set(calls(RPC, turns));
    expect(whole).toEqual(new Set(['b #2 error 1', 'a #1 ok 4', 'c #3 ok 3', 'd #2 ok 2']));
    turns.forEach(([from], lost) => {
      const heard = calls(
        RPC,
        turns.map((turn, index) => (index === lost ? (`${from} lost` as const) : turn)),
      );
      expect(heard.filter((call) => !whole.has(call) && !/ unknown( repeated)?$/.test(call))).toEqual([]);
    });
  });
});
