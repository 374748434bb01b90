import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
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

const client = (payload: string): Buffer => encodeFrame({ maskingKey: 0x37fa213d, payload });
const server = (payload: string): Buffer => encodeFrame({ payload });
const begun = (): Talk => new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
/** Two sockets on one connection. */
const two = (): Talk =>
  begun()
    .send(0, Buffer.concat([connect(1), connect(3)]))
    .send(1, Buffer.concat([answer(1), answer(3)]));
const read = (talk: Talk): Promise<Reading> => readCapture(talk.finish().pcap());
const said = ({ messages }: Reading): string[] =>
  messages.map(
    ({ connection, message }) => `${connection.http2Stream} ${message.status} ${message.payload?.toString()}`,
  );

describe('a loss on a connection of HTTP/2', () => {
  it("inside a DATA frame is its stream's, with its exact size, and the other stream stays in step", async () => {
    const long = data(1, client('x'.repeat(200)));
    const reading = await read(
      two()
        .send(0, long.subarray(0, 100))
        .lose(0, 50)
        .send(0, long.subarray(150))
        .send(0, data(3, client('of the other'))),
    );
    expect(
      reading.messages.map(({ connection, message }) => [connection.http2Stream, message.status, message.missing]),
    ).toEqual([
      [1, 'gap', 50],
      [3, 'ok', 0],
    ]);
    expect(
      reading.connections.map(({ connection, client: { missingBytes } }) => [connection.http2Stream, missingBytes]),
    ).toEqual([
      [1, 50],
      [3, 0],
    ]);
    expect(reading.codes).toEqual(['tcp.gap']);
  });

  it('over a header is told, gives each open stream a gap of unknown size, and both go on', async () => {
    const lost = data(1, client('lost'));
    const talk = two()
      .send(0, data(1, client('first of one')))
      .send(0, data(3, client('first of the other')))
      .lose(0, lost.length);
    for (const text of ['second, long enough to prove itself', 'third, which follows it'])
      for (const stream of [1, 3]) talk.send(0, data(stream, client(text)));
    const reading = await read(talk);
    expect(said(reading)).toEqual([
      '1 ok first of one',
      '3 ok first of the other',
      '1 ok second, long enough to prove itself',
      '3 ok second, long enough to prove itself',
      '1 ok third, which follows it',
      '3 ok third, which follows it',
    ]);
    expect(reading.codes).toEqual(['http2.gap']);
    expect(reading.events.filter(({ type }) => type === 'gap')).toMatchObject([
      { connection: { http2Stream: 1 }, length: undefined },
      { connection: { http2Stream: 3 }, length: undefined },
    ]);
  });

  it('of a header section hides the fields that refer to it, and not the messages', async () => {
    const origin = headerBlock({ origin: 'https://example.org' }, true);
    const first = http2Frame(1, 0x5, 1, Buffer.concat([headerBlock({ ':method': 'GET', ':path': '/' }), origin]));
    const request = connect(3);
    // The last field is entry 62 of the table: the origin that the lost request put there, or another one.
    const referring = http2Frame(1, 0x4, 3, Buffer.concat([request.subarray(9), Buffer.from([0xbe])]));
    const whole = await read(
      begun()
        .send(0, first)
        .send(0, referring)
        .send(1, answer(3))
        .send(0, data(3, client('one'))),
    );
    expect(whole.connections[0]!.handshake).toMatchObject({ state: 'accepted', origin: 'https://example.org' });
    const cut = await read(
      begun()
        .send(0, first.subarray(0, 20))
        .lose(0, 10)
        .send(0, first.subarray(30))
        .send(0, referring)
        .send(1, answer(3))
        .send(0, data(3, client('one'))),
    );
    expect(cut.connections[0]!.handshake).toMatchObject({ state: 'incomplete', url: 'ws://example.org/chat' });
    expect(cut.connections[0]!.handshake.origin).toBeUndefined();
    expect(said(cut)).toEqual(['3 ok one']);
    expect(cut.codes).toContain('http2.header-lost');
    expect(cut.codes).toContain('handshake.incomplete');
  });

  it('of the beginning is made up for by proof: frame headers that chain, and frames of WebSocket in a stream', async () => {
    const talk = new Talk();
    for (let i = 0; i < 4; i++) {
      talk
        .send(0, data(5, client(`message ${i} of the client`)))
        .send(1, data(5, server(`message ${i} of the server`)));
    }
    const reading = await read(talk);
    expect(said(reading).filter((line) => line.includes('client'))).toEqual(
      [0, 1, 2, 3].map((i) => `5 ok message ${i} of the client`),
    );
    expect(said(reading).filter((line) => line.includes('server'))).toEqual(
      [0, 1, 2, 3].map((i) => `5 ok message ${i} of the server`),
    );
    expect(reading.connections).toMatchObject([
      { connection: { http2Stream: 5 }, handshake: { state: 'not-captured' } },
    ]);
  });

  it('of the settings does not make a request a violation', async () => {
    const reading = await read(
      new Talk()
        .open()
        .send(0, CLIENT_START)
        .lose(1, SERVER_START.length)
        .send(1, Buffer.concat([settings(), answer(1)]))
        .send(0, connect(1)),
    );
    expect(reading.codes).not.toContain('http2.connect-not-enabled');
  });
});

describe('the order of the packets', () => {
  it('does not matter between the two sides', async () => {
    const up = [CLIENT_START, connect(1), data(1, client('up')), http2Frame(3, 0, 1, Buffer.from([0, 0, 0, 8]))];
    const down = [SERVER_START, answer(1), data(1, server('down'))];
    const forwards = new Talk().open();
    for (const bytes of up) forwards.send(0, bytes);
    for (const bytes of down) forwards.send(1, bytes);
    const backwards = new Talk().open();
    for (const bytes of down) backwards.send(1, bytes);
    for (const bytes of up) backwards.send(0, bytes);
    for (const reading of [await read(forwards), await read(backwards)]) {
      expect(said(reading).sort()).toEqual(['1 ok down', '1 ok up']);
      expect(reading.connections).toMatchObject([{ end: 'rst', handshake: { state: 'accepted' } }]);
      expect(reading.codes.filter((code) => code !== 'http2.early-data')).toEqual(['http2.stream-reset']);
    }
  });
});

describe('--stream of a stream', () => {
  it('shows it alone', async () => {
    const capture = two()
      .send(0, data(1, client('one')))
      .send(0, data(3, client('three')))
      .finish()
      .pcap();
    expect(said(await readCapture(capture, { stream: 0, http2Stream: 3 }))).toEqual(['3 ok three']);
    expect(said(await readCapture(capture, { stream: 0 }))).toHaveLength(2);
    const plain = new Talk().upgrade().send(0, client('plain')).finish().pcap();
    expect((await readCapture(plain, { stream: 0, http2Stream: 3 })).connections).toEqual([]);
  });
});
