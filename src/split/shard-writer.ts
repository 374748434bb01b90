import type { CaptureSink, Packet, SplitMark, SplitPart } from '../capture/packet.js';
import {
  decryptionSecrets,
  enhancedPacket,
  interfaceDescription,
  sectionHeader,
} from '../capture/pcapng/pcapng-writer.js';
import { markComment, partComment, partEndComment, SPLIT_APPLICATION } from '../capture/pcapng/split-section.js';
import { WsdissectError } from '../common/error.js';
import type { Limits } from '../common/limits.js';
import { PacketDecoder } from '../ip/packet-decoder.js';
import type { TcpSegment } from '../ip/tcp-segment.js';
import { flowId, flowKey } from './flow.js';
import type { FilePlan, SplitPlan } from './split-plan.js';
import type { SplitReading } from './file-indexer.js';

/** Takes the bytes of the part of a file that is of a shard. */
export type WriteShard = (shard: number, bytes: Buffer) => void;

/** Shards are kept by the ends of so many connections; they are computed again after that. */
const MOST_FLOWS = 1_000_000;
const NO_BYTES = Buffer.alloc(0);

/**
 * Writes the packets of one file of a capture set into the shards.
 *
 * What happens in the whole depends on the time as well: what waits for too long does not wait any more. So each shard is
 * told of the first packet with a TCP segment in each second, and of the last packet of the set, even where it does not
 * hold them; and of the first packet of each file, by whose time the files are put in order.
 */
export class ShardWriter implements CaptureSink {
  readonly #plan: SplitPlan;
  readonly #file: FilePlan;
  readonly #part: SplitPart;
  readonly #name: string;
  readonly #write: WriteShard;
  readonly #decoder: PacketDecoder;
  /** Shards by the ends of connections. */
  readonly #flows = new Map<string, number | undefined>();
  /** Of each shard, the numbers of its interfaces by link type and precision. */
  readonly #interfaces: Map<string, number>[];
  readonly #secrets: Buffer[] = [];
  /** Which shards hold the current packet. */
  readonly #holders = new Set<number>();
  #second = Number.NaN;
  #last: { readonly packet: Omit<Packet, 'bytes'>; readonly holders: ReadonlySet<number> } | undefined;
  #left = 0;

  constructor(
    plan: SplitPlan,
    {
      index,
      name,
      limits,
      reading,
    }: {
      /** Which of the files it is, from 0. */
      readonly index: number;
      readonly name: string;
      readonly limits: Limits;
      readonly reading: SplitReading;
    },
    write: WriteShard,
  ) {
    this.#plan = plan;
    this.#file = plan.files[index]!;
    this.#name = name;
    this.#write = write;
    this.#decoder = new PacketDecoder(limits, () => undefined, reading.tunnels);
    this.#interfaces = Array.from({ length: plan.shards }, () => new Map<string, number>());
    const { mayHoldSecrets } = this.#file;
    this.#part = { number: index + 1, files: plan.files.length, name, mayHoldSecrets };
    this.#writeAll(sectionHeader(SPLIT_APPLICATION, partComment(this.#part)));
  }

  /** Packets that are of no connection that is kept. */
  get left(): number {
    return this.#left;
  }

  packet(packet: Packet): void {
    const holders = this.#holders;
    holders.clear();
    let segment = this.#decoder.decode(packet);
    const isSegment = segment !== undefined;
    const { packet: number, seconds } = packet.at;
    const { fragments } = this.#file;
    if (fragments.has(number)) {
      const id = fragments.get(number);
      if (id === undefined) for (let shard = 0; shard < this.#plan.shards; shard++) holders.add(shard);
      else this.#hold(this.#plan.shard(id));
    }
    // An aggregate may hold segments of several connections.
    for (; segment !== undefined; segment = this.#decoder.next()) this.#hold(this.#shardOfFlow(segment));
    for (const shard of holders) this.#put(shard, packet, 'packet');
    if (holders.size === 0) this.#left++;
    const isFirst = this.#last === undefined;
    if (isFirst || (isSegment && seconds !== this.#second)) this.#tell(packet, holders, isSegment);
    if (isSegment) this.#second = seconds;
    this.#last = {
      packet: { at: packet.at, linkType: packet.linkType, originalLength: packet.originalLength },
      holders,
    };
  }

  secrets(keyLog: Buffer, isLast: boolean): void {
    this.#secrets.push(Buffer.from(keyLog));
    if (!isLast) return;
    this.#writeAll(decryptionSecrets(Buffer.concat(this.#secrets)));
    this.#secrets.length = 0;
  }

  finding(): void {
    // Whoever made the index has told it.
  }

  /** The file is over. */
  end(): void {
    if (this.#file.isLast && this.#last !== undefined) this.#tell(this.#last.packet, this.#last.holders, false);
    this.#writeAll(sectionHeader(SPLIT_APPLICATION, partEndComment(this.#part)));
  }

  #hold(shard: number | undefined): void {
    if (shard !== undefined) this.#holders.add(shard);
  }

  /** Tells the shards of a packet that do not hold it. */
  #tell(packet: Omit<Packet, 'bytes'>, holders: ReadonlySet<number>, isSegment: boolean): void {
    for (let shard = 0; shard < this.#plan.shards; shard++) {
      if (!holders.has(shard)) this.#put(shard, { ...packet, bytes: NO_BYTES }, isSegment ? 'segment' : 'other');
    }
  }

  #writeAll(bytes: Buffer): void {
    for (let shard = 0; shard < this.#plan.shards; shard++) this.#write(shard, bytes);
  }

  #put(shard: number, { at, linkType, bytes, originalLength }: Packet, kind: SplitMark['kind']): void {
    const streams = kind === 'packet' ? this.#file.streams.get(at.packet) : undefined;
    const isTimeless = at.precision === 0;
    const timeDigits = at.precision === 6 ? 6 : 9;
    const isPlain = kind === 'packet' && streams === undefined && !isTimeless;
    const packet = {
      interfaceId: this.#interfaceOf(shard, linkType, timeDigits),
      timeDigits,
      at,
      bytes,
      originalLength,
      id: at.packet,
      comment: isPlain ? undefined : markComment({ kind, streams }, isTimeless),
    };
    try {
      this.#write(shard, enhancedPacket(packet));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new WsdissectError('unreadable', `${this.#name}: packet ${at.packet} has ${error.message}`, {
        cause: error,
      });
    }
  }

  #interfaceOf(shard: number, linkType: number, timeDigits: number): number {
    const known = this.#interfaces[shard]!;
    const key = `${linkType}/${timeDigits}`;
    const id = known.get(key);
    if (id !== undefined) return id;
    this.#write(shard, interfaceDescription({ linkType, timeDigits }));
    known.set(key, known.size);
    return known.size - 1;
  }

  #shardOfFlow(segment: TcpSegment): number | undefined {
    const key = flowKey(segment);
    if (this.#flows.has(key)) return this.#flows.get(key);
    if (this.#flows.size >= MOST_FLOWS) this.#flows.clear();
    const shard = this.#plan.shard(flowId(segment));
    this.#flows.set(key, shard);
    return shard;
  }
}
