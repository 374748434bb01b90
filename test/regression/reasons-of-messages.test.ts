import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { DissectOptions } from '../../src/dissect.js';
import { TextConnections } from '../../src/output/text/text-connections.js';
import { TextFrames } from '../../src/output/text/text-frames.js';
import { TextMessages } from '../../src/output/text/text-messages.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { compressAlone } from '../message/sender.js';
import { PLAIN, printed } from '../output/events.js';

const DEFLATE = { offered: 'permessage-deflate', extensions: 'permessage-deflate' };

async function shown(talk: Talk, options: DissectOptions = {}): Promise<string> {
  const { events } = await readCapture(talk.finish().pcap(), options);
  return [new TextFrames(PLAIN), new TextMessages(PLAIN), new TextConnections(PLAIN)]
    .map((output) => printed(output, events))
    .join('');
}

function compressed(payload: Buffer): Buffer {
  return encodeFrame({ opcode: 1, rsv1: true, payload });
}

describe('why a message is too large', () => {
  const bomb = compressed(compressAlone(Buffer.alloc(200_000, 'a')));

  test('is --max-message where that was the limit', async () => {
    const text = await shown(new Talk().upgrade(DEFLATE).send(1, bomb), { limits: { message: 1000 } });
    expect(text).toContain('too-large: longer than --max-message');
  });

  test('is another limit where that was the cause', async () => {
    const ratio = await shown(new Talk().upgrade(DEFLATE).send(1, bomb), { limits: { inflateRatio: 2 } });
    expect(ratio).toContain('too-large: it inflates to too many bytes for each compressed one');
    expect(ratio).not.toContain('--max-message');
    const parts = [0, 1].map((index) =>
      encodeFrame({ opcode: index === 0 ? 2 : 0, fin: index === 1, payload: Buffer.alloc(9000) }),
    );
    const talk = new Talk().upgrade().sendAll(1, parts[0]!).sendAll(1, parts[1]!);
    const held = await shown(talk, { limits: { heldTotal: 10_000 } });
    expect(held).toContain('too many bytes waited on all connections');
    expect(held).not.toContain('--max-message');
  });
});

test('a compressed message without a byte is not said to be inflated from 0', async () => {
  const text = await shown(new Talk().upgrade(DEFLATE).send(1, compressed(Buffer.alloc(0))));
  expect(text).not.toContain('inflated from 0');
  expect(text).toContain('text, compressed, but empty, 1 frame');
  expect(text).toContain('(deflate.empty-payload, RFC 7692 7.2.3.6)');
});

test('a message that grew by being compressed is told in bytes, not as inflated 0.5 times', async () => {
  const message = Buffer.from('x9');
  const text = await shown(new Talk().upgrade(DEFLATE).send(1, compressed(compressAlone(message))));
  const { length } = compressAlone(message);
  expect(text).toContain(`inflated - / ${message.length} from ${length}`);
  expect(text).not.toContain(' times');
});

test('a gap between frames is not said to be one of 0 bytes', async () => {
  const first = encodeFrame({ opcode: 1, fin: false, payload: Buffer.from('first part') });
  const talk = new Talk().upgrade().send(1, first).lose(1, 100).acknowledge(0);
  for (let more = 0; more < 9; more++) talk.send(1, encodeFrame({ payload: Buffer.from(`and message ${more}`) }));
  const text = await shown(talk);
  expect(text).toContain('gap: not all of its frames were captured');
  expect(text).not.toContain(' 0 bytes not captured');
});

test('bytes that a broken connection never sent are not said to be missing from the capture', async () => {
  const frame = encodeFrame({ opcode: 1, payload: Buffer.alloc(1000, 'a') });
  const text = await shown(new Talk().upgrade().send(1, frame.subarray(0, 104)).reset(1));
  expect(text).toContain('truncated, 900 payload bytes did not come');
});

test('a sender that breaks no_context_takeover is told as that', async () => {
  const extensions = 'permessage-deflate; server_no_context_takeover';
  const dictionary = Buffer.from('the very same text');
  const again = deflateRawSync(dictionary, { dictionary, finishFlush: 2 }).subarray(0, -4);
  const talk = new Talk().upgrade({ offered: extensions, extensions });
  const text = await shown(talk.send(1, compressed(compressAlone(dictionary))).send(1, compressed(again)));
  expect(text).toMatch(/error: a match \d+ bytes back, .*no context takeover.* \(deflate\.bad-data/);
});
