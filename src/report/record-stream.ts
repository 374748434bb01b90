import { constants, deflateRawSync } from '../common/node/zlib.js';
import { safeJson } from '../output/json/safe-json.js';
import type { LineSink } from './line-sink.js';

/** Bytes that are compressed at a time: what waits is bounded, and a longer block would hardly compress better. */
const BLOCK = 256 * 1024;
/** Bytes of which base64 makes whole groups of characters. */
const GROUP = 3;

/**
 * Lines on their way into a page: compressed block by block into one raw DEFLATE stream (RFC 1951), and that in base64.
 * A block ends at a byte, so that the next one can follow it.
 */
export class RecordStream implements LineSink {
  #block = Buffer.allocUnsafeSlow(BLOCK);
  #length = 0;
  #ready: Buffer[] = [];
  #rest = Buffer.alloc(0);

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

  /** What can be written by now. */
  take(): Buffer[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  /** No more lines come. @returns the rest */
  end(): Buffer[] {
    this.#compress(constants.Z_FINISH);
    this.#ready.push(Buffer.from(this.#rest.toString('base64'), 'latin1'));
    return this.take();
  }

  #compress(flush: number): void {
    const bytes = this.#block.subarray(0, this.#length);
    const compressed = deflateRawSync(bytes, { finishFlush: flush });
    this.#length = 0;
    const all = this.#rest.length === 0 ? compressed : Buffer.concat([this.#rest, compressed]);
    const whole = all.length - (all.length % GROUP);
    this.#ready.push(Buffer.from(all.toString('base64', 0, whole), 'latin1'));
    this.#rest = Buffer.from(all.subarray(whole));
  }
}
