import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { noise } from '../bench/noise.js';
import { readCapture } from './read-capture.js';
import { pcapOf, Talk } from './talk.js';
import { fixturePackets, toPcap } from './fixture-packets.js';

/** What one side says, and what the other one answers, in segments. */
type Exchange = readonly (readonly [side: 0 | 1, bytes: Buffer | string])[];

const CHUNKS = 40;
const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

function http(body: (index: number) => Buffer): Exchange {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 10000000\r\n\r\n';
  const pieces = each(CHUNKS, (index): readonly [1, Buffer] => [1, body(index)]);
  return [[0, 'GET /file HTTP/1.1\r\nHost: example.test\r\n\r\n'], [1, head], ...pieces];
}

/** A length in bytes before what it counts. */
function prefixed(bytes: Buffer, lengthBytes: 1 | 2 | 4): Buffer {
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(bytes.length, 0, lengthBytes);
  return Buffer.concat([length, bytes]);
}

/** Record marking of RPC (RFC 5531 section 11): the top bit says that the fragment is the last one. */
function recordMarked(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE((0x8000_0000 | bytes.length) >>> 0);
  return Buffer.concat([length, bytes]);
}

function mqtt(type: number, topic: string, payload: Buffer): Buffer {
  const body = Buffer.concat([prefixed(Buffer.from(topic), 2), payload]);
  return Buffer.concat([Buffer.of(type, body.length & 0x7f), body.subarray(0, body.length & 0x7f)]);
}

function tlsRecord(length: number, seed: number): Buffer {
  return Buffer.concat([Buffer.of(0x17, 3, 3), prefixed(noise(length, seed), 2)]);
}

const OTHERS: Record<string, Exchange> = {
  'an HTTP body of bytes 81': http(() => Buffer.alloc(1400, 0x81)),
  'an HTTP body of bytes 82': http(() => Buffer.alloc(1400, 0x82)),
  'an HTTP body of bytes 81 80': http(() => Buffer.alloc(1400, Buffer.of(0x81, 0x80))),
  'an HTTP body of bytes 82 05': http(() => Buffer.alloc(1400, Buffer.of(0x82, 0x05))),
  'an HTTP body of bytes 81 85': http(() => Buffer.alloc(1400, Buffer.of(0x81, 0x85))),
  'an HTTP body of zeros': http(() => Buffer.alloc(1400)),
  'an HTTP body of bytes 89 80 and zeros': http(() => Buffer.alloc(1400, Buffer.of(0x89, 0x80, 0, 0, 0, 0))),
  'an HTTP body that counts': http((i) => Buffer.from(each(1400, (j) => (i * 1400 + j) & 0xff))),
  'an HTTP body of noise that begins each segment with 82': http((i) =>
    Buffer.concat([Buffer.of(0x82), noise(1399, i + 1)]),
  ),
  'random bytes both ways': each(200, (i) => [(i & 1) as 0 | 1, noise(1 + ((i * 37) % 1400), i + 1)]),
  'TLS without keys, from the middle': each(100, (i) => [i % 3 === 0 ? 0 : 1, tlsRecord(20 + i * 11, i + 1)]),
  'SSLv2 client hellos': each(30, (i) => [
    0,
    Buffer.concat([Buffer.of(0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10), noise(37, i + 1)]),
  ]),
  'messages of MQTT': each(100, (i) => [
    (i & 1) as 0 | 1,
    mqtt(i & 1 ? 0x30 : 0x82, `sensors/${i}/temperature`, noise(20, i + 1)),
  ]),
  'records of RPC': each(100, (i) => [(i & 1) as 0 | 1, recordMarked(noise(40 + i * 4, i + 1))]),
  'records of RPC with small fragments': each(100, (i) => [
    0,
    recordMarked(Buffer.concat([Buffer.alloc(4), noise(100, i)])),
  ]),
  'binary with a length of one byte': each(100, (i) => [
    (i & 1) as 0 | 1,
    Buffer.concat([Buffer.of(0x82), prefixed(noise(10 + (i % 90), i + 1), 1)]),
  ]),
  'binary with a type and a length of two bytes': each(100, (i) => [
    0,
    Buffer.concat([Buffer.of(0x02, 0x7e), prefixed(noise(130 + i, i + 1), 2)]),
  ]),
  'binary with a length of four bytes': each(100, (i) => [(i & 1) as 0 | 1, prefixed(noise(100 + i, i + 1), 4)]),
  'type, length and value of ASN.1': each(100, (i) => [
    (i & 1) as 0 | 1,
    Buffer.concat([Buffer.of(0x30), prefixed(Buffer.concat([Buffer.of(0x02, 1, i), noise(30, i + 1)]), 1)]),
  ]),
  'a database that answers in rows': each(100, (i) => [
    (i & 1) as 0 | 1,
    i & 1
      ? Buffer.concat([Buffer.from('D'), prefixed(Buffer.from(`\0\0\0\x02row ${i}`), 4)])
      : `Q\0\0\0\x12SELECT ${i};\0`,
  ]),
};

describe('no frame is shown of what is no WebSocket connection', () => {
  it.each(Object.entries(OTHERS))('%s', async (_name, exchange) => {
    const talk = new Talk().open();
    for (const [side, bytes] of exchange) talk.send(side, bytes);
    for (const start of [0, 3, 4, 5, 6, 9, 20]) {
      const { frames, connections } = await readCapture(pcapOf(talk.packets.slice(start)));
      expect(frames.length, `from packet ${start}`).toBe(0);
      expect(connections.length, `from packet ${start}`).toBe(0);
    }
  });

  it('25,000 packets of random bytes, none of them from its beginning', async () => {
    const packets: Buffer[] = [];
    for (let connection = 0; connection < 250; connection++) {
      const talk = new Talk(connection, packets);
      for (let i = 0; i < 100; i++)
        talk.send((i & 1) as 0 | 1, noise(1 + ((i * 131) % 1400), connection * 100 + i + 1));
    }
    expect((await readCapture(pcapOf(packets))).frames).toEqual([]);
  });

  const recorded = readdirSync(new URL('../../fixtures/', import.meta.url)).filter((name) =>
    /^other-.*\.pcap$/.test(name),
  );
  it.each(recorded)('%s', async (name) => {
    const packets = fixturePackets(name);
    // These two hold the very bytes of masked frames, each in a segment of its own: what tells that they are none is
    // the beginning of the connection.
    const last = /http|lengths/.test(name) ? 0 : packets.length - 1;
    for (let start = 0; start <= last; start++) {
      const { frames } = await readCapture(toPcap(packets.slice(start)));
      expect(frames.length, `from packet ${start}`).toBe(0);
    }
  });
});

describe('a connection that is known to be WebSocket, after bytes that were lost', () => {
  const RUNS: Record<string, Buffer> = {
    zeros: Buffer.alloc(1400),
    'bytes 01 00': Buffer.alloc(1400, Buffer.of(1, 0)),
    'bytes 02 02': Buffer.alloc(1400, 2),
    'bytes 81 02 61 62': Buffer.alloc(1400, Buffer.of(0x82, 0x02, 0x61, 0x62)),
    'bytes 80 00': Buffer.alloc(1400, Buffer.of(0x80, 0)),
    'small numbers of 16 bits': Buffer.from(each(1400, (i) => ((i & 1) === 0 ? (i * 7) % 3 : 0))),
    'small numbers of 32 bits': Buffer.from(each(1400, (i) => ((i & 3) === 0 ? (i * 5) % 4 : 0))),
    noise: noise(1400, 99),
  };

  it.each(Object.entries(RUNS))('takes nothing inside a long payload for frames: %s', async (_name, run) => {
    const talk = new Talk().upgrade();
    talk.lose(1, 1400);
    for (let i = 0; i < CHUNKS; i++) talk.send(1, run);
    expect((await readCapture(talk.finish().pcap())).frames).toEqual([]);
  });

  it('goes on where a server sends frames of the same header, each in a segment of its own', async () => {
    const talk = new Talk().upgrade().lose(1, 10);
    for (let i = 0; i < 10; i++) talk.send(1, Buffer.concat([Buffer.of(0x82, 24), noise(24, i + 1)]));
    expect((await readCapture(talk.finish().pcap())).frames).toHaveLength(10);
  });
});
