/** Bytes of a part that fit into a shared buffer. */
const LENGTH = 384 * 1024;
/**
 * Buffers of one thread: so many parts may be on their way, more than an epoch gives. With fewer the threads wait for each
 * other in turns. Memory is taken when a buffer is first used.
 */
const COUNT = 40;

/** Memory in which a thread sends bytes: it is used again when they are taken. */
export interface PartMemory {
  readonly buffers: readonly SharedArrayBuffer[];
  /** For each buffer whether it is in use, then a number that changes when one is given back. */
  readonly state: SharedArrayBuffer;
}

/** Makes the memory of one thread. */
export function createPartMemory(): PartMemory {
  return {
    buffers: Array.from({ length: COUNT }, () => new SharedArrayBuffer(LENGTH)),
    state: new SharedArrayBuffer((COUNT + 1) * Int32Array.BYTES_PER_ELEMENT),
  };
}

/** Bytes that go to another thread, and the buffer in which they are: it is to be given back, even where they do not lie there. */
export interface SentBytes {
  readonly bytes: Uint8Array;
  readonly buffer: number | undefined;
}

/** Takes and gives back the buffers of one thread. */
export class PartBuffers {
  readonly #buffers: readonly Uint8Array[];
  readonly #state: Int32Array<SharedArrayBuffer>;

  constructor({ buffers, state }: PartMemory) {
    this.#buffers = buffers.map((buffer) => new Uint8Array(buffer));
    this.#state = new Int32Array(state);
  }

  /** Copies bytes into a buffer. Waits until one is free; what does not fit into one has memory of its own. */
  fill(bytes: Uint8Array): SentBytes {
    const buffer = this.#claim();
    const { length } = bytes;
    if (length > LENGTH) return { bytes: new Uint8Array(bytes), buffer };
    const memory = this.#buffers[buffer]!;
    memory.set(bytes);
    return { bytes: memory.subarray(0, length), buffer };
  }

  /** The bytes in a buffer were taken. */
  giveBack(buffer: number): void {
    Atomics.store(this.#state, buffer, 0);
    Atomics.add(this.#state, COUNT, 1);
    Atomics.notify(this.#state, COUNT);
  }

  #claim(): number {
    for (;;) {
      const changes = Atomics.load(this.#state, COUNT);
      for (let buffer = 0; buffer < COUNT; buffer++) {
        if (Atomics.compareExchange(this.#state, buffer, 0, 1) === 0) return buffer;
      }
      Atomics.wait(this.#state, COUNT, changes);
    }
  }
}
