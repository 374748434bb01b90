import { describe, expect, it } from 'vitest';
import { encodeFrame, type FrameShape } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

const VIOLATIONS: readonly (readonly [FrameShape, string])[] = [
  [{ rsv2: true, payload: 'a' }, 'ws.reserved-bit'],
  [{ rsv3: true, payload: 'a' }, 'ws.reserved-bit'],
  [{ opcode: 3, payload: 'a' }, 'ws.reserved-opcode'],
  [{ opcode: 11 }, 'ws.reserved-opcode'],
];

async function codesOf(extensions: string, shape: FrameShape): Promise<readonly string[]> {
  const talk = new Talk().upgrade({ offered: extensions, extensions });
  talk.send(1, encodeFrame(shape));
  const { frames } = await readCapture(talk.finish().pcap());
  return frames[0]!.frame.findings.map(({ code }) => code);
}

/** No registered extension, and none of the drafts, defines RSV2, RSV3 or an opcode, whatever its name looks like. */
describe.each([
  'Permessage-Deflate',
  'PERMESSAGE-DEFLATE; client_max_window_bits',
  'permessage-deflate',
  'bbf-usp-protocol',
  'x-webkit-deflate-frame',
  'deflate-frame',
  'permessage-bzip2',
  'permessage-deflate, BBF-usp-protocol',
])('with %s agreed on', (extensions) => {
  it.each(VIOLATIONS)('%o is told', async (shape, code) => {
    expect(await codesOf(extensions, shape)).toContain(code);
  });
});

it('an extension that nobody registered may mean anything by them', async () => {
  for (const [shape] of VIOLATIONS) expect(await codesOf('x-of-our-own', shape)).toEqual([]);
});

it('an extension of whole frames sets RSV1 on continuations, one of messages does not', async () => {
  const talk = (extensions: string): Talk => {
    const upgraded = new Talk().upgrade({ offered: extensions, extensions });
    upgraded.send(1, encodeFrame({ rsv1: true, fin: false, payload: 'a' }));
    return upgraded.send(1, encodeFrame({ opcode: 0, rsv1: true, payload: 'b' })).finish();
  };
  expect((await readCapture(talk('x-webkit-deflate-frame').pcap())).codes).not.toContain('ws.rsv1-on-continuation');
  expect((await readCapture(talk('permessage-bzip2').pcap())).codes).toContain('ws.rsv1-on-continuation');
  expect((await readCapture(talk('bbf-usp-protocol').pcap())).codes).toContain('ws.rsv1-without-extension');
});
