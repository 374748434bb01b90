import type { Direction, Finding } from '../../common/finding.js';
import { formatTime, type PacketTime } from '../../common/packet-time.js';
import type { ConnectionRef } from '../../events.js';
import { opcodeName, OPCODE_NAMES, type PayloadGap } from '../../websocket/frame.js';
import { FORMS, list, number, text, type RecordField, type RecordType } from './record-field.js';

/** What every record is made of: an event, and the input that it came from. */
export interface EventSource<Event> {
  readonly event: Event;
  /** The input, where there is more than one. */
  readonly file: string | undefined;
  /** The record has the heads of the handshake. */
  readonly hasHeaders?: boolean;
}

/** What the losses of a frame and of a message have in common. */
export interface Loss {
  readonly status: string;
  readonly missing: number | bigint;
  readonly gaps: readonly PayloadGap[];
}

const DIRECTIONS: readonly Direction[] = ['client-to-server', 'server-to-client'];

/** The number of a packet, opcode or other whole thing. */
export const WHOLE = { type: 'integer', minimum: 0 };

/** The fields that every record begins with. */
export function beginning<Event>(type: RecordType | 'finding'): RecordField<EventSource<Event>>[] {
  return [
    text('type', 'What the record is of.', () => type, { values: [type], isRequired: true }),
    text('file', 'The input, where there is more than one.', ({ file }) => file),
  ];
}

/** What a record is of that is not of captured bytes. */
export function source<Source>(read: (source: Source) => ConnectionRef): RecordField<Source> {
  return text(
    'source',
    'har: a program that had the connection has noted it in a HAR file. Absent for captured bytes. Nothing is known then of packets, frames, bytes as sent and addresses.',
    (event) => read(event).source,
    { values: ['har'] },
  );
}

/** A field that a record has which is of captured bytes, and no other. */
export function ofCapture<Source extends { readonly event: { readonly connection: ConnectionRef } }>(
  field: RecordField<Source>,
): RecordField<Source> {
  return {
    ...field,
    isRequired: false,
    isOfCapture: field.isRequired,
    read: (from) => (from.event.connection.source === undefined ? field.read(from) : undefined),
  };
}

/** The time of a moment. */
export function time<Source>(read: (source: Source) => PacketTime): RecordField<Source> {
  return text('time', FORMS.time.description, (source) => formatTime(read(source)), { form: 'time' });
}

/** The direction of something. */
export function direction<Source>(
  read: (source: Source) => Direction | undefined,
  isRequired = false,
): RecordField<Source> {
  return text('direction', 'Who sent it.', read, { form: 'direction', values: DIRECTIONS, isRequired });
}

/** Which TCP connection, and which HTTP/2 stream of it. */
export const STREAM: readonly RecordField<ConnectionRef>[] = [
  number('stream', FORMS.stream.description, ({ stream }) => stream, { form: 'stream', isRequired: true }),
  number(
    'http2Stream',
    'Number of the HTTP/2 stream that carries the WebSocket connection; absent over HTTP/1.1.',
    ({ http2Stream }) => http2Stream,
    { bounds: WHOLE },
  ),
];

/** The two ends of a connection. */
export const ENDPOINTS: readonly RecordField<ConnectionRef>[] = [
  text('client', 'The side that asked for the WebSocket connection. Absent for lines of hex.', ({ client }) => client, {
    form: 'endpoint',
  }),
  text('server', 'The other side. Absent for lines of hex.', ({ server }) => server, { form: 'endpoint' }),
];

/** The opcode and its name. */
export function opcode<Source>(meaning: string, read: (source: Source) => number): RecordField<Source>[] {
  return [
    number('opcode', meaning, read, { bounds: { ...WHOLE, maximum: 15 }, isRequired: true }),
    text('opcodeName', 'Name of the opcode.', (source) => opcodeName(read(source)), {
      values: OPCODE_NAMES,
      isRequired: true,
    }),
  ];
}

/** The status, and what is missing where it tells of missing bytes. */
export function loss<Source>(
  values: readonly string[],
  meaning: string,
  read: (source: Source) => Loss,
): RecordField<Source>[] {
  return [
    text('status', meaning, (source) => read(source).status, { values, isRequired: true }),
    number('missing', 'Payload bytes that were not captured.', (source) => missingOf(read(source)), { form: 'count' }),
    list(
      'gaps',
      'Where they are missing.',
      (source) => (missingOf(read(source)) === undefined ? undefined : read(source).gaps),
      GAP,
    ),
  ];
}

/** What is cut says how many bytes are missing even where none is: how much more there was may not be known. */
function missingOf({ status, missing }: Loss): number | bigint | undefined {
  const isCut = status === 'gap' || status === 'truncated';
  return status === 'ok' || (!isCut && missing === 0) ? undefined : missing;
}

/** A gap in a payload. */
export const GAP: readonly RecordField<PayloadGap>[] = [
  number('offset', 'Bytes of payload, on the wire, before it.', ({ offset }) => offset, {
    bounds: WHOLE,
    isRequired: true,
  }),
  number('length', 'Bytes that are missing; above 2^53 the nearest number.', ({ length }) => length, {
    bounds: WHOLE,
    isRequired: true,
  }),
];

/** What a finding says. */
export const FINDING: readonly RecordField<Finding>[] = [
  text('code', 'Stable name: docs/rules.md lists them all.', ({ code }) => code, {
    bounds: { pattern: '^[a-z]+[0-9]?\\.[a-z0-9-]+$' },
    isRequired: true,
  }),
  text('severity', 'How bad it is.', ({ severity }) => severity, {
    values: ['error', 'warning', 'note'],
    isRequired: true,
  }),
  text('rfc', 'The section that it breaks or that it follows from.', ({ rfc }) => rfc, {
    bounds: { pattern: '^RFC [0-9]+ [0-9.]+$' },
  }),
  text('message', 'One sentence with the values of this case.', ({ message }) => message, { isRequired: true }),
];

/** The packet of a finding. */
export const FINDING_PACKET = number<Finding>('packet', 'The packet that it is about.', ({ packet }) => packet, {
  bounds: WHOLE,
});

/** What a finding of a connection says, and where. */
export const PLACED_FINDING: readonly RecordField<Finding>[] = [
  ...FINDING,
  FINDING_PACKET,
  direction<Finding>((found) => found.direction),
];

/** What is wrong with what a record is of. */
export function findings<Source>(
  read: (source: Source) => readonly Finding[],
  fields: readonly RecordField<Finding>[] = FINDING,
): RecordField<Source> {
  return list('findings', 'What is wrong with it. Absent where nothing is.', read, fields);
}

/** Fields of something inside a source, as fields of that source. */
export function within<Source, Inner>(
  read: (source: Source) => Inner,
  fields: readonly RecordField<Inner>[],
): RecordField<Source>[] {
  return fields.map((field) => ({ ...field, read: (source: Source) => field.read(read(source)) }));
}
