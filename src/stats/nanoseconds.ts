import type { PacketTime } from '../common/packet-time.js';

const NANOSECONDS = 1_000_000_000;

/** Nanoseconds from one packet to another, exact up to a hundred days; `undefined` where one of them has no time. */
export function nanosecondsBetween(from: PacketTime, to: PacketTime): number | undefined {
  if (from.precision === 0 || to.precision === 0) return undefined;
  return nanosecondsSince(from.seconds, from.nanoseconds, to);
}

/** Nanoseconds from a time to a packet that has one. */
export function nanosecondsSince(seconds: number, nanoseconds: number, to: PacketTime): number {
  return (to.seconds - seconds) * NANOSECONDS + (to.nanoseconds - nanoseconds);
}

/** Seconds, from nanoseconds. */
export function inSeconds(nanoseconds: number): number {
  return nanoseconds / NANOSECONDS;
}

/** Nanoseconds, from seconds. */
export function inNanoseconds(seconds: number): number {
  return Math.round(seconds * NANOSECONDS);
}
