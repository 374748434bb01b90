import { otherSide, type Side } from '../common/sink.js';
import { ACK, FIN, SYN, type TcpSegment } from '../ip/tcp-segment.js';
import { decodeMultipathOption, type DataMapping, type MultipathOption } from './multipath-option.js';
import type { SequenceSpace } from './sequence-space.js';
import { SubflowMappings } from './subflow-mappings.js';
import { multipathOptions } from './tcp-options.js';

/** As far ahead as one subflow may be of the others, or a connection of where its keys say that it begins. */
const REACH = 1024 * 1024;

/** What is asked of a TCP connection that is a subflow. */
export interface SubflowConnection {
  space(side: Side): SequenceSpace;
  endpoint(side: Side): string;
}

/** A segment as one of the whole connection: with the sequence numbers that the first subflow would have given it. */
export interface DataSegment {
  readonly side: Side;
  readonly segment: TcpSegment;
}

/** What a DSS option says (RFC 8684 section 3.3). */
export type DataOption = Extract<MultipathOption, { kind: 'data' }>;

/**
 * A Multipath TCP connection (RFC 8684): its bytes go over several TCP connections, its subflows, and are ordered by data
 * sequence numbers.
 *
 * These are counted here from where the first subflow's numbers begin, so that a connection with one subflow, or one that
 * fell back to plain TCP, is read as what it is.
 */
export class MultipathConnection<C extends SubflowConnection> {
  /** The subflow that was captured first: what it carries is told as of this one. */
  readonly first: C;
  /** Subflows that have not ended. It lasts as long as one of them does, or until both sides end it by a DATA_FIN. */
  readonly open = new Set<C>();
  /** It has, or may have, a second subflow: bytes without a data sequence number have no place. */
  isJoined = false;
  /** Bytes that have no place were told. */
  isTold = false;
  hasMappings = false;
  /** Others of its subflows were taken for a connection of their own, which has ended. */
  lacksSubflows = false;
  /** Its first subflow was added to one of which nothing is known: others were there before it. */
  readonly isLate: boolean;
  /** Nothing more of it is taken. */
  hasEnded = false;
  /** For each side, what is to be added to a data sequence number. */
  readonly offsets: [number | undefined, number | undefined] = [undefined, undefined];
  /** The same as the keys have it, where they were captured: it counts where no mapping of the first subflow was. */
  readonly keyOffsets: [number | undefined, number | undefined] = [undefined, undefined];
  /** The data sequence number after the highest one that each side was seen to use. */
  readonly dataEnds: [number | undefined, number | undefined] = [undefined, undefined];
  /** Up to where the first subflow's numbers were those of the connection. */
  readonly plainEnds: [number | undefined, number | undefined] = [undefined, undefined];
  /** Where each side ends: a DATA_FIN, or the FIN of its only subflow, to which others may yet be added. */
  readonly ends: [TcpSegment | undefined, TcpSegment | undefined] = [undefined, undefined];
  /** A DATA_FIN of the side was captured. */
  readonly hasDataEnd: [boolean, boolean] = [false, false];
  /** The next number of each side when it ended. */
  readonly next: [number, number] = [0, 0];

  constructor(first: C, isLate = false) {
    this.first = first;
    this.isLate = isLate;
    this.isJoined = isLate;
  }

  /** Notes data sequence numbers that a side used. */
  extend(side: Side, end: number): void {
    const known = this.dataEnds[side];
    if (known === undefined || ((end - known) | 0) > 0) this.dataEnds[side] = end;
  }

  /** Whether a data sequence number is near those that a side was seen to use. */
  isNear(side: Side, dataSequence: number): boolean {
    const known = this.dataEnds[side];
    return known !== undefined && Math.abs((dataSequence - known) | 0) <= REACH;
  }

  /** Whether a number of a side is one that the connection may have come to: its keys need not be those of its numbers. */
  isWithinReach(side: Side, sequence: number): boolean {
    const { first, sent } = this.first.space(side);
    return ((sequence - first) | 0) >= 0 && ((sequence - sent) | 0) <= REACH;
  }
}

/** One TCP connection of a {@link MultipathConnection}. */
export class Subflow<C extends SubflowConnection> {
  whole: MultipathConnection<C>;
  /** Its side 0 is side 1 of the first subflow. */
  isTurned: boolean;
  readonly connection: C;
  readonly #mappings: readonly [SubflowMappings, SubflowMappings];

  constructor(whole: MultipathConnection<C>, connection: C, isTurned: boolean) {
    this.whole = whole;
    this.isTurned = isTurned;
    this.connection = connection;
    this.#mappings = [new SubflowMappings(connection.space(0)), new SubflowMappings(connection.space(1))];
    whole.open.add(connection);
  }

  /** Makes it a subflow of another connection than the one that it seemed to be alone. */
  move(whole: MultipathConnection<C>, isTurned: boolean): void {
    this.whole.hasEnded = true;
    this.whole = whole;
    this.isTurned = isTurned;
    whole.open.add(this.connection);
    whole.isJoined = true;
  }

  /** It was added to a connection of which nothing is known yet. */
  get isLonely(): boolean {
    const { isLate, first, hasMappings } = this.whole;
    return isLate && first === this.connection && !hasMappings;
  }

  /** The side of the whole connection that a side of this subflow is. */
  wholeSide(side: Side): Side {
    return this.isTurned ? otherSide(side) : side;
  }

  /**
   * Says where a segment stands in the whole connection.
   *
   * @param unplaced - takes the number of bytes that have no place
   */
  place(side: Side, segment: TcpSegment, unplaced: (bytes: number) => void): readonly DataSegment[] {
    const { whole } = this;
    const data = dataOptionOf(segment);
    const wholeSide = this.wholeSide(side);
    const isFirst = whole.first === this.connection;
    if (data?.mapping !== undefined && segment.length > 0) this.#noteMapping(side, segment, data);
    const end = data?.isEnd === true ? this.#noteEnd(wholeSide, segment, data.mapping) : undefined;
    if (isFirst && !whole.isJoined) return [{ side, segment: this.#plain(side, segment) }];

    const placed: DataSegment[] = [];
    const acknowledgment = this.#acknowledgment(wholeSide, data?.acknowledgment);
    const flags = (segment.flags & ~(FIN | SYN | ACK)) | (acknowledgment === undefined ? 0 : ACK);
    const common = { flags, acknowledgment: acknowledgment ?? 0 };
    for (let done = 0; done < segment.length;) {
      const place = this.#placeOf(side, (segment.sequence + done) | 0);
      if (place === undefined) {
        unplaced(segment.length - done);
        break;
      }
      const length = Math.min(segment.length - done, place.length);
      const payload = segment.payload.subarray(done, done + length);
      placed.push({ side: wholeSide, segment: { ...segment, ...common, sequence: place.sequence, payload, length } });
      done += length;
    }
    if (end !== undefined) placed.push({ side: wholeSide, segment: { ...end, ...common, flags: flags | FIN } });
    if (placed.length === 0 && acknowledgment !== undefined) {
      // Its own number is not known: that of the SYN proves nothing.
      const { first } = whole.first.space(wholeSide);
      placed.push({ side: wholeSide, segment: emptySegment(segment, first, common) });
    }
    return placed;
  }

  /** Where a byte of this subflow stands in the whole connection, and how many bytes after it follow there. */
  #placeOf(side: Side, sequence: number): { sequence: number; length: number } | undefined {
    const { whole } = this;
    const wholeSide = this.wholeSide(side);
    const mapping = this.#mappings[side].at(sequence);
    if (mapping !== undefined) {
      const inside = (sequence - mapping.sequence) | 0;
      const dataSequence = (mapping.dataSequence + inside) | 0;
      const offset = whole.offsets[wholeSide] ?? this.#offsetFromKeys(wholeSide, dataSequence);
      if (offset === undefined) return undefined;
      return { sequence: (dataSequence + offset) | 0, length: mapping.length - inside };
    }
    const plainEnd = whole.first === this.connection ? whole.plainEnds[side] : undefined;
    const length = plainEnd === undefined ? 0 : (plainEnd - sequence) | 0;
    return length > 0 ? { sequence, length } : undefined;
  }

  /** A segment of the only subflow so far, whose FIN ends the connection only where a DATA_FIN says the same. */
  #plain(side: Side, segment: TcpSegment): TcpSegment {
    const { whole } = this;
    const end = (segment.sequence + segment.length) | 0;
    const known = whole.plainEnds[side];
    if (segment.length > 0 && (known === undefined || ((end - known) | 0) > 0)) whole.plainEnds[side] = end;
    if ((segment.flags & FIN) === 0 || !whole.hasMappings || whole.hasDataEnd[side]) return segment;
    whole.ends[side] ??= emptySegment(segment, end, { flags: FIN, acknowledgment: 0 });
    return { ...segment, flags: segment.flags & ~FIN };
  }

  #noteMapping(side: Side, segment: TcpSegment, { mapping, isEnd, acknowledgment }: DataOption): void {
    const { whole } = this;
    const wholeSide = this.wholeSide(side);
    whole.hasMappings = true;
    if (acknowledgment !== undefined) whole.extend(otherSide(wholeSide), acknowledgment);
    const { dataSequence, length } = mapping!;
    const placed = this.#mappings[side].note(segment, mapping!, isEnd);
    if (placed === undefined) return;
    whole.extend(wholeSide, (dataSequence + length) | 0);
    const offset = (placed.sequence - dataSequence) | 0;
    const known = whole.offsets[wholeSide];
    if (whole.first === this.connection) {
      whole.offsets[side] ??= offset;
      // Bytes between its own were sent on another subflow, which need not be in the capture.
      const ahead = known === undefined ? 0 : (known - offset) | 0;
      if (ahead !== 0 && (length > 0 || (ahead > 0 && ahead <= REACH))) whole.isJoined = true;
    } else if (known === undefined) {
      const { anchored, started, sent } = whole.first.space(wholeSide);
      // Of a side that was captured from the middle on the numbers may begin anywhere.
      if (!anchored || whole.isLate) whole.offsets[wholeSide] = ((started ? sent : placed.sequence) - dataSequence) | 0;
    }
  }

  /** Notes a DATA_FIN. @returns the end as a segment, where its place is known */
  #noteEnd(wholeSide: Side, segment: TcpSegment, mapping: DataMapping | undefined): TcpSegment | undefined {
    const { whole } = this;
    whole.hasDataEnd[wholeSide] = true;
    if (mapping === undefined) return undefined;
    const dataSequence = (mapping.dataSequence + mapping.length - 1) | 0;
    const offset = whole.offsets[wholeSide] ?? this.#offsetFromKeys(wholeSide, dataSequence);
    if (offset === undefined) return undefined;
    const end = emptySegment(segment, (dataSequence + offset) | 0, { flags: FIN, acknowledgment: 0 });
    whole.ends[wholeSide] = end;
    return end;
  }

  #offsetFromKeys(wholeSide: Side, dataSequence: number): number | undefined {
    const { whole } = this;
    const offset = whole.keyOffsets[wholeSide];
    if (offset === undefined || !whole.isWithinReach(wholeSide, (dataSequence + offset) | 0)) return undefined;
    whole.offsets[wholeSide] = offset;
    return offset;
  }

  #acknowledgment(wholeSide: Side, dataAcknowledgment: number | undefined): number | undefined {
    const offset = this.whole.offsets[otherSide(wholeSide)];
    return dataAcknowledgment === undefined || offset === undefined ? undefined : (dataAcknowledgment + offset) | 0;
  }
}

/** What a segment's Multipath TCP options say, each by itself. */
export function optionsOf(segment: TcpSegment): readonly MultipathOption[] {
  const decoded = multipathOptions(segment).map((option) => decodeMultipathOption(option));
  return decoded.filter((option) => option !== undefined);
}

/** The DSS option of a segment. */
function dataOptionOf(segment: TcpSegment): DataOption | undefined {
  return optionsOf(segment).find((option) => option.kind === 'data');
}

function emptySegment(
  segment: TcpSegment,
  sequence: number,
  said: { readonly flags: number; readonly acknowledgment: number },
): TcpSegment {
  return { ...segment, ...said, sequence, payload: segment.payload.subarray(0, 0), length: 0 };
}
