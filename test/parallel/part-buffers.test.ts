import { describe, expect, it } from 'vitest';
import { EncodedBytes } from '../../src/parallel/encoded-bytes.js';
import { createPartMemory, PartBuffers } from '../../src/parallel/part-buffers.js';

const LARGE = 400 * 1024;

describe('the buffers of a thread', () => {
  it('hold copies, each in a buffer of its own until that is given back', () => {
    const memory = createPartMemory();
    const sender = new PartBuffers(memory);
    const taker = new PartBuffers(structuredClone(memory));
    const bytes = Buffer.from('one');
    const sent = memory.buffers.map(() => sender.fill(bytes));
    bytes.write('two');
    expect(new Set(sent.map(({ buffer }) => buffer)).size).toBe(memory.buffers.length);
    expect(sent.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(memory.buffers.map(() => 'one'));
    taker.giveBack(sent[3]!.buffer!);
    expect(sender.fill(bytes)).toEqual({ bytes: new Uint8Array(bytes), buffer: sent[3]!.buffer });
  });

  it('leave what is too long for one in memory of its own', () => {
    const sender = new PartBuffers(createPartMemory());
    const { bytes } = sender.fill(new Uint8Array(LARGE).fill(7));
    expect(bytes.buffer).toBeInstanceOf(ArrayBuffer);
    expect(bytes.length).toBe(LARGE);
  });
});

describe('bytes that were made piece by piece', () => {
  it('come out as they went in, short and long ones', () => {
    const made = new EncodedBytes();
    const texts = [
      'a',
      '日本',
      'x'.repeat(300_000),
      '\u{1F600}',
      'y'.repeat(600_000),
      'z'.repeat(100_000),
      'é'.repeat(90_000),
    ];
    const read: Buffer[] = [];
    for (const text of texts) made.addText(text);
    for (const text of texts) made.add(Buffer.from(text));
    const expected = Buffer.from(texts.join('').repeat(2));
    expect(made.length).toBe(expected.length);
    while (made.length > 0) read.push(Buffer.from(made.take()));
    expect(Buffer.concat(read).equals(expected)).toBe(true);
  });
});
