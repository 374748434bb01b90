/** Bytes that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;
/** Bytes of a code unit at most. */
const MOST_OF_UNIT = 3;

/** Gathers what is to be written until it is worth a write. */
export class WriteBuffer {
  readonly #write: (bytes: Uint8Array) => Promise<void> | undefined;
  #buffer = Buffer.allocUnsafeSlow(2 * WRITE_LENGTH);
  #length = 0;

  /** @param write - writes, and keeps no reference to the bytes */
  constructor(write: (bytes: Uint8Array) => Promise<void> | undefined) {
    this.#write = write;
  }

  /** Enough has come: {@link flush} it. */
  get isFull(): boolean {
    return this.#length >= WRITE_LENGTH;
  }

  /** Adds a text. */
  text(text: string): void {
    this.#makeRoom(MOST_OF_UNIT * text.length);
    this.#length += this.#buffer.write(text, this.#length);
  }

  /** Adds bytes. @returns a promise where there is something to wait for */
  bytes(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length > WRITE_LENGTH) return this.#writeBoth(bytes);
    this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this.isFull ? this.flush() : undefined;
  }

  /** Writes what has come. */
  flush(): Promise<void> | undefined {
    const length = this.#length;
    this.#length = 0;
    return length === 0 ? undefined : this.#write(this.#buffer.subarray(0, length));
  }

  #makeRoom(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + more));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  async #writeBoth(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.#write(bytes);
  }
}
