import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { requestText, responseText } from '../hostile/talk.js';

it('subprotocols of which the server chooses none are told, as browsers fail the connection', async () => {
  const talk = new Talk()
    .open()
    .send(0, requestText({ subprotocol: 'chat, superchat' }))
    .send(1, responseText());
  const { findings, connections } = await readCapture(talk.finish().pcap());
  expect(findings).toMatchObject([
    {
      code: 'handshake.no-subprotocol',
      severity: 'warning',
      message: 'The client offers "chat", "superchat", and the server chooses none',
    },
  ]);
  expect(connections[0]!.handshake.offeredSubprotocols).toBe('chat, superchat');
});

it.each([{}, { subprotocol: 'chat' }])('none is missed where the server answers what was asked: %o', async (fields) => {
  const { codes } = await readCapture(new Talk().upgrade(fields).finish().pcap());
  expect(codes).toEqual([]);
});
