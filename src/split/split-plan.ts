import type { FileIndex, IndexedConnection } from './file-index.js';
import { shardOf } from './flow.js';
import { goesOn, laterNumbers } from './goes-on.js';

/** What is to be known to split one file of a capture set. */
export interface FilePlan {
  /** Packets of the files before it. */
  readonly packetsBefore: number;
  /** Numbers of the connections that begin with a packet of the file. */
  readonly streams: ReadonlyMap<number, readonly number[]>;
  /** Community IDs of the connections that fragments belong to, by their packets; every shard gets what is of none. */
  readonly fragments: ReadonlyMap<number, string | undefined>;
  readonly mayHoldSecrets: boolean;
  /** The last packet of the set is in it. */
  readonly isLast: boolean;
}

/** Where everything goes when a capture set is split. */
export interface SplitPlan {
  readonly shards: number;
  readonly files: readonly FilePlan[];
  /** The shard of a connection by its Community ID; `undefined` where it goes to none. */
  shard(id: string): number | undefined;
  /** TCP connections of the whole set, and between how many pairs of ends those are that are kept. */
  readonly connections: number;
  readonly kept: number;
}

/** Connections that have to be in one shard, by their Community IDs. */
class Groups {
  readonly #parents = new Map<string, string>();

  /** Two of them stay together, and with them all that stay with either. */
  join(one: string, other: string): void {
    const [a, b] = [this.nameOf(one), this.nameOf(other)];
    if (a === b) return;
    // The lowest name stands for all, in whatever order they are joined.
    if (a < b) this.#parents.set(b, a);
    else this.#parents.set(a, b);
  }

  /** The Community ID that stands for all that stay together. */
  nameOf(id: string): string {
    let name = id;
    for (let parent = this.#parents.get(name); parent !== undefined; parent = this.#parents.get(name)) name = parent;
    return name;
  }
}

/** A connection that may go on in a later file. */
interface OpenConnection {
  indexed: IndexedConnection;
  hasEnded: boolean;
  /** A SYN that may have opened another one, and where the numbers of its file's connections are. */
  opening:
    | { readonly packet: number; readonly indexed: IndexedConnection; readonly streams: Map<number, number[]> }
    | undefined;
}

/**
 * Puts the indexes of all files together. It is the same in every task, so none has to wait for another.
 *
 * @param isAll - connections are kept that cannot carry WebSocket
 */
export function planSplit(indexes: readonly FileIndex[], shards: number, isAll: boolean): SplitPlan {
  const open = new Map<string, OpenConnection>();
  const kept = new Set<string>();
  const groups = new Groups();
  const last = indexes.findLastIndex(({ packets }) => packets > 0);
  let streams = 0;
  let packetsBefore = 0;
  let multipath: string | undefined;
  const files = indexes.map(({ packets, connections, together, mayHoldSecrets }, number): FilePlan => {
    const beginning = new Map<number, number[]>();
    for (const [one, other] of together) groups.join(one, other);
    for (const connection of connections) {
      const { id, carries } = connection;
      const packet = packetsBefore + connection.packet;
      // Which of them are parts of one is not looked into: all of them stay together.
      if (connection.isMultipath) groups.join((multipath ??= id), id);
      if (isAll || carries === 'possible') kept.add(id);
      const before = open.get(id);
      if (before !== undefined && connection.isOpening && !before.hasEnded) {
        before.opening = { packet, indexed: connection, streams: beginning };
        continue;
      }
      const opening = before?.opening;
      const isOpened = opening !== undefined && goesOn(opening.indexed, connection, false);
      if (before !== undefined && !isOpened && goesOn(before.indexed, connection, before.hasEnded)) {
        // Its first bytes are here where those before were without data.
        if (carries === 'unknown' && before.indexed.carries !== 'other') kept.add(id);
        before.hasEnded ||= connection.hasEnded;
        const first = before.indexed.carries === 'nothing' ? carries : before.indexed.carries;
        before.indexed = { ...connection, numbers: laterNumbers(before.indexed, connection), carries: first };
        continue;
      }
      if (carries === 'unknown') kept.add(id);
      open.set(id, { indexed: connection, hasEnded: connection.hasEnded, opening: undefined });
      // One that an earlier SYN opened begins with that.
      const [at, list] = isOpened ? [opening.packet, opening.streams] : [packet, beginning];
      const others = list.get(at);
      if (others === undefined) list.set(at, [streams]);
      else others.push(streams);
      streams++;
    }
    const fragments = fragmentsOf(indexes, number, packetsBefore);
    const plan = { packetsBefore, streams: beginning, fragments, mayHoldSecrets, isLast: number === last };
    packetsBefore += packets;
    return plan;
  });
  const keptGroups = new Set([...kept].map((id) => groups.nameOf(id)));
  const shard = (id: string): number | undefined => {
    const name = groups.nameOf(id);
    return keptGroups.has(name) ? shardOf(name, shards) : undefined;
  };
  return { shards, files, connections: streams, kept: kept.size, shard };
}

/** The beginning of a datagram may be in the file before or after the one with a fragment of it. */
function fragmentsOf(
  indexes: readonly FileIndex[],
  number: number,
  packetsBefore: number,
): Map<number, string | undefined> {
  const { fragments } = indexes[number]!;
  const found = new Map<number, string | undefined>();
  if (fragments.length === 0) return found;
  const near = new Map<string, string>();
  for (const index of [indexes[number - 1], indexes[number + 1]]) {
    for (const { key, id } of index?.fragments ?? []) if (id !== undefined) near.set(key, id);
  }
  for (const { packet, key, id } of fragments) found.set(packetsBefore + packet, id ?? near.get(key));
  return found;
}
