/**
 * Notes where a decision hangs on what all connections of a capture keep together: a total, or how many of them there are.
 *
 * Connections that are worked on in several threads tell late what they no longer need. Until then more is counted than one
 * thread would count, which makes no difference as long as no such decision falls.
 */
export class LimitUse {
  #decisions = 0;
  #hasForgotten = false;
  #reached: string | undefined = undefined;

  /** Decisions so far. */
  get decisions(): number {
    return this.#decisions;
  }

  /** Whether a connection was forgotten that had ended: the one that ended first. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  /** The first limit at which a thread by itself may decide otherwise; `undefined` where none was reached. */
  get reached(): string | undefined {
    return this.#reached;
  }

  /** A decision falls that more or less of what is kept may change. */
  decide(): void {
    this.#decisions++;
  }

  /** Of the connections that have ended, the first is forgotten. */
  forget(): void {
    this.#hasForgotten = true;
    this.decide();
  }

  /** A limit is reached of which it is not known here whether one thread would reach it. */
  reach(limit: string): void {
    this.#reached ??= limit;
  }
}
