import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { Datagram } from './datagram.js';
import { hasExtensionHeader } from './extension-headers.js';
import type { FindingTally } from './finding-tally.js';
import { TCP, type Fragment, type IpPacket } from './ip-packet.js';
import { uint16 } from '../link/integers.js';
import type { TcpSegment } from './tcp-segment.js';

/** Seconds after which a datagram gets no more fragments (RFC 1122 section 3.3.2, RFC 8200 section 4.5). */
const LIFETIME = 60;

/** Packets after which it gets no more: a sender that counts has used each identification of IPv4 once. */
const LIFETIME_PACKETS = 65_536;

/** Complete datagrams of which late copies of a fragment are known for what they are. */
const REMEMBERED = 64;

/** Fragments of a datagram of 64 KiB, eight bytes each; copies may come without end. */
const MOST_FRAGMENTS = 8192;

/** A datagram with fragments outstanding, or a complete one. */
interface Entry {
  readonly datagram: Datagram;
  readonly identification: number;
  /** What the payload is: the fragment with the beginning says it for sure. */
  protocol: number;
  version: 4 | 6;
  /** Of the newest fragment. */
  at: PacketTime;
  /** The packets whose bytes are in it. */
  readonly packets: number[];
}

/** Puts datagrams together from their fragments, in whatever order these come (RFC 791 section 3.2, RFC 8200 4.5). */
export class Fragments {
  readonly #limits: Limits;
  readonly #tally: FindingTally;
  /** Oldest first. */
  readonly #open = new Map<string, Entry>();
  #heldBytes = 0;
  /** Complete ones, oldest first. */
  readonly #complete = new Map<string, Entry>();
  /** The packets of the datagram that was completed last. */
  completed: readonly number[] = [];

  constructor(limits: Limits, tally: FindingTally) {
    this.#limits = limits;
    this.#tally = tally;
  }

  /**
   * Takes a fragment.
   *
   * @returns the datagram that it makes complete. Where the snap length cut a fragment, the bytes up to there are the
   *   captured ones, and the length is still the true one.
   */
  add(packet: IpPacket, fragment: Fragment, at: PacketTime): IpPacket | undefined {
    const key = keyOf(packet, fragment);
    if (this.#isLateCopy(key, packet, fragment, at)) return undefined;
    const entry = this.#entry(key, packet, fragment, at);
    const { datagram } = entry;
    const heldBefore = datagram.heldBytes;
    const problem = datagram.add(fragment.offset, fragment.more, packet);
    this.#heldBytes += datagram.heldBytes - heldBefore;
    if (entry.packets.length < MOST_FRAGMENTS) entry.packets.push(at.packet);
    entry.at = at;
    if (fragment.offset === 0) entry.protocol = packet.protocol;
    if (problem !== undefined) this.#tally.add(problem.code, problem.message, at.packet);
    if (!datagram.isComplete) {
      this.#enforceLimits();
      return undefined;
    }
    this.#forget(key, entry);
    this.#remember(key, entry);
    this.completed = entry.packets;
    const { payload } = datagram;
    return {
      ...packet,
      protocol: entry.protocol,
      bytes: payload,
      offset: 0,
      end: payload.length,
      wireEnd: datagram.length!,
      fragment: undefined,
    };
  }

  /** The capture is over: reports the datagrams that never became complete. */
  end(): void {
    for (const entry of this.#open.values()) this.#reportMissing(entry);
    this.#open.clear();
    this.#complete.clear();
    this.#heldBytes = 0;
  }

  #entry(key: string, packet: IpPacket, fragment: Fragment, at: PacketTime): Entry {
    const known = this.#open.get(key);
    if (known !== undefined) {
      if (!isOutlived(known.at, at)) return known;
      this.#forget(key, known);
      this.#reportMissing(known);
    }
    const { version, protocol } = packet;
    const entry = {
      datagram: new Datagram(),
      identification: fragment.identification,
      protocol,
      version,
      at,
      packets: [],
    };
    this.#open.set(key, entry);
    return entry;
  }

  #isLateCopy(key: string, packet: IpPacket, fragment: Fragment, at: PacketTime): boolean {
    const complete = this.#complete.get(key);
    if (complete === undefined) return false;
    if (!isOutlived(complete.at, at) && complete.datagram.includes(fragment.offset, packet)) return true;
    // The identification is used again, for another datagram.
    this.#complete.delete(key);
    return false;
  }

  #remember(key: string, entry: Entry): void {
    this.#complete.set(key, entry);
    if (this.#complete.size <= REMEMBERED) return;
    for (const oldest of this.#complete.keys()) {
      this.#complete.delete(oldest);
      return;
    }
  }

  #forget(key: string, entry: Entry): void {
    this.#open.delete(key);
    this.#heldBytes -= entry.datagram.heldBytes;
  }

  #enforceLimits(): void {
    const { fragmentBytes, fragmentedDatagrams } = this.#limits;
    if (this.#heldBytes <= fragmentBytes && this.#open.size <= fragmentedDatagrams) return;
    for (const [key, entry] of this.#open) {
      this.#forget(key, entry);
      if (mayCarryTcp(entry))
        this.#tally.add('limit.fragments', `${describe(entry)}, which is given up`, entry.at.packet);
      if (this.#heldBytes <= fragmentBytes && this.#open.size <= fragmentedDatagrams) return;
    }
  }

  #reportMissing(entry: Entry): void {
    if (mayCarryTcp(entry)) this.#tally.add('ip.fragments-missing', describe(entry), entry.at.packet);
  }
}

/** A fragment, as far as it says to which datagram it belongs and between which ports that goes. */
export interface SeenFragment {
  /** Fragments of one datagram have it in common. */
  readonly key: string;
  /** The ends of the TCP connection: in the fragment with the beginning, where enough of it was captured. */
  readonly ends: SegmentEnds | undefined;
  /** It may be of a TCP segment, as far as its own header says. */
  readonly mayBeTcp: boolean;
}

type SegmentEnds = Pick<TcpSegment, 'ipVersion' | 'addresses' | 'addressOffset' | 'sourcePort' | 'destinationPort'>;

/**
 * What a fragment says of its datagram.
 *
 * @param packet - one that is a fragment
 */
export function describeFragment(packet: IpPacket): SeenFragment {
  const { version: ipVersion, addresses, addressOffset, bytes, offset, end, protocol } = packet;
  const fragment = packet.fragment!;
  const isFirst = fragment.offset === 0 && protocol === TCP && end - offset >= 4;
  return {
    key: keyOf(packet, fragment),
    mayBeTcp: protocol === TCP || hasExtensionHeader(ipVersion, protocol),
    ends: isFirst
      ? {
          ipVersion,
          addresses,
          addressOffset,
          sourcePort: uint16(bytes, offset),
          destinationPort: uint16(bytes, offset + 2),
        }
      : undefined,
  };
}

/** Source, destination, identification, and for IPv4 the protocol: fragments that have these in common are of one datagram. */
function keyOf(packet: IpPacket, fragment: Fragment): string {
  const { version, addresses, addressOffset, protocol } = packet;
  const length = version === 4 ? 8 : 32;
  const pair = addresses.toString('latin1', addressOffset, addressOffset + length);
  return `${pair}${fragment.identification}/${version === 4 ? protocol : 0}`;
}

function isOutlived(last: PacketTime, now: PacketTime): boolean {
  if (now.packet - last.packet > LIFETIME_PACKETS) return true;
  return now.precision !== 0 && Math.abs(now.seconds - last.seconds) > LIFETIME;
}

function mayCarryTcp(entry: Entry): boolean {
  return entry.protocol === TCP || hasExtensionHeader(entry.version, entry.protocol);
}

function describe({ datagram, identification }: Entry): string {
  const id = `0x${identification.toString(16).padStart(4, '0')}`;
  const length = datagram.length === undefined ? '' : ` of ${datagram.length}`;
  return `${datagram.seenBytes}${length} bytes came of the datagram with identification ${id}`;
}
