import { nodeCrypto } from '../common/node/crypto.js';
import { otherSide, type Side } from '../common/sink.js';
import type { TcpSegment } from '../ip/tcp-segment.js';
import { MultipathConnection, optionsOf, Subflow, type DataOption, type SubflowConnection } from './multipath.js';
import type { MultipathOption } from './multipath-option.js';

/** Connections to which subflows can be added, and subflows whose connection may come to light. */
const MOST_CONNECTIONS = 4096;

/** Finds out which TCP connections are subflows, and of what. */
export class MultipathConnections<C extends SubflowConnection> {
  readonly #byToken = new Map<number, { whole: MultipathConnection<C>; side: Side }>();
  /** Subflows that name a connection of which no key has come. */
  readonly #unknown = new Map<number, { subflow: Subflow<C>; side: Side }>();
  readonly #recent: MultipathConnection<C>[] = [];

  /** Looks at a segment of a connection that is not known to be a subflow. @returns the subflow that it is */
  recognise(connection: C, side: Side, segment: TcpSegment): Subflow<C> | undefined {
    const options = optionsOf(segment);
    if (options.length === 0) return undefined;
    const join = options.find((option) => option.kind === 'join');
    if (join !== undefined) return this.#join(connection, side, join.token);
    const subflow = new Subflow(this.#begin(connection), connection, false);
    this.note(subflow, side, segment);
    return subflow;
  }

  /** Notes what a segment says of the connection that its subflow is a part of. */
  note(subflow: Subflow<C>, side: Side, segment: TcpSegment): void {
    for (const option of optionsOf(segment)) {
      if (option.kind === 'capable') this.#noteKeys(subflow, side, segment, option);
      else if (option.kind === 'data') this.#findOthers(subflow, side, option);
    }
  }

  #begin(connection: C, isLate = false): MultipathConnection<C> {
    const whole = new MultipathConnection(connection, isLate);
    this.#recent.push(whole);
    if (this.#recent.length > MOST_CONNECTIONS) this.#recent.shift();
    return whole;
  }

  /** The keys' digests are what later subflows name, and the data sequence numbers count from them. */
  #noteKeys(
    { whole, connection }: Subflow<C>,
    side: Side,
    { sequence, length }: TcpSegment,
    { version, senderKey, receiverKey, dataLength }: Extract<MultipathOption, { kind: 'capable' }>,
  ): void {
    if (whole.first !== connection) return;
    if (senderKey !== undefined) this.#register(whole, side, version, senderKey);
    if (receiverKey !== undefined) this.#register(whole, otherSide(side), version, receiverKey);
    // The first data may come with the keys, and has no other mapping (RFC 8684 section 3.1).
    if (dataLength > 0 && length > 0) whole.plainEnds[side] ??= (sequence + dataLength) | 0;
  }

  #register(whole: MultipathConnection<C>, side: Side, version: number, key: Buffer): void {
    const digest = nodeCrypto()
      .createHash(version === 0 ? 'sha1' : 'sha256')
      .update(key)
      .digest();
    const { anchored, first } = whole.first.space(side);
    // The first byte has the number after that of the digest's last bits.
    if (anchored) whole.keyOffsets[side] = (first - 1 - digest.readInt32BE(digest.length - 4)) | 0;
    const token = digest.readInt32BE(0);
    if (this.#byToken.has(token)) return;
    this.#byToken.set(token, { whole, side });
    if (this.#byToken.size > MOST_CONNECTIONS) deleteOldest(this.#byToken);
    const waiting = this.#unknown.get(token);
    if (waiting === undefined) return;
    this.#unknown.delete(token);
    const { subflow } = waiting;
    if (!subflow.whole.hasMappings) subflow.move(whole, side !== otherSide(waiting.side));
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
      if (isSameEnd && !whole.hasMappings) whole.isJoined = true;
    }
    const whole = this.#begin(connection, true);
    const subflow = new Subflow(whole, connection, false);
    if (token !== undefined) {
      this.#unknown.set(token, { subflow, side });
      if (this.#unknown.size > MOST_CONNECTIONS) deleteOldest(this.#unknown);
    }
    return subflow;
  }

  /**
   * A subflow of which no token leads to its connection, as the capture began after that: it is of one to the same end
   * whose data sequence numbers, in both directions, are those that it goes on with.
   */
  #findOthers(subflow: Subflow<C>, side: Side, { mapping, acknowledgment }: DataOption): void {
    const { whole: own, connection } = subflow;
    if (own.first !== connection || own.hasMappings || mapping === undefined || acknowledgment === undefined) return;
    for (const whole of this.#recent) {
      if (whole === own || !whole.hasMappings) continue;
      for (const isTurned of [false, true]) {
        const wholeSide = isTurned ? otherSide(side) : side;
        const isSameEnd = ([0, 1] as const).some(
          (each) => whole.first.endpoint(each) === connection.endpoint(isTurned ? otherSide(each) : each),
        );
        const isNear =
          whole.isNear(wholeSide, mapping.dataSequence) && whole.isNear(otherSide(wholeSide), acknowledgment);
        if (!isSameEnd || !isNear) continue;
        // What went before a subflow that was added has no place in what began with it.
        if (whole.hasEnded || (whole.isLate && !own.isLate)) own.lacksSubflows = true;
        else subflow.move(whole, isTurned);
        return;
      }
    }
  }
}

function deleteOldest(map: Map<number, unknown>): void {
  const [oldest] = map.keys();
  map.delete(oldest!);
}
