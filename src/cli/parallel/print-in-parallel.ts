import { Spool } from '../../export/spool.js';
import { EXIT_OK } from '../exit-code.js';
import type { CaptureFile } from '../input/capture-files.js';
import type { Io, Thread } from '../terminal/io.js';
import type { FromWorker, Printing, ToWorker } from './protocol.js';
import { worldOf } from './worker-world.js';

/**
 * Prints inputs in several threads, one input after the other in each. What they print goes out in the order of the
 * inputs, so that it is the same for any number of threads; what comes before its turn is put by.
 *
 * @returns the exit code
 */
export async function printInParallel(
  io: Io,
  printing: Printing,
  inputs: readonly CaptureFile[],
  jobs: number,
): Promise<number> {
  const run = new ParallelPrinting(io, printing, inputs);
  const forget = io.onInterrupt?.(() => run.interrupt());
  try {
    return await run.run(jobs);
  } finally {
    forget?.();
    run.close();
  }
}

type PrintingWorker = Thread<ToWorker, FromWorker>;

class ParallelPrinting {
  readonly #io: Io;
  readonly #printing: Printing;
  readonly #inputs: readonly CaptureFile[];
  readonly #workers: PrintingWorker[] = [];
  readonly #spool = new Spool<number>();
  /** What goes to stderr of each input, when its turn comes. */
  readonly #reports = new Map<number, string>();
  readonly #exitCodes = new Map<number, number>();
  #next = 0;
  /** The input whose output goes out. */
  #current = 0;
  #isInterrupted = false;
  /** What is written after what was written before. */
  #writing = Promise.resolve();
  #succeed!: (exitCode: number) => void;
  #fail!: (error: unknown) => void;

  constructor(io: Io, printing: Printing, inputs: readonly CaptureFile[]) {
    this.#io = io;
    this.#printing = printing;
    this.#inputs = inputs;
  }

  run(jobs: number): Promise<number> {
    const world = worldOf(this.#io);
    return new Promise((resolve, reject) => {
      this.#succeed = resolve;
      this.#fail = reject;
      for (let number = 0; number < jobs; number++) this.#start(this.#io.threads!.start(world));
    });
  }

  /** Reading stops; what is known is printed. */
  interrupt(): void {
    this.#isInterrupted = true;
    for (const worker of this.#workers) worker.post({ say: 'interrupt' });
  }

  close(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#spool.close();
  }

  #start(worker: PrintingWorker): void {
    this.#workers.push(worker);
    let given = -1;
    worker.onMessage((message) => {
      // By the time that it is written the thread may have the next input.
      const input = given;
      switch (message.say) {
        case 'write':
          this.#then(() => this.#write(input, worker, message.bytes));
          return;
        case 'report':
          this.#then(() => this.#report(input, message.text));
          return;
        case 'part':
        case 'said':
        case 'failed':
          throw new Error('this thread prints whole inputs');
        case 'done':
          this.#then(() => this.#end(input, message.exitCode));
          given = this.#give(worker);
      }
    });
    worker.onEnd((error) => this.#fail(error));
    given = this.#give(worker);
  }

  /** @returns the number of the input that a thread is given */
  #give(worker: PrintingWorker): number {
    const index = this.#isInterrupted ? this.#inputs.length : this.#next++;
    const input = this.#inputs[index];
    if (input === undefined) return -1;
    const { error, ...rest } = input;
    worker.post({
      say: 'print',
      task: { printing: this.#printing, input: rest, index, isOne: this.#inputs.length === 1 },
      ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    });
    return index;
  }

  #then(action: () => Promise<void> | undefined): void {
    this.#writing = this.#writing.then(action);
    this.#writing.catch((error: unknown) => this.#fail(error));
  }

  #write(index: number, worker: PrintingWorker, bytes: Uint8Array): Promise<void> | undefined {
    if (index !== this.#current) {
      this.#spool.append(index, bytes);
      worker.post({ say: 'taken' });
      return undefined;
    }
    const waiting = this.#io.write(bytes);
    if (waiting === undefined) worker.post({ say: 'taken' });
    return waiting?.then(() => worker.post({ say: 'taken' }));
  }

  #report(index: number, text: string): undefined {
    if (index === this.#current) this.#io.report(text);
    else this.#reports.set(index, (this.#reports.get(index) ?? '') + text);
    return undefined;
  }

  async #end(index: number, exitCode: number): Promise<void> {
    this.#exitCodes.set(index, exitCode);
    while (this.#exitCodes.has(this.#current)) {
      this.#current++;
      for (const bytes of this.#spool.take(this.#current)) await this.#io.write(bytes);
      this.#io.report(this.#reports.get(this.#current) ?? '');
      this.#reports.delete(this.#current);
    }
    const isOver = this.#isInterrupted
      ? this.#exitCodes.size === Math.min(this.#next, this.#inputs.length)
      : this.#current === this.#inputs.length;
    // That an input could not be read says more than that something in another one is missing.
    if (isOver) this.#succeed(Math.max(EXIT_OK, ...this.#exitCodes.values()));
  }
}
