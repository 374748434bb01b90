import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unmask } from '../../src/websocket/unmask.js';

it('unmasks the article’s payload', () => {
  const source = Buffer.from('8cc5f46e80cfa7', 'hex');
  const target = Buffer.alloc(7);
  unmask(source, 0, 7, target, 0, 0xe1a4c61d, 0);
  expect(target.toString()).toBe('ma2saka');
  expect(source.toString('hex')).toBe('8cc5f46e80cfa7');
});

it('equals payload XOR key for any length, alignment and position', () => {
  const arbitrary = fc.record({
    bytes: fc.uint8Array({ maxLength: 1200, size: 'max' }),
    key: fc.nat(0xffffffff),
    position: fc.nat(10),
    from: fc.nat(9),
    to: fc.nat(9),
  });
  fc.assert(
    fc.property(arbitrary, ({ bytes, key, position, from, to }) => {
      const keyBytes = [key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff];
      const source = Buffer.concat([Buffer.alloc(from), bytes]);
      const copy = Buffer.from(source);
      const target = Buffer.alloc(to + bytes.length + 3, 0xee);
      unmask(source, from, source.length, target, to, key, position);
      const expected = Buffer.from(bytes.map((byte, i) => byte ^ keyBytes[(i + position) % 4]!));
      expect(target.subarray(to, to + bytes.length).equals(expected)).toBe(true);
      expect(source.equals(copy)).toBe(true);
      expect([...target.subarray(0, to), ...target.subarray(to + bytes.length)].every((byte) => byte === 0xee)).toBe(
        true,
      );
    }),
  );
});
