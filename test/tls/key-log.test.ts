import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyLog } from '../../src/tls/key-log/key-log.js';

const RANDOM = 'ab'.repeat(32);
const MASTER = 'cd'.repeat(48);
const LINE = `CLIENT_RANDOM ${RANDOM} ${MASTER}`;

function read(...pieces: (string | Buffer)[]): KeyLog {
  const keys = new KeyLog();
  for (const piece of pieces) keys.push(piece);
  keys.endText();
  return keys;
}

const master = (keys: KeyLog): string | undefined => keys.find('CLIENT_RANDOM', RANDOM)?.toString('hex');

describe('KeyLog', () => {
  it.each([
    ['a line end', `${LINE}\n`],
    ['CRLF', `# comment\r\n${LINE}\r\n\r\n`],
    ['no line end', LINE],
    [
      'comments and lines that are no secret',
      `# SSL key log\n\nCLIENT_RANDOM zz zz\nhello\n${LINE}\nEXPORTER_SECRET 00 00\n`,
    ],
    ['upper-case hex', `CLIENT_RANDOM ${RANDOM.toUpperCase()} ${MASTER.toUpperCase()}`],
    ['a byte order mark', Buffer.from(`\ufeff${LINE}\n`, 'utf8')],
    ['tabs and spaces around', `  CLIENT_RANDOM\t${RANDOM}   ${MASTER}  \n`],
    ['a very long line in front', `${'x'.repeat(10_000)}\n${LINE}\n`],
  ])('reads a line with %s', (_what, text) => {
    expect(master(read(text))).toBe(MASTER);
  });

  it.each([
    ['an odd number of digits', `${LINE}1`],
    ['a client random of the wrong length', `CLIENT_RANDOM ${RANDOM}00 ${MASTER}`],
    ['a third value', `${LINE} 00`],
    ['an unknown label', LINE.replace('CLIENT_RANDOM', 'CLIENT_SECRET')],
  ])('passes over a line with %s', (_what, text) => {
    const keys = read(text);
    expect(keys.revision).toBe(0);
  });

  it('reads text cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(LINE.length), { maxLength: 8 }), (places) => {
        const text = `# first\n${LINE}\nSERVER_TRAFFIC_SECRET_0 ${RANDOM} ${RANDOM}\n`;
        const cuts = [0, ...places.sort((a, b) => a - b), text.length];
        const keys = read(...cuts.slice(1).map((end, index) => text.slice(cuts[index], end)));
        expect(master(keys)).toBe(MASTER);
        expect(keys.find('SERVER_TRAFFIC_SECRET_0', RANDOM)?.toString('hex')).toBe(RANDOM);
      }),
    );
  });

  it('keeps two texts apart when the first has no line end', () => {
    const keys = read(LINE);
    keys.push(`SERVER_TRAFFIC_SECRET_0 ${RANDOM} ${RANDOM}`);
    keys.endText();
    expect(keys.revision).toBe(2);
  });

  it('counts a secret that was there before only once', () => {
    expect(read(`${LINE}\n${LINE}\n`).revision).toBe(1);
  });

  it('takes the last of two different secrets', () => {
    expect(master(read(`CLIENT_RANDOM ${RANDOM} ${'00'.repeat(48)}\n${LINE}\n`))).toBe(MASTER);
  });

  it('knows premaster secrets by the encrypted premaster secret, and sessions by their ID', () => {
    const keys = read(`RSA 0011223344556677 ${MASTER}\nRSA Session-ID:ABCD Master-Key:${MASTER}\n`);
    expect(keys.find('RSA', '0011223344556677')?.toString('hex')).toBe(MASTER);
    expect(keys.find('RSA_SESSION', 'abcd')?.toString('hex')).toBe(MASTER);
    expect(keys.hasPremasters).toBe(true);
  });

  it('is open until it is closed, and the last line counts then', () => {
    const keys = new KeyLog();
    keys.push(LINE);
    expect([keys.closed, master(keys)]).toEqual([false, undefined]);
    keys.close();
    expect([keys.closed, master(keys)]).toEqual([true, MASTER]);
  });
});
