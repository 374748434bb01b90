import { nodeCrypto } from '../common/node/crypto.js';
import { otherSide, type Side } from '../common/sink.js';
import { ACK, FIN, SYN, type TcpSegment } from '../ip/tcp-segment.js';
import { decodeMultipathOption, type DataMapping, type MultipathOption } from './multipath-option.js';
import type { SequenceSpace } from './sequence-space.js';
import { multipathOption } from './tcp-options.js';

/** Mappings of one side of a subflow that are remembered. */
const MOST_MAPPINGS = 256;
/** Connections to which subflows can be added. */
const MOST_CONNECTIONS = 4096;

/** A mapping with the number of its first byte in the subflow. */
interface PlacedMapping extends DataMapping {
  readonly sequence: number;
}

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

/**
 * A Multipath TCP connection (RFC 8684): its bytes go over several TCP connections, its subflows, and are ordered by data
 * sequence numbers.
 *
 * These are counted here from where the first subflow's numbers begin, so that a connection with one subflow, or one that
 * fell back to plain TCP, is read as what it is.
 */
export class MultipathConnection<C extends SubflowConnection> {
  /** The subflow that began it: what it carries is told as of this one. */
  readonly first: C;
  /** It has, or may have, a second subflow: bytes without a data sequence number have no place. */
  isJoined = false;
  /** Bytes that have no place were told. */
  isTold = false;
  /** It gave up data sequence numbers (RFC 8684 section 3.7). */
  hasFallenBack = false;
  hasMappings = false;
  /** For each side, what is to be added to a data sequence number. */
  readonly offsets: [number | undefined, number | undefined] = [undefined, undefined];

  constructor(first: C) {
    this.first = first;
  }
}

/** One TCP connection of a {@link MultipathConnection}. */
export class Subflow<C extends SubflowConnection> {
  readonly whole: MultipathConnection<C>;
  /** Its side 0 is side 1 of the first subflow. */
  readonly isTurned: boolean;
  readonly connection: C;
  readonly #mappings: readonly [PlacedMapping[], PlacedMapping[]] = [[], []];

  constructor(whole: MultipathConnection<C>, connection: C, isTurned: boolean) {
    this.whole = whole;
    this.isTurned = isTurned;
    this.connection = connection;
  }

  /**
   * Says where a segment stands in the whole connection.
   *
   * @param unplaced - takes the number of bytes that have no place
   */
  place(side: Side, segment: TcpSegment, unplaced: (bytes: number) => void): readonly DataSegment[] {
    const { whole } = this;
    const option = optionOf(segment);
    const data = option?.kind === 'data' ? option : undefined;
    if (data?.mapping !== undefined) this.#noteMapping(side, segment, data.mapping);
    const isFirst = whole.first === this.connection;
    if (isFirst && (!whole.isJoined || whole.hasFallenBack)) return [{ side, segment }];

    const placed: DataSegment[] = [];
    const wholeSide = this.isTurned ? otherSide(side) : side;
    const acknowledgment = this.#acknowledgment(wholeSide, data?.acknowledgment);
    const flags = (segment.flags & ~(FIN | SYN | ACK)) | (acknowledgment === undefined ? 0 : ACK);
    const common = { flags, acknowledgment: acknowledgment ?? 0 };
    const offset = whole.offsets[wholeSide];
    for (let done = 0; done < segment.length;) {
      const mapping = this.#mappingAt(side, (segment.sequence + done) | 0);
      if (mapping === undefined || offset === undefined) {
        unplaced(segment.length - done);
        break;
      }
      const inside = (segment.sequence + done - mapping.sequence) | 0;
      const length = Math.min(segment.length - done, mapping.length - inside);
      const sequence = (mapping.dataSequence + inside + offset) | 0;
      const payload = segment.payload.subarray(done, done + length);
      placed.push({ side: wholeSide, segment: { ...segment, ...common, sequence, payload, length } });
      done += length;
    }
    if (data?.isEnd === true && data.mapping !== undefined && offset !== undefined) {
      const sequence = (data.mapping.dataSequence + data.mapping.length - 1 + offset) | 0;
      placed.push({ side: wholeSide, segment: emptySegment(segment, sequence, { ...common, flags: flags | FIN }) });
    }
    if (placed.length === 0 && acknowledgment !== undefined) {
      // Its own number is not known: that of the SYN proves nothing.
      const { first } = whole.first.space(wholeSide);
      placed.push({ side: wholeSide, segment: emptySegment(segment, first, common) });
    }
    return placed;
  }

  #noteMapping(side: Side, segment: TcpSegment, mapping: DataMapping): void {
    const { whole } = this;
    whole.hasMappings = true;
    if (mapping.length === 0) {
      whole.hasFallenBack = true;
      return;
    }
    const { initial } = this.connection.space(side);
    // Where the SYN was not captured, the mapping is taken for that of its own segment, as all senders do it.
    const sequence = initial === undefined ? segment.sequence : (initial + mapping.subflowOffset) | 0;
    const mappings = this.#mappings[side];
    const last = mappings.at(-1);
    if (last?.sequence === sequence && last.dataSequence === mapping.dataSequence) return;
    mappings.push({ ...mapping, sequence });
    if (mappings.length > MOST_MAPPINGS) mappings.shift();
    if (whole.first === this.connection) whole.offsets[side] ??= (sequence - mapping.dataSequence) | 0;
  }

  #mappingAt(side: Side, sequence: number): PlacedMapping | undefined {
    return this.#mappings[side].findLast((mapping) => {
      const inside = (sequence - mapping.sequence) | 0;
      return inside >= 0 && inside < mapping.length;
    });
  }

  #acknowledgment(wholeSide: Side, dataAcknowledgment: number | undefined): number | undefined {
    const offset = this.whole.offsets[otherSide(wholeSide)];
    return dataAcknowledgment === undefined || offset === undefined ? undefined : (dataAcknowledgment + offset) | 0;
  }
}

/** Finds out which TCP connections are subflows, and of what. */
export class MultipathConnections<C extends SubflowConnection> {
  readonly #byToken = new Map<number, { whole: MultipathConnection<C>; side: Side }>();
  readonly #recent: MultipathConnection<C>[] = [];

  /** Looks at a segment of a connection that is not known to be a subflow. @returns the subflow that it is */
  recognise(connection: C, side: Side, segment: TcpSegment): Subflow<C> | undefined {
    const option = optionOf(segment);
    if (option === undefined) return undefined;
    if (option.kind === 'join') return this.#join(connection, side, option.token);
    const whole = new MultipathConnection(connection);
    this.#recent.push(whole);
    if (this.#recent.length > MOST_CONNECTIONS) this.#recent.shift();
    const subflow = new Subflow(whole, connection, false);
    this.note(subflow, side, segment);
    return subflow;
  }

  /** Notes the keys in a segment of a first subflow: their digests are what later subflows name. */
  note(subflow: Subflow<C>, side: Side, segment: TcpSegment): void {
    const option = optionOf(segment);
    if (option?.kind !== 'capable') return;
    const { version, senderKey, receiverKey } = option;
    if (senderKey !== undefined) this.#register(subflow.whole, side, version, senderKey);
    if (receiverKey !== undefined) this.#register(subflow.whole, otherSide(side), version, receiverKey);
  }

  #register(whole: MultipathConnection<C>, side: Side, version: number, key: Buffer): void {
    const digest = nodeCrypto()
      .createHash(version === 0 ? 'sha1' : 'sha256')
      .update(key)
      .digest();
    this.#byToken.set(digest.readInt32BE(0), { whole, side });
    if (this.#byToken.size <= MOST_CONNECTIONS) return;
    const [oldest] = this.#byToken.keys();
    this.#byToken.delete(oldest!);
  }

  /** A SYN adds a subflow; the side that has the token is the one that it goes to. */
  #join(connection: C, side: Side, token: number | undefined): Subflow<C> {
    const found = token === undefined ? undefined : this.#byToken.get(token);
    if (found !== undefined) {
      found.whole.isJoined = true;
      return new Subflow(found.whole, connection, found.side !== otherSide(side));
    }
    // Its connection is not in the capture, or its keys are not: then it may be any one without mappings to the same end.
    const receiver = connection.endpoint(otherSide(side));
    for (const whole of this.#recent) {
      const isSameEnd = whole.first.endpoint(0) === receiver || whole.first.endpoint(1) === receiver;
      if (isSameEnd && !whole.hasMappings && !whole.hasFallenBack) whole.isJoined = true;
    }
    const unknown = new MultipathConnection(connection);
    unknown.isJoined = true;
    return new Subflow(unknown, connection, false);
  }
}

function optionOf(segment: TcpSegment): MultipathOption | undefined {
  const option = multipathOption(segment);
  return option === undefined ? undefined : decodeMultipathOption(option);
}

function emptySegment(
  segment: TcpSegment,
  sequence: number,
  said: { readonly flags: number; readonly acknowledgment: number },
): TcpSegment {
  return { ...segment, ...said, sequence, payload: segment.payload.subarray(0, 0), length: 0 };
}
