import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import { ACK, FIN, RST, SYN } from '../../src/ip/tcp-segment.js';
import { ConnectionTracker } from '../../src/tcp/tracking/connection-tracker.js';
import { moment, segment, type SegmentShape } from '../support/segments.js';

/** A tracker alone: `0:1` for a segment of side 1 of connection 0, as soon as that is known. */
class Alone {
  readonly held = new HeldBytes(1 << 20);
  readonly placed: string[] = [];
  readonly told: string[] = [];
  readonly #tracker: ConnectionTracker;
  #packet = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.#tracker = new ConnectionTracker({ ...DEFAULT_LIMITS, ...limits }, this.held, {
      segment: ({ stream }, side, { sequence, length }) => {
        this.placed.push(length === 0 ? `${stream}:${side}` : `${stream}:${side} ${sequence}+${length}`);
      },
      settled: () => undefined,
      reset: ({ stream }) => this.placed.push(`${stream} reset`),
      resumed: ({ stream }) => this.placed.push(`${stream} resumed`),
      closed: ({ stream }, how) => this.placed.push(`${stream} ${how}`),
      suspended: () => undefined,
      rests: () => true,
      finding: (_connection, _side, { code }) => this.told.push(code),
    });
  }

  send(shape: SegmentShape, seconds = 0): this {
    this.#tracker.push(segment(shape), moment(++this.#packet, seconds));
    return this;
  }

  open(client = 100, server = 500): this {
    return this.send({ flags: SYN, sequence: client })
      .send({ from: 2, flags: SYN | ACK, sequence: server, acknowledgment: client + 1 })
      .send({ sequence: client + 1, acknowledgment: server + 1 });
  }

  end(): this {
    while (this.#tracker.closeNext(moment(this.#packet)));
    return this;
  }
}

describe('a connection tracker alone', () => {
  it('gives each segment its connection and side at once, without putting anything in order', () => {
    const alone = new Alone().open().send({ sequence: 110, acknowledgment: 501, data: 'later' });
    alone
      .send({ sequence: 101, acknowledgment: 501, data: 'first' })
      .send({ from: 2, sequence: 501, acknowledgment: 115 });
    expect(alone.placed).toEqual(['0:0', '0:1', '0:0', '0:0 110+5', '0:0 101+5', '0:1']);
  });

  it('holds the first segments where the SYN was not captured, and no longer than it must', () => {
    const alone = new Alone().send({ sequence: 10, data: 'a' }).send({ sequence: 11, data: 'b' });
    expect(alone.placed).toEqual([]);
    alone.send({ sequence: 12, data: 'c' }).send({ sequence: 13, data: 'd' });
    expect(alone.placed).toHaveLength(4);
    expect(alone.held.total).toBe(0);
  });

  it('holds them longer where they are out of order, up to the limit', () => {
    const alone = new Alone({ startPackets: 9 }).send({ sequence: 100, data: 'a' });
    for (let sequence = 98; sequence > 84; sequence -= 2) alone.send({ sequence, data: 'a' });
    expect(alone.placed).toEqual([]);
    expect(alone.send({ sequence: 84, data: 'a' }).placed).toHaveLength(9);
  });

  it('holds them no longer than two seconds', () => {
    const alone = new Alone().send({ sequence: 100, data: 'a' });
    expect(alone.send({ from: 8, to: 9 }, 2).placed).toEqual(['0:0 100+1', '1:0']);
  });

  it('knows two connections between the same ends that live at the same time', () => {
    const alone = new Alone();
    const shapes = [
      { path: 10, client: 1000, server: 5000 },
      { path: 20, client: 0x7000_0000, server: 0x6000_0000 },
    ];
    for (const { path, client, server } of shapes) {
      alone.send({ path, flags: SYN, sequence: client });
      alone.send({ path, from: 2, flags: SYN | ACK, sequence: server, acknowledgment: client + 1 });
    }
    for (let i = 0; i < 3; i++) {
      for (const { path, client, server } of shapes) {
        alone.send({ path, sequence: client + 1 + i, acknowledgment: server + 1, data: 'x' });
      }
    }
    expect(alone.placed.slice(4).map((line) => line[0])).toEqual(['0', '1', '0', '1', '0', '1']);
  });

  it('forgets the numbers of connections that ended long ago', () => {
    const again = (limits: Partial<Limits>): string[] => {
      const alone = new Alone(limits);
      for (const from of [1, 3]) {
        const to = from + 1;
        alone
          .send({ from, to, flags: SYN, sequence: 0 })
          .send({ from: to, to: from, flags: SYN | ACK, acknowledgment: 1 });
        alone.send({ from, to, flags: RST | ACK, sequence: 1, acknowledgment: 1 });
        alone.send({ from: 90, to: 91 }, 60 * from);
      }
      return alone.send({ sequence: 1, acknowledgment: 1, flags: ACK }, 300).placed.slice(-1);
    };
    expect(again({})).toEqual(['0:0']);
    expect(again({ endedConnections: 1 })).toEqual(['3:0']);
  });

  it('loses no segment, whatever comes: each is given out, or told', () => {
    const shape = fc.record({
      from: fc.constantFrom(1, 2),
      sequence: fc.oneof(fc.integer(), fc.nat(300)),
      acknowledgment: fc.oneof(fc.integer(), fc.nat(300)),
      flags: fc.constantFrom(ACK, ACK, ACK, SYN, SYN | ACK, FIN | ACK, RST, 0),
      path: fc.constantFrom(0, 0, 7),
      length: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 60 }), (shapes) => {
        const alone = new Alone({ startPackets: 5, doubtfulSegments: 6 });
        let data = 0;
        for (const each of shapes) {
          const length = each.flags === ACK ? each.length : 0;
          if (length > 0) data++;
          alone.send({ ...each, length });
        }
        alone.end();
        const given = alone.placed.filter((line) => line.includes('+')).length;
        const told = alone.told.filter((code) => code === 'tcp.out-of-window').length;
        expect(given + told).toBe(data);
        expect(alone.held.total).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
