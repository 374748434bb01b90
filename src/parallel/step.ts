import type { CapturedTime, PacketTime } from '../common/packet-time.js';
import type { End, Side } from '../common/sink.js';
import type { MeteredSegment } from '../tcp/tcp-meter.js';

/**
 * What TCP gives a connection, as rows of numbers in memory that two threads share: bytes lie in a slab beside them, and a
 * row says where. Objects are few, and go with the message.
 *
 * A row ({@link ROW}): what it is, the slot of the connection, its number among all steps of the capture, the
 * packet that is being read with its seconds and nanoseconds, and two numbers more, as its kind has it. A row with another
 * time follows where the step is about an earlier packet, and one where the connection's last packet is another one.
 *
 * They are integers of 32 bits: what is read from floating point stays that, and what is made of it is slower. Where a number
 * may be larger it has two places.
 */
export const ROW_LENGTH = 16;

/** Where the numbers of a row stand after the first, its bits. Two apart: see {@link putLarge}. */
export const ROW = {
  slot: 1,
  step: 2,
  packet: 4,
  seconds: 6,
  nanoseconds: 8,
  first: 10,
  second: 12,
} as const;

/** What one unit of a large number's second place stands for. */
const HIGH = 2 ** 31;

/** Writes an integer of up to 53 bits into two places. */
export function putLarge(numbers: Int32Array, at: number, value: number): void {
  if ((value | 0) === value) {
    numbers[at] = value;
    numbers[at + 1] = 0;
    return;
  }
  const high = Math.floor(value / HIGH);
  numbers[at] = value - high * HIGH;
  numbers[at + 1] = high;
}

/** Reads an integer from two places. */
export function largeAt(numbers: Int32Array, at: number): number {
  const high = numbers[at + 1]!;
  return high === 0 ? numbers[at]! : high * HIGH + numbers[at]!;
}

/** What a step is. */
export const STEP = { open: 0, bytes: 1, gap: 2, end: 3, finding: 4, ended: 5, free: 6, keys: 7, meter: 8 } as const;
export type StepKind = (typeof STEP)[keyof typeof STEP];

/** The kind, in the first number. */
export const KIND_BITS = 15;
/** Bits of the first number, beside the kind. */
export const SIDE_BIT = 1 << 4;
/** What is known of the two sides by now. */
export const BEGINNING_BITS = [1 << 5, 1 << 6] as const;
export const SPOKEN_BITS = [1 << 7, 1 << 8] as const;
const PRECISION_SHIFT = 9;
/** After this step the segment is over: what takes its bytes may have changed. */
export const SETTLE_BIT = 1 << 11;
/** A row with the step's own time follows. */
export const TIME_BIT = 1 << 12;
/** A row with the connection's last packet follows. */
export const LAST_BIT = 1 << 13;
const HOW_SHIFT = 14;

const HOWS: readonly End[] = ['fin', 'rst', 'capture', 'reused', 'limit'];
const PRECISIONS: readonly PacketTime['precision'][] = [0, 6, 9];

/** Length of a gap whose size is not known. */
export const UNKNOWN = -1;

/** The bits of a time's precision. */
export function precisionBits({ precision }: Pick<PacketTime, 'precision'>): number {
  return (precision === 0 ? 0 : precision === 6 ? 1 : 2) << PRECISION_SHIFT;
}

/** The precision that a row names. */
export function precisionOf(bits: number): CapturedTime['precision'] {
  return PRECISIONS[(bits >> PRECISION_SHIFT) & 3]!;
}

/** The bits of how a side ends. */
export function howBits(how: End): number {
  return HOWS.indexOf(how) << HOW_SHIFT;
}

/** How a side ends, as a row says it. */
export function howOf(bits: number): End {
  return HOWS[bits >> HOW_SHIFT]!;
}

const WORD = 2 ** 32;
/** Bits of a length that stand beside the sequence number: each number of a row holds 53. */
const LENGTH_BITS = 21;
const LENGTH_MASK = 2 ** LENGTH_BITS - 1;
const CLOSED_SHIFT = 8;
const LONG_SHIFT = 9;

/** What is measured of a segment, as the first of two numbers. */
export function sequenceNumber({ sequence, length }: MeteredSegment): number {
  return (sequence >>> 0) + (length & LENGTH_MASK) * WORD;
}

/** The second of them. Of a window it is kept whether it is closed. */
export function acknowledgmentNumber({ acknowledgment, flags, window, length }: MeteredSegment): number {
  const bits = (flags & 0xff) | ((window === 0 ? 1 : 0) << CLOSED_SHIFT) | ((length >>> LENGTH_BITS) << LONG_SHIFT);
  return (acknowledgment >>> 0) + bits * WORD;
}

/** What is measured of a segment, from these two numbers. */
export function segmentOf(first: number, second: number): MeteredSegment {
  const bits = Math.floor(second / WORD);
  return {
    sequence: first | 0,
    acknowledgment: second | 0,
    flags: bits & 0xff,
    window: (bits >> CLOSED_SHIFT) & 1 ? 0 : 1,
    length: Math.floor(first / WORD) + (bits >> LONG_SHIFT) * (LENGTH_MASK + 1),
  };
}

/** The side that a row is about. */
export function sideOf(bits: number): Side {
  return (bits & SIDE_BIT) === 0 ? 0 : 1;
}
