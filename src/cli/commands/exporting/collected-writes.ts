import type { OutputFile } from './output-file.js';

const WRITE_LENGTH = 64 * 1024;

/** Bytes that are collected until there are enough of them to be written. */
export class CollectedWrites {
  readonly #file: OutputFile;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(file: OutputFile) {
    this.#file = file;
  }

  add(bytes: Buffer): Promise<void> | undefined {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    return this.#length >= WRITE_LENGTH ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    if (bytes.length > 0) await this.#file.write(bytes);
  }
}
