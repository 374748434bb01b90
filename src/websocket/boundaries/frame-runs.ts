import type { PacketTime } from '../../common/packet-time.js';
import type { ConnectionSink, Side } from '../../common/sink.js';
import { decodeFrameHeader } from '../frame-header.js';

/**
 * Tells the two directions apart in bytes that are frames and nothing else, one after the other: masked ones are a
 * client's (RFC 6455 section 5.1), which is side 0.
 */
export class FrameRuns {
  readonly #sink: ConnectionSink;
  #side: Side = 0;
  /** Bytes of the current frame to come. */
  #remaining = 0;
  /** The beginning of a header. */
  #head: Buffer = EMPTY;

  constructor(sink: ConnectionSink) {
    this.#sink = sink;
  }

  /** Takes the next bytes, however they are cut. */
  bytes(chunk: Buffer, at: PacketTime): void {
    const bytes = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    this.#head = EMPTY;
    /** Where the bytes of the current side begin, and how far they are followed. */
    let start = 0;
    let offset = Math.min(this.#remaining, bytes.length);
    this.#remaining -= offset;
    while (offset < bytes.length) {
      const header = decodeFrameHeader(bytes, offset);
      if (header === undefined) {
        this.#head = Buffer.from(bytes.subarray(offset));
        break;
      }
      const side = header.mask ? 0 : 1;
      if (side !== this.#side) this.#give(bytes.subarray(start, offset), at);
      if (side !== this.#side) start = offset;
      this.#side = side;
      const length = header.headerLength + Number(header.payloadLength);
      const there = Math.min(length, bytes.length - offset);
      this.#remaining = length - there;
      offset += there;
    }
    this.#give(bytes.subarray(start, offset), at);
  }

  end(at: PacketTime): void {
    if (this.#head.length > 1) this.#side = (this.#head[1]! & 0x80) !== 0 ? 0 : 1;
    this.#give(this.#head, at);
    for (const side of [0, 1] as const) this.#sink.end(side, 'capture', at);
  }

  #give(bytes: Buffer, at: PacketTime): void {
    if (bytes.length > 0) this.#sink.bytes(this.#side, bytes, at);
  }
}

const EMPTY = Buffer.alloc(0);
