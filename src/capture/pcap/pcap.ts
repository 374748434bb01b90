import { EventEmitter } from '../../common/node/events.js';
import { parse, type RecordHeader } from 'pcap-parser';
import { ByteQueue } from '../../common/byte-queue.js';
import { WsdissectError } from '../../common/error.js';
import { finding } from '../../common/finding.js';
import type { Limits } from '../../common/limits.js';
import { CapturedTime } from '../../common/packet-time.js';
import { lengthWithoutFcs } from './frame-check-sequence.js';
import { beginsCapture } from '../begins-capture.js';
import {
  CapturedPacket,
  INPUT_START,
  type FileReader,
  type CaptureSink,
  type CaptureStart,
  type Follower,
} from '../packet.js';
import { decodePcapHeader, MAGIC_MICROSECONDS, PCAP_HEADER_LENGTH, type PcapHeader } from './pcap-header.js';
import { CLASSIC_RECORD_HEADER, MODIFIED_RECORD_HEADER, ModifiedRecords } from './pcap-modified.js';
import { RecordCursor } from './record-cursor.js';

/** The stream that pcap-parser wants. It parses in the very call of `emit`, so there is nothing to pause. */
class Feed extends EventEmitter {
  pause(): void {}
  resume(): void {}
}

/**
 * Reads a pcap file (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds, the modified record header.
 *
 * The records are parsed by pcap-parser, which this class keeps within bounds: it gets a file header of the one
 * kind that it knows, and no more bytes once a record cannot be true. Bytes that wait are kept here and not in the parser,
 * which would copy them with each chunk.
 */
export class PcapReader implements FileReader {
  readonly #sink: CaptureSink;
  readonly #limits: Limits;
  readonly #feed = new Feed();
  /** What the parser reads from, once the file header is there. */
  #cursor: RecordCursor | undefined;
  /** The beginning of the file header, and later of a record header or packet that is incomplete. */
  readonly #pending = new ByteQueue();
  #header: PcapHeader | undefined;
  #modified: ModifiedRecords | undefined;
  #recordHeaderLength = CLASSIC_RECORD_HEADER;
  #nanosecondsPerTick = 1000;
  #precision: 6 | 9 = 6;

  #record: RecordHeader = NO_RECORD;
  #packets: number;
  /** Bytes of the input so far, and those before the current record. */
  #received: number;
  #recordOffset: number;
  /** Bytes that the parser's next step takes: a record header, or the packet after it. */
  #step = CLASSIC_RECORD_HEADER;
  #stopped = false;
  #follower: Buffer | undefined;

  /** @param start - what of the input stands before the capture */
  constructor(sink: CaptureSink, limits: Limits, start: CaptureStart = INPUT_START) {
    this.#sink = sink;
    this.#limits = limits;
    this.#packets = start.packets;
    this.#received = start.bytes;
    this.#recordOffset = start.bytes + PCAP_HEADER_LENGTH;
  }

  get packets(): number {
    return this.#packets;
  }

  get follower(): Follower | undefined {
    const bytes = this.#follower;
    return bytes && { bytes, start: { packets: this.#packets, bytes: this.#recordOffset } };
  }

  /** @throws WsdissectError where the file header is of another version, or none at all */
  push(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#received += chunk.length;
    if (this.#header !== undefined) {
      this.#pushRecords(chunk);
      return;
    }
    const rest = PCAP_HEADER_LENGTH - this.#pending.length;
    this.#pending.push(chunk.subarray(0, rest));
    if (this.#pending.length < PCAP_HEADER_LENGTH) return;
    this.#start(this.#pending.take(PCAP_HEADER_LENGTH));
    this.#pushRecords(chunk.subarray(rest));
  }

  /** @throws WsdissectError where the input ended inside the file header */
  end(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#header === undefined) {
      this.#endInHeader(this.#recordOffset - PCAP_HEADER_LENGTH);
      return;
    }
    const there = this.#received - this.#recordOffset;
    if (there === 0) return;
    const headerLength = this.#recordHeaderLength;
    const what =
      there < headerLength
        ? `${there} of the ${headerLength} bytes of its header`
        : `${there - headerLength} of the ${this.#record.capturedLength} bytes of its packet`;
    const offset = this.#recordOffset;
    this.#sink.finding(
      finding('capture.cut-record', `the capture ends inside the record at byte ${offset}: ${what} are there`, {
        offset,
      }),
    );
  }

  /** @param offset - where the file begins in the input: with nothing before it, there is nothing to read at all */
  #endInHeader(offset: number): void {
    const there = `${this.#received - offset} of the ${PCAP_HEADER_LENGTH} bytes of a pcap file header`;
    if (offset === 0) {
      throw new WsdissectError(
        'not-a-capture',
        `the input ends after ${there}; it was cut, so fetch or record it again`,
      );
    }
    this.#sink.finding(finding('capture.cut-record', `the capture at byte ${offset} ends after ${there}`, { offset }));
  }

  #start(bytes: Buffer): void {
    const header = decodePcapHeader(bytes);
    this.#header = header;
    if (header.modified) {
      this.#modified = new ModifiedRecords(header.littleEndian);
      this.#recordHeaderLength = MODIFIED_RECORD_HEADER;
    }
    if (header.nanosecond) {
      this.#nanosecondsPerTick = 1;
      this.#precision = 9;
    }
    const parser = parse(this.#feed);
    parser.emit = (name: string, value: unknown) => this.#take(name, value);
    const known = Buffer.from(bytes);
    if (header.littleEndian) known.writeUInt32LE(MAGIC_MICROSECONDS, 0);
    else known.writeUInt32BE(MAGIC_MICROSECONDS, 0);
    this.#feed.emit('data', known);
    this.#cursor = new RecordCursor(header.littleEndian);
    parser.buffer = this.#cursor;
    // Joining the name of the method for each number would cost more than reading it.
    parser.endianness = '';
  }

  #pushRecords(chunk: Buffer): void {
    this.#parseAll(this.#modified === undefined ? chunk : this.#modified.push(chunk));
    const follower = this.#modified?.follower;
    if (follower !== undefined && !this.#stopped) this.#stopBefore(follower);
  }

  #parseAll(bytes: Buffer): void {
    const pending = this.#pending;
    while (bytes.length > 0 && !this.#stopped) {
      if (pending.length === 0) {
        pending.push(bytes.subarray(bytes.length - this.#parse(bytes)));
        return;
      }
      const missing = this.#step - pending.length;
      pending.push(bytes.subarray(0, missing));
      if (bytes.length < missing) return;
      bytes = bytes.subarray(missing);
      this.#parse(pending.peek());
      pending.clear();
    }
    if (this.#follower !== undefined) this.#follower = Buffer.concat([this.#follower, bytes]);
  }

  /** Another capture begins where a record should: from there on nothing is read here. */
  #stopBefore(follower: Buffer): void {
    this.#stopped = true;
    this.#follower = Buffer.from(follower);
  }

  /** Parses what is there of whole record headers and packets. Returns how many bytes are left. */
  #parse(bytes: Buffer): number {
    const cursor = this.#cursor!;
    cursor.load(bytes);
    this.#feed.emit('data');
    return this.#stopped ? 0 : cursor.length;
  }

  /** What the parser emits: taken here at once, as going through lists of listeners for each packet takes longer than this. */
  #take(name: string, value: unknown): boolean {
    if (name === 'packetHeader') this.#onRecord(value as RecordHeader);
    else if (name === 'packetData') this.#onPacket(value as Buffer);
    return true;
  }

  #onRecord(record: RecordHeader): void {
    if (this.#stopped) return;
    if (isFirstWord(record.timestampSeconds) && beginsCapture(this.#cursor!.rest, 0)) {
      this.#stopBefore(this.#cursor!.rest);
      return;
    }
    this.#record = record;
    this.#step = record.capturedLength;
    if (record.capturedLength <= this.#limits.recordLength) return;
    this.#stopped = true;
    this.#pending.clear();
    const offset = this.#recordOffset;
    this.#sink.finding(
      finding(
        'capture.bad-record',
        `the record at byte ${offset} says that it holds ${record.capturedLength} bytes, more than the ` +
          `${this.#limits.recordLength} that a packet may have; the capture is not read from there on`,
        { offset },
      ),
    );
  }

  #onPacket(bytes: Buffer): void {
    if (this.#stopped) return;
    const record = this.#record;
    const header = this.#header!;
    this.#recordOffset += this.#recordHeaderLength + record.capturedLength;
    this.#step = CLASSIC_RECORD_HEADER;
    let seconds = record.timestampSeconds;
    let nanoseconds = record.timestampMicroseconds * this.#nanosecondsPerTick;
    if (nanoseconds >= NANOSECONDS_PER_SECOND) {
      // No program writes this; the sum is what the two fields say.
      seconds += Math.floor(nanoseconds / NANOSECONDS_PER_SECOND);
      nanoseconds %= NANOSECONDS_PER_SECOND;
    }
    const originalLength = lengthWithoutFcs(bytes.length, record.originalLength, header.fcsLength);
    const at = new CapturedTime(++this.#packets, seconds, nanoseconds, this.#precision);
    const withoutFcs =
      header.fcsLength > 0 && bytes.length > originalLength ? bytes.subarray(0, originalLength) : bytes;
    this.#sink.packet(new CapturedPacket(at, header.linkType, originalLength, withoutFcs));
  }
}

/** Whether a capture may begin so, read as a number of either byte order: the time of a record, were it one. */
function isFirstWord(word: number): boolean {
  switch (word) {
    case 0xa1b2c3d4:
    case 0xa1b23c4d:
    case 0xa1b2cd34:
    case 0xd4c3b2a1:
    case 0x4d3cb2a1:
    case 0x34cdb2a1:
    case 0x0a0d0d0a:
      return true;
    default:
      return false;
  }
}

const NANOSECONDS_PER_SECOND = 1_000_000_000;
const NO_RECORD: RecordHeader = { timestampSeconds: 0, timestampMicroseconds: 0, capturedLength: 0, originalLength: 0 };
