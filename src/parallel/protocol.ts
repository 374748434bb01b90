import type { Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionRef, DissectEvent, Wants } from '../events.js';
import type { MeterState } from '../tcp/tcp-meter.js';

/** How connections are dissected in another thread: plain data. */
export interface ConnectionSettings {
  readonly limits: Limits;
  readonly wants: Wants;
  readonly ports: readonly number[];
  readonly http2Stream: number | undefined;
  readonly extensions: string | undefined;
  /** The text of a key log; `undefined` where none was given. */
  readonly keyLog: string | undefined;
}

/** A connection, when its first bytes come. */
export interface OpenedConnection {
  readonly stream: number;
  readonly opened: PacketTime;
  readonly addresses: readonly [Uint8Array | undefined, Uint8Array | undefined];
  readonly endpoints: readonly [string | undefined, string | undefined];
  readonly ports: readonly [number, number];
  /** What was measured so far, where it is. */
  readonly meter: MeterState | undefined;
}

/** More secrets of TLS. */
export interface MoreKeys {
  /** A piece of a key log's text; `undefined` where none is to come any more. */
  readonly text: Uint8Array | undefined;
  readonly isLast: boolean;
}

/** What a step carries that is no number. */
export type StepObject = OpenedConnection | Finding | EarlyBytes | MoreKeys;

/** Bytes from before the first ones of a side: see `ConnectionSink.early`. They go in place of a finding. */
export interface EarlyBytes {
  readonly early: Uint8Array;
  readonly missing: number;
}

/** The steps of some packets for one thread. */
export interface Epoch {
  readonly number: number;
  /** Holds the bytes of its steps, and of those of other threads. */
  readonly slab: SharedArrayBuffer;
  /** How many bytes there are. */
  readonly used: number;
  /** Its rows: see `ROW_LENGTH`. */
  readonly rows: SharedArrayBuffer;
  readonly count: number;
  readonly objects: readonly StepObject[];
}

/** What became of a connection, by its slot: what the tracker has to know. */
export const NEWS = { recognised: 0, counts: 1, discarded: 2, freed: 3, freedFollowed: 4 } as const;

/** What a thread has that is neither bytes nor a start. */
export interface PartObject {
  /** An event for the thread that reads. */
  readonly event?: DissectEvent;
  /** What was made of an event, for the consumer: plain data. */
  readonly piece?: unknown;
}

/** What a thread has of an epoch, or of a part of it. */
export interface EpochPart {
  readonly epoch: number;
  /** It is done with this epoch. */
  readonly isDone: boolean;
  /** What it printed; absent where that is nothing. */
  readonly bytes?: Uint8Array | undefined;
  /** The buffer that is given back once they are taken. */
  readonly buffer?: number | undefined;
  /**
   * The order of what it has, as pairs: the number of the step, and the length of the bytes up to the end of what it gave;
   * or, below 0, what stands there: -1 less twice the index of an object, -2 less twice that of a start.
   */
  readonly order: ArrayLike<number>;
  readonly objects: readonly PartObject[];
  /** Where records of text begin, as rows of numbers, and the connections that these name by their index. */
  readonly starts?: ArrayLike<number> | undefined;
  readonly connections: readonly ConnectionRef[];
  /** Pairs: a slot, and one of {@link NEWS}. */
  readonly news: readonly number[];
  readonly use: PartUse;
  /** Records and others that were seen, since the last part. */
  readonly seen: PartSeen;
}

/** What a thread used of what all share, up to the end of a part. */
export interface PartUse {
  /** Bytes that waited at most, within this epoch. */
  readonly peak: number;
  /** Bytes that wait. */
  readonly held: number;
  readonly trials: number;
  readonly sessions: number;
  readonly missedSessions: number;
  /** Of totals over all connections, how much it took at most: 1 for all of it. */
  readonly fractions: readonly number[];
}

/** What a thread has seen. */
export interface PartSeen {
  readonly opened: number;
  readonly frames: number;
  readonly messages: number;
  readonly http2Connections: number;
  readonly isLossy: boolean;
}
