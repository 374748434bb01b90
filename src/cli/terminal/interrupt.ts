import type { Io } from './io.js';

/** After this, a live capture that goes on is left: the program before the pipe was not stopped with this one. */
const GRACE_MILLISECONDS = 1000;
/** How long reading may go on without a look at whether it is to stop. */
const LOOK_MILLISECONDS = 50;

/** Ctrl-C while inputs are read: reading stops, and what is known is told. A second one ends the program. */
export class Interrupt {
  readonly #io: Io;
  readonly #forget: (() => void) | undefined;
  #hasHappened = false;
  #wake: (() => void) | undefined;

  constructor(io: Io) {
    this.#io = io;
    this.#forget = io.onInterrupt?.(() => {
      this.#hasHappened = true;
      io.stopLiveSources?.();
      this.#wake?.();
    });
  }

  get hasHappened(): boolean {
    return this.#hasHappened;
  }

  /** Nothing is read any more: the next one ends the program. */
  close(): void {
    this.#forget?.();
  }

  /**
   * The chunks of an input until it is over or reading is to stop.
   *
   * @param isLive - a program writes it, which the same Ctrl-C stops, as it does in a pipe: what it still writes is read
   * @param stopped - called where there may be more that was not read
   */
  async *watch(source: AsyncIterable<Buffer>, isLive: boolean, stopped: () => void): AsyncGenerator<Buffer> {
    if (this.#forget === undefined) {
      yield* source;
      return;
    }
    const chunks = source[Symbol.asyncIterator]();
    let isWaiting = false;
    let looked = this.#io.now();
    try {
      for (;;) {
        if (this.#io.now() - looked > LOOK_MILLISECONDS) {
          // A file is read without a pause, in which no signal would be heard.
          await new Promise((resolve) => setImmediate(resolve));
          looked = this.#io.now();
        }
        if (this.#hasHappened && !isLive) {
          stopped();
          return;
        }
        isWaiting = true;
        const result = await this.#next(chunks, isLive).catch((error: unknown) => {
          isWaiting = false;
          throw error;
        });
        if (result === undefined) {
          stopped();
          return;
        }
        isWaiting = false;
        if (result.done === true) return;
        yield result.value;
      }
    } finally {
      // A read that does not come back cannot be waited for.
      if (isWaiting) this.#io.giveUpReading?.();
      else await chunks.return?.();
    }
  }

  /** The next chunk; `undefined` where it was waited for in vain. */
  #next(chunks: AsyncIterator<Buffer>, isLive: boolean): Promise<IteratorResult<Buffer> | undefined> {
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const wait = (): void => {
        timer = setTimeout(() => resolve(undefined), isLive ? GRACE_MILLISECONDS : 0);
      };
      this.#wake = wait;
      if (this.#hasHappened) wait();
      chunks
        .next()
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          if (this.#wake === wait) this.#wake = undefined;
        });
    });
  }
}
