import { ByteQueue } from '../../common/byte-queue.js';
import type { HeldBytes } from '../../common/held-bytes.js';

/** What takes the handshake messages of one side. */
export interface HandshakeSink {
  /** Whether a message of this type is of interest; others are passed over. */
  wants(type: number): boolean;
  /** @param message - type, length and body; valid during the call only */
  handshakeMessage(message: Buffer): void;
}

/** Bytes in front of a message's body: its type and a length of 3 bytes. */
export const MESSAGE_HEADER = 4;

/** Cuts the contents of handshake records into messages, which may share a record or span several. */
export class HandshakeReader {
  readonly #sink: HandshakeSink;
  readonly #limit: number;
  readonly #held: HeldBytes;
  readonly #queue = new ByteQueue();
  #counted = 0;
  /** Bytes of a message too long to keep that are still to come. */
  #skip = 0;

  /**
   * @param limit - bytes of the longest message that is kept; a longer one is passed over
   * @param held - where the bytes of messages that are incomplete are counted
   */
  constructor(sink: HandshakeSink, limit: number, held: HeldBytes) {
    this.#sink = sink;
    this.#limit = limit;
    this.#held = held;
  }

  push(bytes: Buffer): void {
    const passed = Math.min(this.#skip, bytes.length);
    this.#skip -= passed;
    this.#queue.push(bytes.subarray(passed));
    while (this.#queue.length >= MESSAGE_HEADER) {
      const message = this.#queue.peek();
      const length = MESSAGE_HEADER + message.readUIntBE(1, 3);
      const isWhole = this.#queue.length >= length;
      const isKept = length <= this.#limit && this.#sink.wants(message[0]!);
      if (isWhole && isKept) {
        this.#sink.handshakeMessage(this.#queue.take(length));
      } else if (isKept && this.#held.hasRoomFor(this.#queue.capacity - this.#counted)) {
        break;
      } else {
        const there = Math.min(length, this.#queue.length);
        this.#queue.skip(there);
        this.#skip = length - there;
      }
    }
    if (this.#queue.length === 0) this.#queue.clear();
    this.#count();
  }

  /** Forgets a message that has begun: bytes of it are missing, or its key is no longer in use. */
  reset(): void {
    this.#queue.clear();
    this.#skip = 0;
    this.#count();
  }

  #count(): void {
    this.#held.add(this.#queue.capacity - this.#counted);
    this.#counted = this.#queue.capacity;
  }
}
