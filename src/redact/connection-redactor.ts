import type { ConnectionRef, DissectEvent } from '../events.js';
import { communityId, type FlowEnd } from '../tcp/community-id.js';
import type { FindingRedactor } from './finding-redactor.js';
import type { Redaction } from './redaction.js';

/** The record of a connection. */
type ConnectionEvent = Extract<DissectEvent, { type: 'connection' }>;

/** A connection under the addresses that it is shown with. */
export function redactedRef(connection: ConnectionRef, { texts }: Redaction): ConnectionRef {
  const { addresses } = texts;
  const { client, server } = connection;
  if (addresses === undefined) return connection;
  return {
    ...connection,
    client: client === undefined ? undefined : addresses.mapEndpoint(client),
    server: server === undefined ? undefined : addresses.mapEndpoint(server),
  };
}

/** The record of a connection. @param ref - it under the addresses that it is shown with */
export function redactedRecord(
  event: ConnectionEvent,
  ref: ConnectionRef,
  findings: FindingRedactor,
  { texts, handshakes }: Redaction,
): ConnectionEvent {
  const { closeReason, tls, communityId: flowId } = event;
  return {
    ...event,
    connection: ref,
    handshake: findings.handshake(event.connection, event.handshake),
    findings: event.findings.map((found) => findings.findingOf(event.connection, found)),
    closeReason: closeReason === undefined ? undefined : texts.bytes(closeReason, false),
    communityId: texts.addresses === undefined || flowId === undefined ? flowId : flowIdOf(ref),
    tls:
      tls === undefined
        ? undefined
        : {
            ...tls,
            ...(tls.alpn === undefined ? {} : { alpn: texts.text(tls.alpn) }),
            ...(tls.sni === undefined ? {} : { sni: handshakes.name(tls.sni) }),
          },
  };
}

/** The Community ID of a connection between the addresses that it has now: the one of the real ones would tell them. */
function flowIdOf({ client, server }: ConnectionRef): string | undefined {
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
