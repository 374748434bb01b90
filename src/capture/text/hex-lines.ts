import { WsdissectError } from '../../common/error.js';
import type { Limits } from '../../common/limits.js';
import { CapturedTime } from '../../common/packet-time.js';
import { linkTypeOf } from './adds-up.js';
import { decodeHexLine } from './hex-line.js';
import { LineSplitter } from './line-splitter.js';
import {
  CapturedPacket,
  INPUT_START,
  LINKTYPE_BARE,
  type CaptureSink,
  type CaptureStart,
  type FileReader,
} from '../packet.js';

/**
 * Reads lines of hex as `tshark -T fields -e data` and `-e tcp.payload` print them: one line a packet.
 *
 * The number of a packet is that of its line, so empty lines count though they give no packet. {@link decodeHexLine}
 * says what a line may hold. A line that is a whole packet by its headers, as Wireshark copies it, is one.
 */
export class HexLinesReader implements FileReader {
  readonly #sink: CaptureSink;
  readonly #lines: LineSplitter;
  /** Nothing but lines follows lines. */
  readonly follower = undefined;
  packets: number;
  #isEmpty = true;
  #ended = false;

  /** @param start - what of the input stands before the lines */
  constructor(sink: CaptureSink, limits: Limits, { packets }: CaptureStart = INPUT_START) {
    this.#sink = sink;
    this.packets = packets;
    this.#lines = new LineSplitter(limits.hexLine, (text, line) => this.#decode(text, line, packets + line));
  }

  /** @throws WsdissectError `bad-hex` with line and column of what is not hex, or for a line that is too long */
  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** @throws WsdissectError `bad-hex` for the last line, `empty-input` where no line held a byte */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#lines.end();
    if (this.#isEmpty) {
      throw new WsdissectError(
        'empty-input',
        'the input is empty but for white space; did the capture hold any data, and was the right field printed?',
      );
    }
  }

  /** @param number - of the line among the packets */
  #decode(text: string, line: number, number: number): void {
    this.packets = number;
    const bytes = decodeHexLine(text, line);
    if (bytes.length === 0) return;
    this.#isEmpty = false;
    const linkType = linkTypeOf(bytes) ?? LINKTYPE_BARE;
    this.#sink.packet(new CapturedPacket(new CapturedTime(number, 0, 0, 0), linkType, bytes.length, bytes));
  }
}
