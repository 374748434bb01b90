import type { IndexedConnection, SideNumbers } from './file-index.js';

/** Numbers that are further apart are not of one connection: a window, and what may be lost between two files. */
const FURTHEST_AHEAD = 2 ** 30;
const FURTHEST_BACK = 2 ** 24;

/**
 * Whether a connection in a file is the one that an earlier file has between the same ends.
 *
 * @param hasEnded - the earlier one had ended: only what comes late is of it
 */
export function goesOn(earlier: IndexedConnection, later: IndexedConnection, hasEnded: boolean): boolean {
  const sides = [0, 1] as const;
  if (later.hasSyn) {
    // A SYN that is sent again has the same number; it stands at the edge of two files, or nothing was captured before it.
    return sides.some((side) => isKnown(earlier, side) && later.numbers[side]?.[0] === earlier.numbers[side]![0]);
  }
  if (!hasEnded) return sides.every((side) => fits(earlier.numbers[side], later.numbers[side], FURTHEST_AHEAD));
  // What has ended sends no new data.
  return later.carries === 'nothing' || sides.every((side) => fits(earlier.numbers[side], later.numbers[side], 1));
}

/** What is known of the numbers of a connection after a later file. */
export function laterNumbers(earlier: IndexedConnection, later: IndexedConnection): IndexedConnection['numbers'] {
  const of = (side: 0 | 1): SideNumbers => {
    const [before, after] = [earlier.numbers[side], later.numbers[side]];
    return before === undefined || after === undefined ? (before ?? after) : [before[0], after[1]];
  };
  return [of(0), of(1)];
}

function isKnown({ numbers }: IndexedConnection, side: 0 | 1): boolean {
  return numbers[side] !== undefined;
}

function fits(earlier: SideNumbers, later: SideNumbers, ahead: number): boolean {
  if (earlier === undefined || later === undefined) return true;
  const distance = (later[1] - earlier[1]) | 0;
  return distance <= ahead && distance >= -FURTHEST_BACK;
}
