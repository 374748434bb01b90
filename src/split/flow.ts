import type { TcpSegment } from '../ip/tcp-segment.js';
import { communityId, type FlowEnd } from '../tcp/community-id.js';

type Ends = Pick<TcpSegment, 'ipVersion' | 'addresses' | 'addressOffset' | 'sourcePort' | 'destinationPort'>;

/** A short name of the two ends of a TCP connection, the same in both directions; for this process only. */
export function flowKey(ends: Ends): string {
  const [one, other] = endsOf(ends);
  return one < other ? one + other : other + one;
}

/** Whether a segment comes from the end that is the second one in the order of addresses and ports. */
export function isFromSecondEnd(ends: Ends): boolean {
  const [one, other] = endsOf(ends);
  return one > other;
}

function endsOf({ ipVersion, addresses, addressOffset, sourcePort, destinationPort }: Ends): [string, string] {
  const length = ipVersion === 4 ? 4 : 16;
  const middle = addressOffset + length;
  return [
    addresses.toString('latin1', addressOffset, middle) + String.fromCharCode(sourcePort),
    addresses.toString('latin1', middle, middle + length) + String.fromCharCode(destinationPort),
  ];
}

/** The Community ID of a TCP connection by its ends. */
export function flowId({ ipVersion, addresses, addressOffset, sourcePort, destinationPort }: Ends): string {
  const length = ipVersion === 4 ? 4 : 16;
  const end = (at: number, port: number): FlowEnd => ({ address: addresses.subarray(at, at + length), port });
  return communityId(end(addressOffset, sourcePort), end(addressOffset + length, destinationPort));
}

/** The shard of a connection: the first 32 bits of its Community ID's hash, divided by their number. */
export function shardOf(id: string, shards: number): number {
  return Buffer.from(id.slice(2), 'base64').readUInt32BE(0) % shards;
}
