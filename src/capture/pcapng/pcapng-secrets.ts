import { readUint32 } from '../pcap/byte-order.js';
import type { CaptureSink } from '../packet.js';
import type { Block } from './pcapng-block.js';

/** Secrets type "TLSK": the text of an NSS key log (draft-ietf-opsawg-pcapng, section 4.7). */
const TLS_KEY_LOG = 0x544c534b;

/** Secrets type and length, the first bytes of the body. */
const HEADER_LENGTH = 8;

const EMPTY = Buffer.alloc(0);

/** What is wrong with a block that ends before its secrets do. */
export const TOO_SHORT_FOR_SECRETS = 'is too short for the secrets that it should hold';

/** What is told of a block. */
type BlockLocation = Pick<Block, 'littleEndian' | 'offset'>;

/** Passes on the text in Decryption Secrets Blocks piece by piece, so that a block of any length costs no memory. */
export class SecretsBlock {
  readonly #sink: CaptureSink;
  readonly #bad: (block: BlockLocation, what: string) => void;
  readonly #header = Buffer.alloc(HEADER_LENGTH);
  /** Bytes of the current block's header that were seen. */
  #headerSeen = 0;
  /** Bytes of the current block's text still to come. */
  #textLeft = 0;

  constructor(sink: CaptureSink, bad: (block: BlockLocation, what: string) => void) {
    this.#sink = sink;
    this.#bad = bad;
  }

  /** The next piece of a block's body. @param left - bytes of the body after it; the next block follows the last one */
  piece(bytes: Buffer, left: number, block: BlockLocation): void {
    const copied = bytes.copy(this.#header, this.#headerSeen);
    if (this.#headerSeen < HEADER_LENGTH) {
      this.#headerSeen += copied;
      if (this.#headerSeen === HEADER_LENGTH) this.#begin(bytes.length - copied + left, block);
      else if (left === 0) this.#bad(block, TOO_SHORT_FOR_SECRETS);
      this.#text(bytes.subarray(copied));
    } else {
      this.#text(bytes);
    }
    if (left === 0) this.#headerSeen = 0;
  }

  /** The capture is over: a text that was cut ends where the capture does. */
  end(): void {
    if (this.#textLeft > 0) this.#sink.secrets(EMPTY, true);
    this.#textLeft = 0;
  }

  /** @param room - bytes of the body after the header */
  #begin(room: number, block: BlockLocation): void {
    const length = readUint32(this.#header, 4, block.littleEndian);
    if (length > room) this.#bad(block, TOO_SHORT_FOR_SECRETS);
    else if (readUint32(this.#header, 0, block.littleEndian) === TLS_KEY_LOG) this.#textLeft = length;
  }

  #text(bytes: Buffer): void {
    if (this.#textLeft === 0 || bytes.length === 0) return;
    const text = bytes.length > this.#textLeft ? bytes.subarray(0, this.#textLeft) : bytes;
    this.#textLeft -= text.length;
    this.#sink.secrets(text, this.#textLeft === 0);
  }
}
