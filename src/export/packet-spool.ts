import type { Packet } from '../capture/packet.js';
import { ByteQueue } from '../common/byte-queue.js';
import type { PacketWitness } from '../dissection/capture-witness.js';
import type { ExportedPacket, PacketFileShape } from './packet-file.js';
import { Spool } from './spool.js';

/** Bytes before each packet that is put by. */
const HEADER = 28;
const FIRST_ROOM = 1024;
const NO_STREAM = -1;
const NANOSECOND_DIGITS = 9;

/** The packets that are wanted. */
export interface SelectedPackets {
  readonly shape: PacketFileShape;
  readonly count: number;
  /** In the order of the captures; given once. */
  readonly packets: Iterable<ExportedPacket>;
}

/**
 * Puts the packets of captures by, until it is known of which TCP connections they are and which of these are wanted.
 * They wait in a temporary file; four bytes for each stay in memory.
 */
export class PacketSpool implements PacketWitness {
  readonly #all = new Spool<0>();
  readonly #selected = new Spool<0>();
  /** By the place of a packet among all that were put by: the connection that it is of. */
  #streams = new Int32Array(FIRST_ROOM).fill(NO_STREAM);
  #count = 0;
  /** Further connections of packets that hold segments of several. */
  readonly #further = new Map<number, number[]>();
  readonly #wanted = new Set<number>();
  /** The place of the packet of the current capture whose number would be 0; `undefined` before its first one. */
  #base: number | undefined;
  /** Connections of the captures before the current one. */
  #streamBase = 0;
  #highest = -1;

  /** Another capture begins: its packets and connections are counted from the beginning. */
  nextCapture(): void {
    this.#base = undefined;
    this.#streamBase = this.#highest + 1;
  }

  packet({ at, linkType, originalLength, bytes }: Packet): void {
    this.#base ??= this.#count - at.packet;
    const header = Buffer.allocUnsafe(HEADER);
    header.writeDoubleLE(at.seconds, 0);
    header.writeUInt32LE(at.nanoseconds, 8);
    header.writeUInt32LE(originalLength, 12);
    header.writeUInt32LE(bytes.length, 16);
    header.writeUInt32LE(linkType, 20);
    header.writeUInt32LE(at.precision, 24);
    this.#all.append(0, header);
    this.#all.append(0, bytes);
    if (++this.#count <= this.#streams.length) return;
    const larger = new Int32Array(this.#streams.length * 2).fill(NO_STREAM);
    larger.set(this.#streams);
    this.#streams = larger;
  }

  placed(packet: number, stream: number, isFurther: boolean): void {
    const place = (this.#base ?? 0) + packet;
    if (place < 0 || place >= this.#count) return;
    const number = this.#streamBase + stream;
    this.#highest = Math.max(this.#highest, number);
    if (!isFurther) this.#streams[place] = number;
    else this.#further.set(place, [...(this.#further.get(place) ?? []), number]);
  }

  /** A connection of the current capture is wanted. */
  want(stream: number): void {
    this.#wanted.add(this.#streamBase + stream);
    this.#highest = Math.max(this.#highest, this.#streamBase + stream);
  }

  /** The packets of the wanted connections. No more are put by after this. */
  select(): SelectedPackets {
    const linkTypes = new Set<number>();
    let [place, count, firstSecond, lastSecond] = [0, 0, 0, 0];
    let isNanosecond = false;
    for (const bytes of recordsOf(this.#all)) {
      if (!this.#isWanted(place++)) continue;
      this.#selected.append(0, bytes);
      const packet = packetOf(bytes);
      const { linkType, seconds } = packet;
      linkTypes.add(linkType);
      isNanosecond ||= packet.isNanosecond === true;
      firstSecond = count === 0 ? seconds : Math.min(firstSecond, seconds);
      lastSecond = count === 0 ? seconds : Math.max(lastSecond, seconds);
      count++;
    }
    const shape = { linkTypes: [...linkTypes], isNanosecond, firstSecond, lastSecond };
    return { shape, count, packets: packetsOf(this.#selected) };
  }

  /** Gives the temporary files back. */
  close(): void {
    this.#all.close();
    this.#selected.close();
  }

  #isWanted(place: number): boolean {
    if (this.#wanted.has(this.#streams[place]!)) return true;
    return this.#further.get(place)?.some((stream) => this.#wanted.has(stream)) === true;
  }
}

function* packetsOf(spool: Spool<0>): Generator<ExportedPacket> {
  for (const bytes of recordsOf(spool)) yield packetOf(bytes);
}

/** The packets that were put by, each with its header; a view that is valid until the next. */
function* recordsOf(spool: Spool<0>): Generator<Buffer> {
  const queue = new ByteQueue();
  for (const piece of spool.take(0)) {
    queue.push(piece);
    for (let bytes = nextRecord(queue); bytes !== undefined; bytes = nextRecord(queue)) yield bytes;
  }
}

function nextRecord(queue: ByteQueue): Buffer | undefined {
  if (queue.length < HEADER) return undefined;
  const length = HEADER + queue.peek().readUInt32LE(16);
  return queue.length < length ? undefined : queue.take(length);
}

function packetOf(bytes: Buffer): ExportedPacket {
  return {
    seconds: bytes.readDoubleLE(0),
    nanoseconds: bytes.readUInt32LE(8),
    originalLength: bytes.readUInt32LE(12),
    linkType: bytes.readUInt32LE(20),
    isNanosecond: bytes.readUInt32LE(24) === NANOSECOND_DIGITS,
    bytes: bytes.subarray(HEADER),
  };
}
