import type { ConnectionTruth, Said } from '../../../fixtures/record/truth.js';
import type { CallOnConnection } from '../../../src/output/call-events.js';
import { CallEvents } from '../../../src/output/call-events.js';
import { dissect, type ConnectionRef, type DissectEvent, KeyLog } from '../../../src/index.js';
import type { Meaning, ProtocolName, RecognisedBy } from '../../../src/subprotocol/sub-protocol.js';
import { FIXTURES, keyLogOf, type Fixture } from '../../fixtures/sent.js';

/** Recordings of which the applications' own log is there. */
export const LOGGED: Fixture[] = FIXTURES.filter(
  ({ derivedFrom, connections }) => derivedFrom === undefined && connections.some(({ said }) => said !== undefined),
);

/** Something that was said, as it was decoded. */
export interface Heard extends Meaning {
  readonly from: Said['from'];
  readonly in: ProtocolName;
  readonly by: RecognisedBy;
}

/** What a connection says, and the calls in it. */
export interface Decoded {
  readonly connection: ConnectionRef;
  readonly said: readonly Heard[];
  readonly calls: readonly CallOnConnection['call'][];
}

/** Decodes a capture. */
export async function decodeCapture(name: string, bytes: Buffer): Promise<Decoded[]> {
  const keyLog = new KeyLog();
  const keys = keyLogOf(name);
  if (keys !== undefined) keyLog.push(keys);
  const found = new Map<
    ConnectionRef,
    { connection: ConnectionRef; said: Heard[]; calls: CallOnConnection['call'][] }
  >();
  const of = (connection: ConnectionRef) => {
    const decoded = found.get(connection) ?? { connection, said: [], calls: [] };
    found.set(connection, decoded);
    return decoded;
  };
  const calls = new CallEvents(({ connection, call }) => of(connection).calls.push(call));
  for await (const event of dissect([bytes], { keyLog, want: { messages: true, connections: true, decode: 'auto' } })) {
    calls.event(event);
    for (const heard of heardIn(event)) of((event as { connection: ConnectionRef }).connection).said.push(heard);
  }
  calls.end();
  return [...found.values()];
}

function heardIn(event: DissectEvent): Heard[] {
  if (event.type !== 'message' || event.decoded === undefined) return [];
  const { protocol, by, items } = event.decoded;
  const from = event.direction === 'client-to-server' ? 'client' : 'server';
  return items.map((item) => ({ from, in: item.protocol ?? protocol, by, ...item }));
}

/** The truth of a connection that was decoded. */
export function truthOf({ connections }: Fixture, { client, server }: ConnectionRef): ConnectionTruth | undefined {
  return connections.find((truth) => truth.client === client && truth.server === server);
}

/** What was said, in comparable words: JSON by what it means, not by how it is spaced. */
export function inWords({ kind, name, id, channel, value, raw }: Omit<Said, 'from'>): string {
  return JSON.stringify({ kind, name, id, channel, value, raw });
}

/** A decoded item in the words of the truth. */
export function saidOf({ from, in: protocol, kind, name: word, id, channel, value, raw }: Heard): Said {
  // Bytes whose packet of Socket.IO was lost are a message of Engine.IO: that tells no event's name.
  const name = protocol === 'engine.io' && word === 'message' ? undefined : word;
  const parts = { name, id, channel, raw, value: value === undefined ? undefined : (JSON.parse(value) as unknown) };
  // MQTT lets this be left out, and the log does not tell whether it was.
  if (value === '{"reasonCode":0}' && name !== 'CONNACK') delete parts.value;
  const known = Object.entries(parts).filter(([, part]) => part !== undefined);
  return { from, kind, ...Object.fromEntries(known) };
}
