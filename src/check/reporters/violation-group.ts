import type { Violation } from '../report.js';
import { placeOf } from './wording.js';

/** Violations of one rule in one capture, in the order in which they were found. */
export type ViolationGroup = readonly [Violation, ...Violation[]];

/** Places that are named of what comes again. */
const MOST_PLACES = 5;

/** The violations by rule; rules stand in the order of their first violations. */
export function groupsOf(violations: readonly Violation[]): ViolationGroup[] {
  const byRule = new Map<string, [Violation, ...Violation[]]>();
  for (const violation of violations) {
    const { verdict, finding } = violation;
    // What is allowed for one rule is allowed for all of it, but severities may differ.
    const key = `${finding.code} ${finding.severity} ${verdict}`;
    const group = byRule.get(key);
    if (group === undefined) byRule.set(key, [violation]);
    else group.push(violation);
  }
  return [...byRule.values()];
}

/**
 * Lines on where the others of a group are; none where all of it is told. They are safe to print.
 *
 * @param told - how many, the first ones, are told with all that is known of them
 */
export function otherPlaces(group: ViolationGroup, arrow: string, told = 1): string[] {
  const others = group.slice(told);
  if (others.length === 0) return [];
  const places = others.slice(0, MOST_PLACES).map((other) => placeOf(other, arrow) || 'a place that is not known');
  const more = others.length > MOST_PLACES ? ['...'] : [];
  return [`and ${others.length} more of this kind:`, ...places, ...more];
}
