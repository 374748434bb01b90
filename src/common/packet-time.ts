/**
 * A packet by its number, and when it was captured.
 *
 * It is kept long after its packet's bytes are gone, so it holds none of them.
 */
export interface PacketTime {
  /** Number of the packet, from 1, as tshark's `frame.number`; of the line, for lines of hex. */
  readonly packet: number;
  /** Whole seconds since 1970-01-01 UTC. */
  readonly seconds: number;
  /** The rest of the time, in nanoseconds, 0 to 999,999,999. */
  readonly nanoseconds: number;
  /** Digits of the second that the capture records: 6, 9, or 0 where it has no time at all. */
  readonly precision: 0 | 6 | 9;
}

/** When a packet was captured. A class for the same reason as `CapturedPacket`. */
export class CapturedTime implements PacketTime {
  readonly packet: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly precision: 0 | 6 | 9;

  constructor(packet: number, seconds: number, nanoseconds: number, precision: 0 | 6 | 9) {
    this.packet = packet;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.precision = precision;
  }
}

/** What stands for the time before anything was read. */
export const NO_TIME: PacketTime = { packet: 0, seconds: 0, nanoseconds: 0, precision: 0 };

/**
 * Seconds from one packet to another, exact to the nanosecond; `undefined` where one of them has no time, or where the
 * packets are recorded in such an order that the last one was earlier.
 */
export function secondsBetween(from: PacketTime, to: PacketTime): number | undefined {
  if (from.precision === 0 || to.precision === 0) return undefined;
  const nanoseconds = BigInt(to.seconds - from.seconds) * 1_000_000_000n + BigInt(to.nanoseconds - from.nanoseconds);
  if (nanoseconds < 0n) return undefined;
  // A sum of two numbers would show the binary fraction of each.
  return Number(nanoseconds) / 1e9;
}

let cachedSecond = Number.NaN;
let cachedText = '';

/**
 * ISO 8601 in UTC with the capture's own precision, as in `2015-12-05T03:00:00.123456Z`.
 *
 * @returns `undefined` where the capture has no time, or one that no calendar has.
 */
export function formatTime(moment: PacketTime): string | undefined {
  if (moment.precision === 0) return undefined;
  if (moment.seconds !== cachedSecond) {
    const date = new Date(moment.seconds * 1000);
    if (Number.isNaN(date.getTime())) return undefined;
    // Packets come by the thousand in one second: the calendar is computed once for all of them.
    cachedText = date.toISOString().slice(0, -4);
    cachedSecond = moment.seconds;
  }
  const digits = String(moment.nanoseconds).padStart(9, '0');
  return `${cachedText}${moment.precision === 6 ? digits.slice(0, 6) : digits}Z`;
}
