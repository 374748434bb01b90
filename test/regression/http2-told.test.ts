import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { answer, connect, data, SERVER_START } from '../support/http2.js';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const SETTINGS = Buffer.from('000000040000000000', 'hex');
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n';
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n';
const PLAIN = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const CONNECT = 'CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n';
const TUNNEL = 'HTTP/1.1 200 OK\r\n\r\n';
const START = Buffer.concat([Buffer.from(PREFACE), SETTINGS]);

const talks: readonly (readonly [name: string, talk: () => Talk])[] = [
  ['prior knowledge', () => new Talk().open().send(0, START).send(1, SERVER_START)],
  [
    'a preface in two segments',
    () => new Talk().open().send(0, START.subarray(0, 7)).send(0, START.subarray(7)).send(1, SERVER_START),
  ],
  ['the server first', () => new Talk().open().send(1, SERVER_START).send(0, START)],
  [
    'the server first, in pieces',
    () => new Talk().open().send(1, SERVER_START.subarray(0, 4)).send(1, SERVER_START.subarray(4)).send(0, START),
  ],
  ['an upgrade', () => new Talk().open().send(0, UPGRADE).send(1, SWITCH).send(0, START).send(1, SERVER_START)],
  [
    'an upgrade whose answer is late',
    () => new Talk().open().send(0, UPGRADE).send(0, START).send(1, SWITCH).send(1, SERVER_START),
  ],
  ['a tunnel', () => new Talk().open().send(0, CONNECT).send(1, TUNNEL).send(0, START).send(1, SERVER_START)],
  [
    'a preface of which the rest is missing',
    () => new Talk().open().send(0, START.subarray(0, 16)).lose(0, 8).send(0, SETTINGS).send(1, SERVER_START),
  ],
];

describe('WebSocket over HTTP/2 is read after', () => {
  it.each(talks)('%s', async (_name, talk) => {
    const capture = talk()
      .send(0, connect(3))
      .send(1, answer(3))
      .send(0, data(3, encodeFrame({ maskingKey: 7, payload: 'hello' })))
      .send(1, data(3, encodeFrame({ payload: 'hello back' })));
    const { codes, messages, connections } = await readCapture(capture.finish().pcap());
    // What waits for a hole comes later than what the other side says.
    const said = messages.map(({ connection, message }) => `${connection.http2Stream} ${message.payload?.toString()}`);
    expect(said.sort()).toEqual(['3 hello', '3 hello back']);
    expect(connections).toMatchObject([{ handshake: { state: 'accepted', url: 'ws://example.org/chat' } }]);
    expect(codes.filter((code) => code !== 'tcp.gap' && code !== 'http2.gap')).toEqual([]);
  });
});

it('an upgrade to HTTP/2 that the server passes over is not one', async () => {
  const talk = new Talk().open().send(0, UPGRADE).send(1, OK).send(0, PLAIN).send(1, OK);
  expect((await readCapture(talk.finish().pcap())).codes).toEqual([]);
});
