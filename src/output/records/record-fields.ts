import type { ConnectionEvent, DissectEvent, FindingEvent, FrameEvent, MessageEvent } from '../../events.js';
import { CONNECTION_FIELDS } from './connection-fields.js';
import { FRAME_FIELDS, FrameSource } from './frame-fields.js';
import { MESSAGE_FIELDS, MessageSource } from './message-fields.js';
import {
  number,
  readFields,
  text,
  type FieldDescription,
  type FieldKind,
  type RecordField,
  type RecordType,
  type RecordValue,
} from './record-field.js';
import { beginning, direction, FINDING, FINDING_PACKET, WHOLE, within, type EventSource } from './shared-fields.js';

/** A frame, message or connection as plain data: the same object as `--json` prints. */
export type JsonRecord = Readonly<Record<string, RecordValue>> & { readonly type: RecordType };

/** A finding that belongs to no record, as plain data. */
export type FindingRecord = Readonly<Record<string, RecordValue>> & { readonly type: 'finding' };

const FINDING_FIELDS: readonly RecordField<EventSource<FindingEvent>>[] = [
  ...beginning<FindingEvent>('finding'),
  ...within(
    ({ event }: EventSource<FindingEvent>) => event.finding,
    [
      ...FINDING,
      FINDING_PACKET,
      number('stream', 'Number of the TCP connection that it is about.', ({ stream }) => stream, { form: 'stream' }),
      number('http2Stream', 'Number of the HTTP/2 stream that it is about.', ({ http2Stream }) => http2Stream, {
        bounds: WHOLE,
      }),
      direction((found) => found.direction),
      text('peer', 'Of TLS that stayed encrypted: its server, by name where the client gave one.', ({ peer }) => peer),
      number(
        'offset',
        'Bytes from the beginning of the file, or of one direction of the connection.',
        ({ offset }) => offset,
        { bounds: WHOLE },
      ),
    ],
  ),
];

/**
 * The one table of what records have, in the order of the members. The JSON output, the JSON Schemas, what expectations
 * may name, columns and docs/json.md come from it.
 */
export const RECORD_FIELDS = {
  frame: FRAME_FIELDS,
  message: MESSAGE_FIELDS,
  connection: CONNECTION_FIELDS,
  finding: FINDING_FIELDS,
} as const;

/** The types of records that the command prints. */
export const RECORD_TYPES: readonly RecordType[] = ['frame', 'message', 'connection'];

/** What a record has beyond what it always has. */
export interface RecordOptions {
  /** The record of a connection has the heads of its handshake: values that may be secrets, as cookies, are left out. */
  readonly headers?: boolean;
}

/**
 * An event as plain data: the object that `--json` prints of a frame, message or connection, or that stands for a
 * finding. It survives `JSON.stringify` and `structuredClone`.
 *
 * @param file - the value of `file` in the record; none where this is not given
 * @returns `undefined` for the other events, which have no record
 */
export function toRecord(
  event: FrameEvent | MessageEvent | ConnectionEvent,
  file?: string,
  options?: RecordOptions,
): JsonRecord;
export function toRecord(event: FindingEvent, file?: string, options?: RecordOptions): FindingRecord;
export function toRecord(
  event: DissectEvent,
  file?: string,
  options?: RecordOptions,
): JsonRecord | FindingRecord | undefined;
export function toRecord(
  event: DissectEvent,
  file?: string,
  { headers = false }: RecordOptions = {},
): JsonRecord | FindingRecord | undefined {
  switch (event.type) {
    case 'frame':
      return readFields(FRAME_FIELDS, new FrameSource(event, file)) as JsonRecord;
    case 'message':
      return readFields(MESSAGE_FIELDS, new MessageSource(event, file)) as JsonRecord;
    case 'connection':
      return readFields(CONNECTION_FIELDS, { event, file, hasHeaders: headers }) as JsonRecord;
    case 'finding':
      return readFields(FINDING_FIELDS, { event, file }) as FindingRecord;
    default:
      return undefined;
  }
}

/**
 * A field in a table of records: those of an object have columns of their own, and a list is one.
 *
 * @beta
 */
export interface Column {
  /** The field's name, with a dot before the name of a field of an object: `tls.version`. */
  readonly name: string;
  readonly kind: Exclude<FieldKind, 'object'>;
  readonly field: FieldDescription;
  /** Its value in a record; `undefined` where the record does not have it. */
  read(record: Readonly<Record<string, RecordValue>>): RecordValue | undefined;
}

/**
 * The columns that a table of records of a type has, in the order of the members.
 *
 * @beta
 */
export function columnsOf(type: RecordType): readonly Column[] {
  return columnsIn(RECORD_FIELDS[type]);
}

/** The columns that fields have in a table, in their order. */
export function columnsIn(fields: readonly FieldDescription[]): readonly Column[] {
  return fields.flatMap((field) => columns(field, []));
}

function columns(field: FieldDescription, outer: readonly string[]): Column[] {
  const path = [...outer, field.name];
  const { kind } = field;
  if (kind === 'object') {
    const outerOnly = field.onlyWith === undefined ? {} : { onlyWith: field.onlyWith };
    return field.fields!.flatMap((inner) => columns({ ...outerOnly, ...inner }, path));
  }
  const read = (record: Readonly<Record<string, RecordValue>>): RecordValue | undefined => {
    let value: RecordValue | undefined = record;
    for (const name of path) value = (value as Readonly<Record<string, RecordValue>> | undefined)?.[name];
    return value;
  };
  return [{ name: path.join('.'), kind, field, read }];
}
