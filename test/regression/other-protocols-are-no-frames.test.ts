import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, requestText, Talk } from '../hostile/talk.js';

/** A transaction number, a protocol number of 0, a length, a unit and what is asked for, as industrial buses have them. */
function bus(transaction: number, body: string): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(transaction & 0xffff);
  bytes.writeUInt16BE(body.length / 2, 4);
  return Buffer.concat([bytes, Buffer.from(body, 'hex')]);
}

describe('a bus whose transaction numbers read like the headers of masked frames', () => {
  // C286 00000006 and six bytes: a whole frame, with a key of 6.
  it.each([0xc200, 0xc100, 0x8200, 0x8100, 0x8900, 0x8280])('numbers from %i on', async (from) => {
    const talk = new Talk();
    for (let i = 0; i < 300; i += 2) {
      talk.send(0, bus(from + i, 'ff0100000001')).send(1, bus(from + i, 'ff010101'));
      talk.send(0, bus(from + i + 1, 'ff050001ff00')).send(1, bus(from + i + 1, 'ff050001ff00'));
    }
    const { frames, connections } = await readCapture(pcapOf(talk.packets));
    expect(frames).toEqual([]);
    expect(connections).toEqual([]);
  });
});

describe('text of HTTP where frames should begin', () => {
  it.each([
    ['a request', requestText()],
    ['the end of a request line', requestText().slice(2)],
    ['an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
  ])('is no frame: %s', async (_name, text) => {
    const talk = new Talk().upgrade().send(0, text);
    for (let i = 0; i < 5; i++) talk.send(0, encodeFrame({ payload: `c${i}`, maskingKey: 0x12345678 }));
    const { frames, codes } = await readCapture(talk.finish().pcap());
    expect(frames.map(({ frame }) => frame.payload?.toString())).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
    expect(codes).toContain('ws.not-decoded');
    expect(codes.filter((code) => code.startsWith('ws.reserved'))).toEqual([]);
  });

  it('and a text frame that holds such text is one', async () => {
    const talk = new Talk().upgrade().send(1, encodeFrame({ payload: requestText() }));
    expect((await readCapture(talk.finish().pcap())).frames).toHaveLength(1);
  });
});
