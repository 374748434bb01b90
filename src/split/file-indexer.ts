import type { CaptureSink, Packet } from '../capture/packet.js';
import type { Finding } from '../common/finding.js';
import { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import { NO_TIME, type PacketTime } from '../common/packet-time.js';
import type { End, Side } from '../common/sink.js';
import { PacketDecoder } from '../ip/packet-decoder.js';
import { RST, SYN, type TcpSegment } from '../ip/tcp-segment.js';
import type { TunnelName } from '../ip/udp-tunnels.js';
import type { TcpConnection } from '../tcp/connection.js';
import { ConnectionTracker } from '../tcp/tracking/connection-tracker.js';
import type { TrackerListener } from '../tcp/tracking/tracker-listener.js';
import { multipathOption } from '../tcp/tcp-options.js';
import type { Carries, FileIndex, IndexedConnection, SideNumbers } from './file-index.js';
import { flowId, isFromSecondEnd } from './flow.js';
import { mayCarryWebSocket } from './may-carry.js';

/** How the packets of a set are read that is split: what the reading of its shards is told too. */
export interface SplitReading {
  /** UDP ports that stand for a tunnel besides the known ones. */
  readonly tunnels?: readonly (readonly [port: number, tunnel: TunnelName])[];
  /** TCP ports that are WebSocket whatever their connections begin with. */
  readonly ports?: readonly number[];
}

/** A connection while its file is read. */
interface Entry {
  readonly packet: number;
  readonly id: string;
  /** Its first side is the end that comes second in the order of addresses and ports. */
  readonly isSwapped: boolean;
  /** It begins with a reset. */
  readonly isReset: boolean;
  hasSyn: boolean;
  hasEnded: boolean;
  isMultipath: boolean;
  /** What the first bytes of each side say. */
  readonly first: [Carries, Carries];
  numbers: readonly [SideNumbers, SideNumbers];
}

/** A fragment while its file is read. */
interface SeenFragment {
  readonly packet: number;
  readonly key: string;
  readonly mayBeTcp: boolean;
}

/** Makes the index of one file of a capture set: which connections are in it, and whether they can carry WebSocket. */
export class FileIndexer implements TrackerListener {
  readonly #decoder: PacketDecoder;
  readonly #tracker: ConnectionTracker;
  readonly #report: (finding: Finding) => void;
  readonly #entries = new Map<TcpConnection, Entry>();
  readonly #order: Entry[] = [];
  readonly #fragments: SeenFragment[] = [];
  /** Community IDs by the keys of datagrams. */
  readonly #datagrams = new Map<string, string>();
  readonly #together = new Map<string, readonly [string, string]>();
  readonly #ports: readonly number[];
  #last: PacketTime = NO_TIME;

  constructor(limits: Limits, report: (finding: Finding) => void, { tunnels = [], ports = [] }: SplitReading = {}) {
    this.#report = report;
    this.#ports = ports;
    this.#decoder = new PacketDecoder(limits, () => undefined, tunnels);
    this.#tracker = new ConnectionTracker(limits, new HeldBytes(limits.heldTotal), this);
  }

  /** Packets so far. */
  get packets(): number {
    return this.#last.packet;
  }

  /** Where the file goes. */
  readonly capture: CaptureSink = {
    packet: (packet) => this.#packet(packet),
    secrets: () => undefined,
    finding: (found) => this.#report(found),
  };

  #packet(packet: Packet): void {
    this.#last = packet.at;
    let segment = this.#decoder.decode(packet);
    const { fragment } = this.#decoder;
    if (fragment !== undefined) {
      const { key, ends = segment, mayBeTcp } = fragment;
      if (ends !== undefined) this.#datagrams.set(key, flowId(ends));
      this.#fragments.push({ packet: packet.at.packet, key, mayBeTcp });
    }
    let first: string | undefined;
    for (; segment !== undefined; segment = this.#decoder.next()) {
      if (first !== undefined || this.#decoder.mayHaveNext) first = this.#group(first, flowId(segment));
      this.#tracker.push(segment, packet.at);
    }
  }

  finding(connection: TcpConnection | undefined, _side: Side, found: Finding): void {
    if (connection === undefined) this.#report(found);
  }

  /** The file is over. */
  end(head: Pick<FileIndex, 'name' | 'size' | 'mayHoldSecrets'>): FileIndex {
    const openings = this.#openings();
    while (this.#tracker.closeNext(this.#last));
    const connections: IndexedConnection[] = [];
    for (const { packet, id, hasSyn, hasEnded, isMultipath, first, numbers } of this.#order) {
      // In the order of packets among the connections: where one has ended before it, it opens another.
      while (openings[0] !== undefined && openings[0].packet < packet) connections.push(openings.shift()!);
      const carries = verdict(first);
      connections.push({ packet, id, hasSyn, hasEnded, isMultipath, isOpening: false, carries, numbers });
    }
    connections.push(...openings);
    const fragments = this.#fragments.flatMap(({ packet, key, mayBeTcp }) => {
      const id = this.#datagrams.get(key);
      if (id === undefined && !mayBeTcp) return [];
      return [{ packet, key: Buffer.from(key, 'latin1').toString('base64'), id }];
    });
    return { ...head, packets: this.#last.packet, connections, fragments, together: [...this.#together.values()] };
  }

  opened(connection: TcpConnection, segment: TcpSegment, at: PacketTime): void {
    this.#add(connection, segment, at);
  }

  segment(connection: TcpConnection, side: Side, segment: TcpSegment, at: PacketTime): void {
    let entry = this.#entries.get(connection);
    if (entry === undefined) return;
    if (entry.isReset && (segment.flags & RST) === 0) {
      // The reset was of what an earlier file has: this one is another.
      entry = this.#add(connection, segment, at);
    }
    const space = connection.space(side);
    if (space.initial !== undefined) entry.hasSyn = true;
    const known = entry.first[side];
    if (segment.optionsLength > 0 && (known === 'nothing' || (segment.flags & SYN) !== 0)) {
      entry.isMultipath ||= multipathOption(segment) !== undefined;
    }
    if (segment.length > 0 && known !== 'possible' && known !== 'other') {
      this.#tracker.store.carriesData(connection, at);
      const isFirst = space.initial !== undefined && segment.sequence === ((space.initial + 1) | 0);
      entry.first[side] = isFirst ? mayCarryWebSocket(segment.payload) : 'unknown';
    }
    if (!connection.isClosed) return;
    entry.hasEnded = true;
    if (connection.isReset) return;
    this.#tracker.ended(connection);
    this.#leave(connection, entry);
  }

  closed(connection: TcpConnection, how: End): void {
    const entry = this.#entries.get(connection);
    if (entry === undefined) return;
    if (how !== 'capture' && how !== 'limit') entry.hasEnded = true;
    this.#leave(connection, entry);
  }

  settled(): void {
    // Where the sides begin does not matter here.
  }

  reset(connection: TcpConnection): void {
    const entry = this.#entries.get(connection);
    if (entry !== undefined) entry.hasEnded = true;
  }

  resumed(connection: TcpConnection): void {
    const entry = this.#entries.get(connection);
    if (entry !== undefined) entry.hasEnded = false;
  }

  suspended(): void {
    // Nothing is kept of it.
  }

  rests(): boolean {
    return false;
  }

  #isWebSocketPort({ sourcePort, destinationPort }: TcpSegment): boolean {
    return this.#ports.includes(sourcePort) || this.#ports.includes(destinationPort);
  }

  /** The SYNs that came within connections and were not proven to open one. */
  #openings(): IndexedConnection[] {
    const found: IndexedConnection[] = [];
    for (const [connection, { id, isSwapped }] of this.#entries) {
      const opening = connection.unplaced?.opening;
      if (opening === undefined) continue;
      const { segment, side, at } = opening;
      const first = (segment.sequence + 1) | 0;
      const isSecond = isSwapped !== (side === 1);
      const numbers = isSecond ? ([undefined, [first, first]] as const) : ([[first, first], undefined] as const);
      const shape = { hasSyn: true, hasEnded: false, carries: 'nothing', isMultipath: false, isOpening: true } as const;
      found.push({ packet: at.packet, id, numbers, ...shape });
    }
    return found.sort((a, b) => a.packet - b.packet);
  }

  #add(connection: TcpConnection, segment: TcpSegment, at: PacketTime): Entry {
    const isReset = (segment.flags & RST) !== 0;
    const entry: Entry = {
      packet: at.packet,
      id: flowId(segment),
      isSwapped: isFromSecondEnd(segment) !== (connection.sideOf(segment) === 1),
      hasSyn: false,
      isReset,
      // A reset alone ends what an earlier file has.
      hasEnded: isReset,
      isMultipath: false,
      first: this.#isWebSocketPort(segment) ? ['possible', 'nothing'] : ['nothing', 'nothing'],
      numbers: [undefined, undefined],
    };
    this.#entries.set(connection, entry);
    this.#order.push(entry);
    return entry;
  }

  #leave(connection: TcpConnection, entry: Entry): void {
    const sides = ([0, 1] as const).map((side): SideNumbers => {
      const { started, first, sent } = connection.space(side);
      return started ? [first, sent] : undefined;
    });
    entry.numbers = entry.isSwapped ? [sides[1], sides[0]] : [sides[0], sides[1]];
    this.#entries.delete(connection);
  }

  /** Notes that a packet has segments of two connections. @returns the first one of the packet */
  #group(first: string | undefined, id: string): string {
    if (first !== undefined && first !== id) this.#together.set(`${first} ${id}`, [first, id]);
    return first ?? id;
  }
}

/** One side is enough: of the other one the beginning may be lost. */
function verdict(sides: readonly [Carries, Carries]): Carries {
  return (['possible', 'unknown', 'other'] as const).find((carries) => sides.includes(carries)) ?? 'nothing';
}
