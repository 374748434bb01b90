import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretTable } from '../../src/tls/key-log/secret-table.js';

const bytes = (number: number, length: number): Buffer => {
  const buffer = Buffer.alloc(length);
  buffer.writeUInt32BE(number, length - 4);
  return buffer;
};

describe('SecretTable', () => {
  it('knows what a map would know, while it has room', () => {
    const entry = fc.tuple(fc.nat(3), fc.nat(40), fc.constantFrom(8, 32), fc.constantFrom(32, 48, 256), fc.nat(3));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 300 }), (entries) => {
        const table = new SecretTable(1_000_000);
        const map = new Map<string, Buffer>();
        for (const [label, id, idLength, length, value] of entries) {
          const key = `${label} ${id} ${idLength}`;
          const secret = bytes(value, length);
          expect(table.set(label, bytes(id, idLength), secret)).toBe(map.get(key)?.equals(secret) !== true);
          map.set(key, secret);
        }
        for (const [key, secret] of map) {
          const [label, id, idLength] = key.split(' ').map(Number) as [number, number, number];
          expect(table.find(label, bytes(id, idLength))).toEqual(secret);
        }
        expect(table.find(9, bytes(1, 32))).toBeUndefined();
      }),
    );
  });

  it('keeps the newest where there are more than it may keep', () => {
    const table = new SecretTable(100);
    for (let number = 0; number < 1000; number++) table.set(1, bytes(number, 32), bytes(number, 48));
    for (let number = 950; number < 1000; number++) expect(table.find(1, bytes(number, 32))).toEqual(bytes(number, 48));
    expect(table.find(1, bytes(800, 32))).toBeUndefined();
    expect(table.forgotten).toBe(900);
  });

  it('does not grow with secrets that take the place of others', () => {
    const table = new SecretTable(100);
    for (let number = 0; number < 10_000; number++) table.set(1, bytes(1, 32), bytes(number, 32 + (number % 3) * 8));
    expect(table.find(1, bytes(1, 32))).toEqual(bytes(9999, 32));
    expect(table.forgotten).toBeLessThan(10_000);
  });
});
