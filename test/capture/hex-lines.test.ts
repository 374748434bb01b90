import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HexLinesReader } from '../../src/capture/text/hex-lines.js';
import { LINKTYPE_BARE } from '../../src/capture/packet.js';
import { bytewise, cut, cuts, damage, damaged, read } from './read.js';

function readText(text: string, limits = {}): ReturnType<typeof read> {
  return read(HexLinesReader, [Buffer.from(text)], limits);
}

function lines(text: string): [line: number, hex: string][] {
  return readText(text).packets.map((packet) => [packet.at.packet, packet.bytes.toString('hex')]);
}

function errorOf(text: string): string {
  const { error } = readText(text);
  return `${error?.code}: ${error?.message}`;
}

describe('HexLinesReader', () => {
  test('gives each line as a packet without link layer and time', () => {
    expect(readText('8187e1a4c61d8cc5b57c9ccfa7\n')).toEqual({
      packets: [
        {
          at: { packet: 1, seconds: 0, nanoseconds: 0, precision: 0 },
          linkType: LINKTYPE_BARE,
          originalLength: 13,
          bytes: Buffer.from('8187e1a4c61d8cc5b57c9ccfa7', 'hex'),
        },
      ],
      secrets: [],
      findings: [],
      error: undefined,
    });
  });

  test.each([
    ['upper and lower case', 'aBCd\n', 'abcd'],
    ['colons between bytes', '81:87:e1\n', '8187e1'],
    ['commas between values', '8187,e1a4\n', '8187e1a4'],
    ['commas between values with colons', '81:87,e1:a4\n', '8187e1a4'],
    ['an empty value', ',81,\n', '81'],
    ['spaces between bytes', '81 87  e1\n', '8187e1'],
    ['0x before a value', '0x8187,0Xe1\n', '8187e1'],
    ['0x before each byte', '0x81 0x87\n', '8187'],
    ['a byte of 0 before other digits', '00 00 81\n', '000081'],
    ['white space around', ' \t8187 \t\n', '8187'],
    ['CRLF', '8187\r\n', '8187'],
    ['no line feed at the end', '8187', '8187'],
  ])('takes %s', (_, text, hex) => {
    expect(lines(text)).toEqual([[1, hex]]);
  });

  test('counts empty lines though they give no packet', () => {
    expect(lines('\n81\n\r\n \t\n,\n82\n\n')).toEqual([
      [2, '81'],
      [6, '82'],
    ]);
  });

  test.each([
    ['81\n82\n0181x7\n', 'bad-hex: line 3, column 5: "x" is not a hex digit'],
    ['818\n', 'bad-hex: line 1, column 3: the digit "8" stands alone, a byte has two'],
    ['81 8 7\n', 'bad-hex: line 1, column 4: the digit "8" stands alone, a byte has two'],
    ['81:8:17\n', 'bad-hex: line 1, column 4: the digit "8" stands alone, a byte has two'],
    ['\n8g', 'bad-hex: line 2, column 2: "g" is not a hex digit'],
    ['  g0\n', 'bad-hex: line 1, column 3: "g" is not a hex digit'],
    ['81\u001b[2J\n', 'bad-hex: line 1, column 3: the byte 0x1b is not a hex digit'],
    ['81 \u202e\n', 'bad-hex: line 1, column 4: the byte 0xe2 is not a hex digit'],
    [':81\n', 'bad-hex: line 1, column 1: ":" does not stand between two bytes'],
    ['81:\n', 'bad-hex: line 1, column 3: ":" does not stand between two bytes'],
    ['81::82\n', 'bad-hex: line 1, column 3: ":" does not stand between two bytes'],
    ['0x\n', 'bad-hex: line 1, column 3: "0x" is not followed by a hex digit'],
    ['810x82\n', 'bad-hex: line 1, column 4: "x" is not a hex digit'],
    ['12\t8187\n', 'bad-hex: line 1, column 3: a tab stands inside the line'],
  ])('refuses %j, naming line and column, and what to do', (text, message) => {
    const next = 'give pairs of hex digits and nothing else, as `tshark -T fields -e data` prints them';
    expect(errorOf(text)).toBe(`${message}; ${next}`);
  });

  test('gives the packets of the lines before a bad one', () => {
    expect(lines('81\n8x\n82\n')).toEqual([[1, '81']]);
  });

  test.each(['', '\n', ' \r\n\t\n', ',\n'])('says that %j is empty', (text) => {
    expect(readText(text).error?.code).toBe('empty-input');
  });

  test.each([[['818', '7\n']], [['8187', '\n']], [['81', '8', '7']]])('bounds the length of a line (%j)', (chunks) => {
    const buffers = chunks.map((chunk) => Buffer.from(chunk));
    expect(read(HexLinesReader, buffers, { hexLine: 4 }).error).toBeUndefined();
    const { error } = read(HexLinesReader, buffers, { hexLine: 3 });
    expect(error?.code).toBe('bad-hex');
    expect(error?.message).toBe(
      'line 1 has more than the 3 characters that one may have; print the payload of one packet a line',
    );
  });

  test('any bytes in any of the forms come back, whatever the chunking', () => {
    const separators = fc.constantFrom('', ':', ' ', ',');
    const line = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), separators, fc.constantFrom('\n', '\r\n'));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), cuts, (all, places) => {
        const text = all.map(([bytes, separator, lineEnd]) =>
          Buffer.from(bytes)
            .toString('hex')
            .replace(/..(?=.)/g, `$&${separator}`)
            .concat(lineEnd),
        );
        const { packets } = read(HexLinesReader, cut(Buffer.from(text.join('')), places));
        expect(packets.map((packet) => new Uint8Array(packet.bytes))).toEqual(all.map(([bytes]) => bytes));
      }),
    );
  });

  test('any chunking gives the same for any text', () => {
    const text = fc.string({
      unit: fc.constantFrom('0', '1', 'a', 'F', ':', ',', ' ', '\t', '\r', '\n', 'x', 'g'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, damage, cuts, (whole, how, places) => {
        const bytes = damaged(Buffer.from(whole), how);
        const result = read(HexLinesReader, [bytes]);
        expect(read(HexLinesReader, cut(bytes, places))).toEqual(result);
        expect(read(HexLinesReader, bytewise(bytes))).toEqual(result);
      }),
      { numRuns: 500 },
    );
  });
});
