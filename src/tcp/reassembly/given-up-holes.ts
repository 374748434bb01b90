import { finding, type Finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';

/** Holes that are remembered, of one direction. */
const MOST_GIVEN_UP = 64;

/**
 * Holes of one direction that were given up, the latest last, so that it can be told if their bytes come after all.
 *
 * They outlive the direction's end: a retransmission may be recorded after both sides have sent their FIN.
 */
export class GivenUpHoles {
  /** The first sequence number of each, and the first one after it. */
  #bounds: number[] = [];

  get isEmpty(): boolean {
    return this.#bounds.length === 0;
  }

  /** Notes a hole. */
  add(sequence: number, length: number): void {
    if (this.#bounds.length >= 2 * MOST_GIVEN_UP) this.#bounds.splice(0, 2);
    this.#bounds.push(sequence, (sequence + length) | 0);
  }

  /** Takes out what a segment holds. @returns the bytes that it holds of each hole */
  fill(sequence: number, length: number): readonly number[] {
    const filled: number[] = [];
    const left: number[] = [];
    for (let at = 0; at < this.#bounds.length; at += 2) {
      const from = this.#bounds[at]!;
      const to = this.#bounds[at + 1]!;
      const start = Math.max(0, (from - sequence) | 0);
      const end = Math.min(length, (to - sequence) | 0);
      if (end <= start) {
        left.push(from, to);
        continue;
      }
      filled.push(end - start);
      if (((from - sequence) | 0) < start) left.push(from, (sequence + start) | 0);
      if (((to - sequence) | 0) > end) left.push((sequence + end) | 0, to);
    }
    if (filled.length > 0) this.#bounds = left.slice(-2 * MOST_GIVEN_UP);
    return filled;
  }
}

/** Says which packet held bytes of a hole that was given up. */
export function cameTooLate(bytes: number, at: PacketTime): Finding {
  const message =
    `packet ${at.packet} holds ${bytes} bytes that were given up as missing: ` +
    'they came too late to be put in their place and are not decoded';
  return finding('tcp.late', message, { packet: at.packet });
}
