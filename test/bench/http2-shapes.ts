import { TEXT } from '../../src/websocket/frame.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { Talk } from '../hostile/talk.js';
import {
  answer,
  CLIENT_START,
  connect,
  data,
  headerBlock,
  http2Frame,
  SERVER_START,
  settings,
} from '../support/http2.js';

const SMALL = encodeFrame({ opcode: TEXT, payload: '{"type":"tick","symbol":"EUR/USD"}', maskingKey: 0x5ad3_17c9 });
const REPLY = encodeFrame({ opcode: TEXT, payload: '{"ok":true}' });
const HEADERS = 1;
const CONTINUATION = 9;
const END_STREAM_AND_HEADERS = 5;
const GET = { ':method': 'GET', ':scheme': 'http', ':path': '/', ':authority': 'example.org' };
const PING = http2Frame(6, 0, 0, Buffer.alloc(8));
const SOCKETS = 500;

/** One connection of HTTP/2 with as many sockets at once, which take turns. */
export function* sockets(): Generator<Buffer> {
  const talk = begun(0);
  const numbers = Array.from({ length: SOCKETS }, (_, index) => 2 * index + 1);
  for (const stream of numbers) talk.send(0, connect(stream)).send(1, answer(stream));
  for (;;) {
    for (const stream of numbers) talk.send(0, data(stream, SMALL)).send(1, data(stream, REPLY));
    yield* talk.packets.splice(0);
  }
}

/** One connection with short sockets, one after the other. */
export function* shortSockets(): Generator<Buffer> {
  const talk = begun(0);
  for (let stream = 1; ; stream += 2) {
    talk.send(0, connect(stream)).send(1, answer(stream));
    talk.send(0, data(stream, SMALL, 1)).send(1, data(stream, REPLY, 1));
    yield* talk.packets.splice(0);
  }
}

/** Frames of the client, again and again, on connections that take turns. */
export function* flood(connections: number, first: Buffer, piece: Buffer): Generator<Buffer> {
  const packets: Buffer[] = [];
  const talks = Array.from({ length: connections }, (_, index) => begun(index, packets).send(0, first));
  const segment = Buffer.concat(Array.from({ length: Math.max(1, Math.floor(1400 / piece.length)) }, () => piece));
  for (;;) {
    for (const talk of talks) {
      talk.sendAll(0, segment);
      yield* packets.splice(0);
    }
  }
}

/** A header section that never ends. */
export const ENDLESS_SECTION: readonly [first: Buffer, piece: Buffer] = [
  http2Frame(HEADERS, 0, 1, headerBlock(GET)),
  http2Frame(CONTINUATION, 0, 1, headerBlock({ cookie: 'x'.repeat(1300) })),
];
/** What answers nothing and asks for nothing. */
export const CONTROL: readonly [first: Buffer, piece: Buffer] = [connect(1), Buffer.concat([settings([3, 100]), PING])];

/** Connections with a header section of which the end does not come. */
export function* unfinished(connections: number, length: number): Generator<Buffer> {
  const section = http2Frame(HEADERS, 0, 1, headerBlock({ ...GET, cookie: 'x'.repeat(length) }));
  for (let number = 0; number < connections; number++) yield* begun(number).sendAll(0, section).packets;
}

/** Connections with an ordinary request, which stay open; their server allows no WebSocket over HTTP/2. */
export function* openPages(connections: number): Generator<Buffer> {
  for (let number = 0; number < connections; number++) yield* withPage(number).packets;
}

/** Connections with an ordinary request, one after the other. */
export function* pages(): Generator<Buffer> {
  for (let number = 0; ; number++) yield* withPage(number).finish().packets;
}

/** Connections that fill their tables of header fields as far as they may, and stay open. */
export function* tables(connections: number, length: number): Generator<Buffer> {
  const update = Buffer.from([0x3f, 0xe1, 0xff, 0x03]);
  for (let number = 0; number < connections; number++) {
    const talk = begun(number);
    for (let filled = 0, stream = 1; filled < length; filled += 3000, stream += 2) {
      const fields = headerBlock({ [`x-${number}-${stream}`]: 'y'.repeat(3000) }, true);
      const block = stream === 1 ? Buffer.concat([update, fields]) : fields;
      talk.sendAll(0, http2Frame(HEADERS, END_STREAM_AND_HEADERS, stream, block));
    }
    yield* talk.packets;
  }
}

function begun(number: number, packets: Buffer[] = []): Talk {
  return new Talk(number, packets).open().send(0, CLIENT_START).send(1, SERVER_START);
}

function withPage(number: number): Talk {
  return new Talk(number)
    .open()
    .send(0, CLIENT_START)
    .send(1, settings())
    .send(0, http2Frame(HEADERS, END_STREAM_AND_HEADERS, 1, headerBlock(GET, true)))
    .send(1, Buffer.concat([answer(1, { 'content-type': 'text/plain' }), data(1, 'hello', 1)]));
}
