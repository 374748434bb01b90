import { constants, deflateRaw, deflateRawSync } from '../common/node/zlib.js';
import { safeJson } from '../output/json/safe-json.js';
import type { LineSink } from './report-state.js';

/** Bytes that are compressed at a time: what waits is bounded, and a longer block would hardly compress better. */
const BLOCK = 256 * 1024;
/** Bytes of which base64 makes whole groups of characters. */
const GROUP = 3;

/**
 * Lines on their way into a page: compressed block by block into one raw DEFLATE stream (RFC 1951), and that in base64.
 * A block ends at a byte, so that the next one can follow it, and is compressed by itself: other threads can do that.
 */
export class RecordStream implements LineSink {
  #block = Buffer.allocUnsafeSlow(BLOCK);
  #length = 0;
  #ready: Buffer[] = [];
  #rest = Buffer.alloc(0);
  readonly #others: number;
  /** Blocks that are compressed, or will be. */
  readonly #blocks: (Buffer | Promise<Buffer>)[] = [];

  /** @param others - threads beside this one */
  constructor(others = 0) {
    this.#others = others;
  }

  /** Adds a line. */
  line(value: object): void {
    this.bytes(Buffer.from(`${safeJson(value)}\n`, 'utf8'));
  }

  /** Adds bytes of lines. */
  bytes(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + BLOCK - this.#length);
      this.#block.set(piece, this.#length);
      this.#length += piece.length;
      at += piece.length;
      if (this.#length === BLOCK) this.#compress(constants.Z_SYNC_FLUSH);
    }
  }

  /** What can be written by now. @returns a promise where the other threads have enough to do */
  take(): Buffer[] | Promise<Buffer[]> {
    return this.#blocks.length > this.#others ? this.#takeAfter(this.#others) : this.#taken();
  }

  /** No more lines come. @returns the rest */
  async end(): Promise<Buffer[]> {
    this.#compress(constants.Z_FINISH);
    const pieces = await this.#takeAfter(0);
    return [...pieces, Buffer.from(this.#rest.toString('base64'), 'latin1')];
  }

  /** @param most - blocks that may still be compressed then */
  async #takeAfter(most: number): Promise<Buffer[]> {
    while (this.#blocks.length > most) this.#encode(await this.#blocks.shift()!);
    return this.#taken();
  }

  #taken(): Buffer[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #compress(flush: number): void {
    const bytes = this.#block.subarray(0, this.#length);
    this.#length = 0;
    if (this.#others === 0) {
      this.#encode(deflateRawSync(bytes, { finishFlush: flush }));
    } else if (this.#blocks.length > this.#others) {
      // One message is long, and nobody waits before its end.
      this.#blocks.push(deflateRawSync(bytes, { finishFlush: flush }));
    } else {
      this.#blocks.push(compressed(bytes, flush));
      this.#block = Buffer.allocUnsafeSlow(BLOCK);
    }
  }

  #encode(compressed: Buffer): void {
    const all = this.#rest.length === 0 ? compressed : Buffer.concat([this.#rest, compressed]);
    const whole = all.length - (all.length % GROUP);
    this.#ready.push(Buffer.from(all.toString('base64', 0, whole), 'latin1'));
    this.#rest = Buffer.from(all.subarray(whole));
  }
}

/** Compresses in another thread: the bytes must stay as they are until then. */
function compressed(bytes: Buffer, finishFlush: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    deflateRaw(bytes, { finishFlush }, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}
