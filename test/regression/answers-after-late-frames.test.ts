import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, requestText, responseText, Talk } from '../hostile/talk.js';

const UNAUTHORIZED = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nno.\n';
const toServer = encodeFrame({ payload: 'to the server', maskingKey: 0x0badcafe });
const toClient = encodeFrame({ payload: 'to the client' });

/** The packets of a connection whose beginning is missing, the client's all before the server's. */
function clientFirst(talk: Talk, without: number): Buffer {
  const isClient = (packet: Buffer): boolean => packet.readUInt16BE(20) !== 80;
  const packets = talk.finish().packets;
  return pcapOf([...packets.filter(isClient).slice(without), ...packets.filter((packet) => !isClient(packet))]);
}

/** The client is heard from its frames on, and then come the answers to what it had asked before. */
describe('frames of a client, and after them the head that they follow', () => {
  it('an earlier refusal does not end the connection', async () => {
    const talk = new Talk().send(0, requestText()).send(1, UNAUTHORIZED).send(0, requestText()).send(1, responseText());
    talk.send(0, toServer).send(1, toClient);
    const { connections, messages } = await readCapture(clientFirst(talk, 2));
    expect(connections.map(({ handshake, end }) => [handshake.state, handshake.httpStatus, end])).toEqual([
      ['incomplete', 101, 'fin'],
    ]);
    expect(messages.map(({ message }) => message.status)).toEqual(['ok', 'ok']);
  });

  it('the last byte of its request before them does not hide them', async () => {
    const talk = new Talk().send(0, '\n').send(0, toServer);
    talk.send(1, responseText().replace(/Sec-WebSocket-Accept.*\r\n/, '')).send(1, toClient);
    const { connections, messages } = await readCapture(clientFirst(talk, 0));
    expect(connections.map(({ end }) => end)).toEqual(['fin']);
    expect(messages.map(({ message }) => message.status)).toEqual(['ok', 'ok']);
  });

  it('one that proves nothing by itself is told once the 101 shows what it is', async () => {
    const close = encodeFrame({ opcode: 8, payload: Buffer.from([3, 232]), maskingKey: 0x0badcafe });
    const talk = new Talk()
      .send(0, close)
      .send(1, responseText())
      .send(1, encodeFrame({ opcode: 8, payload: '' }));
    const { connections, findings } = await readCapture(clientFirst(talk, 0));
    expect(connections.map(({ handshake }) => handshake.httpStatus)).toEqual([101]);
    const told = findings.filter(({ code }) => code === 'ws.not-decoded');
    expect(told.map(({ direction }) => direction)).toContain('client-to-server');
  });
});
