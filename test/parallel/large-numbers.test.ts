import { describe, expect, it } from 'vitest';
import { largeAt, putLarge } from '../../src/parallel/step.js';

const NUMBERS = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32, 2 ** 48 + 5];

describe('a number of a step that may need more than 32 bits', () => {
  it.each([...NUMBERS, Number.MAX_SAFE_INTEGER])('is the same in the other thread: %i', (number) => {
    // What stood there before is that of another row.
    const numbers = new Int32Array(4).fill(7);
    putLarge(numbers, 1, number);
    expect(largeAt(numbers, 1)).toBe(number);
    expect([numbers[0], numbers[3]]).toEqual([7, 7]);
  });
});
