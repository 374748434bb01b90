import { deflateRawSync, constants } from 'node:zlib';
import { BINARY, TEXT } from '../../src/websocket/frame.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { ACK, segmentBytes, SYN } from '../hostile/segment-bytes.js';
import { requestText, Talk, type UpgradeFields } from '../hostile/talk.js';
import * as http2 from './http2-shapes.js';

/** A kind of capture that is large: what it is, and its packets, as many as make so many bytes. */
export interface Shape {
  readonly name: string;
  readonly about: string;
  /** Its memory is to stay below a bound, however long the capture is. */
  readonly isBounded: boolean;
  packets(bytes: number): Generator<Uint8Array>;
}

const SEGMENT = 1400;
const KEY = 0x5ad3_17c9;
/** Segments after which the other side acknowledges. */
const ACKNOWLEDGED_AFTER = 8;

/** Passes packets on until they are long enough together. */
function* upTo(bytes: number, packets: Iterable<Uint8Array>): Generator<Uint8Array> {
  let length = 0;
  for (const packet of packets) {
    length += packet.length + 16;
    if (length > bytes) return;
    yield packet;
  }
}

/** Connections that take turns for ever: at each turn one of them sends a part of what it has to send. */
function* turns(
  count: number,
  turn: (talk: Talk, index: number) => void,
  fields: UpgradeFields = {},
): Generator<Buffer> {
  const packets: Buffer[] = [];
  const talks = Array.from({ length: count }, (_, index) => new Talk(index, packets));
  for (const talk of talks) {
    talk.upgrade(fields);
    yield* packets.splice(0);
  }
  for (let index = 0; ; index++) {
    turn(talks[index % count]!, Math.floor(index / count));
    yield* packets.splice(0);
  }
}

/** A frame's bytes in segments, acknowledged now and then. */
function inSegments(talk: Talk, bytes: Buffer, lose: (index: number) => boolean = () => false): void {
  for (let at = 0, index = 0; at < bytes.length; at += SEGMENT, index++) {
    const part = bytes.subarray(at, at + SEGMENT);
    if (lose(index)) talk.lose(0, part.length);
    else talk.send(0, part);
    if (index % ACKNOWLEDGED_AFTER === 0) talk.acknowledge(1);
  }
}

const TICK = '{"type":"tick","symbol":"EUR/USD","price":1.08412,"sequence":123456}';
const SMALL = encodeFrame({ opcode: TEXT, payload: TICK, maskingKey: KEY });
const REPLY = encodeFrame({ opcode: TEXT, payload: '{"ok":true}' });
const MEGABYTE = encodeFrame({ opcode: BINARY, payload: Buffer.alloc(1024 * 1024, 0x2a), maskingKey: KEY });
const DEFLATED = encodeFrame({
  opcode: TEXT,
  rsv1: true,
  payload: deflateRawSync(`${TICK}\n`.repeat(20), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4),
  maskingKey: KEY,
});

function small(talk: Talk, turn: number): void {
  talk.send(0, SMALL);
  if (turn % ACKNOWLEDGED_AFTER === 0) talk.send(1, REPLY);
}

/** Connections with a message of each side, each with a URL of its own. */
function* shortSockets(): Generator<Buffer> {
  const packets: Buffer[] = [];
  for (let index = 0; ; index++) {
    const talk = new Talk(index, packets).upgrade({ target: `/sessions/${index}` });
    talk.send(0, SMALL).send(1, REPLY).finish();
    yield* packets.splice(0);
  }
}

/** Every second segment with a small frame is missing; the acknowledgments show that it was sent. */
function everySecond(talk: Talk, turn: number): void {
  if (turn % 2 === 0) talk.send(0, SMALL);
  else talk.lose(0, SMALL.length);
  if (turn % ACKNOWLEDGED_AFTER === 0) talk.acknowledge(1);
}

function* oneFrame(bytes: number): Generator<Buffer> {
  const talk = new Talk().upgrade();
  yield* talk.packets.splice(0);
  const header = Buffer.from('82ff0000000035a4e9005ad317c9', 'hex');
  yield* talk.send(0, header).packets.splice(0);
  const part = Buffer.alloc(SEGMENT, 0x2a);
  for (let sent = 0, index = 0; sent < Math.min(bytes, 900_000_000); sent += SEGMENT, index++) {
    talk.send(0, part.subarray(0, Math.min(SEGMENT, 900_000_000 - sent)));
    if (index % ACKNOWLEDGED_AFTER === 0) talk.acknowledge(1);
    yield* talk.packets.splice(0);
  }
  yield* talk.send(0, SMALL).finish().packets;
}

function* syns(): Generator<Buffer> {
  const to = { address: 0x0a000002, port: 80 };
  for (let i = 0; i < 1_000_000; i++) {
    yield segmentBytes({ from: { address: 0x0b000000 + i, port: 1024 + (i % 60_000) }, to, sequence: i, flags: SYN });
  }
}

function* strangers(): Generator<Buffer> {
  const to = { address: 0x0a000002, port: 443 };
  for (let i = 0; ; i++) {
    const from = { address: 0x0b000000 + i, port: 1024 + (i % 60_000) };
    yield segmentBytes({ from, to, sequence: 1, payload: Buffer.alloc(200, 0x82), flags: ACK });
  }
}

/** Connections one after the other, each with a request and an answer. */
function* short(request: Buffer, answer: Buffer): Generator<Buffer> {
  for (let number = 0; ; number++) yield* new Talk(number).open().send(0, request).send(1, answer).finish().packets;
}

/** A hello of TLS 1.3 in a record, and a record with application data, which no key opens. */
function tls(type: 1 | 2, message: string): Buffer {
  const body = Buffer.from(message, 'hex');
  const header = Buffer.from([0x16, 3, 3, 0, body.length + 4, type, 0, 0, body.length]);
  return Buffer.concat([header, body, Buffer.from([0x17, 3, 3, 0, 100]), Buffer.alloc(100, 0x5a)]);
}

const RANDOM = '5a'.repeat(32);
const CLIENT_HELLO = tls(1, `0303${RANDOM}000002130101000007002b0003020304`);
const SERVER_HELLO = tls(2, `0303${RANDOM}001301000006002b00020304`);

/** Connections whose upgrade nobody answers, each with small frames after it, as many as wait for an answer. */
function* unanswered(): Generator<Buffer> {
  const frames = Buffer.concat(Array.from({ length: 20 }, () => SMALL));
  const packets: Buffer[] = [];
  const talks = Array.from({ length: 1200 }, (_, index) => new Talk(index, packets));
  for (const talk of talks) talk.open().send(0, requestText());
  yield* packets.splice(0);
  for (;;) {
    for (const talk of talks) talk.send(0, frames);
    yield* packets.splice(0);
  }
}

/** Small frames after holes that nobody acknowledges: all of them wait for the end of the capture. */
function* afterHoles(bytes: number): Generator<Buffer> {
  const frames = Buffer.concat(
    Array.from({ length: 100 }, (_, index) =>
      encodeFrame({ opcode: TEXT, payload: 'tick', maskingKey: Math.imul(index + 1, 0x9e3779b1) >>> 0 }),
    ),
  );
  const talk = new Talk().upgrade();
  const segments = Math.floor(Math.min(bytes, 6_400_000) / frames.length);
  for (let index = 0; index < segments; index++) {
    if (index % Math.ceil(segments / 8) === 0) talk.lose(0, frames.length);
    talk.send(0, frames);
    yield* talk.packets.splice(0);
  }
}

/** Connections that stay open, each with what one side or both sent of a TLS handshake. */
function* openTls(count: number, hello: Buffer, answer?: Buffer): Generator<Buffer> {
  for (let number = 0; number < count; number++) {
    const talk = new Talk(number).open().sendAll(0, hello);
    if (answer !== undefined) talk.send(1, answer);
    yield* talk.packets;
  }
}

/** A ClientHello that says it is longer than what comes of it. */
function unfinishedHello(length: number): Buffer {
  const body = Buffer.alloc(length, 0x5a);
  const header = Buffer.from([0x16, 3, 1, 0, 0, 1, 0, 0x40, 0]);
  header.writeUInt16BE(body.length + 4, 3);
  return Buffer.concat([header, body]);
}

/** A message no longer than is kept, in a frame, compressed or not: bytes that deflate does not shorten. */
function* longMessage(isCompressed: boolean, bytes: number, times = 1): Generator<Buffer> {
  const fields = isCompressed ? { offered: 'permessage-deflate', extensions: 'permessage-deflate' } : {};
  const talk = new Talk().upgrade(fields);
  yield* talk.packets.splice(0);
  const message = noise(Math.min(bytes, 63 * 1024 * 1024));
  const payload = isCompressed
    ? deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    : message;
  const frame = encodeFrame({ opcode: BINARY, rsv1: isCompressed, payload, maskingKey: KEY });
  for (let time = 0; time < times; time++) {
    for (let at = 0, index = 0; at < frame.length; at += SEGMENT, index++) {
      talk.send(0, frame.subarray(at, at + SEGMENT));
      if (index % ACKNOWLEDGED_AFTER === 0) talk.acknowledge(1);
      yield* talk.packets.splice(0);
    }
  }
  yield* talk.finish().packets;
}

/** Bytes that look random and are the same in every run. */
function noise(length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let state = 20_261_126;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** The shapes whose memory is measured. */
export const SHAPES: readonly Shape[] = [
  {
    name: 'small-frames',
    about: '20 connections of small frames',
    isBounded: true,
    packets: (bytes) => upTo(bytes, turns(20, small)),
  },
  {
    name: 'megabyte-frames',
    about: 'frames of 1 MB on 20 connections',
    isBounded: true,
    packets: (bytes) =>
      upTo(
        bytes,
        turns(20, (talk) => inSegments(talk, MEGABYTE)),
      ),
  },
  {
    name: 'connections',
    about: '5,000 connections at the same time',
    isBounded: true,
    packets: (bytes) => upTo(bytes, turns(5000, small)),
  },
  {
    name: 'one-frame',
    about: 'one frame of 900 MB',
    isBounded: true,
    packets: (bytes) => upTo(bytes, oneFrame(bytes)),
  },
  {
    name: 'long-message',
    about: 'one message of 63 MiB',
    isBounded: true,
    packets: (bytes) => upTo(bytes, longMessage(false, bytes)),
  },
  {
    name: 'three-in-a-row',
    about: 'three messages of 63 MiB, one after the other',
    // It depends on when V8 collects the one before.
    isBounded: false,
    packets: (bytes) => upTo(3 * bytes, longMessage(false, bytes, 3)),
  },
  {
    name: 'long-deflated-message',
    about: 'one message of 63 MiB that compression does not shorten',
    // What was sent and what it inflates to stand side by side.
    isBounded: false,
    packets: (bytes) => upTo(bytes, longMessage(true, bytes)),
  },
  {
    name: 'every-second',
    about: 'every second segment missing, small frames',
    isBounded: true,
    packets: (bytes) => upTo(bytes, turns(20, everySecond)),
  },
  {
    name: 'every-second-megabyte',
    about: 'every second segment missing, frames of 1 MB',
    isBounded: true,
    packets: (bytes) =>
      upTo(
        bytes,
        turns(20, (talk) => inSegments(talk, MEGABYTE, (index) => index % 2 === 1)),
      ),
  },
  { name: 'syns', about: 'one million SYNs', isBounded: true, packets: (bytes) => upTo(bytes, syns()) },
  {
    name: 'deflated',
    about: 'compressed messages of 1.3 KB on 20 connections',
    isBounded: true,
    packets: (bytes) =>
      upTo(
        bytes,
        turns(20, (talk) => talk.send(0, DEFLATED), {
          offered: 'permessage-deflate',
          extensions: 'permessage-deflate',
        }),
      ),
  },
  {
    name: 'short-sockets',
    about: 'short WebSocket connections, one after the other',
    isBounded: true,
    packets: (bytes) => upTo(bytes, shortSockets()),
  },
  {
    name: 'pages',
    about: 'short HTTP connections, one after the other',
    isBounded: true,
    packets: (bytes) =>
      upTo(
        bytes,
        short(Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')),
      ),
  },
  {
    name: 'secrets',
    about: 'short TLS connections without keys',
    isBounded: true,
    packets: (bytes) => upTo(bytes, short(CLIENT_HELLO, SERVER_HELLO)),
  },
  {
    name: 'strangers',
    about: 'connections of one segment that is no WebSocket',
    isBounded: true,
    packets: (bytes) => upTo(bytes, strangers()),
  },
  {
    name: 'unanswered-upgrades',
    about: 'small frames on 1,200 connections whose upgrade is not answered',
    isBounded: true,
    packets: (bytes) => upTo(Math.min(bytes, 300_000_000), unanswered()),
  },
  {
    name: 'after-holes',
    about: '6.4 MB of small frames after eight holes that are not acknowledged',
    isBounded: true,
    packets: afterHoles,
  },
  {
    name: 'open-tls',
    about: '100,000 open TLS connections without keys',
    isBounded: true,
    packets: (bytes) => upTo(bytes, openTls(100_000, CLIENT_HELLO, SERVER_HELLO)),
  },
  {
    name: 'unfinished-tls',
    about: '20,000 TLS connections with a ClientHello of 10 KB that is not whole',
    isBounded: true,
    packets: (bytes) => upTo(bytes, openTls(20_000, unfinishedHello(10_000))),
  },
  {
    name: 'http2-sockets',
    about: 'HTTP/2: 500 sockets at once on one connection, small frames',
    isBounded: true,
    packets: (bytes) => upTo(bytes, http2.sockets()),
  },
  {
    name: 'http2-short-sockets',
    about: 'HTTP/2: short sockets, one after the other on one connection',
    isBounded: true,
    packets: (bytes) => upTo(bytes, http2.shortSockets()),
  },
  {
    name: 'http2-endless-sections',
    about: 'HTTP/2: 500 connections with CONTINUATION without end',
    isBounded: true,
    packets: (bytes) => upTo(bytes, http2.flood(500, ...http2.ENDLESS_SECTION)),
  },
  {
    name: 'http2-control',
    about: 'HTTP/2: SETTINGS and PING on 20 connections',
    isBounded: true,
    packets: (bytes) => upTo(bytes, http2.flood(20, ...http2.CONTROL)),
  },
  {
    name: 'http2-unfinished-sections',
    about: 'HTTP/2: 20,000 connections with a header section of 10 KB that is not whole',
    isBounded: true,
    packets: (bytes) => upTo(bytes, http2.unfinished(20_000, 10_000)),
  },
  {
    name: 'http2-open-pages',
    about: 'HTTP/2: 100,000 connections without a WebSocket that stay open',
    isBounded: true,
    packets: (bytes) => upTo(bytes, http2.openPages(100_000)),
  },
  {
    name: 'http2-pages',
    about: 'HTTP/2: short connections without a WebSocket, one after the other',
    isBounded: true,
    packets: (bytes) => upTo(bytes, http2.pages()),
  },
  {
    name: 'http2-tables',
    about: 'HTTP/2: connections that fill their tables of header fields and stay open',
    isBounded: true,
    packets: (bytes) => upTo(bytes, http2.tables(20_000, 64 * 1024)),
  },
];
