import { describe, expect, it } from 'vitest';
import { runWithHeap } from '../support/small-heap.js';

/** Gives a consumer of statistics the events of many connections that are all open, each with its own names and calls. */
const PROGRAM = `
import { StatsConsumer } from './src/stats/stats-consumer.ts';
import { message, connection } from './test/output/events.ts';

let capture;
let connections = 0;
const consumer = new StatsConsumer(
  { connection: () => void connections++, capture: (stats) => void (capture = stats) },
  'auto',
);
const at = (packet) => ({ packet, seconds: 1_700_000_000 + packet, nanoseconds: 0, precision: 6 });
const CONNECTIONS = 1500;
const refs = Array.from({ length: CONNECTIONS }, (_, stream) => ({ stream, client: '10.0.0.1:' + stream, server: '10.0.0.2:80' }));
const handshake = (ref) => ({ state: 'accepted', client: 0, url: 'ws://a.test/' + 'x'.repeat(100) + ref.stream, findings: [] });
for (const ref of refs) await consumer.event({ type: 'open', packet: 1, number: 0, connection: ref, at: at(ref.stream), handshake: handshake(ref) });
const ROUNDS = 120;
for (let round = 0; round < ROUNDS; round++) {
  for (const ref of refs) {
    const name = (ref.stream + ' ' + round + ' ').padEnd(240, 'n');
    const event = message({ payload: 'p', length: 13 * round + ref.stream, at: at(round * 7) }, ref);
    event.decoded = { protocol: 'json-rpc', by: 'content', items: [{ kind: 'call', name, id: name }] };
    await consumer.event(event);
  }
}
for (const ref of refs.slice(1)) await consumer.event(connection({ connection: ref, handshake: handshake(ref) }));
await consumer.end();
const { names, calls } = capture;
const messages = [...names.names.values(), names.others].reduce((sum, { client }) => sum + client.messages, 0);
console.log(JSON.stringify({ connections, names: names.names.size, messages, outcomes: calls.outcomes }));
`;

describe('statistics', () => {
  it('of any number of connections, names and calls fit into a small heap, and count all of them', () => {
    const told = JSON.parse(runWithHeap(120, PROGRAM)) as {
      connections: number;
      names: number;
      messages: number;
      outcomes: Readonly<Record<string, number>>;
    };
    expect(told.connections).toBe(1500);
    expect(told.names).toBe(1000);
    expect(told.messages).toBe(1500 * 120);
    // Calls that are no longer waited for have an outcome that is not known; none is lost.
    expect(Object.values(told.outcomes).reduce((a, b) => a + b, 0)).toBe(1500 * 120);
    expect(told.outcomes['unknown']).toBeGreaterThan(told.outcomes['unanswered']!);
  });
});
