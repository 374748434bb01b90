import { describe, expect, it } from 'vitest';
import { PADDED } from '../../src/http2/http2-frame.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, data, SERVER_START } from '../support/http2.js';

const message = encodeFrame({ payload: 'a message in three', maskingKey: 0x0badcafe });
const next = encodeFrame({ payload: 'the next one', maskingKey: 0x12345678 });

function begun(): Talk {
  return new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
}

/** No receiver takes a DATA frame whose padding is longer than it (RFC 9113 section 6.1): its bytes are not passed over in silence. */
describe('a DATA frame with more padding than bytes', () => {
  it('is told, and no message is joined over it', async () => {
    const talk = begun()
      .send(0, connect(1))
      .send(1, answer(1))
      .send(0, data(1, message.subarray(0, 10)));
    talk.send(0, data(1, Buffer.concat([Buffer.from([200]), message.subarray(10, 15)]), PADDED));
    talk
      .send(0, data(1, message.subarray(15)))
      .send(0, data(1, next))
      .finish();
    const reading = await readCapture(talk.pcap());
    expect(reading.messages.map(({ message: { status } }) => status)).toEqual(['gap', 'ok']);
    expect(reading.messages[1]!.message.payload?.toString()).toBe('the next one');
    expect(reading.codes).toContain('http2.cut-data');
  });

  it('hides nothing where the padding is all that it may hold', async () => {
    const talk = begun().send(0, connect(1)).send(1, answer(1));
    talk.send(0, data(1, Buffer.from([0]), PADDED)).send(0, data(1, Buffer.from([2, 0, 0]), PADDED));
    const reading = await readCapture(talk.send(0, data(1, next)).finish().pcap());
    expect(reading.messages.map(({ message: { status } }) => status)).toEqual(['ok']);
    expect(reading.codes).not.toContain('http2.cut-data');
  });
});
