import { finding, type Finding } from '../common/finding.js';
import type { CarriedBy, NotLookedInto } from './not-looked-into.js';

/** What each kind of number is called. */
const KIND_NAMES: Readonly<Record<CarriedBy, string>> = {
  'link-type': 'link type',
  'ether-type': 'EtherType',
  llc: 'LLC',
  ppp: 'PPP protocol',
  'address-family': 'address family',
  ieee80211: '802.11',
  mpls: 'MPLS',
  'next-protocol': 'next protocol',
  'ip-protocol': 'IP protocol',
  'udp-port': 'UDP port',
  other: 'other',
};
/** Those whose numbers are written in hex. */
const IN_HEX: readonly CarriedBy[] = ['ether-type', 'llc', 'ppp'];
/** Those whose numbers are of this program only. */
const OWN_NUMBERS: readonly CarriedBy[] = ['ieee80211', 'mpls', 'other'];

/** What packets that were not looked into are: `ESP (IPsec), IP protocol 50`. */
export function describeKind({ carriedBy, number, name }: Omit<NotLookedInto, 'packets' | 'mayHoldTcp'>): string {
  if (OWN_NUMBERS.includes(carriedBy))
    return carriedBy === 'other' ? name! : `${KIND_NAMES[carriedBy]} ${name ?? number}`;
  const shown = IN_HEX.includes(carriedBy)
    ? `0x${number.toString(16).padStart(carriedBy === 'llc' ? 2 : 4, '0')}`
    : number;
  const kind = `${KIND_NAMES[carriedBy]} ${shown}`;
  return name === undefined ? kind : `${name}, ${kind}`;
}

/** Kinds of packets that one finding names. */
const NAMED_KINDS = 8;

/**
 * A finding on packets in which there may be TCP; `undefined` where there were none. Those of a link type that is not read
 * have a finding of their own.
 */
export function notLookedIntoFinding(all: readonly NotLookedInto[]): Finding | undefined {
  const kinds = all.filter(({ mayHoldTcp, carriedBy }) => mayHoldTcp && carriedBy !== 'link-type');
  if (kinds.length === 0) return undefined;
  const packets = kinds.reduce((sum, kind) => sum + kind.packets, 0);
  const named = kinds.slice(0, NAMED_KINDS).map((kind) => `${describeKind(kind)}: ${kind.packets}`);
  const more = kinds.length > NAMED_KINDS ? `; and ${kinds.length - NAMED_KINDS} kinds more` : '';
  const what = packets === 1 ? 'packet was' : 'packets were';
  const message = `${packets} ${what} not looked into, and may hold TCP connections (${named.join('; ')}${more})`;
  return finding('link.not-looked-into', message);
}
