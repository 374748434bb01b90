import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WsdissectError } from '../../src/common/error.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { parseFrame } from '../../src/websocket/parse-frame.js';

describe('encodeFrame', () => {
  it('builds the article’s frame', () => {
    expect(encodeFrame({ payload: 'ma2saka', maskingKey: 0xe1a4c61d }).toString('hex')).toBe(
      '8187e1a4c61d8cc5f46e80cfa7',
    );
  });

  it('begins a whole text frame with 129', () => {
    expect(encodeFrame({ payload: 'x' })[0]).toBe(129);
  });

  it('takes the masking key as bytes too', () => {
    const maskingKey = Uint8Array.of(0xff, 0xb8, 0xbd, 0xbd);
    const bytes = encodeFrame({ payload: 'Hello World!', maskingKey });
    expect(bytes.toString('hex')).toBe('818cffb8bdbdb7ddd1d19098ead28dd4d99c');
  });

  it.each([
    [125, '817d'],
    [126, '817e007e'],
    [65535, '817effff'],
    [65536, '817f0000000000010000'],
  ])('writes a length of %i as %s', (length, hex) => {
    const bytes = encodeFrame({ payload: Buffer.alloc(length) });
    expect(bytes.subarray(0, hex.length / 2).toString('hex')).toBe(hex);
    expect(bytes.length).toBe(hex.length / 2 + length);
  });

  it.each([
    [16 as const, '817e0002'],
    [64 as const, '817f0000000000000002'],
  ])('writes a short length in %i bits where that is asked for', (lengthForm, hex) => {
    expect(encodeFrame({ payload: 'ab', lengthForm }).toString('hex')).toBe(`${hex}6162`);
  });

  it.each([
    { opcode: 16 },
    { opcode: -1 },
    { opcode: 1.5 },
    { payload: Buffer.alloc(126), lengthForm: 7 as const },
    { payload: Buffer.alloc(65536), lengthForm: 16 as const },
    { maskingKey: Buffer.alloc(3) },
    { maskingKey: 2 ** 32 },
  ])('refuses what no frame can hold: %o', (shape) => {
    expect(() => encodeFrame(shape)).toThrow(WsdissectError);
  });

  it('comes back from parseFrame as it went in', () => {
    const shape = fc.record({
      fin: fc.boolean(),
      rsv1: fc.boolean(),
      rsv2: fc.boolean(),
      rsv3: fc.boolean(),
      opcode: fc.nat(15),
      payload: fc.uint8Array({ maxLength: 70_000, size: 'max' }),
      maskingKey: fc.option(fc.nat(0xffffffff), { nil: undefined }),
    });
    fc.assert(
      fc.property(shape, ({ maskingKey, ...rest }) => {
        const bytes = encodeFrame(maskingKey === undefined ? rest : { ...rest, maskingKey });
        const parsed = parseFrame(bytes);
        expect(parsed).toMatchObject({
          complete: true,
          fin: rest.fin,
          opcode: rest.opcode,
          maskingKey,
          length: bytes.length,
        });
        expect(parsed.complete && parsed.payload.equals(rest.payload)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('parseFrame', () => {
  it('says how many bytes of the header are missing', () => {
    expect(parseFrame(Buffer.from('81', 'hex'))).toMatchObject({ complete: false, needed: 1 });
    expect(parseFrame(Buffer.from('81fe00', 'hex'))).toMatchObject({ complete: false, needed: 5 });
  });

  it('says how many bytes of the payload are missing', () => {
    expect(parseFrame(Buffer.from('81056162', 'hex'))).toMatchObject({ complete: false, needed: 3 });
    expect(parseFrame(Buffer.from('827fffffffffffffffff61', 'hex'))).toMatchObject({
      complete: false,
      needed: 2n ** 64n - 2n,
    });
  });

  it('reads the next frame at its offset and leaves the bytes as they are', () => {
    const bytes = Buffer.from('8101618187e1a4c61d8cc5f46e80cfa7', 'hex');
    const copy = Buffer.from(bytes);
    const parsed = parseFrame(bytes, 3);
    expect(parsed.complete && parsed.payload.toString()).toBe('ma2saka');
    expect(bytes.equals(copy)).toBe(true);
  });
});
