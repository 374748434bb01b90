import type { DirectionTotals } from '../events.js';

/**
 * How many bytes one compressed byte became, over all compressed messages of a direction; two digits.
 *
 * @returns `undefined` where there were no compressed messages
 */
export function inflateRatio({ compressedBytes, inflatedBytes }: DirectionTotals): number | undefined {
  return compressedBytes === 0 ? undefined : Math.round((inflatedBytes / compressedBytes) * 100) / 100;
}
