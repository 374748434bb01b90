import { expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, data, SERVER_START } from '../support/http2.js';

/** The status of the answer was printed beside the claim that no answer was captured. */
it('an answer over HTTP/2 whose request was lost is not said to be missing too', async () => {
  const talk = new Talk()
    .open()
    .send(0, CLIENT_START)
    .send(1, SERVER_START)
    .lose(0, connect(1).length)
    .send(1, answer(1));
  for (let count = 1; count < 6; count++) {
    talk.send(0, data(1, encodeFrame({ payload: `message ${count}`, maskingKey: 0x0badcafe + count })));
    talk.send(1, data(1, encodeFrame({ payload: `reply ${count}` })));
  }
  const { connections, messages } = await readCapture(talk.finish().pcap());
  expect(messages).toHaveLength(10);
  expect(connections.map(({ handshake }) => handshake.httpStatus)).toEqual([200]);
  expect(connections[0]!.findings.map(({ message }) => message)).toEqual([
    'Only the response of the handshake was captured',
  ]);
});
