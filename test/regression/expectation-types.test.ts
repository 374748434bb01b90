import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/check.js';
import { parseExpectations } from '../../src/check/expectations/expect-file.js';

const CLOSE_1000 = '880203e8';
const TEXT_9 = '810139';

/** Whether a capture of a frame "9" and a close frame 1000 meets what a record is to be. */
async function isMet(match: string): Promise<boolean | undefined> {
  const expectations = parseExpectations(`checks: [{ filter: { min: 1, match: { ${match} } } }]`, 'e.yaml');
  const { claims } = await check([Buffer.from(`${TEXT_9}\n${CLOSE_1000}\n`)], { expectations, allowEmpty: true });
  return claims.find(({ kind }) => kind === 'expectation')?.isMet;
}

describe('an expectation', () => {
  it.each([
    ['closeCode: "1000"', 'closeCode must be a number: write 1000 without quotes'],
    ['closeCode__lt: "2000"', 'closeCode__lt must be a number: write 2000 without quotes'],
    ['text__len: "1"', 'text__len must be a number: write 1 without quotes'],
    ['packet: "x"', 'packet must be a number'],
    ['packet: true', 'packet must be a number'],
    ['packet: .nan', 'packet must be a number'],
    ['fin: 1', 'fin must be true or false'],
    ['fin: "true"', 'fin must be true or false'],
    ['text: 9', 'text must be a string: put it in quotes'],
    ['text__lt: 10', 'text__lt must be a string: put it in quotes'],
    ['opcodeName: 8', 'opcodeName must be a string: put it in quotes'],
    ['payloadLength: 9223372036854775806', 'payloadLength is too large to be read exactly: put it in quotes'],
  ])('does not take %s for what it is not', async (match, message) => {
    await expect(isMet(match)).rejects.toThrow(`e.yaml:1: ${message}`);
  });

  it.each([
    ['closeCode: 1000', true],
    ['closeCode__lt: 2000', true],
    ['closeCode__lt: 1000', false],
    ['text: "9"', true],
    ['text: "09"', false],
    ['text: "9", type: message', true],
    // As texts: "9" comes after "10".
    ['text__lt: "10"', false],
    ['text__gt: "10"', true],
    ['text__gte: "9"', true],
    ['text__len: 1', true],
    ['payloadLength__lt: "9223372036854775806"', true],
    ['payloadLength: "9223372036854775806"', false],
  ])('compares exactly: %s', async (match, expected) => {
    expect(await isMet(match)).toBe(expected);
  });
});
