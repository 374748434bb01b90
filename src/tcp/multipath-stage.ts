import { finding, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { PacketTime } from '../common/packet-time.js';
import type { End, Side } from '../common/sink.js';
import type { TcpSegment } from '../ip/tcp-segment.js';
import type { TcpConnection } from './connection.js';
import type { MultipathConnection, Subflow } from './multipath.js';
import { MultipathConnections } from './multipath-connections.js';
import { afterEnd } from './reassembly/late-segments.js';
import { SegmentCopies } from './tracking/segment-copies.js';

/** Segments of a subflow that wait for its connection to come to light, and for how long. */
const MOST_WAITING = 64;
const MOST_SECONDS = 2;

/** Bytes of a side that was captured from its middle on in which a Multipath TCP option is looked for. */
const YOUNG = 65_536;

const LACKING =
  'another subflow of this Multipath TCP connection was not known to be of it before it had ended; what came over it is not decoded';

/** What takes the bytes of Multipath TCP connections, as those of their first subflows. */
export interface MultipathOwner {
  /** Takes a segment of a whole connection. */
  feed(first: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void;
  /** Nothing more of a whole connection is taken. */
  finish(first: TcpConnection, how: End, at: PacketTime): void;
  /** Both sides of a subflow that is not the first one have ended. */
  subflowEnded(connection: TcpConnection): void;
  finding(connection: undefined, side: Side, found: Finding): void;
}

/** Whether a segment without SYN may be the first that shows a subflow: others with data need not have the option. */
export function mayTellSubflow(connection: TcpConnection, side: Side, { length }: TcpSegment): boolean {
  if (length === 0) return false;
  if (connection.sink === undefined) return true;
  const { initial, delivered } = connection.sides[side];
  return initial === undefined && delivered < YOUNG;
}

/** The connection of whose end a TCP connection's reset decides; `undefined` where others of its subflows go on. */
export function wholeOf(connection: TcpConnection): TcpConnection | undefined {
  const whole = connection.subflow?.whole;
  if (whole === undefined) return connection;
  const isLast = !whole.hasEnded && [...whole.open].every((each) => each === connection);
  return isLast ? whole.first : undefined;
}

/**
 * Multipath TCP (RFC 8684): segments of subflows in, segments of the whole connections out.
 *
 * A whole connection lasts until both sides say that it ends, or until the last of its subflows has ended.
 */
export class MultipathStage {
  readonly #owner: MultipathOwner;
  readonly #connections = new MultipathConnections<TcpConnection>();

  readonly #held: HeldBytes;
  /** What came of subflows whose connection is not known, and may come to light. */
  readonly #waiting = new Map<Subflow<TcpConnection>, SegmentCopies>();

  constructor(owner: MultipathOwner, held: HeldBytes) {
    this.#owner = owner;
    this.#held = held;
  }

  /** Looks at a segment of a connection that is not known to be a subflow. @returns the subflow that it is */
  recognise(connection: TcpConnection, side: Side, segment: TcpSegment): Subflow<TcpConnection> | undefined {
    return this.#connections.recognise(connection, side, segment);
  }

  /** Puts what a subflow carries in its place in the whole connection. */
  segment(subflow: Subflow<TcpConnection>, side: Side, segment: TcpSegment, at: PacketTime): void {
    this.#connections.note(subflow, side, segment);
    if (subflow.isLonely && this.#waits(subflow, side, segment, at)) return;
    this.#release(subflow);
    const { hasMappings, lacksSubflows } = subflow.whole;
    if (lacksSubflows) this.#tell(subflow, LACKING, at);
    this.#take(subflow, side, segment, at);
    if (!hasMappings && subflow.whole.hasMappings) this.#releaseFound();
  }

  /** @returns false where it has waited long enough */
  #waits(subflow: Subflow<TcpConnection>, side: Side, segment: TcpSegment, at: PacketTime): boolean {
    const waiting = this.#waiting.get(subflow);
    const isLong = waiting !== undefined && at.seconds - waiting.all[0]!.at.seconds > MOST_SECONDS;
    if (isLong || (waiting?.sinceData ?? 0) >= MOST_WAITING) return false;
    const copies = waiting ?? new SegmentCopies(this.#held);
    if (!copies.add(side, segment, at)) return false;
    this.#waiting.set(subflow, copies);
    return true;
  }

  /** A connection has its first numbers: subflows that wait may be of it. */
  #releaseFound(): void {
    for (const [subflow, copies] of this.#waiting) {
      for (const { side, segment } of copies.all) this.#connections.note(subflow, side, segment);
      if (!subflow.isLonely) this.#release(subflow);
    }
  }

  #release(subflow: Subflow<TcpConnection>): void {
    const copies = this.#waiting.get(subflow);
    if (copies === undefined) return;
    this.#waiting.delete(subflow);
    for (const { side, segment, at } of copies.take()) this.#take(subflow, side, segment, at);
  }

  #take(subflow: Subflow<TcpConnection>, side: Side, segment: TcpSegment, at: PacketTime): void {
    const placed = subflow.place(side, segment, (bytes) => this.#tellUnplaced(subflow, bytes, at));
    const { whole, connection } = subflow;
    const { first } = whole;
    if (at.packet > first.lastPacket) first.last = at;
    for (const each of placed) this.#feed(whole, each.side, each.segment, at);
    if (connection === first || !connection.isClosed) return;
    whole.open.delete(connection);
    this.#owner.subflowEnded(connection);
  }

  /** A subflow goes on after its whole connection has ended: what it repeats was there before. */
  afterEnd(subflow: Subflow<TcpConnection>, side: Side, segment: TcpSegment, at: PacketTime): void {
    const { whole, connection } = subflow;
    const placed = subflow.place(side, segment, (bytes) => this.#tellUnplaced(subflow, bytes, at));
    for (const { side: wholeSide, segment: data } of placed) {
      const bytes = Math.min(data.length, (data.sequence + data.length - whole.next[wholeSide]) | 0);
      if (bytes <= 0) continue;
      this.#owner.finding(undefined, side, { ...afterEnd(bytes, at), stream: whole.first.stream });
    }
    if (connection.isClosed) this.#owner.subflowEnded(connection);
  }

  /** Nothing more of a subflow is taken. */
  closed(subflow: Subflow<TcpConnection>, how: End, at: PacketTime): void {
    this.#release(subflow);
    const { whole, connection } = subflow;
    whole.open.delete(connection);
    if (whole.hasEnded || whole.open.size > 0) return;
    for (const side of [0, 1] as const) {
      const end = whole.ends[side];
      if (end !== undefined) this.#feed(whole, side, end, at);
    }
    this.#finish(whole, how, at);
  }

  #feed(whole: MultipathConnection<TcpConnection>, side: Side, segment: TcpSegment, at: PacketTime): void {
    if (!whole.hasEnded) this.#owner.feed(whole.first, side, segment, at);
  }

  #finish(whole: MultipathConnection<TcpConnection>, how: End, at: PacketTime): void {
    if (!whole.hasEnded) this.#owner.finish(whole.first, how, at);
    whole.hasEnded = true;
  }

  /** The whole connection of a first subflow has ended. */
  ended({ whole, connection }: Subflow<TcpConnection>): void {
    if (whole.first !== connection) return;
    whole.hasEnded = true;
    for (const side of [0, 1] as const) {
      const half = connection.reassembler?.side(side);
      if (half !== undefined) whole.next[side] = half.next;
    }
  }

  #tellUnplaced(subflow: Subflow<TcpConnection>, bytes: number, at: PacketTime): void {
    const message =
      `${bytes} bytes, and perhaps more later, came on a Multipath TCP connection of several subflows without a data ` +
      'sequence number that tells their place; they are not decoded';
    this.#tell(subflow, message, at);
  }

  #tell({ whole }: Subflow<TcpConnection>, message: string, at: PacketTime): void {
    if (whole.isTold) return;
    whole.isTold = true;
    const found = finding('tcp.multipath', message, { packet: at.packet, stream: whole.first.stream });
    this.#owner.finding(undefined, 0, found);
  }
}
