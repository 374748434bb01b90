import { describe, expect, it } from 'vitest';
import { quantile } from '../../src/common/histogram.js';
import type { Side } from '../../src/common/sink.js';
import { ACK, FIN, RST, SYN, type TcpSegment } from '../../src/ip/tcp-segment.js';
import { TcpMeter, type TcpQuality } from '../../src/tcp/tcp-meter.js';

const EMPTY = Buffer.alloc(0);

/** A segment: who sends it, when in microseconds, and what it says beside an acknowledgment. */
interface Sent extends Partial<Pick<TcpSegment, 'flags' | 'sequence' | 'acknowledgment' | 'length' | 'window'>> {
  readonly from: Side;
  readonly at?: number;
}

function measured(segments: readonly Sent[], precision: 0 | 6 = 6): TcpQuality {
  const meter = new TcpMeter();
  segments.forEach(({ from, at = 0, ...given }, index) => {
    meter.segment(
      from,
      {
        ipVersion: 4,
        path: 0,
        addresses: EMPTY,
        addressOffset: 0,
        sourcePort: 1,
        destinationPort: 2,
        flags: ACK,
        sequence: 0,
        acknowledgment: 0,
        window: 1000,
        urgentPointer: 0,
        bytes: EMPTY,
        optionsOffset: 0,
        optionsLength: 0,
        payload: EMPTY,
        length: 0,
        ...given,
      },
      { packet: index + 1, seconds: 100 + Math.floor(at / 1e6), nanoseconds: (at % 1e6) * 1000, precision },
    );
  });
  return meter.quality(0);
}

const data = (sequence: number, at = 0, length = 10): Sent => ({ from: 0, sequence, length, at });
const ack = (acknowledgment: number, at = 0): Sent => ({ from: 1, acknowledgment, at });
const OPENING: readonly Sent[] = [
  { from: 0, flags: SYN, sequence: 99, at: 0 },
  { from: 1, flags: SYN | ACK, sequence: 499, acknowledgment: 100, at: 300 },
  { from: 0, sequence: 100, acknowledgment: 500, at: 350 },
];

describe('TcpMeter', () => {
  it('times the handshake, from the SYN to the acknowledgment of its answer', () => {
    expect(measured(OPENING).roundTrip).toBe(350_000);
    expect(measured(OPENING.slice(1)).roundTrip).toBeUndefined();
    expect(measured(OPENING, 0).roundTrip).toBeUndefined();
    // Which of two SYNs was answered nobody can tell.
    expect(measured([OPENING[0]!, ...OPENING]).roundTrip).toBeUndefined();
    expect(measured([OPENING[0]!, OPENING[1]!, OPENING[1]!, OPENING[2]!]).roundTrip).toBeUndefined();
    expect(measured([OPENING[0]!, { ...OPENING[1]!, acknowledgment: 7 }, OPENING[2]!]).roundTrip).toBeUndefined();
  });

  it('times one segment at a time until it is acknowledged', () => {
    const { acknowledged } = measured([data(0, 0), data(10, 100), ack(20, 400), data(20, 500), ack(30, 550)]).client;
    expect(acknowledged.values).toEqual([400_000, 50_000]);
    expect(measured([ack(10), data(0, 5), ack(10, 10)]).client.acknowledged.count).toBe(0);
    expect(measured([data(0, 0), ack(9, 10), ack(10, 30)]).client.acknowledged.values).toEqual([30_000]);
  });

  it('does not time what was sent again', () => {
    const { client } = measured([data(0, 0), data(0, 200), ack(10, 400)]);
    expect(client.acknowledged.count).toBe(0);
    expect(client).toMatchObject({ segments: 2, repeated: 1, repeatedBytes: 10, late: 0 });
  });

  it('tells what was sent again from what came late', () => {
    expect(measured([data(0), data(20), data(10)]).client).toMatchObject({ repeated: 0, late: 1 });
    expect(measured([data(0), data(20), data(10), data(10)]).client).toMatchObject({ repeated: 1, late: 1 });
    expect(measured([data(0), data(20), data(10, 0, 5), data(15, 0, 5), data(20)]).client).toMatchObject({
      repeated: 1,
      late: 2,
    });
    expect(measured([data(0), data(30), data(15, 0, 5), data(10, 0, 20), data(10, 0, 20)]).client).toMatchObject({
      repeated: 1,
      late: 2,
    });
    // Before the first that was captured.
    expect(measured([data(50), data(40), data(40)]).client).toMatchObject({ repeated: 1, late: 1 });
    expect(measured([data(0), { from: 0, flags: FIN | ACK, sequence: 10 }, { from: 0, flags: FIN | ACK, sequence: 10 }]).client.repeated).toBe(1); // prettier-ignore
  });

  it('says so where there were too many holes to tell', () => {
    const holes = Array.from({ length: 40 }, (_, index) => data(20 * index));
    expect(measured([...holes, data(10)]).client).toMatchObject({ repeated: 0, late: 0, unsure: 1 });
    expect(measured([...holes, data(770)]).client).toMatchObject({ repeated: 0, late: 1, unsure: 0 });
  });

  it('takes no probe for a repetition', () => {
    expect(measured([data(0), data(9, 0, 1), { from: 0, sequence: 9 }]).client.repeated).toBe(0);
    const closed: Sent = { from: 1, acknowledgment: 10, window: 0 };
    expect(measured([data(0), closed, data(10, 0, 1), data(10, 0, 1)]).client.repeated).toBe(0);
  });

  it('counts how often a window closed, and for how long', () => {
    const window = (size: number, at: number, flags = ACK): Sent => ({ from: 1, window: size, at, flags });
    expect(
      measured([window(0, 10), window(0, 20), window(5, 110), window(0, 200), window(5, 300, RST), window(1, 250)])
        .server,
    ).toMatchObject({ zeroWindows: 2, zeroWindowTime: 150_000 });
    expect(measured([window(0, 0, SYN | ACK), window(0, 5, FIN | ACK)]).server.zeroWindows).toBe(0);
  });

  it('counts sequence numbers around', () => {
    const near = 2 ** 31 - 5;
    const wrapped = [data(near | 0), data((near + 10) | 0), data((near + 10) | 0), ack((near + 20) | 0, 10)];
    expect(measured(wrapped).client).toMatchObject({ segments: 3, repeated: 1, late: 0 });
  });

  it('gives what it knows by then', () => {
    const meter = measured([data(0), ack(10, 5)]);
    expect(quantile(meter.client.acknowledged, 0.5)).toBe(5000);
    expect(structuredClone(meter)).toEqual(meter);
  });
});
