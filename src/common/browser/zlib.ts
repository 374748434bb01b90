import { BrowserBuffer } from './global-buffer.js';
import { DamagedDeflate, InflateStream } from './inflate.js';

/** There is no decoder of Zstandard: the one in JavaScript is used. */
export const zstdOfNode = { constants: {} };

const CRC = new Uint32Array(256).map((_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32, as gzip has it. @param before - that of the bytes before */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}

type Listener = (error?: Error) => void;

/** What is used of Node's stream of this name. All is done when it is asked for, so there is nothing to wait for. */
class InflateRaw {
  /** Bytes that belonged to the stream. */
  bytesWritten = 0;
  readonly #work = new InflateStream();
  readonly #listeners = new Map<string, Listener>();
  #ready: Uint8Array[] = [];

  on(name: string, listener: Listener): this {
    this.#listeners.set(name, listener);
    return this;
  }

  write(chunk: Uint8Array, done: (error?: Error) => void): void {
    try {
      this.#ready.push(...this.#work.push(chunk));
      this.bytesWritten += this.#work.isOver ? this.#work.used : chunk.length;
      done();
    } catch (error) {
      if (!(error instanceof DamagedDeflate)) throw error;
      this.#ready.push(...this.#work.take());
      done(error);
    }
  }

  end(): void {
    this.#listeners.get('error')!(new DamagedDeflate('unexpected end of file'));
  }

  read(): BrowserBuffer | null {
    const bytes = this.#ready.shift();
    return bytes === undefined ? null : BrowserBuffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  destroy(): void {
    this.#ready = [];
  }
}

/** Inflates DEFLATE that comes in chunks. */
export function createInflateRaw(): InflateRaw {
  return new InflateRaw();
}
