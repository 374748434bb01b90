/** What ends the sources that are being read, other than files and standard input. */
const stoppers = new Set<() => void>();

/** Has something called when reading is to stop. @returns what takes that back */
export function stopWith(stop: () => void): () => void {
  stoppers.add(stop);
  return () => void stoppers.delete(stop);
}

/** Has the sources end that would go on by themselves: what they have given by then is read. */
export function stopLiveSources(): void {
  for (const stop of stoppers) stop();
}

const losses: string[] = [];

/** Something was lost while capturing, of which the capture itself says nothing. */
export function noteLoss(what: string): void {
  losses.push(what);
}

/** What was noted since the last call. */
export function takeLosses(): string[] {
  return losses.splice(0);
}
