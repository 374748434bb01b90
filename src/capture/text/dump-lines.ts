import { WsdissectError } from '../../common/error.js';
import type { Limits } from '../../common/limits.js';
import { decodeBlock, refused, type DumpContents } from './dump-block.js';
import { hasBytes, parseRow, type DumpRow } from './dump-row.js';
import { LineSplitter } from './line-splitter.js';
import type { CaptureReader } from '../packet.js';
import { PROMPT } from '../text-form.js';

/** Takes the blocks of bytes that a pasted text holds. */
export interface BlockSink {
  /**
   * @param form - the program that prints such a text
   * @param isPacket - each block is a packet, from its IP or link-layer header on
   */
  block(bytes: Buffer, form: string, isPacket: boolean): void;
}

/** A line that stands before the bytes of a packet, or of what tshark made of packets: `Frame (79 bytes):`. */
const SECTION = /^(\S.{0,80}) \((\d+) bytes\):?\s*$/;
const ZERO = /^0+$/;

/**
 * Reads dumps with offsets: xxd, hexdump -C, od, tcpdump -x, tshark -x, Wireshark, text2pcap.
 *
 * Offset 0 begins a block. Other lines may stand between blocks, as tcpdump's summary of each packet does, but none that
 * looks like a row of a dump and is none.
 */
export class DumpReader implements CaptureReader {
  readonly #sink: BlockSink;
  readonly #most: number;
  readonly #lines: LineSplitter;
  #rows: DumpRow[] = [];
  #repeats = new Set<number>();
  /** Characters of the rows. */
  #held = 0;
  /** The block is something that tshark made of packets: reassembled, unmasked. */
  #isDerived = false;
  #blocks = 0;
  #ended = false;

  constructor(sink: BlockSink, limits: Limits) {
    this.#sink = sink;
    this.#most = limits.hexLine;
    this.#lines = new LineSplitter(limits.hexLine, (text, line) => this.#line(text, line));
  }

  /** @throws WsdissectError `bad-hex` with the line that cannot be read */
  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** @throws WsdissectError `bad-hex` with the line that cannot be read, or where there was no row at all */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#lines.end();
    this.#endBlock();
    if (this.#blocks > 0) return;
    throw new WsdissectError(
      'not-a-capture',
      'it looks like what tcpdump or tshark print, but no line of it holds the bytes of a packet; ' +
        'print them with -x, or write a capture with -w FILE',
    );
  }

  #line(whole: string, line: number): void {
    const text = whole.trimEnd();
    if (text.trim() === '*' && this.#rows.length > 0) {
      this.#repeats.add(this.#rows.length);
      return;
    }
    const row = PROMPT.test(text) ? undefined : parseRow(text, line);
    if (row === undefined || isDetail(text, row)) {
      this.#endBlock();
      const section = SECTION.exec(text)?.[1];
      if (section !== undefined) this.#isDerived = !section.startsWith('Frame');
      return;
    }
    if (ZERO.test(row.offset) && this.#rows.length > 0) this.#endBlock();
    if (this.#rows.length === 0 && !ZERO.test(row.offset)) {
      throw refused(
        line,
        `the offset ${row.prefix ? '0x' : ''}${row.offset} does not agree with the 0 bytes before it`,
      );
    }
    this.#rows.push(row);
    this.#held += text.length;
    if (this.#held > this.#most) {
      throw new WsdissectError(
        'bad-hex',
        `line ${line}: the dump has more than the ${this.#most} characters that one may have; give the file that it ` +
          'was made of',
      );
    }
  }

  #endBlock(): void {
    const rows = this.#rows;
    if (rows.length === 0) return;
    const repeats = this.#repeats;
    if (repeats.has(rows.length)) throw refused(rows.at(-1)!.line + 1, 'no offset says where the repetition ends');
    this.#rows = [];
    this.#repeats = new Set();
    this.#held = 0;
    const contents = decodeBlock({ rows, repeats }, this.#most);
    this.#blocks++;
    if (this.#isDerived) return;
    this.#sink.block(contents.bytes, formOf(rows[0]!, contents), rows[0]!.prefix);
  }
}

/** Whether a line is one of what tshark -V prints of a packet, as `    0100 .... = Version: 4`. */
function isDetail(text: string, row: DumpRow): boolean {
  return !row.colon && text.startsWith(' ') && !hasBytes(row);
}

/** The program that prints such rows. */
function formOf({ offset, colon, prefix }: DumpRow, { column, radix, word }: DumpContents): string {
  if (prefix) return column === 'plain' ? 'tcpdump -X' : 'tcpdump -x';
  if (colon) return word === 2 ? 'xxd' : `xxd -g ${word}`;
  if (column === 'bars') return 'hexdump -C';
  if (column === 'angles') return `od -A ${BASES[radix]} -t x1z`;
  if (offset.length === 4) return "Wireshark's hex dump";
  return column === 'plain' ? "text2pcap's form" : `od -A ${BASES[radix]} -t x1`;
}

const BASES: Readonly<Record<number, string>> = { 16: 'x', 10: 'd', 8: 'o' };
