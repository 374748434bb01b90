import { ACK, FIN, RST, SYN } from '../../../src/ip/tcp-segment.js';
import type { Seen, Sender, SideTruth, TcpTruth } from './tcp-truth.js';

/** What a capture holds of one direction, and what it proves of the rest. */
export interface SideEvidence {
  /** A byte for each byte of the direction; 0 where no packet holds it. */
  readonly held: Uint8Array;
  /** The first byte, and the first after the last, that the capture proves to have been sent. */
  readonly from: number;
  readonly to: number;
  readonly syn: boolean;
  /** Other packets of it stand before its SYN. */
  readonly isSynLate: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Packets of it, by their numbers from 1. */
  readonly packets: ReadonlySet<number>;
}

/** Both directions of one connection. */
export type Evidence = readonly [SideEvidence, SideEvidence];

/** Which connection of the fixtures a segment is part of, and who sent it. */
export function ownerOf({ segment }: Seen, tcp: readonly TcpTruth[]): { index: number; sender: Sender } | undefined {
  let found: { index: number; sender: Sender } | undefined;
  for (const [index, { clientPort, serverPort, sides }] of tcp.entries()) {
    const { sourcePort, destinationPort, sequence, length } = segment;
    const sender = sourcePort === clientPort ? 0 : 1;
    const [own, other] = sender === 0 ? [clientPort, serverPort] : [serverPort, clientPort];
    if (sourcePort !== own || destinationPort !== other) continue;
    const at = (sequence - sides[sender].base) | 0;
    // Two connections of the same ports are told apart by their numbers.
    if (at < -2 || at + length > sides[sender].bytes.length + 2) continue;
    found ??= { index, sender };
  }
  return found;
}

/** What a capture holds and proves of each connection. */
export function evidenceOf(seen: readonly Seen[], tcp: readonly TcpTruth[]): Evidence[] {
  const all = tcp.map(({ sides }) => [new Side(sides[0]), new Side(sides[1])] as const);
  for (const one of seen) {
    const owner = ownerOf(one, tcp);
    if (owner === undefined) continue;
    const { segment } = one;
    const side = all[owner.index]![owner.sender];
    side.packets.add(one.packet + 1);
    side.segment(segment.sequence, segment.payload.length, segment.length, segment.flags);
    if ((segment.flags & (ACK | RST)) === ACK)
      all[owner.index]![owner.sender === 0 ? 1 : 0].acknowledged(segment.acknowledgment);
  }
  return all;
}

class Side implements SideEvidence {
  readonly held: Uint8Array;
  readonly packets = new Set<number>();
  from: number;
  to = 0;
  syn = false;
  isSynLate = false;
  fin = false;
  rst = false;
  readonly #truth: SideTruth;
  /** Where the bytes of packets so far end. */
  readonly #ends = new Set<number>([0]);

  constructor(truth: SideTruth) {
    this.#truth = truth;
    this.held = new Uint8Array(truth.bytes.length);
    this.from = truth.bytes.length;
  }

  segment(sequence: number, captured: number, length: number, flags: number): void {
    const at = (sequence - this.#truth.base) | 0;
    if ((flags & SYN) !== 0) {
      this.isSynLate ||= !this.syn && this.packets.size > 1;
      this.syn = true;
      this.from = 0;
      return;
    }
    if ((flags & RST) !== 0) this.rst = true;
    if ((flags & FIN) !== 0) this.fin = true;
    this.#proves(at);
    this.#proves(at + length);
    // The one byte of a keep-alive probe repeats the last one, and may be any (RFC 9293 section 3.8.4): it is no copy.
    if (length === 1 && this.#ends.has(at + 1)) return;
    if (length > 0) this.#ends.add(at + length);
    for (let place = Math.max(0, at); place < at + captured; place++) this.held[place] = 1;
  }

  acknowledged(acknowledgment: number): void {
    this.#proves((acknowledgment - this.#truth.base) | 0);
  }

  #proves(at: number): void {
    const place = Math.min(Math.max(at, 0), this.held.length);
    this.from = Math.min(this.from, place);
    this.to = Math.max(this.to, place);
  }
}

/** Whether all bytes of a range are held. */
export function isHeld({ held }: SideEvidence, from: number, to: number): boolean {
  return !held.subarray(from, to).includes(0);
}

/** Bytes of a range that are not held. */
export function missing({ held }: SideEvidence, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (held[at] === 0) count++;
  return count;
}
