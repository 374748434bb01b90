import { describe, expect, it } from 'vitest';
import { hexDump } from '../../src/output/text/hex-dump.js';

describe('hexDump', () => {
  it('has rows of 16 bytes, in the middle of which is a wider space, and what of them is ASCII', () => {
    const bytes = Uint8Array.from({ length: 25 }, (_, index) => 0x70 + index);
    expect(hexDump(bytes, 0xfff0, '  ')).toBe(
      '  fff0  70 71 72 73 74 75 76 77  78 79 7a 7b 7c 7d 7e 7f  pqrstuvwxyz{|}~.\n' +
        '  10000  80 81 82 83 84 85 86 87  88                       .........\n',
    );
  });

  it('is the same for any kind of bytes, a Buffer or what a page has', () => {
    const bytes = Uint8Array.of(0, 0x1f, 0x20, 0x7e, 0x7f, 0xff);
    expect(hexDump(Buffer.from(bytes))).toBe(hexDump(bytes));
    expect(hexDump(bytes)).toBe(`0000  00 1f 20 7e 7f ff${' '.repeat(33)}.. ~..\n`);
    expect(hexDump(new Uint8Array(0))).toBe('');
  });
});
