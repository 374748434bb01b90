/** Numbers of an entry: its step, the second, and how many messages. */
const ENTRY = 3;
const FIRST = 1024;

/** How many messages came in which second of the clock, with the steps that they came in. */
export class SecondsLog {
  #entries = new Float64Array(FIRST * ENTRY);
  #length = 0;
  /** The last of steps in a row that no other thread had one between. */
  #lastStep = -2;
  #isRunOpen = false;

  /** Counts a message. */
  add(step: number, second: number): void {
    const entries = this.#entries;
    const last = this.#length - ENTRY;
    if (this.#isRunOpen && step <= this.#lastStep + 1 && entries[last + 1] === second) {
      entries[last + 2] = entries[last + 2]! + 1;
      return;
    }
    if (this.#length === entries.length) {
      this.#entries = new Float64Array(2 * entries.length);
      this.#entries.set(entries);
    }
    const at = this.#length;
    this.#entries[at] = step;
    this.#entries[at + 1] = second;
    this.#entries[at + 2] = 1;
    this.#length = at + ENTRY;
    this.#lastStep = step - 1;
    this.#isRunOpen = true;
  }

  /** A step is over. */
  stepOver(step: number): void {
    if (step > this.#lastStep + 1) this.#isRunOpen = false;
    this.#lastStep = step;
  }

  /** Takes all entries; `undefined` where there are none. */
  take(): Float64Array | undefined {
    if (this.#length === 0) return undefined;
    const taken = this.#entries.slice(0, this.#length);
    this.#length = 0;
    this.#isRunOpen = false;
    return taken;
  }
}

/** Gives what several threads have logged in the order of the steps. */
export function mergeSeconds(logs: readonly Float64Array[], take: (second: number, count: number) => void): void {
  const only = logs[0]?.[1];
  if (only !== undefined && logs.every((log) => isOf(log, only))) {
    // Most epochs are within one second: then the order makes no difference.
    take(
      only,
      logs.reduce((sum, log) => sum + countOf(log), 0),
    );
    return;
  }
  const at = logs.map(() => 0);
  for (;;) {
    let next = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let log = 0; log < logs.length; log++) {
      const step = logs[log]![at[log]!];
      if (step === undefined || step >= least) continue;
      least = step;
      next = log;
    }
    if (next < 0) return;
    const from = at[next]!;
    take(logs[next]![from + 1]!, logs[next]![from + 2]!);
    at[next] = from + ENTRY;
  }
}

function isOf(log: Float64Array, second: number): boolean {
  for (let at = 1; at < log.length; at += ENTRY) if (log[at] !== second) return false;
  return true;
}

function countOf(log: Float64Array): number {
  let count = 0;
  for (let at = 2; at < log.length; at += ENTRY) count += log[at]!;
  return count;
}
