import { randomBytes } from 'node:crypto';
import { constants, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WsdissectError } from '../../src/common/error.js';
import { deflateMessage, encodeMessage, type MessageShape } from '../../src/encode/encode-message.js';
import { framesInBytes } from '../../src/explain/frames-in-bytes.js';
import { isWhole } from '../../src/explain/shown-frame.js';
import { parseFrame } from '../../src/websocket/parse-frame.js';

const text = (words: string): Buffer => Buffer.from(words, 'utf8');
const hex = (shape: MessageShape): string[] => encodeMessage(shape).map((frame) => frame.toString('hex'));

describe('the byte strings of the two documents', () => {
  it('are what encoding gives: the article’s frame', () => {
    const maskingKey = () => Buffer.from('e1a4c61d', 'hex');
    expect(hex({ payload: text('ma2saka'), maskingKey })).toEqual(['8187e1a4c61d8cc5f46e80cfa7']);
  });

  it('are what encoding gives: Hello World! with the mask ff b8 bd bd', () => {
    const maskingKey = () => Buffer.from('ffb8bdbd', 'hex');
    expect(hex({ payload: text('Hello World!'), maskingKey })).toEqual(['818cffb8bdbdb7ddd1d19098ead28dd4d99c']);
  });

  it('begin with 129, which is FIN and the opcode of text', () => {
    const [frame] = encodeMessage({ payload: text('x') });
    expect(frame![0]).toBe(129);
    expect(parseFrame(frame!)).toMatchObject({ fin: true, opcode: 1 });
  });

  it.each([
    [125, '817d'],
    [126, '817e007e'],
    [65535, '817effff'],
    [65536, '817f0000000000010000'],
  ])('write a length of %i as %s', (length, start) => {
    const [frame] = encodeMessage({ payload: Buffer.alloc(length) });
    expect(frame!.toString('hex', 0, start.length / 2)).toBe(start);
    expect(parseFrame(frame!)).toMatchObject({ complete: true, payloadLength: length });
  });
});

describe('the examples of RFC 6455 section 5.7', () => {
  const key = () => Buffer.from('37fa213d', 'hex');

  it('are a single-frame unmasked text message', () => {
    expect(hex({ payload: text('Hello') })).toEqual(['810548656c6c6f']);
  });

  it('are a single-frame masked text message', () => {
    expect(hex({ payload: text('Hello'), maskingKey: key })).toEqual(['818537fa213d7f9f4d5158']);
  });

  it('are a fragmented unmasked text message', () => {
    expect(hex({ payload: text('Hello'), fragmentLength: 3 })).toEqual(['010348656c', '80026c6f']);
  });

  it('are an unmasked ping and its masked pong', () => {
    expect(hex({ opcode: 9, payload: text('Hello') })).toEqual(['890548656c6c6f']);
    expect(hex({ opcode: 10, payload: text('Hello'), maskingKey: key })).toEqual(['8a8537fa213d7f9f4d5158']);
  });

  it.each([
    [256, '827e0100'],
    [65536, '827f0000000000010000'],
  ])('are a binary message of %i bytes', (length, start) => {
    const [frame] = encodeMessage({ opcode: 2, payload: Buffer.alloc(length) });
    expect(frame!.toString('hex', 0, start.length / 2)).toBe(start);
  });
});

describe('compression', () => {
  it('gives the example of RFC 7692 section 7.2.3.1', () => {
    expect(hex({ payload: text('Hello'), deflate: true })).toEqual(['c107f248cdc9c90700']);
  });

  it('gives one byte for an empty message, as RFC 7692 section 7.2.3.6 has it', () => {
    expect(deflateMessage(Buffer.alloc(0)).toString('hex')).toBe('00');
  });

  it('sets RSV1 on the first fragment only', () => {
    const frames = encodeMessage({ payload: text('Hello'), deflate: true, fragmentLength: 3 });
    expect(frames.map((frame) => frame[0]! & 0x40)).toEqual([0x40, 0, 0]);
  });

  it('is undone by zlib', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (payload) => {
        const flushed = Buffer.concat([deflateMessage(payload), Buffer.from('0000ffff', 'hex')]);
        const back = inflateRawSync(flushed, { finishFlush: constants.Z_SYNC_FLUSH });
        expect(back.equals(payload)).toBe(true);
      }),
    );
  });
});

describe('frames for tests', () => {
  it('have bits that no proper sender sets', () => {
    expect(hex({ payload: text('a'), fin: false, rsv1: true, rsv2: true, rsv3: true })).toEqual(['710161']);
  });

  it('have lengths that are not minimal', () => {
    expect(hex({ payload: text('a'), lengthForm: 64 })).toEqual(['817f000000000000000161']);
  });

  it('do not have fragments of no bytes', () => {
    expect(() => encodeMessage({ payload: text('a'), fragmentLength: 0 })).toThrow(WsdissectError);
  });

  it('have a masking key of its own in each fragment', () => {
    const frames = encodeMessage({ payload: text('abc'), fragmentLength: 1, maskingKey: () => randomBytes(4) });
    const keys = frames.map((frame) => frame.toString('hex', 2, 6));
    expect(new Set(keys).size).toBe(3);
  });
});

it('any message comes back from its frames', () => {
  const shapes = fc.record(
    {
      payload: fc.uint8Array({ maxLength: 300 }),
      key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fragmentLength: fc.integer({ min: 1, max: 120 }),
      deflate: fc.boolean(),
    },
    { requiredKeys: ['payload'] },
  );
  fc.assert(
    fc.property(shapes, ({ payload, key, fragmentLength, deflate }) => {
      const frames = encodeMessage({
        opcode: 2,
        payload,
        ...(key === undefined ? {} : { maskingKey: () => key }),
        ...(fragmentLength === undefined ? {} : { fragmentLength }),
        ...(deflate === undefined ? {} : { deflate }),
      });
      const shown = [...framesInBytes(Buffer.concat(frames))];
      const last = shown.at(-1)!;
      expect(shown).toHaveLength(frames.length);
      expect(isWhole(last) && last.message?.payload?.equals(payload)).toBe(true);
    }),
  );
});
