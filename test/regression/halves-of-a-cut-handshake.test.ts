import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../../src/common/finding-codes.js';
import { isLoss } from '../../src/common/finding.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';

const toServer = encodeFrame({ payload: 'to the server', maskingKey: 0x0badcafe });
const toClient = encodeFrame({ payload: 'to the client' });

/** Sends the beginning of a head; the rest of it was not captured, but for its last bytes. */
function sendCut(talk: Talk, side: 0 | 1, head: string, length: number, tail = 0): Talk {
  talk.send(side, head.slice(0, length)).lose(side, head.length - length - tail);
  return tail === 0 ? talk : talk.send(side, head.slice(-tail));
}

function expectTold({ connections, codes }: Reading): void {
  expect(connections).toHaveLength(1);
  expect(connections[0]!.handshake).toMatchObject({ state: 'incomplete', httpStatus: 101 });
  expect(codes.some((code) => isLoss(code as FindingCode))).toBe(true);
}

/** Of a head that was cut nobody knows what it lacks: it may have asked for WebSocket, or agreed to it. */
describe('a handshake of which both halves were cut', () => {
  it.each(['GET', 'POST', 'OPTIONS', 'BREW'])('is one whatever the method: %s', async (method) => {
    const talk = new Talk().open();
    sendCut(talk, 0, requestText().replace('GET', method), 15);
    sendCut(talk, 1, responseText(), 14);
    talk.send(0, toServer).send(1, toClient).finish();
    expectTold(await readCapture(talk.pcap()));
  });

  it.each([20, 50, 100])('is one where the last %i bytes of the request follow the hole', async (tail) => {
    const talk = new Talk().open();
    sendCut(talk, 0, requestText({ more: `Cookie: ${'c'.repeat(100)}\r\n` }), 40, tail);
    sendCut(talk, 1, responseText(), 40);
    talk.send(0, toServer).send(1, toClient).finish();
    const reading = await readCapture(talk.pcap());
    expectTold(reading);
    expect(reading.connections[0]!.handshake.url).toBe('ws://example.test/');
  });

  it('is one after a cut exchange with a SOCKS proxy', async () => {
    const talk = new Talk().open();
    talk.send(0, '\x05\x01\0').send(1, '\x05\0');
    sendCut(talk, 0, '\x05\x01\0\x03\x0cexample.test\0P', 10);
    talk.send(1, '\x05\0\0\x01\0\0\0\0\0P');
    sendCut(talk, 0, requestText(), 12);
    sendCut(talk, 1, responseText(), 12);
    talk.send(0, toServer).send(1, toClient).finish();
    expectTold(await readCapture(talk.pcap()));
  });

  it('is none where a whole request asks for nothing', async () => {
    const talk = new Talk().open().send(0, 'POST /chat HTTP/1.1\r\nHost: example.test\r\nContent-Length: 0\r\n\r\n');
    sendCut(talk, 1, responseText(), 14);
    const { connections } = await readCapture(talk.finish().pcap());
    expect(connections).toEqual([]);
  });

  it('is told where the capture ends within the answer, and begins within the request', async () => {
    const talk = new Talk();
    for (const [side, text] of [
      [0, requestText().slice(20)],
      [1, responseText().slice(0, 60)],
    ] as const)
      talk.sendAll(side, Buffer.from(text), 9);
    const { connections } = await readCapture(talk.pcap());
    expect(connections.map(({ handshake }) => [handshake.state, handshake.httpStatus])).toEqual([['incomplete', 101]]);
  });
});
