import { WsdissectError, type ErrorCode } from '../../common/error.js';
import { Said } from '../../diff/said.js';
import { TemporaryFile } from '../../export/spool.js';
import type { ReadSaid } from '../commands/checking/read-said.js';
import type { Io, Thread } from '../terminal/io.js';
import type { FromWorker, SaidTask, ToWorker } from './protocol.js';
import { worldOf } from './worker-world.js';

/** Reads one of the two inputs of `diff` in a thread of its own. */
export class SaidThread {
  readonly #io: Io;
  readonly #thread: Thread<ToWorker, FromWorker>;
  /** Threads of a process share what is open. */
  readonly #file = new TemporaryFile();
  readonly #said: Promise<ReadSaid>;
  readonly #forget: (() => void) | undefined;
  /** What goes to stderr when its turn comes. */
  #reports = '';
  #writes = true;
  #isClosed = false;

  constructor(io: Io, task: Omit<SaidTask, 'descriptor'>) {
    this.#io = io;
    this.#thread = io.threads!.start(worldOf(io));
    this.#said = new Promise((resolve, reject) => {
      const fail: (error: unknown) => void = reject;
      this.#thread.onEnd((error) => {
        if (this.#isClosed && this.#writes) this.#file.close();
        this.#writes = false;
        fail(error);
      });
      this.#thread.onMessage((message) => {
        if (message.say === 'report') this.#reports += message.text;
        if (message.say === 'failed')
          reject(new WsdissectError(message.error.code as ErrorCode, message.error.message));
        if (message.say !== 'said') return;
        this.#writes = false;
        const { said, exitCode } = message;
        resolve({ said: said && new Said(this.#file.descriptor, said), exitCode });
      });
    });
    // It may fail before anybody waits for it.
    this.#said.catch(() => undefined);
    this.#forget = io.onInterrupt?.(() => this.#thread.post({ say: 'interrupt' }));
    this.#thread.post({ say: 'said', task: { ...task, descriptor: this.#file.descriptor } });
  }

  /** What it said, until this is closed. What is told of it goes to stderr now. */
  async take(): Promise<ReadSaid> {
    try {
      return await this.#said;
    } finally {
      this.#io.report(this.#reports);
    }
  }

  close(): void {
    this.#forget?.();
    this.#isClosed = true;
    this.#thread.terminate();
    // As long as it writes, what is opened next must not have the same number.
    if (!this.#writes) this.#file.close();
  }
}
