import { INEXACTNESS, isExact, quantiles, type Histogram } from '../common/histogram.js';
import { number, object, type RecordField } from '../output/record-field.js';
import { WHOLE } from '../output/shared-fields.js';
import { inSeconds } from './nanoseconds.js';

/** What is said of every count. */
export const COUNTED = { bounds: WHOLE, isRequired: true };

/** What is said of a time that something took. */
export const SECONDS = { bounds: { minimum: 0 } };

/** Quantiles of a histogram, by their names. */
function spread(
  parts: readonly (readonly [name: string, part: number])[],
  unit: string,
  inUnit: (value: number) => number,
): RecordField<Histogram>[] {
  return [
    number('count', 'How many they are.', ({ count }) => count, COUNTED),
    number('min', `The least, ${unit}.`, ({ least }) => inUnit(least), { ...SECONDS, isRequired: true }),
    ...parts.map(([name, part], index) =>
      number<Histogram>(
        name,
        `${part * 100} % are no larger, ${unit}. One of the values; with within, a number that is close to one.`,
        (histogram) =>
          inUnit(
            quantiles(
              histogram,
              parts.map(([, each]) => each),
            )[index]!,
          ),
        { ...SECONDS, isRequired: true },
      ),
    ),
    number('max', `The most, ${unit}.`, ({ most }) => inUnit(most), { ...SECONDS, isRequired: true }),
    number(
      'within',
      'There where the values were too many to keep each: no quantile is too small, and none is too large by more than this part of itself. min and max are exact.',
      (histogram) => (isExact(histogram) ? undefined : INEXACTNESS),
      { bounds: { const: INEXACTNESS } },
    ),
  ];
}

/** How sizes are spread. */
export const ofBytes = spread(
  [
    ['p50', 0.5],
    ['p95', 0.95],
  ],
  'in bytes',
  (value) => value,
);

/** How times are spread. */
export const ofTimes = spread(
  [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ],
  'in seconds',
  inSeconds,
);

/** A field whose value is how values are spread; absent where there are none. */
export function histogram<Source>(
  name: string,
  meaning: string,
  read: (source: Source) => Histogram,
  fields: readonly RecordField<Histogram>[],
): RecordField<Source> {
  return object(name, meaning, (from) => (read(from).count === 0 ? undefined : read(from)), fields);
}
