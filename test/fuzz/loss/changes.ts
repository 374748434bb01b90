import type { Recorded, Recording } from './recording.js';
import { segmentsOf, type Seen } from './tcp-truth.js';
import { ETHERNET, withPayloadAt } from './rewrite.js';

/** A change to a capture. Any numbers make one: they are taken modulo what there is to choose from. */
export interface Change {
  readonly kind: ChangeKind;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

type Packets = readonly Recorded[];
type Changer = (packets: Packets, change: Change, recording: Recording) => Packets;

/** Packets that one can come late by. */
const LATEST = 400;

const CHANGERS = {
  drop: (packets, { a }) => packets.toSpliced(a % packets.length, 1),

  dropSome: (packets, { a, b }) => packets.toSpliced(a % packets.length, 2 + (b % 5)),

  /** Each packet is lost with the same chance. */
  dropEach: (packets, { a, b }) => packets.filter((_, index) => noise(a, index) % (4 + (b % 30)) !== 0),

  duplicate: (packets, { a, b }) => packets.toSpliced(b % (packets.length + 1), 0, packets[a % packets.length]!),

  swap(packets, { a, b }) {
    const [from, to] = [a % packets.length, b % packets.length];
    return packets.with(from, packets[to]!).with(to, packets[from]!);
  },

  reverse(packets, { a, b }) {
    const from = a % packets.length;
    const to = from + 2 + (b % 10);
    return [...packets.slice(0, from), ...packets.slice(from, to).reverse(), ...packets.slice(to)];
  },

  shuffle(packets, { a, b }) {
    const width = 1 + (b % 6);
    const keys = packets.map((_, index) => index + (noise(a, index) % (width * 100)) / 100);
    return [...packets.keys()].sort((x, y) => keys[x]! - keys[y]!).map((index) => packets[index]!);
  },

  /** A packet comes later. */
  delay(packets, { a, b }) {
    const from = a % packets.length;
    return packets.toSpliced(from, 1).toSpliced(from + 1 + (b % 12), 0, packets[from]!);
  },

  /** A packet comes hundreds of packets later, between acknowledgments that say nothing new. */
  delayFar(packets, { a, b }, { linkType }) {
    const from = a % packets.length;
    const filler = idleAfter(packets, from, linkType);
    if (filler === undefined) return packets;
    const rest = packets.toSpliced(from, 1);
    const place = Math.min(rest.length, from + 1 + (b % 6));
    return rest.toSpliced(place, 0, ...Array.from({ length: b % LATEST }, () => filler), packets[from]!);
  },

  /** All packets of one direction come after those of the other. */
  apart(packets, { a }, { linkType }) {
    const senders = sendersOf(packets, linkType);
    const first = packets.filter((_, index) => senders[index] === (a & 1));
    const second = packets.filter((_, index) => senders[index] !== (a & 1));
    return [...first, ...second];
  },

  /** Two taps whose clocks differ, merged by time. */
  skew(packets, { a, b }, { linkType }) {
    const senders = sendersOf(packets, linkType);
    const shift = (b % 20_000) / (1 + (a % 1000)) / 1000;
    const times = packets.map((packet, index) => {
      const time = packet.seconds + packet.nanoseconds / 1e9;
      return senders[index] === (a & 1) ? time + shift : time;
    });
    return [...packets.keys()]
      .sort((x, y) => times[x]! - times[y]!)
      .map((index) => {
        const seconds = Math.floor(times[index]!);
        const nanoseconds = Math.floor((times[index]! - seconds) * 1e6) * 1000;
        return { ...packets[index]!, seconds, nanoseconds };
      });
  },

  /** Only one direction was captured. */
  oneWay(packets, { a }, { linkType }) {
    const senders = sendersOf(packets, linkType);
    return packets.filter((_, index) => senders[index] === (a & 1));
  },

  cutStart: (packets, { a }) => packets.slice(a % packets.length),

  cutEnd: (packets, { a }) => packets.slice(0, 1 + (a % packets.length)),

  /** Only the first bytes of one packet were kept. */
  truncate(packets, { a, b }) {
    const index = a % packets.length;
    return packets.with(index, snapped(packets[index]!, 14 + (b % packets[index]!.bytes.length)));
  },

  /** The capture has a snap length. */
  snap: (packets, { a }) => packets.map((packet) => snapped(packet, 54 + (a % 200))),

  /** Bytes of the segment before are sent again, together with those of this one. */
  overlap(packets, { a, b, c }, recording) {
    const place = dataPacket(packets, a, recording);
    if (place === undefined) return packets;
    const { index, at, side, seen } = place;
    const { length } = seen.segment;
    const from = Math.max(0, at + length - 1 - (b % (2 * length)));
    const to = at + length;
    const again = withPayloadAt(packets[index]!, seen.segment, side.bytes.subarray(from, to), from - at);
    return again === undefined ? packets : packets.toSpliced(index + (c & 1), 0, again);
  },

  /** A segment is captured in two pieces, in either order. */
  split(packets, { a, b, c }, recording) {
    const place = dataPacket(packets, a, recording);
    if (place === undefined || place.seen.segment.length < 2) return packets;
    const { index, at, side, seen } = place;
    const cut = 1 + (b % (seen.segment.length - 1));
    const whole = side.bytes.subarray(at, at + seen.segment.length);
    const one = withPayloadAt(packets[index]!, seen.segment, whole.subarray(0, cut), 0);
    const two = withPayloadAt(packets[index]!, seen.segment, whole.subarray(cut), cut);
    if (one === undefined || two === undefined) return packets;
    return packets.toSpliced(index, 1, ...((c & 1) === 0 ? [one, two] : [two, one]));
  },

  /** A probe that sends the last acknowledged byte again (RFC 9293 section 3.8.4). */
  probe(packets, { a }, recording) {
    const place = dataPacket(packets, a, recording);
    if (place === undefined || place.at === 0) return packets;
    const { index, at, side, seen } = place;
    const probe = withPayloadAt(packets[index]!, seen.segment, side.bytes.subarray(at - 1, at), -1);
    return probe === undefined ? packets : packets.toSpliced(index, 0, probe);
  },
} satisfies Record<string, Changer>;

/** The name of a change. */
export type ChangeKind = keyof typeof CHANGERS;

/** All of them. */
export const CHANGE_KINDS = Object.keys(CHANGERS) as readonly ChangeKind[];

const IN_ORDER: readonly ChangeKind[] = [
  'drop',
  'dropSome',
  'dropEach',
  'oneWay',
  'cutStart',
  'cutEnd',
  'truncate',
  'snap',
  'overlap',
  'probe',
];

/** Whether the packets that are left stand in the order in which they were recorded. */
export function isInOrder(changes: readonly Change[]): boolean {
  return changes.every(({ kind }) => IN_ORDER.includes(kind));
}

/** The packets of a recording after some changes, one after the other. */
export function change(recording: Recording, changes: readonly Change[]): Packets {
  let packets: Packets = recording.packets;
  for (const one of changes) {
    if (packets.length === 0) break;
    packets = CHANGERS[one.kind](packets, one, recording);
  }
  return packets;
}

function snapped(packet: Recorded, length: number): Recorded {
  return packet.bytes.length <= length ? packet : { ...packet, bytes: packet.bytes.subarray(0, length) };
}

/** 0 for what the sender of the first packet sent, 1 for the rest; what is no TCP segment goes with the packet before. */
function sendersOf(packets: Packets, linkType: number): number[] {
  const segments = new Map(segmentsOf(packets, linkType).map(({ segment, packet }) => [packet, segment]));
  const clients = new Map<string, number>();
  let last = 0;
  return packets.map((_, index) => {
    const segment = segments.get(index);
    if (segment === undefined) return last;
    const key = [segment.sourcePort, segment.destinationPort].sort((x, y) => x - y).join();
    if (!clients.has(key)) clients.set(key, segment.sourcePort);
    last = clients.get(key) === segment.sourcePort ? 0 : 1;
    return last;
  });
}

/** The last packet before a place that carries nothing but an acknowledgment. */
function idleAfter(packets: Packets, place: number, linkType: number): Recorded | undefined {
  const idle = segmentsOf(packets, linkType).filter(({ segment }) => segment.length === 0 && segment.flags === 0x10);
  const before = idle.filter(({ packet }) => packet < place);
  const chosen = before.at(-1) ?? idle[0];
  return chosen === undefined ? undefined : packets[chosen.packet];
}

interface DataPacket {
  readonly index: number;
  readonly seen: Seen;
  readonly side: Recording['tcp'][number]['sides'][0];
  /** Bytes of the direction before it. */
  readonly at: number;
}

/** A packet with data that can be written anew. */
function dataPacket(packets: Packets, choice: number, { tcp, linkType }: Recording): DataPacket | undefined {
  if (linkType !== 1) return undefined;
  const places = segmentsOf(packets, linkType).flatMap((seen): DataPacket[] => {
    const { sourcePort, destinationPort, sequence, length, payload } = seen.segment;
    if (length === 0 || payload.length < length || packets[seen.packet]!.bytes.readUInt16BE(ETHERNET - 2) !== 0x0800)
      return [];
    const owner = tcp.filter(
      (one) =>
        (one.clientPort === sourcePort && one.serverPort === destinationPort) ||
        (one.serverPort === sourcePort && one.clientPort === destinationPort),
    );
    if (owner.length !== 1) return [];
    const side = owner[0]!.sides[owner[0]!.clientPort === sourcePort ? 0 : 1];
    const at = (sequence - side.base) | 0;
    if (at < 0 || side.known.subarray(Math.max(0, at - length), at + length).includes(0)) return [];
    return [{ index: seen.packet, seen, side, at }];
  });
  return places[choice % places.length];
}

function noise(seed: number, index: number): number {
  let state = Math.imul(seed ^ (index * 0x9e37_79b9), 0x85eb_ca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
