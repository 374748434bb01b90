import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerBytes } from '../../src/websocket/header-bytes.js';
import { decodeFrameHeader } from '../../src/websocket/frame-header.js';

describe('headerBytes', () => {
  it('gives back the bytes that any header was decoded from', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 14, maxLength: 14 }), (given) => {
        const bytes = Buffer.from(given);
        const header = decodeFrameHeader(bytes, 0)!;
        expect(headerBytes(header).equals(bytes.subarray(0, header.headerLength))).toBe(true);
      }),
    );
  });

  it('keeps a length that is not minimal', () => {
    const bytes = Buffer.from('817f0000000000000001', 'hex');
    expect(headerBytes(decodeFrameHeader(bytes, 0)!).equals(bytes)).toBe(true);
  });
});
