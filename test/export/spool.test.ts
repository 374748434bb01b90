import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRegions, Spool } from '../../src/export/spool.js';

function taken(spool: Spool<string>, key: string): string {
  return Buffer.concat([...spool.take(key)]).toString('utf8');
}

describe('a spool', () => {
  it('gives back what each writer put by, whatever the limit', () => {
    const puts = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.string({ unit: 'grapheme', maxLength: 20 })));
    fc.assert(
      fc.property(puts, fc.integer({ min: 0, max: 50 }), (all, most) => {
        const spool = new Spool<string>(most);
        const expected = new Map<string, string>();
        for (const [key, text] of all) {
          spool.append(key, Buffer.from(text));
          expected.set(key, (expected.get(key) ?? '') + text);
        }
        for (const [key, text] of expected) expect(taken(spool, key)).toBe(text);
        spool.close();
      }),
    );
  });

  it('forgets what was taken', () => {
    const spool = new Spool<string>(2);
    spool.append('a', Buffer.from('xyz'));
    expect(taken(spool, 'a')).toBe('xyz');
    expect(spool.has('a')).toBe(false);
    expect(taken(spool, 'a')).toBe('');
    spool.append('a', Buffer.from('new'));
    expect(taken(spool, 'a')).toBe('new');
    spool.close();
  });

  it('leaves no file behind that has a name', () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('wsdissect-spool-'));
    const spool = new Spool<string>(0);
    spool.append('a', Buffer.from('in the file'));
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('wsdissect-spool-'))).toEqual(before);
    expect(taken(spool, 'a')).toBe('in the file');
    spool.close();
  });
});

describe('what a spool has put by in a file', () => {
  it('is read again, piece by piece or by its index', () => {
    const spool = new Spool<string>(3);
    for (const text of ['one', 'two', 'a longer one', 'x']) {
      spool.append('a', Buffer.from(text));
      spool.append('b', Buffer.from(text.toUpperCase()));
    }
    const read = (): string => Buffer.concat([...spool.read('a')]).toString();
    expect([read(), read()]).toEqual(['onetwoa longer onex', 'onetwoa longer onex']);
    const { starts, regions } = spool.index(['b', 'none', 'a']);
    const at = (place: number): string => {
      const own = regions.subarray(starts[place], starts[place + 1]);
      return Buffer.concat([...readRegions(spool.descriptor!, own)]).toString();
    };
    expect([at(0), at(1), at(2)]).toEqual(['ONETWOA LONGER ONEX', '', 'onetwoa longer onex']);
    spool.close();
  });

  it('is an error where it cannot be written', () => {
    const spool = new Spool<string>(0, 999_999);
    expect(() => spool.append('a', Buffer.from('text'))).toThrow(/^temporary file in .*EBADF/);
  });
});
