/** Items that only one of two lists has, between others that both have. */
export interface Hunk {
  readonly removed: { readonly start: number; readonly count: number };
  readonly added: { readonly start: number; readonly count: number };
}

/** Of one number of edits, by diagonals from the lowest one: how many items of the first list the way there has passed. */
type Reached = Int32Array;

const NOWHERE = -1;

/**
 * The shortest way from one list to another, as Myers finds it ("An O(ND) difference algorithm and its variations", 1986), in memory for
 * no more than the edits.
 *
 * @param length - items of the first list
 * @param newLength - items of the second one
 * @param isSame - whether an item of the first list is the same as one of the second
 * @returns `undefined` where it takes more than `most` edits
 */
export function edits(
  length: number,
  newLength: number,
  isSame: (item: number, other: number) => boolean,
  most: number,
): Hunk[] | undefined {
  const reached: Reached[] = [];
  // What has come to the end of one list does not go further on diagonals beyond.
  let [lowest, highest] = [-Infinity, Infinity];
  for (let count = 0; count <= Math.min(most, length + newLength); count++) {
    const now = new Int32Array(count + 1).fill(NOWHERE);
    for (let diagonal = Math.max(lowest, -count); diagonal <= Math.min(highest, count); diagonal += 2) {
      let at = count === 0 ? 0 : edit(reached[count - 1]!, count, diagonal, length, newLength).at;
      if (at === NOWHERE) continue;
      while (at < length && at - diagonal < newLength && isSame(at, at - diagonal)) at++;
      now[(diagonal + count) / 2] = at;
      if (at >= length && at - diagonal >= newLength) return hunksOf(reached, diagonal, at, newLength);
      if (at >= length) highest = Math.min(highest, diagonal - 1);
      if (at - diagonal >= newLength) lowest = Math.max(lowest, diagonal + 1);
    }
    reached.push(now);
  }
  return undefined;
}

/** The edit that leads furthest on a diagonal, after those before it. */
function edit(
  before: Reached,
  count: number,
  diagonal: number,
  length: number,
  newLength: number,
): { at: number; isAdded: boolean } {
  const place = (diagonal + count) / 2;
  const [remove, add] = [before[place - 1] ?? NOWHERE, before[place] ?? NOWHERE];
  const canRemove = remove !== NOWHERE && remove < length;
  const canAdd = add !== NOWHERE && add - diagonal <= newLength;
  const isAdded = canAdd && (!canRemove || remove < add);
  return { isAdded, at: isAdded ? add : canRemove ? remove + 1 : NOWHERE };
}

/** The way to the end of both lists, walked back from there. */
function hunksOf(reached: readonly Reached[], diagonal: number, length: number, newLength: number): Hunk[] {
  const found: Hunk[] = [];
  let [at, end, newEnd] = [length, length, newLength];
  const close = (): void => {
    const to = at - diagonal;
    if (at === end && to === newEnd) return;
    found.push({ removed: { start: at, count: end - at }, added: { start: to, count: newEnd - to } });
  };
  for (let count = reached.length; count > 0; count--) {
    const before = reached[count - 1]!;
    const { isAdded, at: from } = edit(before, count, diagonal, length, newLength);
    if (from < at) {
      close();
      [end, newEnd] = [from, from - diagonal];
    }
    at = isAdded ? from : from - 1;
    diagonal += isAdded ? 1 : -1;
  }
  close();
  return found.reverse();
}
