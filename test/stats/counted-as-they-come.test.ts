import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInto } from '../../src/consumer.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readFields } from '../../src/output/records/record-field.js';
import { safeJson } from '../../src/output/json/safe-json.js';
import { CAPTURE_STATS_FIELDS } from '../../src/stats/capture-stats-fields.js';
import { CONNECTION_STATS_FIELDS } from '../../src/stats/connection-stats-fields.js';
import { connectionStatsJson } from '../../src/stats/connection-stats-json.js';
import { StatsConsumer } from '../../src/stats/stats-consumer.js';
import type { StatsChoice } from '../../src/stats/stats-parts.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import { FIXTURES, keyLogOf, readFixture } from '../fixtures/sent.js';
import { pcapOf, Talk } from '../hostile/talk.js';

/** Every connection, by a function: then messages are counted by their events. */
const BY_EVENTS: StatsChoice = { connections: () => true };

/** The records of a capture, as the table of fields makes them and as they are printed. */
async function recordsOf(
  bytes: Uint8Array,
  choice?: StatsChoice,
  keys?: Buffer,
): Promise<{ made: string[]; printed: string[] }> {
  const made: string[] = [];
  const printed: string[] = [];
  const consumer = new StatsConsumer(
    {
      connection: (stats) => {
        const source = { stats, file: stats.connection.stream % 2 === 0 ? undefined : 'a "file"' };
        made.push(safeJson(readFields(CONNECTION_STATS_FIELDS, source)));
        printed.push(connectionStatsJson(source));
        return undefined;
      },
      capture: (stats) => {
        const all = safeJson(readFields(CAPTURE_STATS_FIELDS, { stats, file: undefined }));
        made.push(all);
        printed.push(all);
        return undefined;
      },
    },
    'auto',
    choice,
  );
  const keyLog = new KeyLog();
  if (keys !== undefined) keyLog.push(keys);
  await readInto(consumer, [bytes], { keyLog });
  return { made, printed };
}

/** What a side says, or that a segment of it is lost. */
const STEP = fc.record({
  side: fc.constantFrom(0 as const, 1 as const),
  what: fc.constantFrom(
    'text',
    'text',
    'text',
    'binary',
    'bad',
    'ping',
    'pong',
    'begin',
    'goOn',
    'lost',
    'json',
    'close',
  ),
  payload: fc.constantFrom('', 'a', 'b', 'hello'),
});
const OPCODES = { text: 1, binary: 2, bad: 1, ping: 9, pong: 10, begin: 1, goOn: 0, lost: 1, json: 1, close: 8 };

function talkOf(
  number: number,
  packets: Buffer[],
  steps: readonly (typeof STEP extends fc.Arbitrary<infer T> ? T : never)[],
): void {
  const talk = new Talk(number, packets).upgrade();
  for (const { side, what, payload } of steps) {
    const body =
      what === 'bad'
        ? Buffer.of(0xff, 0xfe)
        : what === 'json'
          ? Buffer.from(`{"jsonrpc":"2.0","id":${payload.length},"method":"m"}`)
          : what === 'close'
            ? Buffer.of(3, 0xe8)
            : Buffer.from(payload);
    const maskingKey = side === 0 ? Buffer.of(1, 2, 3, 4) : undefined;
    const bytes = encodeFrame({
      fin: what !== 'begin',
      opcode: OPCODES[what],
      payload: body,
      ...(maskingKey && { maskingKey }),
    });
    if (what === 'lost') talk.lose(side, bytes.length);
    else talk.send(side, bytes);
  }
  talk.finish();
}

describe('messages that are counted as they come', () => {
  it('give the same statistics as their events, of every fixture; and what is printed is what the table of fields says', async () => {
    for (const { name } of FIXTURES) {
      const keys = keyLogOf(name);
      const bytes = readFixture(name);
      const { made, printed } = await recordsOf(bytes, undefined, keys);
      expect(printed, name).toEqual(made);
      expect(made, name).toEqual((await recordsOf(bytes, BY_EVENTS, keys)).made);
    }
  });

  it('give the same statistics as their events, whatever is said, pinged, broken and lost', async () => {
    const steps = fc.array(STEP, { maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(steps, steps, async (one, other) => {
        const packets: Buffer[] = [];
        talkOf(0, packets, one);
        talkOf(1, packets, other);
        const bytes = pcapOf(packets);
        const { made, printed } = await recordsOf(bytes);
        expect(printed).toEqual(made);
        expect(made).toEqual((await recordsOf(bytes, BY_EVENTS)).made);
      }),
      { numRuns: 300 },
    );
  });
});
