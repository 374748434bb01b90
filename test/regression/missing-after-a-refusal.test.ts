import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';

const UNAUTHORIZED = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nno.\n';
const PLAIN = 'GET /page HTTP/1.1\r\nHost: example.test\r\n\r\n';
const PAGE = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nyes\n';
const toServer = encodeFrame({ payload: 'to the server', maskingKey: 0x0badcafe });

/** The next request for WebSocket, with all that followed its answer, may be among what is missing. */
describe('bytes that are missing after a request for WebSocket was refused', () => {
  it('are told, in each direction', async () => {
    const talk = new Talk().open().send(0, requestText()).send(1, UNAUTHORIZED);
    talk.lose(0, requestText().length + toServer.length).lose(1, responseText().length);
    talk
      .send(1, encodeFrame({ payload: 'hi' }))
      .acknowledge(0)
      .acknowledge(1)
      .finish();
    const { connections, findings } = await readCapture(talk.pcap());
    expect(connections.map(({ handshake }) => handshake.httpStatus)).toEqual([401]);
    const told = findings.filter(({ code }) => code === 'tcp.gap');
    expect(told.map(({ direction }) => direction).sort()).toEqual(['client-to-server', 'server-to-client']);
    expect(told[0]!.message).toMatch(/^\d+ bytes are missing after a request for WebSocket that was refused$/);
  });

  it('are told once where frames come after them that are proven', async () => {
    const talk = new Talk().open().send(0, requestText()).send(1, UNAUTHORIZED);
    talk.lose(0, requestText().length).lose(1, responseText().length);
    for (const text of ['the first message', 'the second message', 'the third message']) {
      talk.send(0, encodeFrame({ payload: text, maskingKey: 0x0badcafe }));
      talk.send(1, encodeFrame({ payload: text }));
    }
    const { messages, findings } = await readCapture(talk.finish().pcap());
    expect(messages).toHaveLength(6);
    const told = findings.filter(({ code }) => code === 'tcp.gap');
    expect(told.map(({ message }) => message).sort()).toEqual([
      `${responseText().length} bytes are missing`,
      `${requestText().length} bytes are missing`,
    ]);
  });

  it('are not told where they are the body of an answer', async () => {
    const talk = new Talk().open().send(0, requestText()).send(1, UNAUTHORIZED).send(0, PLAIN);
    talk.send(1, PAGE.slice(0, -4)).lose(1, 4).send(0, PLAIN).send(1, PAGE).finish();
    expect((await readCapture(talk.pcap())).codes).toEqual([]);
  });

  it('are not told of a connection that never asked for WebSocket', async () => {
    const talk = new Talk().open().send(0, PLAIN).lose(1, PAGE.length).send(0, PLAIN).send(1, PAGE).finish();
    expect((await readCapture(talk.pcap())).codes).toEqual([]);
  });
});

/** The heads that frames follow are missing, on a connection that was used for other requests before. */
it.each([0, 1, 3])(
  'frames after %i other exchanges and a handshake that was not captured are found',
  async (exchanges) => {
    const talk = new Talk().open();
    for (let i = 0; i < exchanges; i++) talk.send(0, PLAIN).send(1, PAGE);
    talk.lose(0, requestText().length).lose(1, responseText().length);
    const texts = ['the first message', 'the second message', 'the third message'];
    for (const text of texts) {
      talk.send(0, encodeFrame({ payload: text, maskingKey: 0x0badcafe }));
      talk.send(1, encodeFrame({ payload: text }));
    }
    const { messages, codes } = await readCapture(talk.finish().pcap());
    for (const direction of ['client-to-server', 'server-to-client']) {
      const found = messages.filter((event) => event.direction === direction && event.message.status === 'ok');
      expect(found).toHaveLength(texts.length);
    }
    expect(codes).toContain('tcp.gap');
  },
);
