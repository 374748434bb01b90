import { describe, expect, it } from 'vitest';
import { acknowledgmentNumber, segmentOf, sequenceNumber } from '../../src/parallel/step.js';

const LENGTHS = [0, 1, 1460, 65_535, 2 ** 21 - 1, 2 ** 21, 2 ** 31 - 1];

describe('a segment that is measured in another thread', () => {
  it.each(LENGTHS)('is the same there, with %i bytes', (length) => {
    for (const sequence of [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)]) {
      for (const acknowledgment of [0, -1, 2 ** 31 - 1, -(2 ** 31)]) {
        for (const flags of [0, 0x10, 0xff]) {
          for (const window of [0, 1]) {
            const segment = { sequence, acknowledgment, flags, window, length };
            expect(segmentOf(sequenceNumber(segment), acknowledgmentNumber(segment))).toEqual(segment);
          }
        }
      }
    }
  });
});
