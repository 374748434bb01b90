import { describe, expect, it } from 'vitest';
import { OutputCheck } from '../../src/redact/output-check.js';
import { parseRedactFile } from '../../src/redact/redact-file.js';
import { Redaction } from '../../src/redact/redaction.js';

const SECRET = 'attack at dawn';

/** What is left of a text, and what the last line says. */
function left(text: string, rule = `pattern: ${SECRET}`): { text: string; summary: string } {
  const redaction = new Redaction(parseRedactFile(`redact:\n  - ${rule}\n`, 'rules.yaml'));
  return { text: redaction.texts.bytes(Buffer.from(text)).toString(), summary: redaction.summary() };
}

describe('a long run of an encoding', () => {
  it.each([65_530, 65_536, 65_540, 131_072, 200_000])('is searched over its parts: base64, %i characters in', (at) => {
    const bytes = Buffer.alloc(200_000, '\u0001');
    bytes.write(SECRET, Math.floor((at * 3) / 4) - 6);
    const result = left(`data:${bytes.toString('base64')} and more`);
    expect(result.text).toHaveLength(bytes.toString('base64').length + 14);
    expect(Buffer.from(result.text.slice(5, -9), 'base64').toString('latin1')).not.toMatch(/ttack|at dawn/);
    expect(result.text.match(/x+/g)!.join('').length).toBeLessThan(40);
  });

  it.each([
    ['', 65_530],
    ['', 65_540],
    [' ', 49_150],
    [':', 49_160],
  ])('is searched over its parts: hex with %j between bytes, %i characters in', (between, at) => {
    const bytes = Buffer.alloc(60_000, '\u0001');
    bytes.write(SECRET, Math.floor(at / (2 + between.length)) - 6);
    const hex = bytes.toString('hex').replace(/..(?=.)/g, `$&${between}`);
    const result = left(hex);
    expect(result.text).toHaveLength(hex.length);
    expect(result.text).toContain('x');
    const seen = Buffer.from(result.text.replace(/[ :]/g, '').replace(/x/g, '0'), 'hex').toString('latin1');
    expect(seen).not.toMatch(/ttack|at dawn/);
  });

  it('of many million characters does no harm', () => {
    const text = 'QUFB'.repeat(4_000_000);
    expect(left(text).text === text).toBe(true);
  });
});

describe('a text that is too much for a pattern', () => {
  it('is replaced whole, and counted', () => {
    const text = 'ab'.repeat(8_000_000);
    const result = left(text, 'pattern: "(?:a|b)+z"');
    expect(result.text === 'x'.repeat(text.length)).toBe(true);
    expect(result.summary).toContain('1 payload that could not be searched, whole');
  });

  it('is told by --redact-check', async () => {
    const redaction = new Redaction(parseRedactFile('redact:\n  - pattern: "(?:a|b)+z"\n', 'rules.yaml'));
    const check = new OutputCheck(redaction);
    check.output(Buffer.from('ab'.repeat(8_000_000)), 'stdout');
    expect(await check.end()).toEqual(['stdout still has what is too long to be searched']);
  });
});
