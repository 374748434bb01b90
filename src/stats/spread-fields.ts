import { INEXACTNESS, isExact, quantiles, type Histogram } from '../common/histogram.js';
import { number, object, type RecordField } from '../output/records/record-field.js';
import { WHOLE } from '../output/records/shared-fields.js';
import { inSeconds } from './nanoseconds.js';

/** What is said of every count. */
export const COUNTED = { bounds: WHOLE, isRequired: true };

/** What is said of a time that something took. */
export const SECONDS = { bounds: { minimum: 0 } };

/** A histogram, and its quantiles: they are looked for once. */
interface Spread {
  readonly histogram: Histogram;
  readonly quantiles: readonly number[];
}

/** How values are spread: the quantiles that are told, and the fields that tell it. */
export interface SpreadFields {
  readonly parts: readonly number[];
  readonly fields: readonly RecordField<Spread>[];
}

function spread(
  parts: readonly (readonly [name: string, part: number])[],
  unit: string,
  inUnit: (value: number) => number,
): SpreadFields {
  const fields: RecordField<Spread>[] = [
    number('count', 'How many they are.', ({ histogram: { count } }) => count, COUNTED),
    number('min', `The least, ${unit}.`, ({ histogram: { least } }) => inUnit(least), { ...SECONDS, isRequired: true }),
    ...parts.map(([name, part], index) =>
      number<Spread>(
        name,
        `${part * 100} % are no larger, ${unit}. One of the values; with within, a number that is close to one.`,
        ({ quantiles: found }) => inUnit(found[index]!),
        { ...SECONDS, isRequired: true },
      ),
    ),
    number('max', `The most, ${unit}.`, ({ histogram: { most } }) => inUnit(most), { ...SECONDS, isRequired: true }),
    number(
      'within',
      'There where the values were too many to keep each: no quantile is too small, and none is too large by more than this part of itself. min and max are exact.',
      ({ histogram: all }) => (isExact(all) ? undefined : INEXACTNESS),
      { bounds: { const: INEXACTNESS } },
    ),
  ];
  return { parts: parts.map(([, part]) => part), fields };
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
  { parts, fields }: SpreadFields,
): RecordField<Source> {
  const spreadOf = (source: Source): Spread | undefined => {
    const all = read(source);
    return all.count === 0 ? undefined : { histogram: all, quantiles: quantiles(all, parts) };
  };
  return object(name, meaning, spreadOf, fields);
}
