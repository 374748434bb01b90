import { describe, expect, it } from 'vitest';
import { CapturedTime } from '../../src/common/packet-time.js';
import type { ConnectionSink } from '../../src/common/sink.js';
import { TcpConnection } from '../../src/tcp/connection.js';
import { RestingConnections } from '../../src/tcp/tracking/resting-connections.js';

const KEEPER = { recognised: () => undefined };
const NOTHING: ConnectionSink = {
  bytes: () => undefined,
  gap: () => undefined,
  end: () => undefined,
  finding: () => undefined,
};

/** The two ends of the nth connection, of IPv6 where it is odd. */
function ends(number: number) {
  const addresses = Buffer.alloc(number % 2 === 0 ? 8 : 32, 0xa0);
  addresses.writeUInt32BE(number, 0);
  const ipVersion = number % 2 === 0 ? (4 as const) : (6 as const);
  return { ipVersion, addresses, addressOffset: 0, sourcePort: 40_000 + (number % 1000), destinationPort: 65_535 };
}

function connection(number: number): TcpConnection {
  const opened = new CapturedTime(number + 1, 2 ** 33 + number, 999_999_999, 9);
  return new TcpConnection(number, opened, number % 997, ends(number), KEEPER);
}

/** What a segment needs for it to be found. */
function segmentOf(number: number): Parameters<RestingConnections['wake']>[1] {
  return ends(number) as Parameters<RestingConnections['wake']>[1];
}

describe('connections that rest', () => {
  it('are woken with all that they had', () => {
    const resting = new RestingConnections(KEEPER);
    const before = connection(3);
    before.isRecognised = true;
    before.sink = NOTHING;
    const [one, other] = before.sides;
    one.synchronise(-5, false);
    one.begin(one.first);
    one.extend(-4, 100);
    one.delivered = 2 ** 40 + 1;
    one.next = 100;
    one.scale = 7;
    one.offer(5000, 7);
    one.path = 4;
    other.extend(-100, -1);
    other.begin(-10);
    other.acknowledge(-50);
    other.finished = -1;
    other.how = 'fin';
    resting.add(before);
    const after = resting.wake(before.hash, segmentOf(3))!;
    expect(resting.size).toBe(0);
    expect({ ...after.opened }).toEqual({ ...before.opened });
    expect(after).toMatchObject({ stream: 3, isRecognised: true, isSuspended: false, isSettled: true, isPlain: false });
    expect(after.sink).toBe(NOTHING);
    for (const side of [0, 1] as const) {
      expect(after.endpoint(side)).toBe(before.endpoint(side));
      const { started, acknowledged, hasSpoken, scale, sent, acknowledgedTo, next, delivered } = before.sides[side];
      const { begun, ended, how, first, initial, isOpener, anchored, window, finished, path } = before.sides[side];
      const { acknowledgedFrom } = before.sides[side];
      const own = { started, acknowledged, hasSpoken, scale, sent, acknowledgedTo, next, delivered, begun, ended, how };
      const bounds = { first, initial, isOpener, anchored, window, finished, path, acknowledgedFrom };
      expect(after.sides[side]).toMatchObject({ ...own, ...bounds });
    }
    expect(after.sides[0].isForgotten).toBe(true);
    expect(after.sides[1].ends).toEqual([-2]);
  });

  it('are found among many with the same hash, and each of them once', () => {
    const resting = new RestingConnections(KEEPER);
    const count = 10_000;
    for (let number = 0; number < count; number++) resting.add(connection(number));
    expect(resting.size).toBe(count);
    for (let number = count - 1; number >= 0; number -= 3) {
      expect(resting.wake(number % 997, segmentOf(number))?.stream).toBe(number);
      expect(resting.wake(number % 997, segmentOf(number))).toBeUndefined();
    }
    let oldest = resting.wakeOldest();
    const rest: number[] = [];
    for (; oldest !== undefined; oldest = resting.wakeOldest()) rest.push(oldest.stream);
    expect(rest).toEqual(Array.from({ length: count }, (_, number) => number).filter((number) => number % 3 !== 0));
    expect(resting.size).toBe(0);
  });

  it('that have a stage are listed by number, the lowest last', () => {
    const resting = new RestingConnections(KEEPER);
    for (const number of [5, 2, 9, 4]) {
      const each = connection(number);
      if (number !== 4) each.sink = NOTHING;
      resting.add(each);
    }
    const rows = resting.listTelling();
    expect([...rows].map((row) => resting.streamOf(row))).toEqual([9, 5, 2]);
    expect(resting.wakeRow(rows.at(-1)!).stream).toBe(2);
  });
});
