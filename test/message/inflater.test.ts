import { describe, expect, test } from 'vitest';
import { Inflater } from '../../src/message/inflater.js';
import { compressAlone } from './sender.js';

const LIMIT = 1 << 20;

/** What a message inflates to as the first one of a connection, as text, or what is wrong with it. */
function inflate(hex: string, inflater = new Inflater(true, true), limit = LIMIT): string {
  const result = inflater.inflate(Buffer.from(hex.replaceAll(' ', ''), 'hex'), limit);
  if (result.verdict !== 'ok') return `${result.verdict}: ${result.reason}`;
  return result.trailing === undefined ? result.output.toString() : `${result.output.toString()} + ${result.trailing}`;
}

/** Bits in the order of the stream, filled up with zeros to whole bytes, as hex. */
function bits(...groups: string[]): string {
  const all = groups.join('').replaceAll(' ', '');
  const bytes = Buffer.alloc(Math.ceil(all.length / 8));
  for (let i = 0; i < all.length; i++) if (all[i] === '1') bytes[i >> 3]! |= 1 << (i & 7);
  return bytes.toString('hex');
}

/** A number as bits, the lowest first. */
function lowFirst(value: number, count: number): string {
  return Array.from({ length: count }, (_, i) => (value >> i) & 1).join('');
}

/** Block headers, not final, and symbols of the fixed codes. */
const FIXED = '0 10';
const DYNAMIC = '0 01';
const END = '0000000';
const ZERO = '01100000';
const MATCH_3 = '0000001';
const NO_LENGTHS = 'lengths that make no code for the code lengths';

describe('the examples of RFC 7692', () => {
  test('7.2.3.1: a message of one block with a fixed code is "Hello"', () => {
    expect(inflate('f2 48 cd c9 c9 07 00')).toBe('Hello');
  });

  test('7.2.3.2: the same message again is shorter, because it refers to the first one', () => {
    const inflater = new Inflater(true, true);
    expect(inflate('f2 48 cd c9 c9 07 00', inflater)).toBe('Hello');
    expect(inflate('f2 00 11 00 00', inflater)).toBe('Hello');
  });

  test('7.2.3.3: a stored block is "Hello"', () => {
    expect(inflate('00 05 00 fa ff 48 65 6c 6c 6f 00')).toBe('Hello');
  });

  test('7.2.3.4: a block with BFINAL set is "Hello", with nothing wrong', () => {
    expect(inflate('f3 48 cd c9 c9 07 00 00')).toBe('Hello');
  });

  test('7.2.3.5: two blocks in one message are "Hello"', () => {
    expect(inflate('f2 48 05 00 00 00 ff ff ca c9 c9 07 00')).toBe('Hello');
  });

  test('7.2.3.6: the single byte 00 is an empty message', () => {
    expect(inflate('00')).toBe('');
  });
});

describe('the end of a message', () => {
  test('a block with BFINAL does not end the context: the next message refers to it', () => {
    const inflater = new Inflater(true, true);
    expect(inflate('f3 48 cd c9 c9 07 00 00', inflater)).toBe('Hello');
    expect(inflate('f2 00 11 00 00', inflater)).toBe('Hello');
  });

  test('blocks that follow a block with BFINAL are part of the message', () => {
    expect(inflate('f3 48 cd c9 c9 07 00 f2 48 cd c9 c9 07 00')).toBe('HelloHello');
  });

  test('a block with BFINAL may be the last byte of the message', () => {
    expect(inflate('f3 48 cd c9 c9 07 00')).toBe('Hello');
  });

  test('bytes behind a final block that are no blocks are reported and the message is what came before them', () => {
    expect(inflate('f3 48 cd c9 c9 07 00 de ad be ef')).toBe('Hello + 4 of 11 compressed bytes follow the final block');
  });

  test('what follows a message with trailing bytes is not inflated with a context that is not certain', () => {
    const inflater = new Inflater(true, true);
    inflate('f3 48 cd c9 c9 07 00 de ad be ef', inflater);
    expect(inflate('f2 00 11 00 00', inflater)).toMatch(/^lost-context/);
  });

  test('a final block that is cut gives nothing, though the tail reads as its end', () => {
    expect(inflate('f3 48 cd c9 c9')).toMatch(/^bad-data/);
  });

  test('a tail that was not taken off is reported and does no harm', () => {
    const inflater = new Inflater(true, true);
    const kept = 'the 00 00 ff ff at the end of the compressed data was not removed';
    expect(inflate('f2 48 cd c9 c9 07 00 00 00 ff ff', inflater)).toBe(`Hello + ${kept}`);
    expect(inflate('f2 00 11 00 00', inflater)).toBe('Hello');
  });

  test('a message whose blocks end with its last byte needs no tail', () => {
    expect(inflate('00 05 00 fa ff 48 65 6c 6c 6f')).toBe('Hello');
    expect(inflate('')).toBe('');
  });

  test('fewer than three zero bits behind the last block need no tail', () => {
    const letters = '111000011 110101001 111000011 110101001';
    expect(inflate(bits(FIXED, letters, END, '00'))).toBe('\u00e9\u00e9');
    expect(inflate(bits(FIXED, letters, END, '01'))).toMatch(/^bad-data/);
  });

  test('a block that is cut gives nothing', () => {
    expect(inflate('2a 29 2a cd 4b 4e')).toBe('bad-data: the compressed data ends in the middle of a block');
    expect(inflate('00 05 ff')).toMatch(/^bad-data/);
    expect(inflate('00 0f 00 f0 ff 48 65')).toBe('bad-data: the compressed data ends in the middle of a block');
    expect(inflate('00 05')).toMatch(/^bad-data/);
    expect(inflate(bits(DYNAMIC, '00000 00000 1111'))).toBe(
      'bad-data: the compressed data ends in the middle of a block',
    );
  });
});

describe('what is no DEFLATE', () => {
  const noLiterals = 'a code that is no literal and no length';
  test.each([
    ['ff ff ff ff ff', 'a block of the reserved type 3', 0],
    ['00 05 00 fa fe 48 65 6c 6c 6f 00', 'a stored block with two lengths that disagree', 5],
    ['02 5e 00 00 00', 'a match 24577 bytes back, where only 0 were sent', 3],
    [bits(FIXED, ZERO, MATCH_3, '00010', END), 'a match 3 bytes back, where only 1 were sent', 2],
    // Symbols that have a place in the fixed codes and no meaning (RFC 1951 section 3.2.6).
    [bits(FIXED, '11000110', ZERO), noLiterals, 1],
    [bits(FIXED, '11000111', ZERO), noLiterals, 1],
    [bits(FIXED, ZERO, MATCH_3, '11110', ZERO), 'a code that is no distance', 2],
    [bits(FIXED, ZERO, MATCH_3, '11111', ZERO), 'a code that is no distance', 2],
    [bits(DYNAMIC, '01111', '00000', '0000', ZERO), 'a block with 287 literal and length codes, of 286 at most', 2],
    [bits(DYNAMIC, '00000', '01111', '0000', ZERO), 'a block with 31 distance codes, of 30 at most', 2],
    // Four lengths for the symbols 16, 17, 18 and 0: none, one alone, and too many of one bit.
    [bits(DYNAMIC, '00000', '00000', '0000', '000 000 000 000'), `a block with ${NO_LENGTHS}`, 3],
    [bits(DYNAMIC, '00000', '00000', '0000', '100 000 000 000'), `a block with ${NO_LENGTHS}`, 3],
    [bits(DYNAMIC, '00000', '00000', '0000', '100 100 100 000'), `a block with ${NO_LENGTHS}`, 3],
    [
      bits(DYNAMIC, '00000', '00000', '0000', '100 100 000 000', '0', ZERO),
      'a block with a repeated code length with none before it',
      3,
    ],
    // Code lengths by 18 alone: 2 times 138 zeros, where 258 are expected.
    [
      bits(DYNAMIC, '00000', '00000', '0000', '000 000 100 100', '1 1111111', '1 1111111', ZERO),
      'a block with 276 code lengths, 258 expected',
      5,
    ],
    [
      bits(DYNAMIC, '00000', '00000', '0000', '000 000 100 100', '1 1111111', '1 1011011', ZERO),
      'a block with no code for the end of the block',
      5,
    ],
  ])('%s: %s', (hex, what, used) => {
    const length = hex.replaceAll(' ', '').length / 2;
    expect(inflate(hex)).toBe(`bad-data: ${what}, after ${used} of ${length} compressed bytes`);
  });

  test('after bad data the next message is inflated as far as it does not refer back', () => {
    const inflater = new Inflater(true, true);
    inflate('f2 48 cd c9 c9 07 00', inflater);
    inflate('ff ff ff ff ff', inflater);
    expect(inflate('f2 48 cd c9 c9 07 00', inflater)).toBe('Hello');
    inflate('ff ff ff ff ff', inflater);
    expect(inflate('f2 00 11 00 00', inflater)).toBe(
      'lost-context: the message refers 5 bytes back, and only the last 1 are known',
    );
  });
});

describe('dynamic codes that are hardly codes, as zlib takes them too', () => {
  // Code lengths 0, 1, 2 and 18 have the codes 00, 01, 10 and 11.
  const lengths = '0111 000 000 010 010 000 000 000 000 000 000 000 000 000 000 000 010 000 010';
  const zeros = (count: number) => `11 ${lowFirst(count - 11, 7)}`;
  // "a" is 0, the end of the block 10, a match of 3 bytes 11; then comes the length of the one distance code.
  const letters = [DYNAMIC, lowFirst(1, 5), '00000', lengths, zeros(97), '01', zeros(138), zeros(20), '10 10'];

  test('one distance of one bit: the bit 0 is distance 1, and the bit 1 means nothing', () => {
    expect(inflate(bits(...letters, '01', '0 0 11 0 10', FIXED, END, '000'))).toBe('aaaaa');
    expect(inflate(bits(...letters, '01', '0 0 11 1 10', FIXED, END, '000'))).toMatch(/a code that is no distance/);
  });

  test('no distance at all: letters alone are fine, and a match means nothing', () => {
    expect(inflate(bits(...letters, '00', '0 0 10', FIXED, END, '000'))).toBe('aa');
    expect(inflate(bits(...letters, '00', '0 0 11 0 10', FIXED, END, '000'))).toMatch(/a code that is no distance/);
  });

  test('only the end of the block, in one bit: the other bit means nothing', () => {
    const empty = [DYNAMIC, '00000', '00000', lengths, zeros(138), zeros(118), '01', '00'];
    expect(inflate(bits(...empty, '0', FIXED, ZERO, END, '000'))).toBe('0');
    expect(inflate(bits(...empty, '1', FIXED, ZERO, END, '000'))).toMatch(/a code that is no literal and no length/);
  });

  test('lengths that leave codes free, or ask for too many', () => {
    const incomplete = [DYNAMIC, '00000', '00000', lengths, zeros(138), zeros(117), '10 10', '00'];
    expect(inflate(bits(...incomplete, ZERO))).toMatch(/lengths that make no literal and length code/);
    const distances = [
      DYNAMIC,
      lowFirst(1, 5),
      lowFirst(2, 5),
      lengths,
      zeros(97),
      '01',
      zeros(138),
      zeros(20),
      '10 10',
    ];
    expect(inflate(bits(...distances, '01 01 01', ZERO))).toMatch(/lengths that make no distance code/);
  });
});

describe('limits', () => {
  const text = compressAlone(Buffer.alloc(100, 'ab')).toString('hex');
  const stored = compressAlone(Buffer.alloc(100, 'ab'), { level: 0 }).toString('hex');

  test.each([
    ['compressed', text],
    ['stored', stored],
  ])('a %s message as long as the limit is inflated, and one byte more is too much', (_, hex) => {
    expect(inflate(hex, undefined, 100)).toBe('ab'.repeat(50));
    const bytes = hex.length / 2;
    expect(inflate(hex, undefined, 99)).toBe(`too-large: ${bytes} compressed bytes inflate to more than 99`);
  });

  test('a bomb is given up at the limit, and the connection goes on', () => {
    const inflater = new Inflater(true, true);
    const bomb = compressAlone(Buffer.alloc(32 << 20), { level: 9 });
    expect(inflater.inflate(bomb, LIMIT)).toMatchObject({ verdict: 'too-large' });
    expect(inflate('f2 48 cd c9 c9 07 00', inflater)).toBe('Hello');
    inflater.inflate(bomb, LIMIT);
    expect(inflate('f2 00 11 00 00', inflater)).toMatch(/^lost-context/);
  });

  test('messages of every length around the sizes of the stores come out whole', () => {
    const inflater = new Inflater(true, true);
    for (const length of [0, 1, 759, 1024, 48_000, 49_152, 60_000, 1_000_000, 1_048_576, 1_100_000, 3_000_000]) {
      const message = Buffer.alloc(length, `${length} bytes;`);
      const result = inflater.inflate(compressAlone(message), 4 << 20);
      expect(result.verdict === 'ok' && result.output.equals(message), `${length}`).toBe(true);
    }
  });
});

describe('what is kept of the input and output', () => {
  test('the input may be changed afterwards, and so may the output', () => {
    const inflater = new Inflater(true, true);
    const input = Buffer.from('f248cdc9c90700', 'hex');
    const first = inflater.inflate(input, LIMIT);
    input.fill(0);
    if (first.verdict !== 'ok') throw new Error(first.reason);
    first.output.fill(0);
    expect(inflate('f2 00 11 00 00', inflater)).toBe('Hello');
  });
});
