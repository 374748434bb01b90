import { describe, expect, test } from 'vitest';
import { createFrameReader } from '../../src/frame-reader.js';
import type { Message } from '../../src/message/message.js';
import { dissect } from '../../src/dissect.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';

function messageOf(opcode: number, payload: Buffer): Message {
  const reader = createFrameReader({ side: 'server' });
  const events = reader.push(encodeFrame({ opcode, payload }));
  for (const event of events) if (event.type === 'message') return event.message;
  throw new Error('no message');
}

const close = (reason: Buffer): Buffer => Buffer.concat([Buffer.of(3, 0xe8), reason]);

describe('the text of a message', () => {
  test.each<[string, number, Buffer, string | undefined]>([
    ['text', 1, Buffer.from('太郎'), '太郎'],
    ['an empty text', 1, Buffer.alloc(0), ''],
    ['text that is no UTF-8', 1, Buffer.of(0xff), undefined],
    ['bytes that happen to be UTF-8', 2, Buffer.from('a'), undefined],
    ['a ping', 9, Buffer.from('a'), undefined],
    ['the reason of a close', 8, close(Buffer.from('bye')), 'bye'],
    ['a close without a reason', 8, close(Buffer.alloc(0)), ''],
    ['a reason that is no UTF-8', 8, close(Buffer.of(0xff)), undefined],
    ['a close without a code', 8, Buffer.alloc(0), undefined],
  ])('of %s', (_, opcode, payload, text) => {
    expect(messageOf(opcode, payload).text).toBe(text);
  });

  test('is made when it is asked for: it is no member of its own', () => {
    expect(Object.keys(messageOf(1, Buffer.from('a')))).not.toContain('text');
  });

  test('is there for each message of which the record has it, and says the same', async () => {
    for (const name of ['deflate-mixed.pcap', 'loss-mid-frame.pcap', 'close-reason.pcap', 'loss-deflate.pcap']) {
      for await (const event of dissect(`fixtures/${name}`)) {
        if (event.type !== 'message') continue;
        const { payload, isText, opcode, closeReason, text } = event.message;
        expect(text).toBe(isText ? (opcode === 8 ? closeReason : payload)?.toString() : undefined);
      }
    }
  });
});
