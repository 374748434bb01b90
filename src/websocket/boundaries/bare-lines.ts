import type { PacketTime } from '../../common/packet-time.js';
import type { ConnectionSink, Side } from '../../common/sink.js';
import { decodeFrameHeader, headerLength } from '../frame-header.js';

const REQUEST = /^(?:GET|HEAD|POST|PUT|OPTIONS|CONNECT) /;
const RESPONSE = /^HTTP\/1\./;

/** How far one direction's frames have been followed. */
interface FramePosition {
  /** Bytes of the current payload to come. */
  remaining: number;
  /** The beginning of a header. */
  head: Buffer;
}

/**
 * Tells the two directions of a connection apart where only its payloads are known, as lines of hex give them.
 *
 * The mask bit tells: a client's frames have it set, a server's do not (RFC 6455 section 5.1). A line that begins
 * inside a frame goes on with that frame. Side 0 is the client.
 */
export class BareLines {
  readonly #sink: ConnectionSink;
  readonly #positions: [FramePosition, FramePosition] = [newPosition(), newPosition()];
  #side: Side = 0;
  /** A first byte alone does not tell the direction. */
  #first: Buffer | undefined = undefined;

  constructor(sink: ConnectionSink) {
    this.#sink = sink;
  }

  /** Takes one line's bytes. */
  line(line: Buffer, at: PacketTime): void {
    if (line.length === 0) return;
    const bytes = this.#first === undefined ? line : Buffer.concat([this.#first, line]);
    this.#first = undefined;
    const side = this.#sideOf(bytes);
    if (side === undefined) {
      this.#first = Buffer.from(bytes);
      return;
    }
    this.#side = side;
    this.#sink.bytes(side, bytes, at);
  }

  end(at: PacketTime): void {
    if (this.#first !== undefined) this.#sink.bytes(this.#side, this.#first, at);
    for (const side of [0, 1] as const) this.#sink.end(side, 'capture', at);
  }

  #sideOf(bytes: Buffer): Side | undefined {
    const start = bytes.toString('latin1', 0, 8);
    if (REQUEST.test(start) || RESPONSE.test(start)) {
      const side = RESPONSE.test(start) ? 1 : 0;
      this.#follow(side, bytes.subarray(endOfHead(bytes)));
      return side;
    }
    for (const side of [this.#side, this.#side === 0 ? 1 : 0] as const) {
      const position = this.#positions[side];
      if (position.remaining === 0 && position.head.length === 0) continue;
      this.#follow(side, bytes);
      return side;
    }
    if (bytes.length < 2) return undefined;
    const side = (bytes[1]! & 0x80) !== 0 ? 0 : 1;
    this.#follow(side, bytes);
    return side;
  }

  /** Walks over the frames in a side's bytes, from header to header. */
  #follow(side: Side, bytes: Buffer): void {
    const position = this.#positions[side];
    let offset = 0;
    while (offset < bytes.length) {
      const skipped = Math.min(position.remaining, bytes.length - offset);
      position.remaining -= skipped;
      offset += skipped;
      if (offset === bytes.length) return;
      const before = position.head.length;
      const head =
        before === 0
          ? bytes.subarray(offset, offset + 14)
          : Buffer.concat([position.head, bytes.subarray(offset, offset + 14)]);
      const header = decodeFrameHeader(head, 0);
      if (header === undefined) {
        position.head = Buffer.from(head.subarray(0, headerLength(head, 0, head.length)));
        return;
      }
      position.head = Buffer.alloc(0);
      position.remaining = Number(header.payloadLength);
      offset += header.headerLength - before;
    }
  }
}

function newPosition(): FramePosition {
  return { remaining: 0, head: Buffer.alloc(0) };
}

function endOfHead(bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? bytes.length : end + 4;
}
