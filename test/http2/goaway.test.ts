import { describe, expect, it } from 'vitest';
import { GOAWAY } from '../../src/http2/http2-frame.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, data, http2Frame, SERVER_START } from '../support/http2.js';

const client = (payload: string): Buffer => encodeFrame({ maskingKey: 0x37fa213d, payload });
const server = (payload: string): Buffer => encodeFrame({ payload });
const END = 1;

function goAway(lastStream: number, errorCode: number, debug = ''): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStream, 0);
  payload.writeUInt32BE(errorCode, 4);
  return http2Frame(GOAWAY, 0, 0, Buffer.concat([payload, Buffer.from(debug)]));
}

const two = (): Talk =>
  new Talk()
    .open()
    .send(0, CLIENT_START)
    .send(1, SERVER_START)
    .send(0, Buffer.concat([connect(1), connect(3)]))
    .send(1, Buffer.concat([answer(1), answer(3)]));
const said = ({ messages }: Reading): string[] =>
  messages.map(({ connection, message }) => `${connection.http2Stream} ${message.payload?.toString()}`);
/** What is told of GOAWAY, by the stream that it is told of. */
const told = ({ events }: Reading): (readonly [number | undefined, string])[] =>
  events.flatMap((event) =>
    event.type === 'finding' && event.finding.code === 'http2.goaway'
      ? [[event.finding.http2Stream, event.finding.message] as const]
      : [],
  );

describe('GOAWAY', () => {
  it('is told with its code and its last stream, and the sockets go on until they end', async () => {
    const talk = two()
      .send(1, goAway(3, 0))
      .send(0, data(1, client('still here')))
      .send(1, data(3, server('me too')));
    talk
      .send(0, data(1, '', END))
      .send(1, data(1, '', END))
      .send(1, data(3, '', END))
      .send(0, data(3, '', END));
    const reading = await readCapture(talk.finish().pcap());
    expect(said(reading)).toEqual(['1 still here', '3 me too']);
    const sentence = 'The server ends the HTTP/2 connection: NO_ERROR, last stream 3';
    expect(told(reading)).toEqual([
      [1, sentence],
      [3, sentence],
    ]);
    expect(reading.connections.map(({ end }) => end)).toEqual(['fin', 'fin']);
    expect(reading.codes).toEqual(['http2.goaway']);
  });

  it('of the client, with debug data and a code without a name', async () => {
    const reading = await readCapture(
      two()
        .send(0, goAway(0, 0x1234, 'bye now'))
        .finish()
        .pcap(),
    );
    const sentence = 'The client ends the HTTP/2 connection: 0x1234, last stream 0';
    expect(told(reading)).toEqual([
      [1, sentence],
      [3, sentence],
    ]);
  });

  it('twice, as a server does that ends in order, is told twice', async () => {
    const talk = two()
      .send(1, goAway(0x7fff_ffff, 0))
      .send(0, data(1, client('seen')))
      .send(1, goAway(3, 11));
    const reading = await readCapture(talk.finish().pcap());
    expect(said(reading)).toEqual(['1 seen']);
    expect(told(reading).flatMap(([stream, message]) => (stream === 1 ? [message] : []))).toEqual([
      'The server ends the HTTP/2 connection: NO_ERROR, last stream 2147483647',
      'The server ends the HTTP/2 connection: ENHANCE_YOUR_CALM, last stream 3',
    ]);
  });

  it('is told of no socket that had ended, and of none that comes after it', async () => {
    const talk = two()
      .send(0, data(1, '', END))
      .send(1, data(1, '', END))
      .send(1, goAway(3, 0));
    const reading = await readCapture(talk.send(0, connect(5)).finish().pcap());
    expect(told(reading)).toEqual([[3, 'The server ends the HTTP/2 connection: NO_ERROR, last stream 3']]);
    // It was never answered.
    expect(reading.connections.find(({ connection }) => connection.http2Stream === 5)!.handshake.state).toBe(
      'incomplete',
    );
  });

  it('of which bytes are missing is not told', async () => {
    const frame = goAway(3, 0, 'x'.repeat(40));
    const talk = two()
      .send(1, frame.subarray(0, 12))
      .lose(1, 6)
      .send(1, frame.subarray(18))
      .send(1, data(3, server('on')));
    const reading = await readCapture(talk.finish().pcap());
    expect(said(reading)).toEqual(['3 on']);
    expect(reading.codes).not.toContain('http2.goaway');
  });
});
