import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import * as ws from 'ws';
import { describe, expect, it } from 'vitest';
import { createFrameReader, encodeFrame, type FrameReader, type FrameReaderEvent } from '../src/index.js';

/** Everything that a reader gives for these pieces. */
function read(reader: FrameReader, pieces: readonly Uint8Array[]): FrameReaderEvent[] {
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

const textsOf = (events: readonly FrameReaderEvent[]): (string | undefined)[] =>
  events.flatMap((event) => (event.type === 'message' ? [event.message.payload?.toString()] : []));
const codesOf = (events: readonly FrameReaderEvent[]): string[] =>
  events.flatMap((event) => {
    if (event.type === 'finding') return [event.finding.code];
    return (event.type === 'frame' ? event.frame : event.message).findings.map(({ code }) => code);
  });

describe('createFrameReader', () => {
  it('reads the examples of RFC 6455 section 5.7', () => {
    const hello = createFrameReader({ side: 'server' }).push(Buffer.from('810548656c6c6f', 'hex'));
    expect(hello.map(({ type }) => type)).toEqual(['frame', 'message']);
    expect(textsOf(hello)).toEqual(['Hello']);
    const masked = createFrameReader({ side: 'client' }).push(Buffer.from('818537fa213d7f9f4d5158', 'hex'));
    expect(textsOf(masked)).toEqual(['Hello']);
    const fragments = createFrameReader({ side: 'server' });
    expect(fragments.push(Buffer.from('010348656c', 'hex')).map(({ type }) => type)).toEqual(['frame']);
    expect(textsOf(fragments.push(Buffer.from('80026c6f', 'hex')))).toEqual(['Hello']);
  });

  it('inflates the examples of RFC 7692 section 7.2.3, the second with the window of the first', () => {
    const reader = createFrameReader({ side: 'server', extensions: 'permessage-deflate' });
    expect(textsOf(reader.push(Buffer.from('c107f248cdc9c90700', 'hex')))).toEqual(['Hello']);
    expect(textsOf(reader.push(Buffer.from('c105f200110000', 'hex')))).toEqual(['Hello']);
  });

  it('gives the same for the bytes that ws sends, however they are cut', async () => {
    const sent = await bytesOfWs(['ma2saka', 'こんにちは', 'x'.repeat(70_000)]);
    const whole = textsOf(read(createFrameReader({ side: 'client' }), [sent]));
    expect(whole).toEqual(['ma2saka', 'こんにちは', 'x'.repeat(70_000)]);
    fc.assert(
      fc.property(fc.array(fc.nat(sent.length), { maxLength: 20 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), sent.length];
        const pieces = places.slice(1).map((end, index) => sent.subarray(places[index], end));
        expect(textsOf(read(createFrameReader({ side: 'client' }), pieces))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('finds what breaks the rules, and tells what is not complete at the end', () => {
    const unmasked = createFrameReader({ side: 'client' }).push(Buffer.from('810548656c6c6f', 'hex'));
    expect(codesOf(unmasked)).toContain('ws.client-not-masked');
    const reader = createFrameReader({ side: 'server' });
    expect(reader.push(Buffer.from('81054865', 'hex'))).toEqual([]);
    expect(reader.end().map((event) => (event.type === 'frame' ? event.frame.status : event.type))).toEqual([
      'truncated',
      'message',
    ]);
    expect(reader.end()).toEqual([]);
  });

  it('says that RSV1 was not agreed on where no extension was given', () => {
    const bytes = encodeFrame({ payload: deflateRawSync('Hello'), rsv1: true });
    expect(codesOf(createFrameReader({ side: 'server' }).push(bytes))).toContain('ws.rsv1-without-extension');
  });

  it('leaves the bytes as they are', () => {
    const bytes = Buffer.from('818537fa213d7f9f4d5158', 'hex');
    const before = Buffer.from(bytes);
    createFrameReader({ side: 'client' }).push(bytes);
    expect(bytes).toEqual(before);
  });

  it('numbers the pushes', () => {
    const reader = createFrameReader({ side: 'server' });
    reader.push(Buffer.from('8105', 'hex'));
    expect(reader.push(Buffer.from('48656c6c6f', 'hex')).map(({ packet, number }) => [packet, number])).toEqual([
      [2, 0],
      [2, 1],
    ]);
  });

  it.each([
    ['no side', {}, 'client'],
    ['another side', { side: 'Client' }, 'client'],
    ['a misspelt option', { side: 'client', extension: 'x' }, 'did you mean extensions?'],
    ['a misspelt limit', { side: 'client', limits: { mesage: 1 } }, 'did you mean message?'],
    ['nothing', undefined, 'object'],
  ])('refuses %s', (_, options, message) => {
    expect(() => createFrameReader(options as never)).toThrow(message);
  });

  it('refuses what is no bytes, and bytes after the end', () => {
    const reader = createFrameReader({ side: 'client' });
    expect(() => reader.push('8185' as never)).toThrow('Uint8Array');
    reader.end();
    expect(() => reader.push(Buffer.alloc(1))).toThrow('make a new reader');
  });
});

/** The part of ws that writes frames, which its types leave out. */
type SenderOfWs = new (
  socket: object,
  extensions: object,
) => { send(data: Buffer, options: object, done: () => void): void };

/** What ws writes to its socket for these texts. */
async function bytesOfWs(texts: readonly string[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const socket = {
    write: (chunk: Buffer, done?: () => void): void => {
      chunks.push(Buffer.from(chunk));
      done?.();
    },
    cork: () => undefined,
    uncork: () => undefined,
  };
  const { Sender } = ws as unknown as { Sender: SenderOfWs };
  const sender = new Sender(socket, {});
  for (const text of texts) {
    const options = { fin: true, mask: true, binary: false, compress: false };
    await new Promise<void>((resolve) => sender.send(Buffer.from(text), options, resolve));
  }
  return Buffer.concat(chunks);
}
