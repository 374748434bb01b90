import type { PacketTime } from '../../common/packet-time.js';
import { otherSide, type Side } from '../../common/sink.js';
import { ACK, FIN, SYN, type TcpSegment } from '../../ip/tcp-segment.js';
import type { TcpConnection } from '../connection.js';
import type { SegmentCopy } from './segment-copies.js';
import type { SequenceSpace } from '../sequence-space.js';

/** How far below a side's first number its SYN may be when it is recorded late. */
const LATE_SYN_REACH = 65_535;
/** How far apart the first segments of a side may be. */
export const START_REACH = 16 * 1024 * 1024;

/** Whether a side of a connection that has ended would go on with a segment. */
export function isBeyond(connection: TcpConnection, side: Side, segment: TcpSegment): boolean {
  const { sequence, length } = segment;
  const { hasEnded, resetBy, isReset, isClosed } = connection;
  if (!hasEnded && (isReset || resetBy !== undefined)) return isAfterReset(connection, side, segment);
  if (!isClosed) return false;
  const { sent, finished, acknowledged, acknowledgedTo } = connection.space(side);
  if (acknowledged && ((sequence + length - acknowledgedTo) | 0) <= 0) return false;
  // A peer that sends data right after its own FIN breaks a rule and is no new connection.
  return length > 0 && ((sequence + length - sent) | 0) > 0 && sequence !== finished;
}

/** How far both numbers of a segment are from those that a connection is known to have come to; 0 where it has. */
export function distanceTo(connection: TcpConnection, side: Side, segment: TcpSegment): number {
  const own = connection.space(side).distanceTo(segment.sequence);
  if ((segment.flags & ACK) === 0) return own;
  return own + connection.space(otherSide(side)).distanceTo(segment.acknowledgment);
}

/**
 * Whether a segment is of another connection than one that a side has reset: it goes on further ahead in both directions at
 * once. What was on its way when the reset was sent, and what follows one that nobody believed, goes on where it was.
 */
function isAfterReset(connection: TcpConnection, side: Side, { flags, sequence, acknowledgment }: TcpSegment): boolean {
  const [from, to] = [connection.space(side), connection.space(otherSide(side))];
  if ((flags & ACK) === 0 || !from.started || !to.started) return false;
  return ((sequence - from.sent) | 0) > 0 && ((acknowledgment - to.sent) | 0) > 0;
}

/** Whether a SYN may be the one with which a side of a connection began, recorded late. */
export function isOwnSyn(connection: TcpConnection, side: Side, segment: TcpSegment): boolean {
  const { started, first, acknowledged, acknowledgedFrom } = connection.space(side);
  const reach = connection.isSettled ? LATE_SYN_REACH : START_REACH;
  if (!started && !acknowledged) return true;
  const distance = ((started ? first : acknowledgedFrom) - segment.sequence - 1) | 0;
  return distance >= 0 && distance <= reach;
}

/**
 * Whether a SYN may be the one with which a side of a connection began that has ended, recorded after all of it. A SYN/ACK
 * has a number of both sides, so that each may lie further below than that of a SYN.
 */
export function isSynOfEnded(connection: TcpConnection, side: Side, segment: TcpSegment): boolean {
  const isAnswer = (segment.flags & ACK) !== 0;
  const reach = isAnswer ? START_REACH : LATE_SYN_REACH;
  const [from, to] = [connection.space(side), connection.space(otherSide(side))];
  if (!isBelow(from, (segment.sequence + 1) | 0, reach)) return false;
  return !isAnswer || isBelow(to, segment.acknowledgment, reach);
}

/** Whether a number lies no further than a reach below where a side is known to have begun. */
function isBelow(
  { started, first, acknowledged, acknowledgedFrom }: SequenceSpace,
  sequence: number,
  reach: number,
): boolean {
  if (!started && !acknowledged) return false;
  const distance = ((started ? first : acknowledgedFrom) - sequence) | 0;
  return distance >= 0 && distance <= reach;
}

/** Whether time, and the numbers of each side, only rise. */
export function isInOrder(copies: readonly SegmentCopy[]): boolean {
  const last: [number | undefined, number | undefined] = [undefined, undefined];
  let lastAt = copies[0]?.at;
  for (const { side, segment, at } of copies) {
    const before = last[side];
    // One less is a keep-alive probe.
    if (before !== undefined && ((segment.sequence - before) | 0) < -1) return false;
    if (lastAt !== undefined && isBefore(at, lastAt)) return false;
    last[side] = segment.sequence;
    lastAt = at;
  }
  return true;
}

/** Whether both sides have sent a FIN. */
export function hasEnded(copies: readonly SegmentCopy[]): boolean {
  return ([0, 1] as const).every((of) =>
    copies.some(({ side, segment }) => side === of && (segment.flags & FIN) !== 0),
  );
}

function isBefore(a: PacketTime, b: PacketTime): boolean {
  return a.seconds < b.seconds || (a.seconds === b.seconds && a.nanoseconds < b.nanoseconds);
}

/** Whether bytes of any side are known to have been sent. */
export function carriedData(connection: TcpConnection): boolean {
  return ([0, 1] as const).some((side) => {
    const { started, anchored, first, sent } = connection.space(side);
    return started && (!anchored || sent !== first);
  });
}

/**
 * The first number of a side that the capture proves: of a segment, or the one that the other side still waited for,
 * which has come to it while packets were captured.
 */
export function firstNumber(space: SequenceSpace, copies: readonly SegmentCopy[], of: Side): number | undefined {
  const withData = lowestSequence(copies, of);
  let lowest = withData ?? lowestSequence(copies, of, false) ?? (space.started ? space.first : undefined);
  if (lowest === undefined) return undefined;
  const awaited = copies
    .filter(({ side, segment }) => side !== of && (segment.flags & ACK) !== 0)
    .map(({ segment }) => segment.acknowledgment);
  if (space.acknowledged) awaited.push(space.acknowledgedFrom);
  for (const number of awaited) {
    const below = (lowest - number) | 0;
    if (below > 0 && below <= START_REACH) lowest = number;
  }
  return withData === undefined && lowest === space.first ? undefined : lowest;
}

/** The lowest sequence number of a side among copies, near that of the first. */
export function lowestSequence(copies: readonly SegmentCopy[], of: Side, withData = true): number | undefined {
  let lowest: number | undefined;
  for (const { side, segment } of copies) {
    if (side !== of || (withData && segment.length === 0) || (segment.flags & SYN) !== 0) continue;
    const { sequence } = segment;
    const below = lowest === undefined ? 0 : (lowest - sequence) | 0;
    if (lowest === undefined || (below > 0 && below <= START_REACH)) lowest = sequence;
  }
  return lowest;
}
