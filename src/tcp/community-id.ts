import { nodeCrypto } from '../common/node/crypto.js';
import type { TcpConnectionInfo } from './connection-info.js';

const SEED = 0;
const TCP = 6;

/** One end of a connection. */
export interface FlowEnd {
  /** 4 bytes of IPv4 or 16 of IPv6. */
  readonly address: Uint8Array;
  readonly port: number;
}

/**
 * The Community ID of a TCP connection, version 1 with seed 0: the same in both directions, and in every tool that
 * follows the specification (https://github.com/corelight/community-id-spec).
 */
export function communityId(one: FlowEnd, other: FlowEnd): string {
  const [first, second] = isOrdered(one, other) ? [one, other] : [other, one];
  const length = first.address.length;
  const flow = Buffer.alloc(2 * length + 8);
  flow.writeUInt16BE(SEED, 0);
  flow.set(first.address, 2);
  flow.set(second.address, 2 + length);
  // The protocol has two bytes, of which the second is padding.
  flow[2 + 2 * length] = TCP;
  flow.writeUInt16BE(first.port, 4 + 2 * length);
  flow.writeUInt16BE(second.port, 6 + 2 * length);
  return `1:${nodeCrypto().createHash('sha1').update(flow).digest('base64')}`;
}

/** The Community ID of a TCP connection whose addresses are known. */
export function communityIdOf(tcp: TcpConnectionInfo): string | undefined {
  const [one, other] = [tcp.address(0), tcp.address(1)];
  if (one === undefined || other === undefined) return undefined;
  return communityId({ address: one, port: tcp.port(0) }, { address: other, port: tcp.port(1) });
}

/** The end with the lower address comes first, or the one with the lower port where the addresses are the same. */
function isOrdered(one: FlowEnd, other: FlowEnd): boolean {
  const order = Buffer.compare(one.address, other.address);
  return order < 0 || (order === 0 && one.port < other.port);
}
