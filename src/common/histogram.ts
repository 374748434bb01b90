/**
 * How values are spread: bytes, nanoseconds or other whole numbers from 0 to 2^53. Plain data, so that it can go to another
 * thread.
 *
 * Of up to {@link MOST_EXACT} values each is kept, and every quantile is one of them. Of more, each is counted in a bucket
 * as wide as a 128th of what it holds at most, as HdrHistogram does: a quantile is then no smaller than the true one and less than
 * 1/128 (0.8 %) larger. Number, least and most stay exact.
 */
export interface Histogram {
  count: number;
  least: number;
  most: number;
  /** The values, in the order in which they came; `undefined` once there are too many. */
  values: number[] | undefined;
  /** How many are in each bucket, once there are too many values. */
  buckets: Map<number, number> | undefined;
}

/** Values that are kept one by one. */
export const MOST_EXACT = 128;

/** The most by which a quantile that is not exact may be too large, as a part of itself. */
export const INEXACTNESS = 1 / 128;

const SUB_BUCKETS = 128;
const BITS = 7;
/** Where numbers begin that bit operations do not hold. */
const WIDE = 2 ** 31;
const WIDE_SHIFT = 22;

/** A histogram without values. */
export function emptyHistogram(): Histogram {
  return { count: 0, least: Number.POSITIVE_INFINITY, most: 0, values: [], buckets: undefined };
}

/** The same values, of which what is counted later is none. */
export function copyHistogram({ count, least, most, values, buckets }: Histogram): Histogram {
  return { count, least, most, values: values?.slice(), buckets: buckets && new Map(buckets) };
}

/** Counts a value. */
export function addValue(histogram: Histogram, value: number): void {
  histogram.count++;
  if (value < histogram.least) histogram.least = value;
  if (value > histogram.most) histogram.most = value;
  const { values } = histogram;
  if (values === undefined) {
    addToBucket(histogram.buckets!, bucketOf(value), 1);
  } else {
    values.push(value);
    if (values.length > MOST_EXACT) spill(histogram);
  }
}

/** Counts all values of another histogram. */
export function addHistogram(histogram: Histogram, other: Histogram): void {
  if (other.count === 0) return;
  if (histogram.values !== undefined && other.values !== undefined) {
    for (const value of other.values) addValue(histogram, value);
    return;
  }
  if (histogram.values !== undefined) spill(histogram);
  histogram.count += other.count;
  histogram.least = Math.min(histogram.least, other.least);
  histogram.most = Math.max(histogram.most, other.most);
  const buckets = histogram.buckets!;
  for (const value of other.values ?? []) addToBucket(buckets, bucketOf(value), 1);
  for (const [bucket, count] of other.buckets ?? []) addToBucket(buckets, bucket, count);
}

/** Whether every quantile is one of the values. */
export function isExact({ values }: Histogram): boolean {
  return values !== undefined;
}

/**
 * The least value that is not smaller than so many of all of them; `undefined` where there is none.
 *
 * @param parts - from 0 to 1: 0.5 for the median
 */
export function quantile(histogram: Histogram, parts: number): number | undefined {
  return quantiles(histogram, [parts])[0];
}

/** Several quantiles, in ascending order of their parts. */
export function quantiles({ count, least, most, values, buckets }: Histogram, parts: readonly number[]): number[] {
  if (count === 0) return [];
  const ranks = parts.map((part) => Math.min(count, Math.max(1, Math.ceil(part * count))));
  if (least === most) return ranks.map(() => least);
  if (values !== undefined) {
    for (let index = 0; index < values.length; index++) SCRATCH[index] = values[index]!;
    let from = 0;
    return ranks.map((rank) => {
      place(rank - 1, from, values.length - 1);
      from = rank - 1;
      return SCRATCH[from]!;
    });
  }
  const sorted = [...buckets!].sort(([a], [b]) => a - b);
  const found: number[] = [];
  let seen = 0;
  for (const [bucket, inBucket] of sorted) {
    seen += inBucket;
    while (found.length < ranks.length && ranks[found.length]! <= seen) {
      found.push(Math.max(least, Math.min(most, highestIn(bucket))));
    }
  }
  return found;
}

const SCRATCH = new Float64Array(MOST_EXACT);

/**
 * Moves values in the scratch, so that the one that is at an index in ascending order stands there, smaller ones before it and
 * larger ones after it. To sort all of them would take several times as long.
 */
function place(index: number, from: number, to: number): void {
  while (from < to) {
    const middle = SCRATCH[(from + to) >>> 1]!;
    let low = from;
    let high = to;
    while (low <= high) {
      while (SCRATCH[low]! < middle) low++;
      while (SCRATCH[high]! > middle) high--;
      if (low > high) break;
      const value = SCRATCH[low]!;
      SCRATCH[low++] = SCRATCH[high]!;
      SCRATCH[high--] = value;
    }
    if (index <= high) to = high;
    else if (index >= low) from = low;
    else return;
  }
}

function spill(histogram: Histogram): void {
  const buckets = new Map<number, number>();
  for (const value of histogram.values!) addToBucket(buckets, bucketOf(value), 1);
  histogram.values = undefined;
  histogram.buckets = buckets;
}

function addToBucket(buckets: Map<number, number>, bucket: number, count: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
}

/** The number of a value's bucket: below 128 the value itself, then 128 for each power of two. */
function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value;
  const exponent =
    value < WIDE ? 31 - Math.clz32(value) : WIDE_SHIFT + 31 - Math.clz32(Math.floor(value / 2 ** WIDE_SHIFT));
  const shift = exponent - BITS;
  return (shift + 1) * SUB_BUCKETS + (Math.floor(value / 2 ** shift) - SUB_BUCKETS);
}

/** The largest value of a bucket. */
function highestIn(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = Math.floor(bucket / SUB_BUCKETS) - 1;
  return ((bucket % SUB_BUCKETS) + SUB_BUCKETS + 1) * 2 ** shift - 1;
}
