import { gzipSync } from 'node:zlib';
import { CONTINUATION, PING, TEXT } from '../../src/websocket/frame.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { ACK, FIN, HEADERS, RST, segmentBytes, SYN } from '../hostile/segment-bytes.js';
import { requestText, Talk } from '../hostile/talk.js';
import {
  answer,
  CLIENT_START,
  connect,
  data as http2Data,
  headerBlock,
  http2Frame,
  SERVER_START,
  settings,
} from '../support/http2.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { captureStream } from './capture-stream.js';
import { noise } from './noise.js';

/** A kind of capture that is meant to cost more than it should. */
export interface Adversary {
  readonly name: string;
  /** The smallest size that is measured. */
  readonly size: number;
  /** Makes the capture; what a size counts is the shape's own affair. */
  readonly make: (size: number) => Iterable<Uint8Array>;
}

const CLIENT = { address: 0x0a000001, port: 20_000 };
const SERVER = { address: 0x0a000002, port: 80 };
const KEY = 0x12345678;
const masked = (opcode: number, fin: boolean, payload: Uint8Array | string = ''): Buffer =>
  encodeFrame({ opcode, fin, payload, maskingKey: KEY });

/** A segment of the client of a connection that nothing else is known of. */
function segment(sequence: number, payload: Uint8Array, flags = ACK, port = CLIENT.port): Buffer {
  return segmentBytes({ from: { ...CLIENT, port }, to: SERVER, sequence, payload, flags });
}

/** A connection after its handshake, and the sequence number that its client goes on with. */
function upgraded(): { packets: Buffer[]; next: number } {
  return { packets: new Talk().upgrade().packets, next: 1001 + requestText().length };
}

/** A client's bytes in segments of a length. */
function* sent(bytes: Buffer, length: number): Generator<Buffer> {
  const { packets, next } = upgraded();
  yield* packets;
  for (let at = 0; at < bytes.length; at += length) yield segment(next + at, bytes.subarray(at, at + length));
}

function* many<T>(size: number, make: (index: number) => T): Generator<T> {
  for (let index = 0; index < size; index++) yield make(index);
}

function* outOfOrder(size: number, order: (index: number) => number, length = 10): Generator<Buffer> {
  const { packets, next } = upgraded();
  yield* packets;
  // The first bytes never come, so everything waits.
  for (let i = 0; i < size; i++) yield segment(next + 1 + order(i) * length, Buffer.alloc(length, 0x61));
}

/** Segments of a length by IP of which only some bytes were captured. */
function* cutSegments(size: number): Generator<Buffer> {
  const { packets, next } = upgraded();
  yield* packets;
  for (let i = 0; i < size / 2; i++) yield segment(next + 1 + ((2 * i) % 60_000), Buffer.of(1));
  for (let i = 0; i < size / 2; i++) {
    const bytes = segment(next + 1, Buffer.of(1));
    bytes.writeUInt16BE(65_535, 2);
    yield bytes;
  }
}

function* ipFragments(size: number, order: (index: number) => number): Generator<Buffer> {
  for (let i = 0; i < size; i++) {
    const bytes = segment(0, Buffer.alloc(8)).subarray(0, 28);
    bytes.writeUInt16BE(bytes.length, 2);
    bytes.writeUInt16BE(i >>> 13, 4);
    bytes.writeUInt16BE(0x2000 | order(i & 0x1fff), 6);
    yield bytes;
  }
}

function pcapng(size: number, block: (builder: PcapngBuilder, index: number) => Buffer): Iterable<Buffer> {
  const builder = new PcapngBuilder();
  return [Buffer.concat([builder.section(), builder.interface(101), ...many(size, (index) => block(builder, index))])];
}

/** A connection of HTTP/2 with frames of its client, after a socket was opened on stream 1. */
const http2 = (frame: (index: number) => Buffer) => (size: number) => [
  new Talk()
    .open()
    .send(0, Buffer.concat([CLIENT_START, connect(1)]))
    .send(1, Buffer.concat([SERVER_START, answer(1)]))
    .sendAll(0, Buffer.concat([...many(size, frame)]))
    .finish()
    .pcap(),
];

/** Bytes of the client of a connection of HTTP/2 after a loss, in which a frame header may begin anywhere. */
const http2AfterLoss = (bytes: (size: number) => Buffer) => (size: number) => [
  new Talk().open().send(0, CLIENT_START).send(1, SERVER_START).lose(0, 2000).sendAll(0, bytes(size)).finish().pcap(),
];

const stream = (packets: (size: number) => Iterable<Buffer>) => (size: number) => captureStream(packets(size));

/** Bytes of the server after a loss, in which every byte may be the first one of a frame. */
const afterLoss = (bytes: (size: number) => Buffer) => (size: number) => [
  new Talk().upgrade().lose(1, 2000).sendAll(1, bytes(size)).pcap(),
];

/** Every shape that is measured. */
export const ADVERSARIES: readonly Adversary[] = [
  {
    name: 'after a loss, bytes 81 01',
    size: 2_000_000,
    make: afterLoss((size) => Buffer.alloc(size, Buffer.of(0x81, 1))),
  },
  { name: 'after a loss, bytes 02', size: 2_000_000, make: afterLoss((size) => Buffer.alloc(size, 2)) },
  {
    name: 'after a loss, long lengths everywhere',
    size: 2_000_000,
    make: afterLoss((size) => Buffer.alloc(size, Buffer.of(0x81, 0x7e, 0x82, 0x7e, 0x42))),
  },
  { name: 'after a loss, noise', size: 2_000_000, make: afterLoss((size) => noise(size, 7)) },
  {
    name: 'after a loss, texts that are never proven',
    size: 2_000_000,
    make: afterLoss((size) => Buffer.alloc(size, Buffer.from('\x81\x7dzzzzzzzzz', 'latin1'))),
  },
  {
    name: 'fragments of one byte',
    size: 100_000,
    make: stream((size) =>
      sent(Buffer.concat([masked(TEXT, false), ...many(size, () => masked(CONTINUATION, false, 'x'))]), 1400),
    ),
  },
  {
    name: 'empty frames',
    size: 100_000,
    make: stream((size) => sent(Buffer.concat([...many(size, () => masked(TEXT, true))]), 1400)),
  },
  {
    name: 'pings between empty fragments',
    size: 50_000,
    make: stream((size) =>
      sent(Buffer.concat([...many(size, (i) => Buffer.concat([masked(i ? 0 : 1, false), masked(PING, true)]))]), 1400),
    ),
  },
  {
    name: 'one byte a segment',
    size: 100_000,
    make: stream((size) => sent(Buffer.concat([...many(size / 10, () => masked(TEXT, true, 'abcd'))]), 1)),
  },
  {
    name: 'one frame, one byte a segment',
    size: 100_000,
    make: stream((size) => sent(masked(TEXT, true, Buffer.alloc(size, 0x61)), 1)),
  },
  { name: 'segments in reverse', size: 30_000, make: stream((size) => outOfOrder(size, (i) => size - i)) },
  { name: 'every second segment', size: 30_000, make: stream((size) => outOfOrder(size, (i) => 2 * i)) },
  {
    name: 'every second segment in reverse',
    size: 30_000,
    make: stream((size) => outOfOrder(size, (i) => 2 * (size - i))),
  },
  {
    name: 'segments from both ends',
    size: 30_000,
    make: stream((size) => outOfOrder(size, (i) => ((i & 1) === 0 ? i : 2 * size - i))),
  },
  {
    name: 'segments in random order',
    size: 30_000,
    make: stream((size) => outOfOrder(size, (i) => (i * 7919) % (size * 2 + 1), 1)),
  },
  { name: 'long segments over held ones', size: 2_000, make: stream(cutSegments) },
  {
    name: 'every second byte of one frame',
    size: 50_000,
    make: stream(function* (size) {
      const { packets, next } = upgraded();
      yield* packets;
      const frame = masked(TEXT, true, Buffer.alloc(2 * size, 0x61));
      yield segment(next, frame.subarray(0, 14));
      for (let at = 14; at < frame.length; at += 2) {
        yield segment(next + at, frame.subarray(at, at + 1));
        const flags = { from: SERVER, to: CLIENT, sequence: 6000, acknowledgment: next + at + 1 };
        if (at % 256 === 0) yield segmentBytes(flags);
      }
    }),
  },
  {
    name: 'endless HTTP head, byte by byte',
    size: 100_000,
    make: stream(function* (size) {
      const { packets } = new Talk().open();
      yield* packets;
      const head = Buffer.from(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(size / 6)}`);
      for (let at = 0; at < head.length; at++) yield segment(1001 + at, head.subarray(at, at + 1));
    }),
  },
  {
    name: 'HTTP requests without answers',
    size: 20_000,
    make: stream(function* (size) {
      yield* new Talk().open().packets;
      const request = Buffer.from('GET / HTTP/1.1\r\n\r\n');
      for (let i = 0; i < size; i++) yield segment(1001 + i * request.length, request);
    }),
  },
  {
    name: 'an upgrade that waits, then gaps',
    size: 50_000,
    make: stream(function* (size) {
      yield* new Talk().open().send(0, requestText()).packets;
      const start = 1001 + requestText().length;
      for (let i = 0; i < size; i++) {
        const bytes = segment(start + i * 100, Buffer.alloc(100));
        yield bytes.subarray(0, HEADERS);
      }
    }),
  },
  {
    name: 'an upgrade that waits, a byte and a gap',
    size: 50_000,
    make: stream(function* (size) {
      yield* new Talk().open().send(0, requestText()).packets;
      const start = 1001 + requestText().length;
      for (let i = 0; i < size; i++) yield segment(start + i * 100, Buffer.alloc(100)).subarray(0, HEADERS + 1);
    }),
  },
  { name: 'fragments of IP in order', size: 20_000, make: stream((size) => ipFragments(size, (i) => i)) },
  { name: 'fragments of IP in reverse', size: 20_000, make: stream((size) => ipFragments(size, (i) => 0x1fff - i)) },
  {
    name: 'a late start of bytes 81',
    size: 2_000,
    make: stream((size) => many(size, (i) => segment(i * 1400, Buffer.alloc(1400, 0x81)))),
  },
  {
    name: 'a late start of bytes 82 fe',
    size: 2_000,
    make: stream((size) => many(size, (i) => segment(i * 1400, Buffer.alloc(1400, Buffer.of(0x82, 0xfe))))),
  },
  {
    name: 'a late start of noise',
    size: 5_000,
    make: stream((size) => many(size, (i) => segment(i * 1400, noise(1400, i + 1)))),
  },
  {
    name: 'a late start of one byte a segment',
    size: 50_000,
    make: stream((size) => many(size, (i) => segment(i, Buffer.of(0x82)))),
  },
  {
    name: 'a late start inside a long frame',
    size: 50_000,
    make: stream((size) =>
      many(size, (i) => segment(i * 14, Buffer.from('82ff000000007fff000000000000', 'hex')).subarray(0, HEADERS + 14)),
    ),
  },
  {
    name: 'a gap, then noise',
    size: 5_000,
    make: stream(function* (size) {
      const { packets, next } = upgraded();
      yield* packets;
      for (let i = 0; i < size; i++) {
        yield segment(next + 100 + i * 1400, noise(1400, i + 1));
        if (i % 8 === 0) {
          const acknowledgment = next + 100 + (i + 1) * 1400;
          yield segmentBytes({ from: SERVER, to: CLIENT, sequence: 6000, acknowledgment });
        }
      }
    }),
  },
  {
    name: 'SYNs',
    size: 50_000,
    make: stream((size) =>
      many(size, (i) => segmentBytes({ from: { address: i, port: 1000 }, to: SERVER, sequence: i, flags: SYN })),
    ),
  },
  {
    name: 'SYNs of one address and port',
    size: 50_000,
    make: stream((size) => many(size, (i) => segment(i * 1000, Buffer.alloc(0), SYN))),
  },
  {
    name: 'connections with a byte, reset',
    size: 30_000,
    make: stream(function* (size) {
      for (let i = 0; i < size; i++) {
        const from = { address: i, port: 1000 };
        yield segmentBytes({ from, to: SERVER, sequence: 1, payload: Buffer.of(0x47) });
        yield segmentBytes({ from, to: SERVER, sequence: 2, flags: RST });
      }
    }),
  },
  {
    name: 'connections with a byte, never ended',
    size: 30_000,
    make: stream((size) =>
      many(size, (i) =>
        segmentBytes({ from: { address: i, port: 1000 }, to: SERVER, sequence: 1, payload: Buffer.of(0x47) }),
      ),
    ),
  },
  {
    name: 'resets of one connection',
    size: 50_000,
    make: stream((size) => many(size, (i) => segment(i, Buffer.alloc(i & 1), (i & 1) === 0 ? RST | ACK : ACK))),
  },
  {
    name: 'FINs of one connection',
    size: 50_000,
    make: stream((size) => many(size, (i) => segment(i, Buffer.alloc(i & 1), FIN | ACK))),
  },
  {
    name: 'TLS records of one byte',
    size: 50_000,
    make: stream((size) => many(size, (i) => segment(i * 6, Buffer.of(0x17, 3, 3, 0, 1, 0)))),
  },
  {
    name: 'hex, one byte a line',
    size: 100_000,
    make: (size) => [Buffer.from('81\n'.repeat(size))],
  },
  {
    name: 'hex, one line of one frame a byte',
    size: 100_000,
    make: (size) => [Buffer.from('81,01,61,'.repeat(size / 3))],
  },
  {
    name: 'pcapng, blocks of 12 bytes',
    size: 100_000,
    make: (size) => pcapng(size, (builder) => builder.block(0x99, Buffer.alloc(0))),
  },
  {
    name: 'pcapng, interfaces',
    size: 50_000,
    make: (size) => pcapng(size, (builder) => builder.interface(1)),
  },
  {
    name: 'pcapng, one packet with many options',
    size: 20_000,
    make: (size) =>
      pcapng(1, (builder) =>
        builder.packet(Buffer.alloc(40), { options: [...many(size, () => builder.option(1, Buffer.alloc(1)))] }),
      ),
  },
  {
    name: 'pcapng, statistics',
    size: 50_000,
    make: (size) => pcapng(size, (builder) => builder.statistics(0, [builder.option(5, Buffer.alloc(8, 1))])),
  },
  {
    name: 'pcapng, sections',
    size: 50_000,
    make: (size) => pcapng(size, (builder) => builder.section()),
  },
  {
    name: 'pcapng, secrets',
    size: 50_000,
    make: (size) => pcapng(size, (builder) => builder.secrets(0x544c534b, 'CLIENT_RANDOM 00 00\n')),
  },
  {
    name: 'gzip, members of a byte',
    size: 2_000,
    make: (size) => [Buffer.concat([...many(size, () => gzipSync('8'))])],
  },
  {
    name: 'findings, one a frame',
    size: 100_000,
    make: stream((size) => sent(Buffer.concat([...many(size, () => masked(3, true))]), 1400)),
  },
  {
    name: 'HTTP/2, DATA of one byte',
    size: 50_000,
    make: http2((index) => http2Data(1, masked(TEXT, true, 'abcd').subarray(index % 10, (index % 10) + 1))),
  },
  { name: 'HTTP/2, empty DATA', size: 100_000, make: http2(() => http2Data(1, '')) },
  { name: 'HTTP/2, SETTINGS', size: 50_000, make: http2(() => settings([3, 100])) },
  {
    name: 'HTTP/2, a stream a request',
    size: 20_000,
    make: http2((index) => http2Frame(1, 5, 2 * index + 3, headerBlock({ ':method': 'GET', ':path': '/' }, true))),
  },
  {
    name: 'HTTP/2, sockets that are never answered',
    size: 10_000,
    make: http2((index) => Buffer.concat([connect(2 * index + 3), http2Data(2 * index + 3, masked(TEXT, true, 'x'))])),
  },
  {
    name: 'HTTP/2, a header section without end',
    size: 20_000,
    make: http2((index) => http2Frame(index === 0 ? 1 : 9, 0, 3, headerBlock({ cookie: 'x' }))),
  },
  {
    name: 'HTTP/2, noise after a loss',
    size: 1_000_000,
    make: http2AfterLoss((size) => noise(size, 5)),
  },
  {
    name: 'HTTP/2, chains that are never proven after a loss',
    size: 1_000_000,
    make: http2AfterLoss((size) => Buffer.alloc(size, Buffer.from('000001000000000100', 'hex'))),
  },
];
