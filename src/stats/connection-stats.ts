import type { FindingCode } from '../common/finding-codes.js';
import { emptyHistogram, type Histogram } from '../common/histogram.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionEvent, ConnectionRef, DirectionTotals } from '../events.js';
import type { HandshakeState } from '../http/handshake.js';
import type { OUTCOMES } from '../subprotocol/calls.js';
import type { TcpQuality } from '../tcp/tcp-meter.js';
import type { Amount, NameTally } from './name-tally.js';
import type { Peak } from './rates.js';

/** What is counted of the messages of one side. Plain data. */
export interface SideCounts {
  /** Bytes of its messages, inflated, as far as their length is known. */
  bytes: number;
  /** Messages of which something is missing, or that could not be inflated. */
  incomplete: number;
  /** By opcode; a message of which the beginning is not there has opcode 0. */
  readonly opcodes: (Amount | undefined)[];
  /** Bytes of its whole text and binary messages. */
  readonly sizes: Histogram;
}

/** What one side of a connection, or of all of a capture, sent. Plain data. */
export interface SideStats extends SideCounts {
  /** As records of connections count it; of a connection that is not over, nothing yet. */
  totals: DirectionTotals;
}

/** What became of calls, or of pings. */
export interface CallStats {
  readonly outcomes: Record<(typeof OUTCOMES)[number], number>;
  /** Nanoseconds to the answer, of those that have one. */
  readonly latency: Histogram;
}

/** The longest time between two messages of a connection, of either side. */
export interface Idle {
  readonly nanoseconds: number;
  readonly from: PacketTime;
  readonly to: PacketTime;
}

/** All that is counted of one connection. Plain data. */
export interface ConnectionStats {
  readonly connection: ConnectionRef;
  /** Only some messages are counted: of frames, losses and what was found elsewhere nothing is. */
  readonly isSelected: boolean;
  readonly opened: PacketTime;
  readonly ended: PacketTime | undefined;
  readonly url: string | undefined;
  readonly handshake: HandshakeState;
  readonly client: SideStats;
  readonly server: SideStats;
  readonly names: NameTally;
  readonly pings: CallStats;
  readonly calls: CallStats;
  /** `undefined` where there are no two messages between which all was captured. */
  readonly idle: Idle | undefined;
  readonly peak: Peak | undefined;
  readonly closeCode: number | undefined;
  readonly closedBy: 'client' | 'server' | undefined;
  readonly end: ConnectionEvent['end'];
  readonly findings: ReadonlyMap<FindingCode, number>;
  readonly tcp: TcpQuality | undefined;
}

/** Nothing of either. */
export const NO_TOTALS: DirectionTotals = {
  frames: 0,
  messages: 0,
  bytes: 0,
  missingBytes: 0,
  compressedBytes: 0,
  inflatedBytes: 0,
};

/** No messages. */
export function emptyCounts(): SideCounts {
  return { bytes: 0, incomplete: 0, opcodes: [], sizes: emptyHistogram() };
}

/** What nobody has sent yet. */
export function emptySide(): SideStats {
  return { totals: NO_TOTALS, ...emptyCounts() };
}

/** No calls. */
export function emptyCalls(): CallStats {
  return { outcomes: { ok: 0, error: 0, unanswered: 0, unknown: 0 }, latency: emptyHistogram() };
}
