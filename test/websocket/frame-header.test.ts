import { describe, expect, it } from 'vitest';
import { decodeFrameHeader, headerLength, isMinimal } from '../../src/websocket/frame-header.js';

const header = (hex: string) => decodeFrameHeader(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0);

describe('decodeFrameHeader', () => {
  it('reads the article’s frame: FIN, text, masked, 7 bytes', () => {
    expect(header('81 87 e1a4c61d 8cc5f46e80cfa7')).toEqual({
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      opcode: 1,
      mask: true,
      payloadLength: 7,
      maskingKey: 0xe1a4c61d,
      headerLength: 6,
    });
  });

  it.each([
    ['00 00', { fin: false, opcode: 0 }],
    ['c1 00', { rsv1: true, rsv2: false, rsv3: false }],
    ['a1 00', { rsv1: false, rsv2: true, rsv3: false }],
    ['91 00', { rsv1: false, rsv2: false, rsv3: true }],
    ['8f 00', { opcode: 15 }],
    ['81 7d', { payloadLength: 125, headerLength: 2 }],
    ['81 7e 007e', { payloadLength: 126, headerLength: 4 }],
    ['81 7e ffff', { payloadLength: 65535, headerLength: 4 }],
    ['81 7f 0000000000010000', { payloadLength: 65536, headerLength: 10 }],
    ['81 7f 0000000100000000', { payloadLength: 2 ** 32, headerLength: 10 }],
    ['81 7f 001fffffffffffff', { payloadLength: Number.MAX_SAFE_INTEGER }],
    ['81 7f 0020000000000000', { payloadLength: 2n ** 53n }],
    ['81 7f 0020000000000001', { payloadLength: 2n ** 53n + 1n }],
    ['81 7f ffffffffffffffff', { payloadLength: 2n ** 64n - 1n }],
    ['81 fe 0100 ffffffff', { payloadLength: 256, maskingKey: 0xffffffff, headerLength: 8 }],
    ['81 ff 0000000000010000 00000000', { payloadLength: 65536, maskingKey: 0, headerLength: 14 }],
  ])('reads %s', (hex, fields) => {
    expect(header(hex)).toMatchObject(fields);
  });

  it('gives nothing for a header that is not whole, at any byte', () => {
    const whole = Buffer.from('81ff000000000001000000000000', 'hex');
    for (let length = 0; length < whole.length; length++) {
      expect(decodeFrameHeader(whole.subarray(0, length), 0)).toBeUndefined();
      expect(headerLength(whole, 0, length)).toBe(length < 2 ? 2 : 14);
    }
    expect(decodeFrameHeader(whole, 0)).toBeDefined();
  });

  it('reads at an offset, and not beyond the given end', () => {
    const bytes = Buffer.from('ffff8105', 'hex');
    expect(decodeFrameHeader(bytes, 2)).toMatchObject({ opcode: 1, payloadLength: 5 });
    expect(decodeFrameHeader(bytes, 2, 3)).toBeUndefined();
  });
});

describe('isMinimal', () => {
  it.each([
    ['81 00', true],
    ['81 7d', true],
    ['81 7e 007d', false],
    ['81 7e 007e', true],
    ['81 7f 000000000000ffff', false],
    ['81 7f 0000000000010000', true],
    ['81 fe 0005 00000000', false],
    ['81 ff 0000000000000005 00000000', false],
    ['81 85 00000000', true],
  ])('%s: %s', (hex, expected) => {
    expect(isMinimal(header(hex)!)).toBe(expected);
  });
});
