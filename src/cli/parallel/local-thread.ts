import type { Io, Thread } from '../terminal/io.js';
import type { FromWorker, SharedWork, ToWorker } from './protocol.js';
import { startSharing } from './share-printing.js';

/** A share of the connections that the reading thread works on itself, whenever it would wait for the others. */
export class LocalThread implements Thread<ToWorker, FromWorker> {
  readonly #io: Io;
  readonly #queue: SharedWork[] = [];
  #work: ((work: SharedWork) => void) | undefined;
  #listener: (message: FromWorker) => void = () => undefined;

  constructor(io: Io) {
    this.#io = io;
  }

  /** Gets ready: to be waited for. */
  async begin(task: Parameters<typeof startSharing>[1]): Promise<void> {
    this.#work = await startSharing(this.#io, task, {
      carry: (bytes) => ({ bytes: new Uint8Array(bytes), buffer: undefined }),
      // Bytes of an event are views of memory that the next one uses again.
      post: (part) => this.#listener({ say: 'part', part: { ...part, objects: structuredClone(part.objects) } }),
    });
  }

  /** Does the next piece of its work. @returns whether there was one */
  help(): boolean {
    const work = this.#queue.shift();
    if (work === undefined) return false;
    this.#work!(work);
    return true;
  }

  post(message: ToWorker): void {
    if (message.say === 'epoch' || message.say === 'end') this.#queue.push(message);
  }

  onMessage(listener: (message: FromWorker) => void): void {
    this.#listener = listener;
  }

  onEnd(): void {
    // What it throws is thrown where it is asked to help.
  }

  terminate(): void {
    this.#queue.length = 0;
  }
}
