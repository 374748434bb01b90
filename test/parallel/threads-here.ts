import type { EpochPart } from '../../src/parallel/protocol.js';
import { sayWhatWasSaid } from '../../src/cli/parallel/makers/say.js';
import { startSharing } from '../../src/cli/parallel/share-printing.js';
import type { FromWorker, SharedWork, ToWorker } from '../../src/cli/parallel/protocol.js';
import type { Io, Thread } from '../../src/cli/terminal/io.js';

/**
 * Threads that are none: each works when the others wait, with copies of all messages, as threads have them. What is shared
 * memory stays shared.
 *
 * @param turn - called between an epoch and the one after it
 */
export function threadsHere(io: Io, turn: (thread: number) => Promise<unknown>): NonNullable<Io['threads']> {
  let started = 0;
  return {
    cores: () => 4,
    start: <To, From>() => new ThreadHere(io, started++, turn) as unknown as Thread<To, From>,
  };
}

class ThreadHere implements Thread<ToWorker, FromWorker> {
  readonly #io: Io;
  readonly #number: number;
  readonly #turn: (thread: number) => Promise<unknown>;
  #listener: (message: FromWorker) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #run: ((work: SharedWork) => void) | undefined;
  #work = Promise.resolve();
  #isOver = false;

  constructor(io: Io, number: number, turn: (thread: number) => Promise<unknown>) {
    this.#io = io;
    this.#number = number;
    this.#turn = turn;
  }

  post(message: ToWorker): void {
    const copy = structuredClone(message);
    this.#work = this.#work.then(() => this.#hear(copy)).catch((error: unknown) => this.#fail(error));
  }

  async #hear(message: ToWorker): Promise<void> {
    if (this.#isOver) return;
    if (message.say === 'share') {
      this.#run = await startSharing(this.#io, message.task, {
        carry: (bytes) => ({ bytes: new Uint8Array(bytes), buffer: undefined }),
        post: (part) => this.#say(part),
      });
    } else if (message.say === 'epoch') {
      await this.#turn(this.#number);
      // The memory is used again as soon as the epoch is over: whoever keeps bytes copies them.
      const slab = new SharedArrayBuffer(message.epoch.slab.byteLength);
      const bytes = new Uint8Array(slab);
      bytes.set(new Uint8Array(message.epoch.slab));
      this.#run!({ say: 'epoch', epoch: { ...message.epoch, slab } });
      bytes.fill(0xdb);
    } else if (message.say === 'end') {
      this.#run!(message);
    } else if (message.say === 'said') {
      const io: Io = { ...this.#io, report: (text) => this.#tell({ say: 'report', text }) };
      this.#tell(structuredClone(await sayWhatWasSaid(io, message.task)));
    }
  }

  #say(part: EpochPart): void {
    this.#tell({ say: 'part', part: structuredClone(part) });
  }

  #tell(message: FromWorker): void {
    setImmediate(() => this.#listener(message));
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#listener = listener;
  }

  onEnd(listener: (error: unknown) => void): void {
    this.#fail = listener;
  }

  terminate(): void {
    this.#isOver = true;
  }
}
