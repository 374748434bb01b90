import { WsdissectError, type ErrorCode } from '../../common/error.js';
import type { ReadSaid } from '../commands/checking/read-said.js';
import type { Io, Thread } from '../terminal/io.js';
import type { FromWorker, SaidTask, ToWorker } from './protocol.js';
import { worldOf } from './worker-world.js';

/** Reads one of the two inputs of `diff` in a thread of its own. */
export class SaidThread {
  readonly #io: Io;
  readonly #thread: Thread<ToWorker, FromWorker>;
  readonly #said: Promise<ReadSaid>;
  readonly #forget: (() => void) | undefined;
  /** What goes to stderr when its turn comes. */
  #reports = '';

  constructor(io: Io, task: SaidTask) {
    this.#io = io;
    this.#thread = io.threads!.start(worldOf(io));
    this.#said = new Promise((resolve, reject) => {
      this.#thread.onEnd(reject);
      this.#thread.onMessage((message) => {
        if (message.say === 'report') this.#reports += message.text;
        if (message.say !== 'said') return;
        const { said, error } = message;
        if (said !== undefined) resolve(said);
        else reject(new WsdissectError(error!.code as ErrorCode, error!.message));
      });
    });
    // It may fail before anybody waits for it.
    this.#said.catch(() => undefined);
    this.#forget = io.onInterrupt?.(() => this.#thread.post({ say: 'interrupt' }));
    this.#thread.post({ say: 'said', task });
  }

  /** What it said. What is told of it goes to stderr now. */
  async take(): Promise<ReadSaid> {
    try {
      return await this.#said;
    } finally {
      this.#io.report(this.#reports);
    }
  }

  close(): void {
    this.#forget?.();
    this.#thread.terminate();
  }
}
