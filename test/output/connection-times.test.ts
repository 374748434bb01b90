import { expect, it, test } from 'vitest';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { toRecord, type JsonRecord } from '../../src/output/records/record-fields.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk, requestText, responseText } from '../hostile/talk.js';

const FRAME = encodeFrame({ opcode: 1, payload: Buffer.from('hi'), maskingKey: 7 });

async function recordsOf(capture: Buffer): Promise<JsonRecord[]> {
  return (await readCapture(capture)).connections.map((event) => toRecord(event));
}

/** The time of a packet of a {@link Talk}, by its number from 1: one each millisecond. */
const timeOf = (packet: number): string => `2023-11-14T22:13:20.${String(packet - 1).padStart(3, '0')}000Z`;

const ENDINGS: readonly (readonly [string, (talk: Talk) => Talk, string, number])[] = [
  ['both sides have sent a FIN', (talk) => talk.finish(), 'fin', 8],
  ['it was reset', (talk) => talk.reset(1), 'rst', 7],
  ['the capture is over', (talk) => talk.acknowledge(1), 'capture', 7],
];

it.each(ENDINGS)('a connection ends at its last packet where %s', async (_what, finish, end, packet) => {
  const talk = new Talk().upgrade().send(0, FRAME);
  finish(talk);
  // Packets of another connection after it are none of its own.
  new Talk(1, talk.packets).upgrade().acknowledge(0);
  const [record] = await recordsOf(talk.pcap());
  expect(record).toMatchObject({ end, time: timeOf(1), endTime: timeOf(packet), duration: (packet - 1) / 1000 });
});

test('a refused upgrade has no end, because the connection may have gone on', async () => {
  const talk = new Talk().open().send(0, requestText()).send(1, 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  const [record] = await recordsOf(talk.acknowledge(0).pcap());
  expect(record).toMatchObject({ handshake: 'refused', http: '1.1' });
  expect(record).not.toHaveProperty('endTime');
  expect(record).not.toHaveProperty('duration');
});

test('a duration is exact, also where a clock with nanoseconds goes over a second, and there is none where it goes back', async () => {
  const { packets } = new Talk().upgrade().send(0, FRAME);
  for (const [seconds, nanoseconds, duration] of [
    [1_700_000_001, 100_000_002, 0.200000001],
    [1_800_000_000, 900_000_002, 100_000_000.000000001],
    [1_699_999_999, 900_000_001, undefined],
  ] as const) {
    const last = packets.length - 1;
    const written = packets.map((bytes, index) =>
      index === last ? { seconds, nanoseconds, bytes } : { seconds: 1_700_000_000, nanoseconds: 900_000_001, bytes },
    );
    const [record] = await recordsOf(writePcap(written, { linkType: 101, nanosecond: true }));
    expect(record?.['duration']).toBe(duration);
  }
});

test.each([
  ['of the request', requestText().replace('HTTP/1.1', 'HTTP/1.0'), responseText(), '1.0'],
  ['of the response where the request was not captured', undefined, responseText(), '1.1'],
  ['of the response where the first line of the request was cut', 'lost', responseText(), '1.1'],
])('the version of HTTP is that %s', async (_what, request, response, http) => {
  const talk = new Talk().open();
  if (request === undefined) talk.lose(0, requestText().length);
  else if (request === 'lost') talk.lose(0, 8).send(0, requestText().slice(8));
  else talk.send(0, request);
  const records = await recordsOf(talk.send(1, response).send(0, FRAME).finish().pcap());
  expect(records).toHaveLength(1);
  expect(records[0]?.['http']).toBe(http);
});

test('a connection whose handshake was not captured has no version of HTTP', async () => {
  const talk = new Talk();
  for (let i = 0; i < 12; i++) talk.send(0, FRAME).send(1, encodeFrame({ opcode: 1, payload: Buffer.from('hello') }));
  const [record] = await recordsOf(talk.pcap());
  expect(record).toMatchObject({ handshake: 'not-captured' });
  expect(record).not.toHaveProperty('http');
});
