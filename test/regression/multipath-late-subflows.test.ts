import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { otherSide, type Side } from '../../src/common/sink.js';
import { ACK, FIN, RST, SYN } from '../hostile/segment-bytes.js';
import { requestText, responseText } from '../hostile/talk.js';
import { frame, textsOf, Wire, type WireSegment } from '../support/wire.js';

const KEYS = ['4343434343434343', '5353535353535353'] as const;
const digestOf = (side: Side): Buffer => createHash('sha256').update(Buffer.from(KEYS[side], 'hex')).digest();
const TOKEN = digestOf(1).toString('hex', 0, 4);
/** The data sequence number of the first byte of each side (RFC 8684 section 3.1). */
const FIRST = ([0, 1] as const).map((side) => digestOf(side).readBigUInt64BE(24) + 1n);

const STARTS = [
  [1000, 5000],
  [70_000, 0xffff_fff0],
] as const;

type Flow = 0 | 1;

interface Sent {
  /** Bytes that the mapping covers, where they are more than are sent. */
  readonly mapped?: number;
  /** No mapping is sent: one before it covers the bytes. */
  readonly isUnmapped?: boolean;
  /** The mapping begins so many bytes before these. */
  readonly into?: number;
  readonly isInfinite?: boolean;
  readonly isLast?: boolean;
  readonly after?: number;
}

/** A Multipath TCP connection; subflows are opened, closed and reset at will. */
class Talk {
  readonly flows = [new Wire(STARTS[0]), new Wire(STARTS[1], undefined, 50_001)] as const;
  /** All packets, in the order of the wire. */
  readonly all = new Wire();
  readonly #sent: [number, number] = [0, 0];
  readonly #isLong: boolean;
  #now = 0;

  constructor(isLong = false) {
    this.#isLong = isLong;
  }

  open(): this {
    this.put(0, 0, { flags: SYN, options: '1e040101' });
    this.put(0, 1, { flags: SYN | ACK, options: `1e0c0101${KEYS[1]}` });
    return this.put(0, 0, { options: `1e140101${KEYS[0]}${KEYS[1]}` });
  }

  upgrade(flow: Flow = 0): this {
    return this.send(flow, 0, requestText()).send(flow, 1, responseText());
  }

  join(flow: Flow = 1): this {
    this.put(flow, 0, { flags: SYN, options: `1e0c1001${TOKEN}6e6e6e6e` });
    this.put(flow, 1, { flags: SYN | ACK, options: `1e1010010000000000000000${'11'.repeat(4)}` });
    return this.put(flow, 0, { options: `1e181000${'22'.repeat(20)}` });
  }

  /** Sends the next bytes of a side over a subflow. */
  send(flow: Flow, side: Side, data: string | Uint8Array, sent: Sent = {}): this {
    const { length } = Buffer.from(data as Uint8Array);
    this.put(flow, side, { data, options: this.#options(flow, side, length, sent), after: sent.after ?? 0.001 });
    this.#sent[side] += length;
    return this;
  }

  /** The same bytes once more, over another subflow. */
  again(flow: Flow, side: Side, data: Uint8Array, sent: Sent = {}): this {
    this.#sent[side] -= data.length;
    return this.send(flow, side, data, sent);
  }

  /** Nothing of what came so far was captured. */
  captureFromHere(): this {
    this.all.packets.length = 0;
    return this;
  }

  /** The last packet was not captured. */
  lose(): this {
    this.all.packets.pop();
    return this;
  }

  /** Both sides end the whole connection, and then its subflows. */
  end(flow: Flow): this {
    for (const side of [0, 1] as const) {
      const options = this.#options(flow, side, 0, { isLast: true });
      this.put(flow, side, { options });
    }
    return this.close(flow);
  }

  close(flow: Flow): this {
    return this.put(flow, 0, { flags: ACK | FIN })
      .put(flow, 1, { flags: ACK | FIN })
      .put(flow, 0);
  }

  reset(flow: Flow): this {
    return this.put(flow, 0, { flags: ACK | RST });
  }

  put(flow: Flow, side: Side, segment: WireSegment = {}): this {
    this.flows[flow].put(side, segment);
    const packet = this.flows[flow].packets.pop()!;
    this.#now += (segment.after ?? 0.001) * 1e6;
    this.all.packets.push({
      ...packet,
      seconds: 1_700_000_000 + Math.floor(this.#now / 1e6),
      nanoseconds: Math.round(this.#now % 1e6) * 1000,
    });
    return this;
  }

  #options(flow: Flow, side: Side, length: number, sent: Sent): string {
    const acknowledgment = this.#number(otherSide(side), 0);
    const flags = (this.#isLong ? 0x0a : 0) | (sent.isUnmapped === true ? 1 : 5) | (sent.isLast === true ? 0x10 : 0);
    const into = sent.into ?? 0;
    const offset = length === 0 ? 0 : this.flows[flow].next[side] - STARTS[flow][side] - into;
    const mapped = sent.isInfinite === true ? 0 : (sent.mapped ?? length) + (sent.isLast === true ? 1 : 0);
    const mapping =
      sent.isUnmapped === true
        ? ''
        : `${this.#number(side, -into)}${hex(offset)}${mapped.toString(16).padStart(4, '0')}0000`;
    const option = `20${flags.toString(16).padStart(2, '0')}${acknowledgment}${mapping}`;
    return `1e${(option.length / 2 + 2).toString(16).padStart(2, '0')}${option}`;
  }

  #number(side: Side, more: number): string {
    const number = BigInt.asUintN(64, FIRST[side]! + BigInt(this.#sent[side] + more))
      .toString(16)
      .padStart(16, '0');
    return this.#isLong ? number : number.slice(8);
  }
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
const SPLIT = 'this message is split over the two subflows';
const split = frame(0, SPLIT);

describe.each([
  ['32 bits', false],
  ['64 bits', true],
])('data sequence numbers of %s', (_name, isLong) => {
  it('order what two subflows carry', async () => {
    const talk = new Talk(isLong).open().upgrade().join().send(0, 0, frame(0, 'one')).send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).send(0, 0, frame(0, 'then')).send(1, 1, frame(1, 'uno')).end(1).close(0);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual(['c one', `c ${SPLIT}`, 'c then', 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ end }) => end)).toEqual(['fin']);
  });

  it('show that a subflow is not in the capture: nothing is joined over its bytes, and their number is told', async () => {
    const talk = new Talk(isLong).open().upgrade().send(0, 0, frame(0, 'one')).send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).lose().send(0, 0, frame(0, 'then')).send(0, 1, frame(1, 'uno')).end(0);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual(['c one', 'c then', 's uno']);
    expect(reading.codes).toEqual(['tcp.gap']);
    expect(reading.connections[0]!.client.missingBytes).toBe(split.length - 20);
  });

  it('join what was captured from its middle on', async () => {
    const talk = new Talk(isLong).open().upgrade().join().send(0, 1, frame(1, 'before')).captureFromHere();
    talk.send(0, 0, frame(0, 'one')).send(0, 1, frame(1, 'uno')).send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).send(0, 0, frame(0, 'then')).send(1, 1, frame(1, 'due'));
    const reading = await talk.send(0, 0, frame(0, 'last')).end(0).close(1).all.read();
    // Where frames begin in the first segment is not proven.
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`, 'c then', 'c last', 's uno', 's due']);
    expect(reading.codes).toEqual(['ws.not-decoded', 'handshake.not-captured']);
    expect(reading.connections).toHaveLength(1);
    expect(reading.connections[0]!.client.missingBytes).toBe(0);
  });

  it('join a subflow of which the SYN names a connection that was captured from its middle on', async () => {
    const talk = new Talk(isLong).open().upgrade().captureFromHere();
    talk.send(0, 0, frame(0, 'one')).send(0, 1, frame(1, 'uno')).join().send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20)).send(0, 0, frame(0, 'then')).send(1, 0, frame(0, 'two')).end(0).close(1);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`, 'c then', 'c two', 's uno']);
    expect(reading.codes).toEqual(['ws.not-decoded', 'handshake.not-captured']);
    expect(reading.connections).toHaveLength(1);
  });

  it('place all data of a side on a later subflow, by the keys', async () => {
    const talk = new Talk(isLong).open().join().upgrade(1).send(1, 0, frame(0, 'one')).send(1, 1, frame(1, 'uno'));
    const reading = await talk.send(0, 0, frame(0, 'two')).end(1).close(0).all.read();
    expect(textsOf(reading)).toEqual(['c one', 'c two', 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ connection }) => connection.stream)).toEqual([0]);
  });
});

describe('a subflow that is added', () => {
  it('after the first one has closed goes on with it', async () => {
    const talk = new Talk().open().upgrade().send(0, 0, split.subarray(0, 20)).close(0).join();
    const reading = await talk.send(1, 0, split.subarray(20)).send(1, 1, frame(1, 'uno')).end(1).all.read();
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`, 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ end }) => end)).toEqual(['fin']);
  });

  it.each([
    ['was not captured', true],
    ['was captured', false],
  ])('sends again what a reset one has sent, long after that, where it %s', async (_what, isLost) => {
    const talk = new Talk().open().upgrade().join().send(0, 0, frame(0, 'one')).send(0, 0, split.subarray(0, 20));
    if (isLost) talk.lose();
    talk.reset(0).again(1, 0, split.subarray(0, 20), { after: 30 }).send(1, 0, split.subarray(20), { after: 30 });
    const reading = await talk.send(1, 1, frame(1, 'uno'), { after: 30 }).end(1).all.read();
    expect(textsOf(reading)).toEqual(['c one', `c ${SPLIT}`, 's uno']);
    expect(reading.codes).toEqual([]);
    expect(reading.connections.map(({ end }) => end)).toEqual(['fin']);
  });

  it('and of which the SYN is recorded before the keys is one of its connection', async () => {
    const talk = new Talk().join();
    const early = talk.all.packets.splice(0);
    talk.open().upgrade().send(0, 0, split.subarray(0, 20)).send(1, 0, split.subarray(20)).end(0).close(1);
    talk.all.packets.unshift(...early);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`]);
    expect(reading.codes).toEqual([]);
  });

  it('after both sides have ended the connection is told', async () => {
    const talk = new Talk().open().upgrade().join().send(0, 0, frame(0, 'one')).end(0);
    const reading = await talk.send(1, 0, frame(0, 'late')).close(1).all.read();
    expect(textsOf(reading)).toEqual(['c one']);
    expect(reading.codes).toEqual(['tcp.after-end']);
  });
});

describe('a mapping', () => {
  it('that covers several segments counts for those without one', async () => {
    const talk = new Talk().open().upgrade().join().send(1, 0, frame(0, 'one'));
    talk
      .send(0, 0, split.subarray(0, 20), { mapped: split.length })
      .send(0, 0, split.subarray(20), { isUnmapped: true });
    const reading = await talk.send(1, 0, frame(0, 'two')).end(1).close(0).all.read();
    expect(textsOf(reading)).toEqual(['c one', `c ${SPLIT}`, 'c two']);
    expect(reading.codes).toEqual([]);
  });

  it('that each of several segments repeats is one, also where no SYN was captured', async () => {
    const talk = new Talk().open().upgrade().join().captureFromHere().send(0, 1, frame(1, 'uno'));
    for (const [flow, text] of [
      [0, 'one'],
      [1, 'two'],
      [0, 'three'],
      [1, 'four'],
    ] as const) {
      const bytes = frame(0, `${text} is cut into segments of one mapping`);
      talk.send(flow, 0, bytes.subarray(0, 20), { mapped: bytes.length });
      talk.send(flow, 0, bytes.subarray(20), { mapped: bytes.length, into: 20 });
      talk.send(flow, 0, frame(0, text));
    }
    const reading = await talk.send(0, 1, frame(1, 'due')).end(0).close(1).all.read();
    const sent = ['one', 'two', 'three', 'four'].flatMap((text) => [
      `c ${text} is cut into segments of one mapping`,
      `c ${text}`,
    ]);
    const texts = textsOf(reading).filter((text) => text.startsWith('c '));
    expect(sent.filter((text) => texts.includes(text))).toEqual(texts);
    if (texts.length < sent.length) expect(reading.codes).toContain('tcp.multipath');
  });

  it('without an end is that of a connection that fell back after it had several subflows', async () => {
    const talk = new Talk().open().upgrade().join().send(0, 0, split.subarray(0, 20)).send(1, 0, split.subarray(20));
    talk.close(1).send(0, 0, frame(0, 'then'), { isInfinite: true }).send(0, 0, frame(0, 'last'), { isUnmapped: true });
    const reading = await talk.close(0).all.read();
    expect(textsOf(reading)).toEqual([`c ${SPLIT}`, 'c then', 'c last']);
    expect(reading.codes).toEqual([]);
  });

  it('that is missing is told, and none of its bytes are joined with others', async () => {
    const talk = new Talk().open().upgrade().join().send(0, 0, split.subarray(0, 20));
    talk.send(1, 0, split.subarray(20), { isUnmapped: true }).send(0, 0, frame(0, 'then')).end(0).close(1);
    const reading = await talk.all.read();
    expect(textsOf(reading)).toEqual(['c then']);
    expect(reading.codes).toContain('tcp.multipath');
  });
});
