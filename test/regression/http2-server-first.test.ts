import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
import { pcapOf, Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, data, headerBlock, http2Frame, SERVER_START } from '../support/http2.js';

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n';
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
/** An answer with it says that its stream is WebSocket. */
const CHAT = { 'sec-websocket-protocol': 'chat' };
/** Short, of no text and in two pieces, so that nothing in it proves it but its place. */
const frame = Buffer.concat([
  encodeFrame({ opcode: 2, fin: false, maskingKey: 0x37fa213d, payload: Buffer.from('81fe', 'hex') }),
  encodeFrame({ opcode: 0, maskingKey: 0x914ece23, payload: Buffer.from('00ff7fc0', 'hex') }),
]);
const hello = data(3, frame);
const helloBack = data(3, encodeFrame({ payload: 'a first answer that is long enough to prove itself' }));

/** All packets of the server, and then those of the client: what two taps give whose clocks differ. */
async function readApart(talk: Talk, hasHandshake = true): Promise<Reading> {
  const isOfServer = (packet: Buffer): boolean => packet.readUInt32BE(12) === 0x0a000002;
  const packets = talk.finish().packets;
  const first = packets.filter(isOfServer).slice(hasHandshake ? 0 : 1);
  return readCapture(pcapOf([...first, ...packets.filter((packet) => !isOfServer(packet))]));
}

function said({ messages, codes }: Reading): unknown {
  return {
    said: messages
      .map(({ message }) => `${message.status} ${message.payload?.toString(message.opcode === 2 ? 'hex' : 'utf8')}`)
      .sort(),
    codes,
  };
}

const WHOLE = { said: ['ok 81fe00ff7fc0', 'ok a first answer that is long enough to prove itself'], codes: [] };

describe('where a server comes first, the first frame of a client follows its request', () => {
  it.each([1, 5, 9, 10, 11, 14, 15, 17, 18])('cut after %i bytes', async (cut) => {
    const talk = new Talk().open().send(1, SERVER_START).send(1, answer(3, CHAT)).send(1, helloBack);
    talk.send(0, CLIENT_START).send(0, connect(3, CHAT)).send(0, hello.subarray(0, cut)).send(0, hello.subarray(cut));
    expect(said(await readApart(talk))).toEqual(WHOLE);
  });

  it('and the answer in two frames of DATA', async () => {
    const talk = new Talk().open().send(1, SERVER_START).send(1, answer(3, CHAT)).send(1, helloBack);
    talk
      .send(0, CLIENT_START)
      .send(0, connect(3, CHAT))
      .send(0, data(3, frame.subarray(0, 1)))
      .send(0, data(3, frame.subarray(1)));
    expect(said(await readApart(talk))).toEqual(WHOLE);
  });
});

describe('a request that changed to HTTP/2, recorded after its answer', () => {
  const talk = (start: Buffer, segment: number): Talk =>
    new Talk()
      .open()
      .send(1, SWITCH + SERVER_START.toString('latin1'))
      .send(1, http2Frame(1, 5, 1, headerBlock({ ':status': '200' })))
      .send(1, answer(3))
      .send(1, helloBack)
      .sendAll(0, Buffer.concat([Buffer.from(UPGRADE), start, connect(3), hello]), segment);

  it.each([1, 3, 50, 110, 1400])('is no loss, in segments of %i bytes', async (segment) => {
    const reading = await readApart(talk(CLIENT_START, segment));
    expect(said(reading)).toEqual(WHOLE);
    expect(reading.connections).toMatchObject([{ handshake: { state: 'accepted', url: 'ws://example.org/chat' } }]);
  });

  it.each([3, 50, 1400])('nor without the SYN of the server, in segments of %i bytes', async (segment) => {
    expect(said(await readApart(talk(CLIENT_START, segment), false))).toEqual(WHOLE);
  });
});

it('a preface inside what a client posts is not where it begins', async () => {
  const posted = Buffer.concat([CLIENT_START, connect(5), data(5, encodeFrame({ maskingKey: 1, payload: 'forged' }))]);
  const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START).send(0, connect(3)).send(1, answer(3));
  talk.lose(0, 9).send(0, posted).send(0, hello).send(1, helloBack);
  const reading = await readCapture(talk.finish().pcap());
  expect(reading.connections.map(({ connection }) => connection.http2Stream)).not.toContain(5);
  expect(reading.codes).toContain('http2.gap');
});
