import { ByteQueue } from '../../common/byte-queue.js';
import { WsdissectError } from '../../common/error.js';
import { finding } from '../../common/finding.js';
import type { Limits } from '../../common/limits.js';
import { readUint32 } from '../pcap/byte-order.js';
import { beginsPcap } from '../pcap/pcap-header.js';
import type { FindingBudget } from '../finding-budget.js';

/** Block type of a Section Header Block: the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Bytes of the shortest block: type, length, length again. */
const SHORTEST = 12;

/** A whole block of a pcapng file. */
export interface Block {
  readonly type: number;
  /** What holds it: a view that is never written to, and must not be kept. */
  readonly bytes: Buffer;
  /** Offset in `bytes` of its type. */
  readonly start: number;
  /** Offset in `bytes` of its second length, where its body ends; at least 8 after `start`, and a multiple of 4. */
  readonly end: number;
  readonly littleEndian: boolean;
  /** Where it begins in the file. */
  readonly offset: number;
}

/** What takes the blocks of a pcapng file. */
export interface BlockSink {
  /** Whether blocks of this type are to be given; others are skipped and never held. */
  wants(type: number): boolean;
  /** Whether blocks of this type are given in pieces as they come, whatever their length. */
  streams(type: number): boolean;
  /**
   * The next piece of a block that is given so: of its body, cut anywhere.
   *
   * @param left - bytes of the body after it
   * @param block - the block
   */
  piece(bytes: Buffer, left: number, block: Pick<Block, 'littleEndian' | 'offset'>): void;
  /** The next block. Returns false where nothing after it can be read. */
  block(block: Block): boolean;
  /** A block that is not given was passed: one of another type, or one that cannot be used. */
  passed(type: number): void;
}

/**
 * Splits a pcapng file into its blocks (draft-ietf-opsawg-pcapng, section 3.1).
 *
 * The length of a block is at both of its ends. Where the two differ the block is not used; whether the first one
 * was right is shown by what follows it: a block whose two lengths agree. Without that, reading stops.
 */
export class BlockSplitter {
  readonly #sink: BlockSink;
  readonly #findings: FindingBudget;
  readonly #limits: Limits;
  /** The beginning of a block that is incomplete. */
  readonly #pending = new ByteQueue();
  /** Bytes that must be pending for the next step. */
  #needed = SHORTEST;
  #littleEndian = true;
  /** Bytes of the file so far, and those before the current block. */
  #received: number;
  #offset: number;
  /** The current block; its length is 0 while that is not known. */
  #type = 0;
  #length = 0;
  /** Bytes to skip of a block that is not held; its second length comes after them. */
  #skip = 0;
  #skipping = false;
  /** What is skipped is given in pieces. */
  #isStreaming = false;
  /** The block before this one contradicted itself, so whether a block begins here is in doubt. */
  #inDoubt = false;
  #stopped = false;
  #follower: Buffer | undefined;
  /** Bytes of the input before the file. */
  readonly #start: number;

  /** @param start - bytes of the input before the file */
  constructor(sink: BlockSink, findings: FindingBudget, limits: Limits, start = 0) {
    this.#start = start;
    this.#received = start;
    this.#offset = start;
    this.#sink = sink;
    this.#findings = findings;
    this.#limits = limits;
  }

  /** What came from a pcap file on that begins where a block should, and where that is. */
  get follower(): { readonly bytes: Buffer; readonly offset: number } | undefined {
    return this.#follower && { bytes: this.#follower, offset: this.#offset };
  }

  /** @throws WsdissectError where the file does not begin with a Section Header Block */
  push(chunk: Buffer): void {
    this.#received += chunk.length;
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, chunk.length - at);
        this.#skip -= skipped;
        if (this.#isStreaming) this.#givePiece(chunk.subarray(at, at + skipped));
        at += skipped;
      } else if (this.#pending.length === 0) {
        const used = this.#step(chunk, at);
        at += used;
        if (used > 0) continue;
        this.#pending.push(chunk.subarray(at));
        return;
      } else {
        const missing = Math.min(this.#needed - this.#pending.length, chunk.length - at);
        this.#pending.push(chunk.subarray(at, at + missing));
        at += missing;
        if (this.#pending.length < this.#needed) return;
        // A step uses all that it needed, or needs more.
        if (this.#step(this.#pending.peek(), 0) > 0) this.#pending.clear();
      }
    }
    if (this.#follower !== undefined) this.#follower = Buffer.concat([this.#follower, chunk.subarray(at)]);
  }

  /**
   * The input is over.
   *
   * @throws WsdissectError where it ended inside the first block
   */
  end(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const there = this.#received - this.#offset;
    if (there === 0) return;
    const of = this.#length === 0 ? `at least ${SHORTEST}` : `${this.#length}`;
    if (this.#offset === 0) {
      throw new WsdissectError(
        'not-a-capture',
        `the input ends after ${there} of the ${of} bytes of a pcapng section header; it was cut, so fetch or record it again`,
      );
    }
    const offset = this.#offset;
    this.#findings.add(
      finding(
        'capture.cut-record',
        `the capture ends inside the block at byte ${offset}: ${there} of its ${of} bytes are there`,
        { offset },
      ),
    );
  }

  /** One step at an offset: returns how many bytes it used, 0 where more than there are is needed. */
  #step(bytes: Buffer, at: number): number {
    const there = bytes.length - at;
    if (this.#skipping) {
      if (there < 4) return this.#need(4);
      this.#skipping = false;
      this.#finish(bytes, at, false);
      this.#isStreaming = false;
      return 4;
    }
    if (there < SHORTEST) return this.#need(SHORTEST);
    if (this.#offset > this.#start && beginsPcap(bytes, at)) {
      this.#stopped = true;
      this.#follower = Buffer.from(bytes.subarray(at));
      return there;
    }
    if (!this.#begin(bytes, at)) return there;
    const length = this.#length;
    if (length > SHORTEST && this.#sink.streams(this.#type)) {
      this.#isStreaming = true;
      this.#skipping = true;
      this.#skip = length - SHORTEST - 4;
      this.#givePiece(bytes.subarray(at + 8, at + SHORTEST));
      return SHORTEST;
    }
    const isHeld = this.#isHeld();
    if (there >= length) {
      this.#finish(bytes, at + length - 4, isHeld);
      return length;
    }
    if (isHeld) return this.#need(length);
    this.#skipping = true;
    this.#skip = length - SHORTEST - 4;
    return SHORTEST;
  }

  #givePiece(bytes: Buffer): void {
    this.#sink.piece(bytes, this.#skip, { littleEndian: this.#littleEndian, offset: this.#offset });
  }

  #need(length: number): 0 {
    this.#needed = length;
    return 0;
  }

  /** Reads a block's type and first length. */
  #begin(bytes: Buffer, at: number): boolean {
    this.#type = readUint32(bytes, at, this.#littleEndian);
    if (this.#type === SECTION_HEADER) {
      const isLittle = readUint32(bytes, at + 8, true) === BYTE_ORDER_MAGIC;
      if (!isLittle && readUint32(bytes, at + 8, false) !== BYTE_ORDER_MAGIC) {
        return this.#stop('begins a section in an unknown byte order');
      }
      this.#littleEndian = isLittle;
    } else if (this.#offset === 0) {
      throw new WsdissectError(
        'not-a-capture',
        'not a pcapng file: it does not begin with a section header; if its beginning was cut off, fetch or record it again',
      );
    }
    const length = readUint32(bytes, at + 4, this.#littleEndian);
    if (length < SHORTEST || length % 4 !== 0) {
      return this.#stop(`says that it has ${length} bytes, which no block can have`);
    }
    if (this.#type === SECTION_HEADER && length > this.#limits.blockLength) {
      return this.#stop(`is a section header of ${length} bytes, more than the ${this.#limits.blockLength} allowed`);
    }
    this.#length = length;
    return true;
  }

  #isHeld(): boolean {
    return this.#length <= this.#limits.blockLength && this.#sink.wants(this.#type);
  }

  /**
   * The end of a block is there.
   *
   * @param end - offset of its second length
   * @param isHeld - the whole block lies before that
   */
  #finish(bytes: Buffer, end: number, isHeld: boolean): void {
    const length = this.#length;
    const second = readUint32(bytes, end, this.#littleEndian);
    if (second !== length) {
      this.#contradict(second);
    } else {
      this.#inDoubt = false;
      if (isHeld) this.#give(bytes, end + 4 - length, end);
      else {
        if (this.#sink.wants(this.#type) && !this.#isStreaming) {
          this.#report(`has ${length} bytes, more than the ${this.#limits.blockLength} allowed; it is not used`);
        }
        this.#sink.passed(this.#type);
      }
    }
    this.#offset += length;
    this.#length = 0;
  }

  #give(bytes: Buffer, start: number, end: number): void {
    const littleEndian = this.#littleEndian;
    const canGoOn = this.#sink.block({ type: this.#type, bytes, start, end, littleEndian, offset: this.#offset });
    if (!canGoOn) this.#stopped = true;
  }

  #contradict(second: number): void {
    const lengths = `has ${this.#length} bytes by its first length and ${second} by its second one`;
    if (this.#inDoubt || this.#type === SECTION_HEADER) {
      this.#stop(lengths);
      return;
    }
    this.#inDoubt = true;
    this.#report(`${lengths}; ${this.#isStreaming ? 'what it held was used' : 'it is not used'}`);
    this.#sink.passed(this.#type);
  }

  #stop(what: string): false {
    if (this.#offset === 0)
      throw new WsdissectError(
        'not-a-capture',
        `not a pcapng file: its first block ${what}; it is damaged, so fetch or record it again`,
      );
    this.#report(`${what}; the capture is not read from there on`);
    this.#stopped = true;
    return false;
  }

  #report(what: string): void {
    const offset = this.#offset;
    this.#findings.add(finding('capture.bad-block', `the block at byte ${offset} ${what}`, { offset }));
  }
}
