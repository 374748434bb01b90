import type { DissectEvent } from '../events.js';
import { TRIALS } from '../tls/trial-budget.js';
import type { EpochPart, PartSeen, PartUse } from './protocol.js';
import type { OwnEvent, WrittenEpoch } from './shared-connections.js';

/** What takes what all threads have given, in the order of one. */
export interface MergedListener {
  /** The next bytes: a view that must not be kept. */
  bytes(bytes: Uint8Array): Promise<void> | undefined;
  /** The next event: a finding, or a connection that was refused. @param isOwn - it is of this thread */
  event(event: DissectEvent, isOwn: boolean): Promise<void> | undefined;
  /** The next of what threads have made of events. */
  piece(piece: unknown): Promise<void> | undefined;
  /** A record of text begins, or is left out. */
  start(part: EpochPart, index: number): void;
  /** What a thread has seen besides. */
  seen(seen: PartSeen): void;
  /** All of a part of a thread is taken. */
  taken(thread: number, part: EpochPart): void;
  /** Does work of this thread that others would wait for. @returns whether there was any */
  help(): boolean;
  /** What became of connections. @returns why one thread might have decided otherwise */
  news(thread: number, news: readonly number[], epoch: WrittenEpoch): string | undefined;
  /** All of an epoch is taken. */
  over(epoch: WrittenEpoch): void;
}

/** One thread alone has to read the capture: what several would give may differ from what it would. */
export class OneThreadNeeded extends Error {
  readonly why: string;

  constructor(why: string) {
    super(why);
    this.why = why;
    this.name = 'OneThreadNeeded';
  }
}

/** What one thread has given of the first epoch and what comes after it. */
interface ThreadParts {
  parts: EpochPart[];
  /** Place in the order of the first part, and where its bytes begin that were not taken. */
  next: number;
  start: number;
  /** The bytes of the first part, in memory of this thread. */
  bytes: Uint8Array;
  /** Memory for these. */
  memory: Uint8Array;
  use: PartUse;
  /** Sessions that were missed before the epoch. */
  missedBefore: number;
}

const UNUSED: PartUse = { peak: 0, held: 0, trials: 0, sessions: 0, missedSessions: 0, fractions: [] };
const LAST = Number.POSITIVE_INFINITY;
const NO_BYTES = new Uint8Array(0);

/**
 * Puts together what the threads give: by the numbers of the steps, which are the order in which one thread would have
 * worked. Nothing passes before every thread has come as far, and before it is known that all of them together used no more
 * of what they share than there is.
 */
export class MergedParts {
  readonly #threads: ThreadParts[];
  readonly #limit: number;
  readonly #listener: MergedListener;
  readonly #epochs: WrittenEpoch[] = [];
  /** Own events of the first epoch that were taken. */
  #ownTaken = 0;
  /** What the threads use is known to be no more than there is. */
  #isVerified = false;
  #wake: (() => void) | undefined;
  #failure: unknown;
  #hasFailed = false;

  /** @param limit - bytes that may wait in all */
  constructor(threads: number, limit: number, listener: MergedListener) {
    this.#threads = Array.from({ length: threads }, () => ({
      parts: [],
      next: 0,
      start: 0,
      bytes: NO_BYTES,
      memory: NO_BYTES,
      use: UNUSED,
      missedBefore: 0,
    }));
    this.#limit = limit;
    this.#listener = listener;
  }

  /** Steps of an epoch are on their way to the threads. */
  add(epoch: WrittenEpoch): void {
    this.#epochs.push(epoch);
    this.#wake?.();
  }

  /** A thread has something of an epoch. */
  part(thread: number, part: EpochPart): void {
    this.#threads[thread]!.parts.push(part);
    this.#wake?.();
  }

  /** Nothing more comes, for a reason that ends everything. */
  fail(error: unknown): void {
    this.#failure = error;
    this.#hasFailed = true;
    this.#wake?.();
  }

  /**
   * Passes on what has come, until no more epochs than this wait.
   *
   * @throws OneThreadNeeded
   */
  async drain(most: number): Promise<void> {
    while (this.#epochs.length > 0) {
      const epoch = this.#epochs[0]!;
      for (;;) {
        if (this.#hasFailed) throw this.#failure;
        const thread = this.#nextThread(epoch);
        if (thread === undefined) {
          if (this.#epochs.length <= most) return;
          if (this.#listener.help()) continue;
          await new Promise<void>((resolve) => (this.#wake = resolve));
          this.#wake = undefined;
        } else if (thread === 'over') {
          this.#end(epoch);
          break;
        } else {
          const waiting = this.#pass(epoch, thread);
          if (waiting !== undefined) await waiting;
        }
      }
    }
  }

  /** Who has what is next: a thread, -1 for this one. @returns `undefined` where it is not known yet */
  #nextThread(epoch: WrittenEpoch): number | 'over' | undefined {
    let least = this.#ownStep(epoch);
    let next = least === LAST ? undefined : -1;
    for (const thread of this.#threads.keys()) {
      const step = this.#stepOf(thread, epoch);
      if (step === undefined) return undefined;
      if (step >= least) continue;
      least = step;
      next = thread;
    }
    return next ?? 'over';
  }

  #ownStep({ events }: WrittenEpoch): number {
    return events[this.#ownTaken]?.step ?? LAST;
  }

  /** The step of what is next in a thread; `undefined` where it has not come yet. */
  #stepOf(thread: number, epoch: WrittenEpoch): number | undefined {
    if (epoch.epochs[thread] === undefined) return LAST;
    const all = this.#threads[thread]!;
    for (;;) {
      const [part] = all.parts;
      if (part === undefined) return undefined;
      if (all.next === 0 && all.start === 0) this.#take(thread, part, epoch);
      if (all.next < part.order.length) return part.order[all.next]!;
      if (part.isDone) return LAST;
      this.#drop(thread);
    }
  }

  /** A part is the next one of its thread: what it says besides is taken before anything of it passes. */
  #take(thread: number, part: EpochPart, epoch: WrittenEpoch): void {
    const all = this.#threads[thread]!;
    if (part.use === all.use) return;
    all.use = part.use;
    if (part.bytes !== undefined) takeBytes(all, part.bytes);
    this.#isVerified = false;
    this.#listener.seen(part.seen);
    const doubt = this.#listener.news(thread, part.news, epoch);
    if (doubt !== undefined) throw new OneThreadNeeded(doubt);
  }

  #drop(thread: number): void {
    const all = this.#threads[thread]!;
    const part = all.parts.shift();
    if (part !== undefined) this.#listener.taken(thread, part);
    all.next = 0;
    all.start = 0;
  }

  /** Passes on the next of a thread, and what comes after it, up to what another one has. */
  #pass(epoch: WrittenEpoch, thread: number): Promise<void> | undefined {
    if (!this.#isVerified) this.#verify(epoch);
    if (thread < 0) return this.#passOwn(epoch.events[this.#ownTaken++]!);
    let until = this.#ownStep(epoch);
    for (const other of this.#threads.keys()) {
      if (other !== thread) until = Math.min(until, this.#stepOf(other, epoch) ?? 0);
    }
    const all = this.#threads[thread]!;
    const part = all.parts[0]!;
    const { order } = part;
    const { start } = all;
    let end = start;
    while (all.next < order.length && order[all.next]! < until) {
      const to = order[all.next + 1]!;
      if (to < 0) {
        if (end > start) break;
        all.next += 2;
        if (to % 2 === 0) {
          this.#listener.start(part, (-2 - to) / 2);
          continue;
        }
        const { event, piece } = part.objects[(-1 - to) / 2]!;
        return event === undefined ? this.#listener.piece(piece) : this.#listener.event(event, false);
      }
      end = to;
      all.next += 2;
    }
    if (end === start) return undefined;
    all.start = end;
    return this.#listener.bytes(all.bytes.subarray(start, end));
  }

  #passOwn({ event, late }: OwnEvent): Promise<void> | undefined {
    return late?.isFollowed === false ? undefined : this.#listener.event(event, true);
  }

  /** Whether all together used no more than there is, as far as they have come. */
  #verify(epoch: WrittenEpoch): void {
    this.#isVerified = true;
    let held = epoch.peak;
    let trials = 0;
    let sessions = 0;
    let missing = 0;
    const fractions: number[] = [];
    for (const [thread, { use, missedBefore }] of this.#threads.entries()) {
      for (let index = 0; index < use.fractions.length; index++)
        fractions[index] = (fractions[index] ?? 0) + use.fractions[index]!;
      held += epoch.epochs[thread] === undefined ? use.held : use.peak;
      trials += use.trials;
      sessions += use.sessions;
      if (use.missedSessions > missedBefore) missing++;
    }
    if (held > this.#limit) throw new OneThreadNeeded('together, the threads hold more than the limit');
    if (trials > TRIALS) throw new OneThreadNeeded('together, the threads try more records than the limit');
    if (fractions.some((fraction) => fraction >= 1)) {
      throw new OneThreadNeeded('together, the threads take more than the limit of calls or names');
    }
    if (missing > 0 && this.#threads.length > 1 && sessions > 0) {
      throw new OneThreadNeeded('a session of TLS may be known to another thread');
    }
  }

  #end(epoch: WrittenEpoch): void {
    this.#verify(epoch);
    for (const [thread, all] of this.#threads.entries()) {
      if (epoch.epochs[thread] !== undefined) this.#drop(thread);
      all.missedBefore = all.use.missedSessions;
    }
    this.#epochs.shift();
    this.#isVerified = false;
    this.#ownTaken = 0;
    this.#listener.over(epoch);
  }
}

/** All at once: from shared memory, V8 copies what does not lie at a multiple of eight byte by byte. */
function takeBytes(all: ThreadParts, bytes: Uint8Array): void {
  const { length } = bytes;
  if (!(bytes.buffer instanceof SharedArrayBuffer)) {
    all.bytes = bytes;
    return;
  }
  if (all.memory.length < length) all.memory = new Uint8Array(length);
  all.memory.set(bytes);
  all.bytes = all.memory.subarray(0, length);
}
