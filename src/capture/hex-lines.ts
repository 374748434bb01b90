import { ByteQueue } from '../common/byte-queue.js';
import { WsdissectError } from '../common/error.js';
import type { Limits } from '../common/limits.js';
import { PacketMoment } from '../common/moment.js';
import { decodeHexLine } from './hex-line.js';
import { CapturedPacket, LINKTYPE_BARE, type FileReader, type CaptureSink } from './packet.js';

const LINE_FEED = 0x0a;

/**
 * Reads lines of hex as `tshark -T fields -e data` and `-e tcp.payload` print them: one line a packet.
 *
 * The number of a packet is that of its line, so empty lines count though they give no packet. {@link decodeHexLine}
 * says what a line may hold.
 */
export class HexLinesReader implements FileReader {
  readonly #sink: CaptureSink;
  readonly #limits: Limits;
  /** The beginning of a line whose end has not come. */
  readonly #pending = new ByteQueue();
  /** Nothing but lines follows lines. */
  readonly follower = undefined;
  #line = 0;
  #isEmpty = true;
  #ended = false;

  constructor(sink: CaptureSink, limits: Limits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  /** @throws WsdissectError `bad-hex` with line and column of what is not hex, or for a line that is too long */
  push(chunk: Buffer): void {
    let at = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, at);
      if (end < 0) break;
      this.#bound(end - at);
      if (this.#pending.length > 0) this.#take(chunk.subarray(at, end));
      else this.#decode(chunk.toString('latin1', at, end));
      at = end + 1;
    }
    if (at === chunk.length) return;
    this.#bound(chunk.length - at);
    this.#pending.push(chunk.subarray(at));
  }

  /** @throws WsdissectError `bad-hex` for the last line, `empty-input` where no line held a byte */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#pending.length > 0) this.#take(EMPTY);
    if (this.#isEmpty) {
      throw new WsdissectError(
        'empty-input',
        'the input is empty but for white space; did the capture hold any data, and was the right field printed?',
      );
    }
  }

  #bound(more: number): void {
    const most = this.#limits.hexLine;
    if (this.#pending.length + more <= most) return;
    throw new WsdissectError(
      'bad-hex',
      `line ${this.#line + 1} has more than the ${most} characters that one may have; print the payload of one packet a line`,
    );
  }

  #take(rest: Uint8Array): void {
    this.#pending.push(rest);
    const text = this.#pending.peek().toString('latin1');
    this.#pending.clear();
    this.#decode(text);
  }

  #decode(text: string): void {
    const line = ++this.#line;
    const bytes = decodeHexLine(text, line);
    if (bytes.length === 0) return;
    this.#isEmpty = false;
    this.#sink.packet(new CapturedPacket(new PacketMoment(line, 0, 0, 0), LINKTYPE_BARE, bytes.length, bytes));
  }
}

const EMPTY = Buffer.alloc(0);
