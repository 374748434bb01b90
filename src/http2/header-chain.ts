import { ENOUGH, weighHeader } from './frame-evidence.js';
import { decodeHttp2FrameHeader, FRAME_HEADER_LENGTH } from './http2-frame.js';

/** A frame that ends where a chunk does: who writes frames often writes whole ones. */
const FILLS_CHUNK_BITS = 8;

const EMPTY = Buffer.alloc(0);

/**
 * A chain of HTTP/2 frame headers, each of which says where the next one stands, from the beginning of a chunk on: proof
 * that a connection is HTTP/2 whose beginning was not captured.
 */
export class HeaderChain {
  /** Bytes before the next header. */
  #next = 0;
  /** The beginning of a header that goes on in the next chunk. */
  #cut: Buffer = EMPTY;
  #bits = 0;
  /** The stream of the header before. */
  #stream = 0;

  /** Takes the next chunk of a side. */
  push(chunk: Buffer): 'open' | 'proven' | 'dead' {
    let offset = this.#next;
    if (this.#cut.length > 0) {
      const bytes = Buffer.concat([this.#cut, chunk.subarray(0, FRAME_HEADER_LENGTH)]);
      offset = -this.#cut.length;
      const length = this.#header(bytes, 0);
      if (length === 'dead') return 'dead';
      if (length === undefined) {
        this.#cut = bytes;
        return 'open';
      }
      offset += length;
    }
    this.#cut = EMPTY;
    while (offset < chunk.length) {
      const length = this.#header(chunk, offset);
      if (length === 'dead') return 'dead';
      if (length === undefined) {
        this.#cut = Buffer.from(chunk.subarray(offset));
        this.#next = 0;
        return 'open';
      }
      offset += length;
    }
    this.#next = offset - chunk.length;
    if (this.#next === 0) this.#bits += FILLS_CHUNK_BITS;
    return this.#bits >= ENOUGH ? 'proven' : 'open';
  }

  /** @returns bytes of the frame; `undefined` where its header is not there whole */
  #header(bytes: Buffer, offset: number): number | 'dead' | undefined {
    const header = decodeHttp2FrameHeader(bytes, offset);
    if (header === undefined) return undefined;
    const bits = weighHeader(header, bytes[offset + 5]!, undefined, header.stream === this.#stream);
    if (bits === 0) return 'dead';
    this.#bits += bits;
    this.#stream = header.stream;
    return FRAME_HEADER_LENGTH + header.length;
  }
}
