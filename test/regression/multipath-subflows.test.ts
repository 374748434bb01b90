import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Side } from '../../src/common/sink.js';
import { ACK, FIN, SYN } from '../hostile/segment-bytes.js';
import { requestText, responseText } from '../hostile/talk.js';
import { frame, textsOf, Wire } from '../support/wire.js';

const CLIENT_KEY = '4343434343434343';
const SERVER_KEY = '5353535353535353';
const TOKEN = createHash('sha256').update(Buffer.from(SERVER_KEY, 'hex')).digest('hex').substring(0, 8);
const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

const lengthOf = (data: string | Uint8Array): number => Buffer.from(data as Uint8Array).length;

/** A Multipath TCP connection with two subflows; data sequence numbers begin at 1 for both sides. */
class Multipath {
  readonly flows = [new Wire([1000, 5000]), new Wire([70_000, 0xffff_fff0], undefined, 50_001)] as const;
  readonly all = new Wire();
  readonly #data: [number, number] = [1, 1];
  readonly #isMapped: boolean;

  constructor(isMapped = true, token = TOKEN) {
    this.#isMapped = isMapped;
    const [first, second] = this.flows;
    first.put(0, { flags: SYN, options: '1e040101' });
    first.put(1, { flags: SYN | ACK, options: `1e0c0101${SERVER_KEY}` });
    first.put(0, { options: `1e140101${CLIENT_KEY}${SERVER_KEY}` });
    this.send(0, 0, requestText()).send(0, 1, responseText());
    second.put(0, { flags: SYN, options: `1e0c1001${token}6e6e6e6e` });
    second.put(1, { flags: SYN | ACK, options: `1e1010010000000000000000${'11'.repeat(4)}` });
    second.put(0, { options: `1e181000${'22'.repeat(20)}` });
    this.#collect();
  }

  /** Sends the next bytes of a side over a subflow. */
  send(flow: 0 | 1, side: Side, data: string | Uint8Array): this {
    this.flows[flow].put(side, { data, ...this.#options(flow, side, lengthOf(data)) });
    this.#data[side] += lengthOf(data);
    return this.#collect();
  }

  /** The same bytes once more, over another subflow. */
  again(flow: 0 | 1, side: Side, data: Uint8Array): this {
    this.#data[side] -= data.length;
    return this.send(flow, side, data);
  }

  /** Bytes that were sent over a subflow and not captured. */
  lose(flow: 0 | 1, side: Side, data: Uint8Array): this {
    this.send(flow, side, data);
    this.all.packets.pop();
    return this;
  }

  end(): this {
    for (const flow of this.flows) flow.finish();
    return this.#collect();
  }

  #options(flow: 0 | 1, side: Side, length: number): { options?: string } {
    if (!this.#isMapped) return {};
    const offset = this.flows[flow].next[side] - (flow === 0 ? [1000, 5000] : [70_000, 0xffff_fff0])[side]!;
    const acknowledgment = hex(this.#data[side === 0 ? 1 : 0]);
    const mapping = `${hex(this.#data[side])}${hex(offset)}${length.toString(16).padStart(4, '0')}`;
    return { options: `1e142005${acknowledgment}${mapping}0000` };
  }

  #collect(): this {
    for (const { packets } of this.flows) this.all.packets.push(...packets.splice(0));
    return this;
  }
}

describe('a Multipath TCP connection of two subflows', () => {
  const split = frame(0, 'this message is split over the two subflows');

  it('is read in the order of its data sequence numbers', async () => {
    const talk = new Multipath().send(0, 0, frame(0, 'one')).send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).send(0, 0, frame(0, 'then')).send(1, 1, frame(1, 'uno'));
    talk.send(1, 0, frame(0, 'only on the second')).send(0, 1, frame(1, 'due')).end();
    const reading = await talk.all.read();
    const texts = ['c one', 'c this message is split over the two subflows', 'c then', 'c only on the second'];
    expect(textsOf(reading)).toEqual([...texts, 's uno', 's due']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ connection }) => connection.stream)).toEqual([0]);
  });

  it('passes on once what was sent over both', async () => {
    const talk = new Multipath().send(0, 0, frame(0, 'one')).again(1, 0, frame(0, 'one')).send(1, 0, frame(0, 'two'));
    const reading = await talk.again(0, 0, frame(0, 'two')).send(0, 0, frame(0, 'three')).end().all.read();
    expect(textsOf(reading)).toEqual(['c one', 'c two', 'c three']);
    expect(reading.codes).toEqual([]);
  });

  it('has a gap of the size of what was lost on either', async () => {
    const talk = new Multipath().send(0, 0, frame(0, 'one')).lose(1, 0, frame(0, 'lost'));
    talk.send(0, 0, frame(0, 'two')).send(0, 0, frame(0, 'three')).send(0, 1, frame(1, 'uno')).end();
    const reading = await talk.all.read();
    expect(reading.findings.map(({ message }) => message)).toEqual(['10 bytes are missing']);
    expect(textsOf(reading)).toEqual(['c one', 'c two', 'c three', 's uno']);
  });

  it.each([
    ['has no data sequence numbers', false, TOKEN],
    ['has no data sequence numbers, and a token of which the key was not captured', false, '01020304'],
  ])('is told, and no frame is made of it, where it %s', async (_name, isMapped, token) => {
    const talk = new Multipath(isMapped, token).send(0, 0, split.subarray(0, 20)).send(1, 0, split.subarray(20));
    const reading = await talk.send(0, 0, frame(0, 'then')).end().all.read();
    expect(textsOf(reading)).toEqual([]);
    expect(reading.codes).toContain('tcp.multipath');
  });

  it('is an ordinary one where it has only one, or falls back', async () => {
    const wire = new Wire();
    wire.put(0, { flags: SYN, options: '1e040101' }).put(1, { flags: SYN | ACK, options: `1e0c0101${SERVER_KEY}` });
    wire
      .put(0, { options: `1e140101${CLIENT_KEY}${SERVER_KEY}` })
      .upgrade()
      .text(0, 'one')
      .text(1, 'uno');
    wire
      .put(0, { flags: ACK | FIN })
      .put(1, { flags: ACK | FIN })
      .put(0);
    const reading = await wire.read();
    expect(textsOf(reading)).toEqual(['c one', 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections[0]?.end).toBe('fin');
  });
});
