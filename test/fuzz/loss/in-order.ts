/** Which of the sent things a list of printed ones is. */
export interface Matching<T> {
  /** Places in what was sent. */
  readonly matched: ReadonlySet<number>;
  /** The first printed thing that is none of what was sent, or not in its turn. */
  readonly stranger: T | undefined;
}

/** Finds each printed thing among those that were sent, as early as it can be. */
export function inOrder<T>(printed: readonly T[], sent: readonly T[], agrees: (a: T, b: T) => boolean): Matching<T> {
  const matched = new Set<number>();
  let at = 0;
  for (const one of printed) {
    while (at < sent.length && !agrees(one, sent[at]!)) at++;
    if (at === sent.length) return { matched, stranger: one };
    matched.add(at++);
  }
  return { matched, stranger: undefined };
}

/** The same, as late as it can be. */
export function inOrderFromEnd<T>(
  printed: readonly T[],
  sent: readonly T[],
  agrees: (a: T, b: T) => boolean,
): Matching<T> {
  const { matched, stranger } = inOrder(printed.toReversed(), sent.toReversed(), agrees);
  return { matched: new Set([...matched].map((place) => sent.length - 1 - place)), stranger };
}
