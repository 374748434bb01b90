import { ByteQueue } from '../common/byte-queue.js';
import { WsdissectError } from '../common/error.js';
import { finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import { CapturedTime } from '../common/packet-time.js';
import { linkTypeOf, wireLengthOf } from './text/adds-up.js';
import { beginsCapture } from './begins-capture.js';
import type { WeighFrames } from './text/contents.js';
import { DumpReader, type BlockSink } from './text/dump-lines.js';
import { HeldTextReader } from './text/held-text.js';
import { HarReader } from './recordings/har.js';
import { NetLogReader } from './recordings/netlog.js';
import { HexLinesReader } from './text/hex-lines.js';
import {
  CapturedPacket,
  INPUT_START,
  LINKTYPE_BARE,
  LINKTYPE_FRAMES,
  type CaptureReader,
  type CaptureSink,
  type FileReader,
  type CaptureStart,
  type SplitPart,
} from './packet.js';
import { pcapByteOrder } from './pcap/pcap-header.js';
import { PcapReader } from './pcap/pcap.js';
import { PcapngReader } from './pcapng/pcapng.js';
import { byteOrderMarkLength, describeUnknown, sniff, type CaptureFormat } from './sniff.js';
import type { TextForm } from './text-form.js';

/** How an input is read: by what its first bytes say, or as bytes of frames whatever they are. */
export type InputForm = 'auto' | 'raw';

/** What is to be known of an input besides its bytes. */
export interface CaptureInputOptions {
  readonly form?: InputForm | undefined;
  /** Weighs whether bytes that are nothing else are frames. */
  readonly weighFrames?: WeighFrames | undefined;
  /** Packets of other files that are read before it, in one capture: its own are numbered on from there. */
  readonly packetsBefore?: number | undefined;
}

/** Bytes that are looked at before anything else is taken for frames. */
const FRAMES_LOOKED_AT = 64 * 1024;

/** Reads a capture of any format: pcap, pcapng, lines of hex, dumps. Its first bytes tell which. */
export class CaptureInput implements CaptureReader, BlockSink {
  readonly #sink: CaptureSink;
  readonly #limits: Limits;
  readonly #form: InputForm;
  readonly #weigh: WeighFrames;
  readonly #start: CaptureStart;
  /** The first bytes, while the format is not clear. */
  readonly #head = new ByteQueue();
  #reader: FileReader | undefined;
  /** Reads a text, and gives the blocks of bytes that it holds. */
  #text: CaptureReader | undefined;
  /** Reads the capture that a text holds. */
  #inner: CaptureInput | undefined;
  #blocks = 0;
  /** Blocks of a dump of packets that are none. */
  #notIp = 0;
  /** How bytes of a text without link layer go on: in frames, until a handshake comes. */
  #bareType = LINKTYPE_FRAMES;
  #format: CaptureFormat | 'frames' | undefined;
  /** Bytes that were weighed last. */
  #weighed = 0;
  #ended = false;

  constructor(
    sink: CaptureSink,
    limits: Limits,
    { form = 'auto', weighFrames, packetsBefore = 0 }: CaptureInputOptions = {},
  ) {
    this.#sink = sink;
    this.#limits = limits;
    this.#form = form;
    this.#weigh = weighFrames ?? (() => 'impossible');
    this.#start = packetsBefore === 0 ? INPUT_START : { packets: packetsBefore, bytes: 0 };
  }

  /** The number of the last packet so far, those of other files before it included. */
  get packets(): number {
    if (this.#inner !== undefined) return this.#inner.packets;
    if (this.#reader !== undefined) return this.#reader.packets;
    return this.#start.packets + (this.#format === 'frames' ? 1 : this.#blocks);
  }

  /** Whether TLS secrets may come with the packets: of the formats that are read, only pcapng has a place for them. */
  get mayHoldSecrets(): boolean {
    if (this.#text !== undefined) return this.#inner?.mayHoldSecrets ?? this.#blocks === 0;
    if (this.#format === undefined) return true;
    return this.#format === 'pcapng' && this.#reader?.mayHoldSecrets !== false;
  }

  /** Which part of a split set it is; `undefined` where it is none, or that is not known yet. */
  get splitPart(): SplitPart | undefined {
    return this.#reader?.splitPart;
  }

  /** @throws WsdissectError where the input is no capture, or one that cannot be read */
  push(chunk: Buffer): void {
    if (this.#format === 'frames') {
      this.#frames(chunk);
      return;
    }
    if (this.#text !== undefined) {
      this.#text.push(chunk);
      return;
    }
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
    if (this.#format === undefined) {
      if (this.#head.length === 0)
        throw new WsdissectError(
          'empty-input',
          'the input is empty; was anything captured, and did the program before a pipe work?',
        );
      this.#open(this.#head.peek(), true);
    }
    this.#text?.end();
    if (this.#notIp > 0 && this.#notIp === this.#blocks) {
      throw new WsdissectError(
        'not-a-capture',
        'no packet of the dump begins with an IP header; print whole packets with `tcpdump -x`, or payloads with ' +
          '`tshark -T fields -e tcp.payload`',
      );
    }
    this.#inner?.end();
    this.#reader?.end();
  }

  block(bytes: Buffer, form: string, isPacket: boolean): void {
    if (this.#blocks++ === 0) {
      this.#readAs(form);
      if (beginsCapture(bytes, 0)) {
        this.#inner = new CaptureInput(this.#sink, this.#limits, { packetsBefore: this.#start.packets });
      }
    }
    if (this.#inner !== undefined) {
      this.#inner.push(bytes);
      return;
    }
    const at = new CapturedTime(this.#start.packets + this.#blocks, 0, 0, 0);
    const linkType = linkTypeOf(bytes, isPacket);
    if (linkType !== undefined) {
      this.#sink.packet(new CapturedPacket(at, linkType, wireLengthOf(bytes, linkType), bytes));
    } else if (isPacket) {
      const message =
        'no IP header stands at the beginning of this packet, nor after a header that is known: not looked into';
      this.#sink.finding(finding('capture.not-ip', message, { packet: at.packet }));
      this.#notIp++;
    } else if (bytes.length > 0) {
      // A handshake is text, and what follows it stands in a block of its own.
      const type = /^(?:GET |HTTP)/.test(bytes.toString('latin1', 0, 4)) ? LINKTYPE_BARE : this.#bareType;
      this.#bareType = type;
      this.#sink.packet(new CapturedPacket(at, type, bytes.length, bytes));
    }
  }

  #readAs(form: string): void {
    this.#sink.finding(finding('capture.read-as', `read as: ${form}`));
  }

  /** Bytes of frames and nothing else: one packet, however long. */
  #frames(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#sink.packet(
      new CapturedPacket(new CapturedTime(this.#start.packets + 1, 0, 0, 0), LINKTYPE_FRAMES, bytes.length, bytes),
    );
  }

  /** Gives the first bytes to the reader of their format; returns false where that is not clear yet. */
  #open(head: Buffer, isAll: boolean): boolean {
    const format = this.#form === 'raw' ? 'frames' : this.#formatOf(head, isAll);
    if (format === undefined) return false;
    this.#format = format;
    if (format === 'frames') {
      this.#readAs('frames in binary');
      this.#frames(Buffer.from(head));
    } else if (format === 'dump' || format === 'literal' || format === 'base64') {
      this.#text =
        format === 'dump'
          ? new DumpReader(this, this.#limits)
          : new HeldTextReader(format, this, this.#limits, this.#weigh);
      this.#text.push(head.subarray(byteOrderMarkLength(head)));
    } else {
      this.#reader = READERS[format](this.#sink, this.#limits, this.#start);
      this.#read(
        this.#reader,
        format !== 'pcap' && format !== 'pcapng' ? head.subarray(byteOrderMarkLength(head)) : head,
      );
    }
    return true;
  }

  /** @throws WsdissectError where it is none that is read */
  #formatOf(head: Buffer, isAll: boolean): CaptureFormat | 'frames' | undefined {
    const format = sniff(head, isAll);
    if (format !== 'unknown') return format;
    const isEnough = isAll || head.length >= FRAMES_LOOKED_AT;
    // Weighed as often as their number doubles, not with each byte that comes.
    if (!isEnough && head.length < this.#weighed * 2) return undefined;
    this.#weighed = head.length;
    const proof = this.#weigh(head.subarray(0, FRAMES_LOOKED_AT), isAll && head.length <= FRAMES_LOOKED_AT);
    if (proof === 'proven' && isEnough) return 'frames';
    if (proof !== 'impossible' && !isEnough) return undefined;
    throw new WsdissectError(
      'not-a-capture',
      `not a capture: ${describeUnknown(head)}; what is read is pcap, pcapng, HAR and NetLog, compressed with gzip, zstd, xz, lz4 or bzip2 or not, ` +
        'lines of hex as `tshark -T fields -e data` prints them, and dumps; docs/inputs.md has each',
    );
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
      this.#reader = reader = READERS[format](this.#sink, this.#limits, next.start);
      reader.push(next.bytes);
    }
  }
}

/** How the reader of a format is made. */
type MakeReader = (sink: CaptureSink, limits: Limits, start: CaptureStart) => FileReader;

const READERS: Readonly<Record<Exclude<CaptureFormat, TextForm>, MakeReader>> = {
  pcap: (sink, limits, start) => new PcapReader(sink, limits, start),
  pcapng: (sink, limits, start) => new PcapngReader(sink, limits, start),
  hex: (sink, limits, start) => new HexLinesReader(sink, limits, start),
  netlog: (sink, limits, start) => new NetLogReader(sink, limits, start),
  har: (sink, limits, start) => new HarReader(sink, limits, start),
};
