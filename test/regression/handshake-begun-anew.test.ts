import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';

const toServer = encodeFrame({ payload: 'to the server', maskingKey: 0x0badcafe });
const toClient = encodeFrame({ payload: 'to the client' });
const fields = requestText().indexOf('Sec-WebSocket-Key');

/** The ports were used once: whatever was followed too early, no record may say that they were used again. */
describe('a handshake that was followed too early', () => {
  it('says nothing of how its connection ended where another handshake comes', async () => {
    const talk = new Talk().open().send(0, requestText()).send(0, toServer).send(0, requestText());
    talk.send(1, responseText()).send(0, toServer).send(1, toClient).finish();
    const { connections, frames } = await readCapture(new Talk(0, talk.packets.slice(3)).pcap());
    expect(frames).toHaveLength(3);
    expect(connections.map(({ end }) => end)).toEqual([undefined, 'fin']);
    expect(connections[0]!.ended).toBeUndefined();
  });

  it('is one with the rest of its request, in however small segments that comes', async () => {
    const request = requestText();
    const talk = new Talk().open().send(0, request.slice(0, fields)).lose(0, 9);
    for (let at = fields + 9; at < request.length; at += 7) talk.send(0, request.slice(at, at + 7));
    talk.lose(1, 20).send(1, responseText().slice(20)).send(0, toServer).send(1, toClient);
    const { connections, frames } = await readCapture(talk.finish().pcap());
    expect(connections.map(({ end }) => end)).toEqual(['fin']);
    expect(frames).toHaveLength(2);
    expect(connections[0]!.handshake.url).toMatch(/^ws:/);
  });

  it('keeps the frames of the server where they are captured before the request, of which one word is there', async () => {
    const request = requestText();
    const talk = new Talk()
      .open()
      .send(0, request.slice(0, 10))
      .lose(0, request.length - 10);
    talk.lose(1, responseText().length).send(1, toClient).send(1, toClient);
    const [syn, answer, acknowledgment, cut, ...frames] = talk.packets;
    const apart = new Talk(0, [answer!, ...frames, syn!, acknowledgment!, cut!]);
    const { connections } = await readCapture(apart.pcap());
    expect(connections).toHaveLength(1);
    expect(connections[0]!.server.frames).toBe(2);
  });
});
