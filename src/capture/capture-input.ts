import { ByteQueue } from '../common/byte-queue.js';
import { WsdissectError } from '../common/error.js';
import { finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import { HexLinesReader } from './hex-lines.js';
import { INPUT_START, type CaptureReader, type CaptureSink, type FileReader, type CaptureStart } from './packet.js';
import { pcapByteOrder } from './pcap-header.js';
import { PcapReader } from './pcap.js';
import { PcapngReader } from './pcapng.js';
import { byteOrderMarkLength, describeUnknown, sniff, type CaptureFormat } from './sniff.js';

/** Reads a capture of any format: pcap, pcapng, lines of hex. Its first bytes tell which. */
export class CaptureInput implements CaptureReader {
  readonly #sink: CaptureSink;
  readonly #limits: Limits;
  /** The first bytes, while the format is not clear. */
  readonly #head = new ByteQueue();
  #reader: FileReader | undefined;
  #format: CaptureFormat | undefined;
  #ended = false;

  constructor(sink: CaptureSink, limits: Limits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  /** Whether TLS secrets may come with the packets: of the formats that are read, only pcapng has a place for them. */
  get mayHoldSecrets(): boolean {
    return this.#format === undefined || this.#format === 'pcapng';
  }

  /** @throws WsdissectError where the input is no capture, or one that cannot be read */
  push(chunk: Buffer): void {
    if (this.#reader !== undefined) {
      this.#read(this.#reader, chunk);
      return;
    }
    if (this.#head.length === 0 && this.#open(chunk, false)) return;
    this.#head.push(chunk);
    if (this.#open(this.#head.peek(), false)) this.#head.clear();
  }

  /** @throws WsdissectError where the input was empty or no capture, or ended before it could be told */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#reader === undefined) {
      if (this.#head.length === 0)
        throw new WsdissectError(
          'empty-input',
          'the input is empty; was anything captured, and did the program before a pipe work?',
        );
      this.#open(this.#head.peek(), true);
    }
    this.#reader?.end();
  }

  /** Gives the first bytes to the reader of their format; returns false where that is not clear yet. */
  #open(head: Buffer, isAll: boolean): boolean {
    const format = sniff(head, isAll);
    if (format === undefined) return false;
    if (format === 'unknown') {
      throw new WsdissectError(
        'not-a-capture',
        `not a capture: ${describeUnknown(head)}; what is read is pcap, pcapng, either of them gzipped, ` +
          'and lines of hex as `tshark -T fields -e data` prints them',
      );
    }
    this.#format = format;
    this.#reader = new READERS[format](this.#sink, this.#limits, INPUT_START);
    this.#read(this.#reader, format === 'hex' ? head.subarray(byteOrderMarkLength(head)) : head);
    return true;
  }

  /** Lets a reader read, and others what follows its capture, where several were put one after the other. */
  #read(reader: FileReader, bytes: Buffer): void {
    reader.push(bytes);
    for (let next = reader.follower; next !== undefined; next = reader.follower) {
      reader.end();
      const format = pcapByteOrder(next.bytes) === undefined ? 'pcapng' : 'pcap';
      const offset = next.start.bytes;
      const message = `another capture (${format}) begins at byte ${offset}; the numbering of the packets continues`;
      this.#sink.finding(finding('capture.concatenated', message, { offset }));
      this.#format = format;
      this.#reader = reader = new READERS[format](this.#sink, this.#limits, next.start);
      reader.push(next.bytes);
    }
  }
}

const READERS: Readonly<
  Record<CaptureFormat, new (sink: CaptureSink, limits: Limits, start: CaptureStart) => FileReader>
> = {
  pcap: PcapReader,
  pcapng: PcapngReader,
  hex: HexLinesReader,
};
