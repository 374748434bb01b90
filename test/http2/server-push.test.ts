import { describe, expect, it } from 'vitest';
import { END_HEADERS, PADDED, PUSH_PROMISE } from '../../src/http2/http2-frame.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
import { pcapOf, Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, data, headerBlock, http2Frame, SERVER_START } from '../support/http2.js';

const CONTINUATION = 9;
const HEADERS = 1;
const client = (payload: string): Buffer => encodeFrame({ maskingKey: 0x37fa213d, payload });
const server = (payload: string): Buffer => encodeFrame({ payload });
const said = ({ messages }: Reading): string[] =>
  messages.map(({ connection, message }) => `${connection.http2Stream} ${message.payload?.toString()}`);

/** The number of the stream that is promised, which stands before the header block. */
const promised = (stream: number): Buffer => Buffer.from([0, 0, 0, stream]);
/** A field that goes into the server's table: as the last one that was added, it is entry 62. */
const CHOSEN = headerBlock({ 'sec-websocket-protocol': 'chat.v1' }, true);
const REQUEST = Buffer.concat([
  headerBlock({ ':method': 'GET', ':scheme': 'http', ':path': '/style.css', ':authority': 'example.org' }),
  CHOSEN,
]);
/** The answer to the extended CONNECT, whose subprotocol is what the promise put into the table. */
const REFERRING = http2Frame(
  HEADERS,
  END_HEADERS,
  3,
  Buffer.concat([headerBlock({ ':status': '200' }), Buffer.from([0xbe])]),
);

/** A request, promises with it, then a socket whose answer needs the table. */
function pushing(promise: readonly Buffer[]): Talk {
  const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
  talk.send(0, http2Frame(HEADERS, 0x5, 1, headerBlock({ ':method': 'GET', ':path': '/' })));
  for (const frame of promise) talk.send(1, frame);
  talk.send(1, answer(1)).send(1, data(1, 'a page', 1));
  talk.send(0, connect(3, { 'sec-websocket-protocol': 'chat.v1, chat.v2' })).send(1, REFERRING);
  // What was promised comes on a stream of the server's own, between the messages.
  talk
    .send(1, answer(2))
    .send(1, data(3, server('before')))
    .send(1, data(2, 'body { }', 1));
  return talk.send(0, data(3, client('hello'))).send(1, data(3, server('after')));
}

const SAID = ['3 before', '3 hello', '3 after'];
const whole = http2Frame(PUSH_PROMISE, END_HEADERS, 1, Buffer.concat([promised(2), REQUEST]));

describe('PUSH_PROMISE', () => {
  const padding = Buffer.alloc(30);
  const shapes: readonly (readonly [name: string, frames: readonly Buffer[]])[] = [
    ['in one frame', [whole]],
    [
      'with padding',
      [
        http2Frame(
          PUSH_PROMISE,
          END_HEADERS | PADDED,
          1,
          Buffer.concat([Buffer.from([padding.length]), promised(2), REQUEST, padding]),
        ),
      ],
    ],
    [
      'that goes on in CONTINUATION',
      [
        http2Frame(PUSH_PROMISE, 0, 1, Buffer.concat([promised(2), REQUEST.subarray(0, 5)])),
        http2Frame(CONTINUATION, 0, 1, REQUEST.subarray(5, 40)),
        http2Frame(CONTINUATION, END_HEADERS, 1, REQUEST.subarray(40)),
      ],
    ],
  ];

  it.each(shapes)('%s adds to the table, and its stream is no socket', async (_name, frames) => {
    const reading = await readCapture(pushing(frames).finish().pcap());
    expect(said(reading)).toEqual(SAID);
    expect(reading.connections).toMatchObject([
      { connection: { http2Stream: 3 }, handshake: { state: 'accepted', subprotocol: 'chat.v1' } },
    ]);
    expect(reading.codes).toEqual([]);
  });

  it.each(shapes)('%s, of which bytes are missing, hides what refers to it and says so', async (_name, frames) => {
    const cut = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
    cut.send(0, http2Frame(HEADERS, 0x5, 1, headerBlock({ ':method': 'GET', ':path': '/' })));
    for (const frame of frames.slice(0, -1)) cut.send(1, frame);
    const last = frames.at(-1)!;
    cut.send(1, last.subarray(0, 12)).lose(1, 8).send(1, last.subarray(20));
    cut.send(1, answer(1)).send(1, data(1, 'a page', 1));
    cut.send(0, connect(3, { 'sec-websocket-protocol': 'chat.v1, chat.v2' })).send(1, REFERRING);
    cut.send(0, data(3, client('hello'))).send(1, data(3, server('after')));
    const reading = await readCapture(cut.finish().pcap());
    expect(said(reading)).toEqual(['3 hello', '3 after']);
    expect(reading.connections).toHaveLength(1);
    expect(reading.connections[0]!.handshake.subprotocol).toBeUndefined();
    expect(reading.codes).toContain('http2.header-lost');
  });

  it('before the capture begins hides what refers to it, and not the messages', async () => {
    const { packets } = pushing([whole]).finish();
    const late = await readCapture(pcapOf(packets.slice(packets.findIndex((one) => one.includes(whole)) + 1)));
    // What waits for proof comes later than what the other side says.
    expect(said(late).sort()).toEqual([...SAID].sort());
    expect(late.connections).toHaveLength(1);
    expect(late.connections[0]!.handshake.subprotocol).toBeUndefined();
  });

  it('is found after a loss, as the frame that a chain begins with', async () => {
    const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START).send(0, connect(3)).send(1, answer(3));
    talk.send(1, data(3, server('one'))).lose(1, 60);
    talk.send(1, http2Frame(PUSH_PROMISE, END_HEADERS, 3, Buffer.concat([promised(2), REQUEST])));
    talk.send(1, data(3, server('two, which proves itself'))).send(1, data(3, server('three')));
    const reading = await readCapture(talk.finish().pcap());
    expect(said(reading)).toEqual(['3 one', '3 two, which proves itself', '3 three']);
    expect(reading.codes).toContain('http2.gap');
  });
});
