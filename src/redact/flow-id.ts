import type { ConnectionRef } from '../events.js';
import { communityId, type FlowEnd } from '../tcp/community-id.js';

/** The Community ID of a connection between the addresses that it has now: the one of the real ones would tell them. */
export function flowIdOf({ client, server }: ConnectionRef): string | undefined {
  const ends = [client, server].map((end) => (end === undefined ? undefined : flowEnd(end)));
  const [one, other] = ends;
  return one === undefined || other === undefined || one.address.length !== other.address.length
    ? undefined
    : communityId(one, other);
}

function flowEnd(endpoint: string): FlowEnd | undefined {
  const [, ipv6, ipv4, port] = /^(?:\[(.*)\]|([\d.]+)):(\d+)$/.exec(endpoint) ?? [];
  if (ipv4 !== undefined) return { address: Uint8Array.from(ipv4.split('.'), Number), port: Number(port) };
  return ipv6 === undefined ? undefined : { address: ipv6Bytes(ipv6), port: Number(port) };
}

function ipv6Bytes(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
