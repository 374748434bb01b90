import { WsdissectError } from '../../common/error.js';
import { finding } from '../../common/finding.js';
import type { Limits } from '../../common/limits.js';
import { readUint16, readUint32 } from '../pcap/byte-order.js';
import { FindingBudget } from '../finding-budget.js';
import {
  INPUT_START,
  type FileReader,
  type CaptureSink,
  type CaptureStart,
  type Follower,
  type SplitPart,
} from '../packet.js';
import { BlockSplitter, SECTION_HEADER, type Block, type BlockSink } from './pcapng-block.js';
import { decodeDropped, decodeInterface, type CaptureInterface } from './pcapng-interface.js';
import { SecretsBlock, TOO_SHORT_FOR_SECRETS } from './pcapng-secrets.js';
import { decodeSplitSection, isSplitEnd } from './split-section.js';
import { decodePacket, ENHANCED_PACKET, OLD_PACKET, SIMPLE_PACKET } from './pcapng-packet.js';

/** Block types besides those of packets (draft-ietf-opsawg-pcapng, section 4). */
const INTERFACE_DESCRIPTION = 1;
const INTERFACE_STATISTICS = 5;
const SYSTEMD_JOURNAL = 9;
const DECRYPTION_SECRETS = 10;
const CUSTOM = 0xbad;
const CUSTOM_NOT_COPIED = 0x4000_0bad;

/** Bytes of a Section Header Block before its options. */
const SECTION_FIXED_LENGTH = 24;

/**
 * Reads a pcapng file (draft-ietf-opsawg-pcapng): sections of both byte orders, any number of interfaces, packets of
 * all three block types, TLS secrets. Packets are numbered over the whole file.
 */
export class PcapngReader implements FileReader {
  readonly #sink: CaptureSink;
  readonly #limits: Limits;
  readonly #findings: FindingBudget;
  readonly #blocks: BlockSplitter;
  readonly #secrets: SecretsBlock;
  /** Of the current section, by their number; `undefined` where the description of one could not be used. */
  #interfaces: (CaptureInterface | undefined)[] = [];
  #packets: number;
  /** Of a split capture set the current section is this part. */
  #part: SplitPart | undefined = undefined;
  #isPartWhole = false;
  #ended = false;

  /** @param start - what of the input stands before the capture */
  constructor(sink: CaptureSink, limits: Limits, start: CaptureStart = INPUT_START) {
    this.#packets = start.packets;
    this.#sink = sink;
    this.#limits = limits;
    this.#findings = new FindingBudget(sink, limits.findings);
    const blocks: BlockSink = {
      wants: (type) => WANTED.has(type),
      block: (block) => this.#block(block),
      streams: (type) => type === DECRYPTION_SECRETS,
      piece: (bytes, left, block) => this.#secrets.piece(bytes, left, block),
      passed: (type) => this.#passed(type),
    };
    this.#secrets = new SecretsBlock(sink, (block, what) => this.#bad(block, what));
    this.#blocks = new BlockSplitter(blocks, this.#findings, limits, start.bytes);
  }

  get packets(): number {
    return this.#packets;
  }

  get mayHoldSecrets(): boolean {
    return this.#part?.mayHoldSecrets ?? true;
  }

  get splitPart(): SplitPart | undefined {
    return this.#part;
  }

  get follower(): Follower | undefined {
    const follower = this.#blocks.follower;
    return follower && { bytes: follower.bytes, start: { packets: this.#packets, bytes: follower.offset } };
  }

  /** @throws WsdissectError where the file does not begin with a section header of version 1 */
  push(chunk: Buffer): void {
    this.#blocks.push(chunk);
  }

  /** @throws WsdissectError where the input ended inside the first section header, or is a part of a shard that is not whole */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#secrets.end();
    this.#blocks.end();
    this.#endSection();
    this.#findings.end();
    if (this.#part === undefined || this.#isPartWhole) return;
    const { number, files, name } = this.#part;
    const message = `its end is missing: it is part ${number} of ${files} of a shard, of ${name}; copy it again, or run its task of split again`;
    throw new WsdissectError('unreadable', message);
  }

  #block(block: Block): boolean {
    switch (block.type) {
      case ENHANCED_PACKET:
      case SIMPLE_PACKET:
      case OLD_PACKET:
        this.#packet(block);
        return true;
      case SECTION_HEADER:
        return this.#section(block);
      case INTERFACE_DESCRIPTION:
        this.#describe(block);
        return true;
      case INTERFACE_STATISTICS:
        this.#statistics(block);
        return true;
      default:
        this.#bad(block, TOO_SHORT_FOR_SECRETS);
        return true;
    }
  }

  /** What comes later is numbered as if the block had been read. */
  #passed(type: number): void {
    if (type === INTERFACE_DESCRIPTION) this.#addInterface(undefined);
    else if (NUMBERED.has(type)) this.#packets++;
  }

  #packet(block: Block): void {
    const packet = decodePacket(block, ++this.#packets, this.#interfaces, this.#part !== undefined);
    const most = this.#limits.recordLength;
    if (typeof packet === 'string') this.#bad(block, packet);
    else if (packet.bytes.length > most) {
      this.#bad(block, `holds a packet of ${packet.bytes.length} bytes, more than the ${most} that one may have`);
    } else this.#sink.packet(packet);
  }

  #section(block: Block): boolean {
    this.#endSection();
    this.#interfaces = [];
    const what = unreadSection(block);
    if (what === undefined) {
      this.#isPartWhole = isSplitEnd(block);
      if (!this.#isPartWhole) this.#part = decodeSplitSection(block);
      return true;
    }
    if (block.offset === 0)
      throw new WsdissectError(
        'unsupported-version',
        `${what} is not read, only version 1.0; convert it, for example with editcap`,
      );
    this.#bad(block, `is ${what}; the capture is not read from there on`);
    return false;
  }

  #endSection(): void {
    for (const [number, described] of this.#interfaces.entries()) {
      if (described === undefined) continue;
      // Both count the same packets, so the larger number is the one that knows more.
      const dropped = Math.max(described.droppedInStatistics, described.droppedByPackets);
      if (dropped === 0) continue;
      const message = `${dropped} packets of interface ${number} were dropped while capturing, as the capture itself says`;
      this.#findings.add(finding('capture.packets-dropped', message));
    }
  }

  #describe(block: Block): void {
    const described = decodeInterface(block);
    if (described === undefined) this.#bad(block, 'is too short to describe an interface');
    if (this.#interfaces.length >= this.#limits.interfaces) {
      this.#bad(block, `is past the ${this.#limits.interfaces} interfaces that a section may have; it is not used`);
    }
    this.#addInterface(described);
  }

  #addInterface(described: CaptureInterface | undefined): void {
    if (this.#interfaces.length < this.#limits.interfaces) this.#interfaces.push(described);
  }

  #statistics(block: Block): void {
    if (block.end - block.start < 12) return;
    const described = this.#interfaces[readUint32(block.bytes, block.start + 8, block.littleEndian)];
    if (described !== undefined) described.droppedInStatistics = decodeDropped(block);
  }

  #bad(block: Pick<Block, 'offset'>, what: string): void {
    const offset = block.offset;
    this.#findings.add(finding('capture.bad-block', `the block at byte ${offset} ${what}`, { offset }));
  }
}

const WANTED = new Set([
  SECTION_HEADER,
  INTERFACE_DESCRIPTION,
  OLD_PACKET,
  SIMPLE_PACKET,
  INTERFACE_STATISTICS,
  ENHANCED_PACKET,
  DECRYPTION_SECRETS,
]);

/** Types of the blocks that Wireshark numbers, so that a packet has the same number in both. */
const NUMBERED = new Set([OLD_PACKET, SIMPLE_PACKET, ENHANCED_PACKET, SYSTEMD_JOURNAL, CUSTOM, CUSTOM_NOT_COPIED]);

/** What a section header is that cannot be read; `undefined` where it can. */
function unreadSection({ bytes, start, end, littleEndian }: Block): string | undefined {
  if (end - start < SECTION_FIXED_LENGTH) return 'a pcapng section with a header that is too short';
  const major = readUint16(bytes, start + 12, littleEndian);
  const minor = readUint16(bytes, start + 14, littleEndian);
  return major === 1 ? undefined : `a pcapng section of version ${major}.${minor}`;
}
