import { ByteQueue } from '../common/byte-queue.js';

/** What takes the handshake messages of one side. */
export interface HandshakeSink {
  /** @param message - type, length and body; valid during the call only */
  handshakeMessage(message: Buffer): void;
}

/** Bytes in front of a message's body: its type and a length of 3 bytes. */
export const MESSAGE_HEADER = 4;

/** Cuts the contents of handshake records into messages, which may share a record or span several. */
export class HandshakeReader {
  readonly #sink: HandshakeSink;
  readonly #limit: number;
  readonly #queue = new ByteQueue();
  /** Bytes of a message too long to keep that are still to come. */
  #skip = 0;

  /** @param limit - bytes of the longest message that is kept; a longer one is passed over */
  constructor(sink: HandshakeSink, limit: number) {
    this.#sink = sink;
    this.#limit = limit;
  }

  push(bytes: Buffer): void {
    const passed = Math.min(this.#skip, bytes.length);
    this.#skip -= passed;
    this.#queue.push(bytes.subarray(passed));
    while (this.#queue.length >= MESSAGE_HEADER) {
      const length = MESSAGE_HEADER + this.#queue.peek().readUIntBE(1, 3);
      if (length > this.#limit) {
        const there = Math.min(length, this.#queue.length);
        this.#queue.skip(there);
        this.#skip = length - there;
      } else if (this.#queue.length < length) {
        return;
      } else {
        this.#sink.handshakeMessage(this.#queue.take(length));
      }
    }
    if (this.#queue.length === 0) this.#queue.clear();
  }

  /** Forgets a message that has begun: bytes of it are missing, or its key is no longer in use. */
  reset(): void {
    this.#queue.clear();
    this.#skip = 0;
  }
}
