import { COUNT_LIMITS, type Allotment } from '../common/limits.js';
import type { DecodedMessage, Meaning } from '../subprotocol/sub-protocol.js';

/** Messages and their bytes. */
export interface Amount {
  messages: number;
  /** Of the messages themselves, inflated, as far as their length is known. */
  bytes: number;
}

/** The messages of both sides that are alike. */
export interface BothWays {
  readonly client: Amount;
  readonly server: Amount;
}

/** The messages that mean the same by protocol, kind and name. */
export interface NameCount extends BothWays {
  readonly protocol: string;
  readonly kind: string;
  /** Not safe to print. */
  readonly name: string | undefined;
}

/** Counts messages by what they mean, no more names than a limit. Plain data. */
export interface NameTally {
  readonly names: Map<string, NameCount>;
  /** What has other names than these. */
  readonly others: BothWays;
}

/** Nothing of either side. */
function nothing(): BothWays {
  return { client: { messages: 0, bytes: 0 }, server: { messages: 0, bytes: 0 } };
}

/** A tally without names. */
export function emptyTally(): NameTally {
  return { names: new Map(), others: nothing() };
}

/** Adds what both sides sent of something. */
function addBoth(to: BothWays, { client, server }: BothWays): void {
  to.client.messages += client.messages;
  to.client.bytes += client.bytes;
  to.server.messages += server.messages;
  to.server.bytes += server.bytes;
}

/**
 * Counts a message under each name that it holds, once.
 *
 * @param most - names that the tally may have
 * @param total - bytes that its names may take together with those of others
 */
export function addMeaning(
  tally: NameTally,
  { protocol, items }: DecodedMessage,
  side: keyof BothWays,
  bytes: number,
  most: number,
  total: Allotment = { left: Number.POSITIVE_INFINITY },
): void {
  if (items.length === 1) {
    count(countOf(tally, protocol, items[0]!, most, total)[side], bytes);
    return;
  }
  for (const both of new Set(items.map((item) => countOf(tally, protocol, item, most, total))))
    count(both[side], bytes);
}

/** Adds all of another tally. */
export function addTally(tally: NameTally, other: NameTally, most: number): void {
  for (const [key, { protocol, kind, name, ...both }] of other.names) {
    let own = tally.names.get(key);
    if (own === undefined && tally.names.size < most) {
      own = { protocol, kind, name, ...nothing() };
      tally.names.set(key, own);
    }
    addBoth(own ?? tally.others, both);
  }
  addBoth(tally.others, other.others);
}

function count(amount: Amount, bytes: number): void {
  amount.messages++;
  amount.bytes += bytes;
}

function countOf(
  { names, others }: NameTally,
  carrier: string,
  item: Meaning,
  most: number,
  total: Allotment,
): BothWays {
  const { kind, name, protocol = carrier } = item;
  if (name !== undefined && name.length > COUNT_LIMITS.nameCharacters) return others;
  const key = `${protocol} ${kind} ${name ?? ''}`;
  const known = names.get(key);
  if (known !== undefined) return known;
  if (names.size >= most || total.left <= 0) return others;
  total.left -= costOf(name);
  const added = { protocol, kind, name, ...nothing() };
  names.set(key, added);
  return added;
}

/** Bytes that a name takes beside its text, which stands in its key too. */
const NAME_COST = 300;

function costOf(name: string | undefined): number {
  return NAME_COST + 2 * (name?.length ?? 0);
}

/** Bytes that the names of a tally take. */
export function costOfNames({ names }: NameTally): number {
  let cost = 0;
  for (const { name } of names.values()) cost += costOf(name);
  return cost;
}
