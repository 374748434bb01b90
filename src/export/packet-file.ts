import { writePcap } from '../capture/pcap/pcap-writer.js';

/** A packet to be written, with its link type. */
export interface ExportedPacket {
  readonly linkType: number;
  /** Whole seconds since 1970-01-01 UTC. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The capture has more than microseconds. */
  readonly isNanosecond?: boolean;
  /** Its time is not known. */
  readonly hasNoTime?: boolean;
  readonly originalLength: number;
  readonly bytes: Uint8Array;
}

/** What is known of all packets of a file before its first one is written. */
export interface PacketFileShape {
  /** The link types of the packets, each once. */
  readonly linkTypes: readonly number[];
  /** Some time has more than microseconds. */
  readonly isNanosecond: boolean;
  /** The earliest whole second, and the latest. */
  readonly firstSecond: number;
  readonly lastSecond: number;
  /** It is a pcapng file, also where a pcap file could hold all of it. */
  readonly isPcapng?: boolean;
}

/** Writes the parts of a file of packets. Nothing but packets is written: no secrets, names or comments. */
export interface PacketFileWriter {
  begin(): Buffer;
  packet(packet: ExportedPacket): Buffer;
}

/** The largest time of a pcap file. */
const LAST_PCAP_SECOND = 0xffffffff;
/** Nanoseconds in 64 bits last until the year 2554. */
const LAST_PCAPNG_SECOND = Number(0xffffffffffffffffn / 1_000_000_000n) - 1;

/** A pcap file; pcapng where there are several link types, or a time that pcap cannot hold. */
export function packetFileWriter(shape: PacketFileShape): PacketFileWriter {
  const { linkTypes, firstSecond, lastSecond, isPcapng = false } = shape;
  const fitsPcap = linkTypes.length <= 1 && firstSecond >= 0 && lastSecond <= LAST_PCAP_SECOND;
  return fitsPcap && !isPcapng ? new PcapFile(linkTypes[0] ?? 1, shape.isNanosecond) : new PcapngFile(shape);
}

const RECORD_HEADER = 16;

/** pcap (draft-ietf-opsawg-pcap), little endian. */
class PcapFile implements PacketFileWriter {
  readonly #linkType: number;
  readonly #isNanosecond: boolean;

  constructor(linkType: number, isNanosecond: boolean) {
    this.#linkType = linkType;
    this.#isNanosecond = isNanosecond;
  }

  begin(): Buffer {
    return writePcap([], { linkType: this.#linkType, nanosecond: this.#isNanosecond });
  }

  packet({ seconds, nanoseconds, originalLength, bytes }: ExportedPacket): Buffer {
    const record = Buffer.alloc(RECORD_HEADER + bytes.length);
    record.writeUInt32LE(seconds, 0);
    record.writeUInt32LE(this.#isNanosecond ? nanoseconds : Math.floor(nanoseconds / 1000), 4);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(originalLength, 12);
    record.set(bytes, RECORD_HEADER);
    return record;
  }
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER = 0x1a2b3c4d;
/** if_tsresol and if_tsoffset (draft-ietf-opsawg-pcapng section 4.2). */
const RESOLUTION_OPTION = 9;
const OFFSET_OPTION = 14;
const NANOSECONDS = 9;
const MICROSECONDS = 6;

/** pcapng (draft-ietf-opsawg-pcapng): one interface for each link type. */
class PcapngFile implements PacketFileWriter {
  readonly #shape: PacketFileShape;
  /** What is added to each time of the file. */
  readonly #offset: number;
  readonly #interfaces = new Map<number, number>();

  constructor(shape: PacketFileShape) {
    this.#shape = shape;
    const { firstSecond, lastSecond } = shape;
    this.#offset = firstSecond < 0 || lastSecond > LAST_PCAPNG_SECOND ? firstSecond : 0;
  }

  begin(): Buffer {
    const section = Buffer.alloc(16);
    section.writeUInt32LE(BYTE_ORDER, 0);
    section.writeUInt16LE(1, 4);
    section.writeBigInt64LE(-1n, 8);
    const { linkTypes } = this.#shape;
    const blocks = [block(SECTION_HEADER, section)];
    for (const linkType of linkTypes) {
      this.#interfaces.set(linkType, this.#interfaces.size);
      blocks.push(this.#describe(linkType));
    }
    return Buffer.concat(blocks);
  }

  packet({ linkType, seconds, nanoseconds, originalLength, bytes }: ExportedPacket): Buffer {
    const body = Buffer.alloc(20 + padded(bytes.length));
    const whole = BigInt(seconds - this.#offset) * 1_000_000_000n + BigInt(nanoseconds);
    const ticks = this.#shape.isNanosecond ? whole : whole / 1000n;
    body.writeUInt32LE(this.#interfaces.get(linkType)!, 0);
    body.writeUInt32LE(Number(ticks >> 32n), 4);
    body.writeUInt32LE(Number(ticks & 0xffffffffn), 8);
    body.writeUInt32LE(bytes.length, 12);
    body.writeUInt32LE(originalLength, 16);
    body.set(bytes, 20);
    return block(ENHANCED_PACKET, body);
  }

  #describe(linkType: number): Buffer {
    const options = [option(RESOLUTION_OPTION, Buffer.from([this.#shape.isNanosecond ? NANOSECONDS : MICROSECONDS]))];
    if (this.#offset !== 0) {
      const offset = Buffer.alloc(8);
      offset.writeBigInt64LE(BigInt(this.#offset));
      options.push(option(OFFSET_OPTION, offset));
    }
    const head = Buffer.alloc(8);
    head.writeUInt16LE(linkType, 0);
    return block(INTERFACE_DESCRIPTION, Buffer.concat([head, ...options, option(0, Buffer.alloc(0))]));
  }
}

function option(code: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt16LE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
}

function block(type: number, body: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  bytes.set(body, 8);
  bytes.writeUInt32LE(bytes.length, bytes.length - 4);
  return bytes;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
