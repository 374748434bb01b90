import { describe, expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, Talk } from '../hostile/talk.js';

/** A value of BER with a context tag that looks like the first byte of a text frame, with fields in it (X.690 8.1.2). */
function ber(index: number): Buffer {
  const name = `a name of some letters, number ${index}`;
  const fields = Buffer.from(`\x02\x02\x00${String.fromCharCode(index)}\x0c${String.fromCharCode(name.length)}${name}`);
  return Buffer.concat([Buffer.of(0x81, fields.length), fields]);
}

/** The same length of text, as a server sends it. */
function text(index: number): Buffer {
  const body = Buffer.from(`\x1b[1m{"a":"some letters of text, number ${index}"}\x1e`);
  return Buffer.concat([Buffer.of(0x81, body.length), body]);
}

function lateStart(make: (index: number) => Buffer): Buffer {
  const talk = new Talk();
  for (let index = 1; index < 9; index++) talk.send(1, make(index)).acknowledge(0);
  return pcapOf(talk.packets);
}

describe('a connection without its beginning', () => {
  it('is no WebSocket connection where binary fields stand in what would be its texts', async () => {
    const { frames, connections, findings } = await readCapture(lateStart(ber));
    expect(frames).toEqual([]);
    expect(connections).toEqual([]);
    expect(findings).toEqual([]);
  });

  it('is one where they are texts, with escapes and separators in them', async () => {
    expect((await readCapture(lateStart(text))).frames).toHaveLength(8);
  });
});
