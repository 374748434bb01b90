import { describe, expect, it } from 'vitest';
import { addMeaning, addTally, emptyTally, type NameTally } from '../../src/stats/name-tally.js';
import type { Meaning } from '../../src/subprotocol/sub-protocol.js';

const said = (...items: Meaning[]) => ({ protocol: 'json-rpc', by: 'url', items }) as const;
const call = (name: string): Meaning => ({ kind: 'call', name });

function rows({ names }: NameTally): unknown[] {
  return [...names.values()].map(({ name, client, server }) => [name, client.messages, client.bytes, server.messages]);
}

describe('names', () => {
  it('are counted with their messages, each once for a message', () => {
    const tally = emptyTally();
    addMeaning(tally, said(call('a')), 'client', 10, 9);
    addMeaning(tally, said(call('a'), call('a'), call('b')), 'client', 7, 9);
    addMeaning(tally, said({ kind: 'reply', name: 'a' }), 'server', 5, 9);
    expect(rows(tally)).toEqual([
      ['a', 2, 17, 0],
      ['b', 1, 7, 0],
      ['a', 0, 0, 1],
    ]);
  });

  it('are no more than so many, and none is without end', () => {
    const tally = emptyTally();
    for (let index = 0; index < 5; index++) addMeaning(tally, said(call(`n${index}`)), 'client', 1, 3);
    addMeaning(tally, said(call('x'.repeat(1000))), 'server', 1, 9);
    expect(tally.names.size).toBe(3);
    expect(tally.others).toEqual({ client: { messages: 2, bytes: 2 }, server: { messages: 1, bytes: 1 } });
    const sum = emptyTally();
    addTally(sum, tally, 2);
    addTally(sum, tally, 2);
    expect(rows(sum)).toEqual([
      ['n0', 2, 2, 0],
      ['n1', 2, 2, 0],
    ]);
    expect(sum.others.client.messages).toBe(6);
    expect(sum.others.server.messages).toBe(2);
    expect(rows(tally)[0]).toEqual(['n0', 1, 1, 0]);
  });
});
