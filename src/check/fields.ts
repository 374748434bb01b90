import type { RecordType } from '../output/json-record.js';

/** What the value of a field is. */
export type FieldKind = 'text' | 'number' | 'flag' | 'list';

/** A field of the JSON records, as an expectation may name it. */
export interface Field {
  readonly kind: FieldKind;
  /** The records that may have it. */
  readonly records: readonly RecordType[];
  /** All values that it can have, where they are few. */
  readonly values?: readonly string[];
}

const ALL = ['frame', 'message', 'connection'] as const;
const SENT = ['frame', 'message'] as const;
const FRAME = ['frame'] as const;
const MESSAGE = ['message'] as const;
const CONNECTION = ['connection'] as const;

const text = (records: readonly RecordType[], values?: readonly string[]): Field =>
  values === undefined ? { kind: 'text', records } : { kind: 'text', records, values };
const number = (records: readonly RecordType[]): Field => ({ kind: 'number', records });
const flag = (records: readonly RecordType[]): Field => ({ kind: 'flag', records });
const list = (records: readonly RecordType[]): Field => ({ kind: 'list', records });

/** What each direction of a connection is counted by. */
const TOTALS = ['Frames', 'Messages', 'Bytes', 'MissingBytes', 'CompressedBytes', 'InflatedBytes', 'Ratio'];

/** All fields; those of an object inside a record, or of the objects in a list, by dotted names. */
export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['type', text(ALL, ALL)],
  ['file', text(ALL)],
  ['packet', number(SENT)],
  ['time', text(ALL)],
  ['stream', number(ALL)],
  ['direction', text(SENT, ['client-to-server', 'server-to-client'])],
  ['client', text(ALL)],
  ['server', text(ALL)],
  ['fin', flag(FRAME)],
  ['rsv1', flag(FRAME)],
  ['rsv2', flag(FRAME)],
  ['rsv3', flag(FRAME)],
  ['opcode', number(SENT)],
  ['opcodeName', text(SENT, ['continuation', 'text', 'binary', 'close', 'ping', 'pong', 'reserved'])],
  ['mask', flag(FRAME)],
  ['payloadLength', number(FRAME)],
  ['maskingKey', text(FRAME)],
  ['frames', number(MESSAGE)],
  ['compressed', flag(MESSAGE)],
  ['wireLength', number(MESSAGE)],
  ['length', number(MESSAGE)],
  ['text', text(SENT)],
  ['base64', text(SENT)],
  ['closeCode', number(ALL)],
  ['closeReason', text(ALL)],
  [
    'status',
    text(SENT, ['ok', 'gap', 'truncated', 'unfinished', 'lost-context', 'bad-deflate', 'not-decoded', 'too-large']),
  ],
  ['missing', number(SENT)],
  ['gaps', list(SENT)],
  ['gaps.offset', number(SENT)],
  ['gaps.length', number(SENT)],
  ['handshake', text(CONNECTION, ['accepted', 'refused', 'incomplete', 'not-captured'])],
  ['httpStatus', number(CONNECTION)],
  ['url', text(CONNECTION)],
  ['origin', text(CONNECTION)],
  ['offeredSubprotocols', text(CONNECTION)],
  ['subprotocol', text(CONNECTION)],
  ['extensions', text(CONNECTION)],
  ...['client', 'server'].flatMap((side) =>
    TOTALS.map((total): [string, Field] => [`${side}${total}`, number(CONNECTION)]),
  ),
  ['closedBy', text(CONNECTION, ['client', 'server'])],
  ['end', text(CONNECTION, ['fin', 'rst', 'capture', 'reused', 'limit'])],
  ['tls.version', text(CONNECTION)],
  ['tls.cipher', text(CONNECTION)],
  ['tls.alpn', text(CONNECTION)],
  ['tls.sni', text(CONNECTION)],
  ['findings', list(ALL)],
  ['findings.code', text(ALL)],
  ['findings.severity', text(ALL, ['error', 'warning', 'note'])],
  ['findings.rfc', text(ALL)],
  ['findings.message', text(ALL)],
  ['findings.packet', number(CONNECTION)],
  ['findings.direction', text(CONNECTION, ['client-to-server', 'server-to-client'])],
]);
