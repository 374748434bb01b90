import { crc32, createInflateRaw } from '../../common/node/zlib.js';
import type { ChunkInput } from '../chunk-input.js';

/** Compressed bytes that are processed at a time: zlib drops what it made of those before the place of the damage. */
const DEFLATED_AT_A_TIME = 32 * 1024;
/** Bytes that are inflated at a time; where the data is damaged, at most this many before the damage are lost. */
const INFLATED_AT_A_TIME = 64 * 1024;

/** What inflating came to. */
export interface Inflated {
  /** CRC-32 of all inflated bytes. */
  readonly crc: number;
  readonly length: number;
  /** What zlib says is wrong, where the data is damaged or ends early. */
  readonly error: string | undefined;
}

/**
 * Inflates one DEFLATE stream (RFC 1951) from an input; what follows the stream is left in the input.
 *
 * Node's own gunzip drops what it has inflated when other bytes follow a member, so the members are told apart here.
 * One chunk is in progress at a time: nothing is read ahead, and nothing waits for the source when the caller stops.
 */
export async function* inflateMember(input: ChunkInput): AsyncGenerator<Buffer, Inflated> {
  const work = new InflateWork();
  let crc = 0;
  let length = 0;
  try {
    for (;;) {
      const chunk = await input.nextBlock(DEFLATED_AT_A_TIME);
      work.give(chunk);
      for (let bytes = await work.take(); bytes !== undefined; bytes = await work.take()) {
        crc = crc32(bytes, crc);
        length += bytes.length;
        yield bytes;
      }
      const unused = chunk === undefined ? 0 : chunk.length - work.used;
      if (chunk !== undefined && work.error === undefined && unused > 0) {
        input.putBack(chunk.subarray(chunk.length - unused));
        return { crc, length, error: undefined };
      }
      if (chunk === undefined || work.error !== undefined) return { crc, length, error: work.error };
    }
  } finally {
    work.stop();
  }
}

/** One zlib stream, worked chunk by chunk. */
class InflateWork {
  readonly #stream = createInflateRaw({ chunkSize: INFLATED_AT_A_TIME });
  #error: string | undefined;
  /** The chunk that was given is used up. */
  #isDone = true;
  #usedBefore = 0;
  #wake = (): void => {};

  constructor() {
    this.#stream.on('readable', () => this.#wake());
    this.#stream.on('end', () => this.#done());
    this.#stream.on('error', (error) => this.#done(error));
  }

  /** What zlib says is wrong with the data. */
  get error(): string | undefined {
    return this.#error;
  }

  /** Bytes of the chunk that belonged to the DEFLATE stream; fewer than it has where the stream has ended. */
  get used(): number {
    return this.#stream.bytesWritten - this.#usedBefore;
  }

  /** Begins with a chunk, or with the end of the input. */
  give(chunk: Buffer | undefined): void {
    this.#usedBefore = this.#stream.bytesWritten;
    this.#isDone = false;
    if (chunk === undefined) this.#stream.end();
    else this.#stream.write(chunk, (error) => this.#done(error));
  }

  /** The next inflated bytes; `undefined` where the chunk has no more. */
  async take(): Promise<Buffer | undefined> {
    for (;;) {
      const bytes = this.#stream.read() as Buffer | null;
      if (bytes !== null) return bytes;
      if (this.#isDone) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  stop(): void {
    this.#stream.destroy();
  }

  #done(error?: Error | null): void {
    this.#error ??= error?.message;
    this.#isDone = true;
    this.#wake();
  }
}
