import { describe, expect, test } from 'vitest';
import { dataOf, readFixture, type Packet } from '../../fixtures/derive/packets.js';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import type { ConnectionEvent } from '../../src/events.js';
import { JsonOutput } from '../../src/output/json/json.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

type ConnectionRecord = Readonly<Record<string, string | number | undefined>>;

function recordOf(event: ConnectionEvent): ConnectionRecord {
  const output = new JsonOutput('connection');
  output.event(event);
  return JSON.parse(Buffer.from(output.take()).toString()) as ConnectionRecord;
}

async function recordsOf(capture: Buffer): Promise<ConnectionRecord[]> {
  return (await readCapture(capture)).connections.map(recordOf);
}

function close(code: number, reason: string, maskingKey?: number): Buffer {
  const payload = Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
  return encodeFrame({ opcode: 8, payload, ...(maskingKey === undefined ? {} : { maskingKey }) });
}

const text = (words: string): Buffer => encodeFrame({ opcode: 1, payload: Buffer.from(words) });

describe('the close of a connection', () => {
  test('has no code where a byte of the code was not captured', async () => {
    const frame = close(1000, 'going');
    for (const [from, to] of [
      [2, 4],
      [2, 3],
      [3, 4],
      [1, 4],
    ] as const) {
      const talk = new Talk().upgrade().send(1, frame.subarray(0, from));
      talk.lose(1, to - from).send(1, frame.subarray(to));
      talk
        .acknowledge(0)
        .send(0, close(1001, '', 7))
        .finish();
      const [record] = await recordsOf(talk.pcap());
      expect(record?.['closeCode'], `bytes ${from} to ${to}`).not.toBe(0x676f);
      expect([undefined, 1000]).toContain(record?.['closeCode']);
      expect([undefined, 'server']).toContain(record?.['closedBy']);
    }
  });

  test('has a code and no reason where a byte of the reason was not captured', async () => {
    const frame = close(1000, 'going away');
    const talk = new Talk().upgrade().send(1, frame.subarray(0, 6)).lose(1, 2).send(1, frame.subarray(8)).finish();
    const [record] = await recordsOf(talk.pcap());
    expect(record).toMatchObject({ closeCode: 1000, closedBy: 'server' });
    expect(record).not.toHaveProperty('closeReason');
  });

  test('is not told where an earlier close frame may be among what was not captured', async () => {
    const lost = close(1011, 'out of order');
    const talk = new Talk().upgrade().send(1, text('one')).lose(1, lost.length);
    const [record] = await recordsOf(
      talk
        .acknowledge(0)
        .send(0, close(1000, '', 7))
        .finish()
        .pcap(),
    );
    for (const name of ['closeCode', 'closeReason', 'closedBy']) expect(record).not.toHaveProperty(name);
  });

  test('is told where data after a loss shows that the other side had not closed', async () => {
    const lost = text('two');
    const talk = new Talk().upgrade().send(1, text('one')).lose(1, lost.length).send(1, text('three')).acknowledge(0);
    for (let more = 0; more < 8; more++) talk.send(1, text(`message ${more} of the rest`));
    const [record] = await recordsOf(
      talk
        .send(0, close(4001, 'done', 7))
        .send(1, close(4001, ''))
        .finish()
        .pcap(),
    );
    expect(record).toMatchObject({ closeCode: 4001, closeReason: 'done', closedBy: 'client' });
  });
});

test('a message of which a part was lost counts once', async () => {
  const parts = ['one ', 'two ', 'three'].map((words, index) =>
    encodeFrame({ opcode: index === 0 ? 1 : 0, fin: index === 2, payload: Buffer.from(words.repeat(40)) }),
  );
  const talk = new Talk().upgrade().send(1, parts[0]!).lose(1, parts[1]!.length).acknowledge(0).send(1, parts[2]!);
  for (let more = 0; more < 8; more++) talk.send(1, text(`message ${more} of the rest`));
  const [record] = await recordsOf(talk.finish().pcap());
  expect(record).toMatchObject({ serverMessages: 9, serverFrames: 10 });
});

test('bytes that a truncated frame only announced do not count', async () => {
  const frame = encodeFrame({ opcode: 2, payload: Buffer.alloc(1000) });
  const [record] = await recordsOf(new Talk().upgrade().send(1, frame.subarray(0, 104)).reset(1).pcap());
  expect(record).toMatchObject({ serverFrames: 1, serverBytes: 100 });
});

test('the offered subprotocols are told, and none where the request is not there whole', async () => {
  const [record] = await recordsOf(new Talk().upgrade({ subprotocol: 'chat' }).finish().pcap());
  expect(record).toMatchObject({ offeredSubprotocols: 'chat', subprotocol: 'chat' });
});

/** Whatever is not captured: what a record says was really sent, and no count is above what was sent. */
describe('with segments left out', () => {
  const SAME = ['handshake', 'httpStatus', 'url', 'origin', 'offeredSubprotocols', 'subprotocol', 'extensions'];
  const CLOSED = ['closeCode', 'closeReason', 'closedBy'];
  const COUNTS = ['Frames', 'Messages', 'Bytes', 'CompressedBytes', 'InflatedBytes'];
  const names = [
    'close-reason',
    'close-server',
    'close-empty',
    'deflate-fragments',
    'frames-fragments',
    'deflate-mixed',
    'subprotocol',
    'browser',
    'frames-segments',
  ];

  test.each(names)('of %s', async (name) => {
    const packets = readFixture(`${name}.pcap`);
    const truth = await recordsOf(pcap(packets));
    expect(truth).toHaveLength(1);
    for (const left of choices(packets)) {
      const kept = packets.filter((_, index) => !left.has(index));
      for (const record of await recordsOf(pcap(kept))) compare(record, truth[0]!, `without ${[...left].join(' ')}`);
    }
  });

  function compare(record: ConnectionRecord, truth: ConnectionRecord, what: string): void {
    const same = record['handshake'] === 'accepted' ? SAME : SAME.slice(1);
    for (const field of [...same, ...CLOSED]) {
      if (record[field] !== undefined) expect(record[field], `${field} ${what}`).toBe(truth[field]);
    }
    for (const side of ['client', 'server']) {
      expect(record[side], what).toBe(truth[side]);
      for (const field of COUNTS.map((count) => side + count)) {
        expect(record[field] ?? 0, `${field} ${what}`).toBeLessThanOrEqual(Number(truth[field] ?? 0));
      }
    }
  }
});

function pcap(packets: readonly Packet[]): Buffer {
  return writePcap(packets, { linkType: 1 });
}

/** Each packet with data alone, each two neighbours, and every third from each of three beginnings. */
function choices(packets: Packet[]): Set<number>[] {
  const data = [...dataOf(packets, 'client'), ...dataOf(packets, 'server')].sort((a, b) => a - b);
  const chosen = data.map((index) => new Set([index]));
  for (let at = 0; at + 1 < data.length; at++) chosen.push(new Set([data[at]!, data[at + 1]!]));
  for (const first of [0, 1, 2]) chosen.push(new Set(data.filter((_, at) => at % 3 === first)));
  return chosen;
}
