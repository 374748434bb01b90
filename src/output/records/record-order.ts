import type { EventOrder } from '../../events.js';
import { OWN } from '../../tcp/tracking/tracker-listener.js';

/** Where a record of a shard stands among those of the whole: see {@link EventOrder}. */
export type RecordOrder = NonNullable<EventOrder['order']>;

/** A line that ends with the member, and what it says. */
const MEMBER = /,"order":"(\d{1,16})\.(\d)\.(\d{1,16})"\}$/;
/** Bytes of the member, and of the brace after it, at most. */
const LONGEST_MEMBER = 56;
/** A record of frames or messages up to the number of its packet. */
const HEAD = /^\{"type":"[a-z]+"(?:,"file":"(?:[^"\\]|\\.)*")?,"packet":(\d{1,16}),/;
const USUAL_HEAD = 256;
const LONGEST_HEAD = 32 * 1024;

/** Whether the number of its packet alone says where a record stands: the packet brought it to light itself. */
export function isPlainOrder([at, rank, among]: RecordOrder, packet: number | undefined): boolean {
  return at === packet && rank === OWN.rank && among === OWN.among;
}

/** The last member of a record, which no record of a whole set has. Captured text cannot look like it: it has no bare quotes. */
export function orderMember(order: RecordOrder): string {
  return `,"order":"${order.join('.')}"`;
}

/** A line of records without the member, and what it said. */
export interface OrderedLine {
  /** The record and its line end. */
  readonly record: Buffer;
  readonly order: RecordOrder;
}

const CLOSE = Buffer.from('}\n');

/** Takes the member off a record; `undefined` where the line does not say where it stands. @param line - without its line end */
export function readOrder(line: Buffer): OrderedLine | undefined {
  const member = MEMBER.exec(line.toString('latin1', Math.max(0, line.length - LONGEST_MEMBER)));
  if (member !== null) {
    const order: RecordOrder = [Number(member[1]), Number(member[2]), Number(member[3])];
    return { record: Buffer.concat([line.subarray(0, line.length - member[0].length), CLOSE]), order };
  }
  const head = HEAD.exec(line.toString('latin1', 0, USUAL_HEAD)) ?? HEAD.exec(line.toString('latin1', 0, LONGEST_HEAD));
  if (head === null || line.at(-1) !== CLOSE[0]) return undefined;
  return { record: Buffer.concat([line, CLOSE.subarray(1)]), order: [Number(head[1]), OWN.rank, OWN.among] };
}

/** Which of two records comes first, as a comparison. */
export function compareOrder(a: RecordOrder, b: RecordOrder): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
