import type { Packet } from '../../../src/capture/packet.js';
import { DEFAULT_LIMITS } from '../../../src/common/limits.js';
import { PacketDecoder } from '../../../src/ip/packet-decoder.js';
import { ACK, FIN, RST, SYN, type TcpSegment } from '../../../src/ip/tcp-segment.js';
import type { PrintedRecord, Reading } from './reading.js';
import type { Recorded } from './recording.js';

/** Who sends: the client is 0. */
export type Sender = 0 | 1;

/** One direction of a TCP connection, whole. */
export interface SideTruth {
  /** Sequence number of its first byte. */
  readonly base: number;
  readonly bytes: Buffer;
  /** A byte for each of `bytes` that the fixture holds; 0 where it is not there. */
  readonly known: Uint8Array;
  /** Its SYN is in the fixture. */
  readonly begins: boolean;
  /** Where the bytes after the opening handshake begin; `undefined` where that cannot be seen (TLS, losses). */
  readonly afterHandshake: number | undefined;
  /** Frames of this direction, with the range of their bytes; in the order of the wire. */
  readonly frames: readonly FrameTruth[];
}

/** A frame and where its bytes lie, under TLS and in HTTP/2 those of its packet; 0 and 0 where that cannot be seen. */
interface FrameTruth {
  readonly record: PrintedRecord;
  readonly from: number;
  readonly to: number;
  /** The place of its record among all frames of the reading. */
  readonly place: number;
}

/** A TCP connection of a fixture. */
export interface TcpTruth {
  readonly clientPort: number;
  readonly serverPort: number;
  readonly sides: readonly [SideTruth, SideTruth];
  /** Numbers of its first and last packet, from 0. */
  readonly first: number;
  readonly last: number;
}

/** A segment of a capture, and the packet that it came in. */
export interface Seen {
  readonly segment: TcpSegment;
  /** From 0. */
  readonly packet: number;
}

/** The segments of a capture. */
export function segmentsOf(packets: readonly Recorded[], linkType: number): Seen[] {
  const decoder = new PacketDecoder(DEFAULT_LIMITS, () => undefined);
  const seen: Seen[] = [];
  packets.forEach(({ seconds, nanoseconds, bytes, originalLength }, index) => {
    const at = { packet: index + 1, seconds, nanoseconds, precision: 9 } as const;
    const packet: Packet = { at, linkType, originalLength, bytes };
    const segment = decoder.decode(packet);
    if (segment !== undefined) seen.push({ segment, packet: index });
  });
  return seen;
}

/**
 * The connections of a fixture, put together here and not by what is tested.
 *
 * @param origin - the packets that the truth was read of: those of a fixture that is derived have other numbers
 */
export function connectionsOf(
  packets: readonly Recorded[],
  linkType: number,
  truth: Reading,
  origin: readonly Recorded[],
): TcpTruth[] {
  const places = new Map(segmentsOf(origin, linkType).map(({ segment, packet }) => [packet + 1, segment]));
  const open = new Map<string, Seen[]>();
  const all: Seen[][] = [];
  for (const seen of segmentsOf(packets, linkType)) {
    const { sourcePort, destinationPort, flags } = seen.segment;
    const key = [sourcePort, destinationPort].sort((a, b) => a - b).join();
    const known = open.get(key);
    // A SYN without ACK after an end, or with another number, is a new connection.
    const isNew = (flags & (SYN | ACK)) === SYN && known?.some(({ segment }) => (segment.flags & (FIN | RST)) !== 0);
    if (known !== undefined && isNew !== true) known.push(seen);
    else {
      const list = [seen];
      open.set(key, list);
      all.push(list);
    }
  }
  const used = new Set<PrintedRecord>();
  return all.map((segments) => connectionOf(segments, truth, used, places));
}

function connectionOf(
  segments: readonly Seen[],
  truth: Reading,
  used: Set<PrintedRecord>,
  places: ReadonlyMap<number, TcpSegment>,
): TcpTruth {
  const { sourcePort, destinationPort } = segments[0]!.segment;
  const isOfThis = ({ client, server }: PrintedRecord): boolean => {
    const [a, b] = [portOf(client), portOf(server)];
    return (a === sourcePort && b === destinationPort) || (a === destinationPort && b === sourcePort);
  };
  const record = truth.connections.find((one) => isOfThis(one) && !used.has(one));
  if (record !== undefined) used.add(record);
  const clientPort = record === undefined ? sourcePort : portOf(record.client);
  const serverPort = clientPort === sourcePort ? destinationPort : sourcePort;
  const stream = record?.stream;
  const side = (port: number, direction: string): SideTruth => {
    const own = segments.filter(({ segment }) => segment.sourcePort === port);
    const frames = truth.frames.flatMap((frame, place) =>
      frame.stream === stream && frame.direction === direction ? [{ frame, place }] : [],
    );
    const acknowledged = segments
      .filter(({ segment }) => segment.sourcePort !== port && (segment.flags & (ACK | RST)) === ACK)
      .map(({ segment }) => segment.acknowledgment);
    return sideOf(own, acknowledged, frames, places);
  };
  return {
    clientPort,
    serverPort,
    sides: [side(clientPort, 'client-to-server'), side(serverPort, 'server-to-client')],
    first: segments[0]!.packet,
    last: segments.at(-1)!.packet,
  };
}

/** The port of `address:port`. */
export function portOf(endpoint: string | undefined): number {
  return Number(endpoint?.slice(endpoint.lastIndexOf(':') + 1));
}

function sideOf(
  seen: readonly Seen[],
  acknowledged: readonly number[],
  frames: readonly { frame: PrintedRecord; place: number }[],
  places: ReadonlyMap<number, TcpSegment>,
): SideTruth {
  const own = seen.map(({ segment }) => segment);
  const syn = own.find(({ flags }) => (flags & SYN) !== 0);
  const data = own.filter(({ length }) => length > 0);
  const lowest = data.reduce(
    (low, { sequence }) => (((sequence - low) | 0) < 0 ? sequence : low),
    data[0]?.sequence ?? 0,
  );
  const base = syn === undefined ? lowest : (syn.sequence + 1) | 0;
  const ends = data.map(({ sequence, length }) => ((sequence - base) | 0) + length);
  const hasFin = own.some(({ flags }) => (flags & FIN) !== 0);
  // What the other side acknowledged was sent; a FIN counts as one.
  const proven =
    data.length === 0 && syn === undefined
      ? []
      : acknowledged.map((number) => ((number - base) | 0) - (hasFin ? 1 : 0));
  const length = Math.max(0, ...ends, ...proven);
  const bytes = Buffer.alloc(length);
  const known = new Uint8Array(length);
  for (const { sequence, payload } of data) {
    const at = (sequence - base) | 0;
    payload.forEach((byte, index) => {
      if (at + index < 0 || known[at + index] !== 0) return;
      bytes[at + index] = byte;
      known[at + index] = 1;
    });
  }
  const afterHandshake = known.includes(0)
    ? undefined
    : findFrames(
        bytes,
        frames.map(({ frame }) => frame),
      );
  let at = afterHandshake ?? 0;
  const isTls = bytes[0] === 0x16 && bytes[1] === 3;
  const placed = frames.map(({ frame, place }) => {
    const from = at;
    if (afterHandshake !== undefined) at += wireLength(frame);
    return isTls || frame['http2Stream'] !== undefined
      ? { record: frame, ...rangeOfPacket(frame, places, base), place }
      : { record: frame, from, to: at, place };
  });
  return { base, bytes, known, begins: syn !== undefined, afterHandshake, frames: placed };
}

/** The bytes of the packet that completed a frame: under TLS, and in HTTP/2, no more is known of where it lies. */
function rangeOfPacket(
  { packet }: PrintedRecord,
  places: ReadonlyMap<number, TcpSegment>,
  base: number,
): { from: number; to: number } {
  const segment = places.get(packet!);
  if (segment === undefined) return { from: 0, to: 0 };
  const from = (segment.sequence - base) | 0;
  return { from, to: from + segment.length };
}

function wireLength(frame: PrintedRecord): number {
  return headerOf(frame).length + Number(frame.payloadLength);
}

/** The header's bytes with the shortest length; one that is longer is in the fixtures of violations, which lie nowhere then. */
function headerOf(frame: PrintedRecord): Buffer {
  const { fin, rsv1, rsv2, rsv3, opcode, mask, payloadLength, maskingKey } = frame;
  const length = Number(payloadLength);
  const first =
    (fin === true ? 128 : 0) | (rsv1 === true ? 64 : 0) | (rsv2 === true ? 32 : 0) | (rsv3 === true ? 16 : 0);
  const header = Buffer.alloc(length < 126 ? 2 : length < 65536 ? 4 : 10);
  header[0] = first | Number(opcode);
  header[1] = (mask === true ? 128 : 0) | (length < 126 ? length : length < 65536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return mask === true ? Buffer.concat([header, Buffer.from(String(maskingKey), 'hex')]) : header;
}

/** Where in a direction its frames begin, one after the other to its end. */
function findFrames(bytes: Buffer, frames: readonly PrintedRecord[]): number | undefined {
  if (frames.length === 0) {
    const head = bytes.lastIndexOf('\r\n\r\n');
    return head >= 0 && head + 4 === bytes.length ? bytes.length : undefined;
  }
  const total = frames.reduce((sum, frame) => sum + wireLength(frame), 0);
  let at = bytes.length - total;
  const start = at;
  if (start < 0) return undefined;
  for (const frame of frames) {
    const header = headerOf(frame);
    if (!bytes.subarray(at, at + header.length).equals(header)) return undefined;
    at += wireLength(frame);
  }
  return start;
}
