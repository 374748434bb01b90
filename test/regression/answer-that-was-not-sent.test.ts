import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, Talk } from '../hostile/talk.js';
import { CLIENT_START, connect, data, SERVER_START } from '../support/http2.js';

const early = encodeFrame({ payload: 'before any answer', maskingKey: 0x0badcafe });
const NOT_SENT = 'The response of the handshake was not sent';
const NOT_CAPTURED = 'The response of the handshake was not captured';

function http1(): Talk {
  return new Talk().open().send(0, requestText()).send(0, early);
}

function http2(): Talk {
  return new Talk().open().send(0, CLIENT_START).send(1, SERVER_START).send(0, connect(1));
}

async function told(talk: Talk): Promise<string[]> {
  const { connections } = await readCapture(talk.pcap());
  return connections.flatMap(({ findings }) => findings.map(({ message }) => message));
}

/** Where a server has ended the connection, and all that it sent was captured, no answer is missing in the capture. */
describe('a response that was not sent is told as that', () => {
  it.each([
    ['over HTTP/1.1, where the client sends frames all the same', http1()],
    ['over HTTP/2', http2()],
    ['over HTTP/2, where the client sends frames all the same', http2().send(0, data(1, early))],
  ])('%s', async (_how, talk) => {
    expect(await told(talk.finish())).toEqual([NOT_SENT]);
  });

  it.each([
    ['not where the capture ends before the connection', http1()],
    ['not where it ends before one over HTTP/2', http2()],
    ['not where bytes of the server are missing', http1().lose(1, 100).finish()],
    ['not where bytes of the server over HTTP/2 are missing', http2().lose(1, 100).send(1, SERVER_START).finish()],
    [
      'not where the server over HTTP/2 answers with something else',
      http2().send(1, 'HTTP/1.1 400 No\r\n\r\n').finish(),
    ],
  ])('%s', async (_how, talk) => {
    const all = await told(talk);
    expect(all).toContain(NOT_CAPTURED);
    expect(all).not.toContain(NOT_SENT);
  });
});
