import { formatTime, secondsBetween } from '../../common/packet-time.js';
import { utf8Text } from '../../common/utf8.js';
import { inflateRatio, type ConnectionEvent, type DirectionTotals } from '../../events.js';
import type { Handshake } from '../../http/handshake.js';
import type { TlsSummary } from '../../tls/tls-summary.js';
import { HEAD_FIELDS, HEADERS_OPTION } from './header-fields.js';
import { number, object, text, type RecordField } from './record-field.js';
import {
  beginning,
  ENDPOINTS,
  findings,
  ofCapture,
  PLACED_FINDING,
  source,
  STREAM,
  time,
  WHOLE,
  within,
  type EventSource,
} from './shared-fields.js';

type Source = EventSource<ConnectionEvent>;

/** `2` of a stream; else `1.1` of `GET / HTTP/1.1` or of `HTTP/1.1 101`. A first line that was cut does not say it. */
function httpVersion({ connection, handshake: { request, response } }: ConnectionEvent): string | undefined {
  if (connection.http2Stream !== undefined) return '2';
  const line = request?.startLine.match(/ HTTP\/(\d\.\d)$/) ?? response?.startLine.match(/^HTTP\/(\d\.\d) /);
  return line?.[1];
}

const HANDSHAKE: readonly RecordField<Source>[] = [
  text(
    'handshake',
    'accepted: a request and its 101 (over HTTP/2 its 2xx); refused: a request and another answer; incomplete: one of ' +
      'the two was not captured; not-captured: neither was.',
    ({ event }) => event.handshake.state,
    { values: ['accepted', 'refused', 'incomplete', 'not-captured'], isRequired: true },
  ),
  text(
    'http',
    'Version of HTTP that the handshake was made in: 2, or as its request says, or its response where the request was not captured.',
    ({ event }) => httpVersion(event),
    { bounds: { pattern: '^[0-9](\\.[0-9])?$' } },
  ),
];

const HEADS: readonly RecordField<Handshake>[] = [
  number('httpStatus', 'Of the response.', ({ httpStatus }) => httpStatus, {
    bounds: { type: 'integer', minimum: 100, maximum: 999 },
  }),
  text('url', 'ws:// or wss://, the Host field and the request target.', ({ url }) => url),
  text('origin', 'The Origin field of the request.', ({ origin }) => origin),
  text(
    'offeredSubprotocols',
    "The client's Sec-WebSocket-Protocol fields, joined with a comma.",
    ({ offeredSubprotocols }) => offeredSubprotocols,
  ),
  text('subprotocol', "The server's answer.", ({ subprotocol }) => subprotocol),
  text(
    'extensions',
    "The server's Sec-WebSocket-Extensions fields, joined with a comma.",
    ({ extensions }) => extensions,
  ),
];

/** What was asked for and answered, where that is wanted. */
function heads(): RecordField<Source>[] {
  const of = (head: 'request' | 'response') => {
    return ({ event, hasHeaders }: Source) => (hasHeaders === true ? event.handshake[head] : undefined);
  };
  return [
    object('request', 'Its head, as far as it was captured.', of('request'), HEAD_FIELDS),
    object('response', 'The same of the answer.', of('response'), HEAD_FIELDS),
  ].map((field) => ({ ...field, onlyWith: HEADERS_OPTION }));
}

type Sided = 'client' | 'server';

/** What is counted of one side, by the end of the field's name. */
const COUNTS: readonly (readonly [name: string, meaning: string, read: (totals: DirectionTotals) => number])[] = [
  ['Frames', 'Frames that this side sent, whole or not, as far as they were seen.', ({ frames }) => frames],
  [
    'Messages',
    'Messages that this side sent, whole or not, as far as they were seen. What may be the rest of one that is counted already is not counted.',
    ({ messages }) => messages,
  ],
  [
    'Bytes',
    'Payload bytes of its frames as sent; of a truncated frame, those that are known to have been sent.',
    ({ bytes }) => bytes,
  ],
  [
    'MissingBytes',
    'Bytes of the connection, after the handshake, that were not captured.',
    ({ missingBytes }) => missingBytes,
  ],
];

/** Each count of the client, then of the server. */
function counts(): RecordField<Source>[] {
  return COUNTS.flatMap(([name, meaning, read]) =>
    (['client', 'server'] as const).map((side) => {
      const details = { bounds: WHOLE, isRequired: true };
      const field = number<Source>(`${side}${name}`, meaning, ({ event }) => read(event[side]), details);
      // A program that has noted messages knows how many they were, and no more.
      return name === 'Messages' ? field : ofCapture(field);
    }),
  );
}

/** What compression saved one side; absent where it sent no compressed message. */
function compression(side: Sided): RecordField<Source>[] {
  const of = (read: (totals: DirectionTotals) => number | undefined) => {
    return ({ event }: Source) => (inflateRatio(event[side]) === undefined ? undefined : read(event[side]));
  };
  return [
    number(
      `${side}CompressedBytes`,
      'Payload bytes of its compressed messages as sent. Absent where there were none.',
      of(({ compressedBytes }) => compressedBytes),
      { bounds: WHOLE },
    ),
    number(
      `${side}InflatedBytes`,
      'Bytes that these messages inflated to.',
      of(({ inflatedBytes }) => inflatedBytes),
      { bounds: WHOLE },
    ),
    number(`${side}Ratio`, 'Inflated bytes for each compressed byte; two digits.', of(inflateRatio), {
      bounds: { minimum: 0 },
    }),
  ];
}

const TLS: readonly RecordField<TlsSummary>[] = [
  text('version', 'TLS 1.2 or TLS 1.3.', ({ version }) => version, { isRequired: true }),
  text('cipher', 'IANA name of the cipher suite.', ({ cipher }) => cipher, { isRequired: true }),
  text('alpn', 'The application protocol that the server chose.', ({ alpn }) => alpn),
  text('sni', "The server's name as the client asked for it.", ({ sni }) => sni),
];

/** The fields of a connection's record, in their order. */
export const CONNECTION_FIELDS: readonly RecordField<Source>[] = [
  ...beginning<ConnectionEvent>('connection'),
  source(({ event }) => event.connection),
  ...within(({ event }: Source) => event.connection, STREAM),
  time(({ event }) => event.at),
  text(
    'endTime',
    'Time of its last packet, over HTTP/2 of its stream, which ended it, or after which the capture has no more of it. Absent for a refused upgrade.',
    ({ event }) => (event.ended === undefined ? undefined : formatTime(event.ended)),
    { form: 'time' },
  ),
  number(
    'duration',
    'Seconds from its first packet to its last one. Absent for a refused upgrade, and where the packets are recorded in such an order that the last one was earlier.',
    ({ event }) => (event.ended === undefined ? undefined : secondsBetween(event.at, event.ended)),
  ),
  ...within(({ event }: Source) => event.connection, ENDPOINTS),
  text(
    'communityId',
    'Community ID of the TCP connection, version 1 with seed 0. Absent for lines of hex.',
    ({ event }) => event.communityId,
    { bounds: { pattern: '^1:[A-Za-z0-9+/]{27}=$' } },
  ),
  ...HANDSHAKE,
  ...within(({ event }: Source) => event.handshake, HEADS),
  ...heads(),
  ...counts(),
  ...compression('client'),
  ...compression('server'),
  number(
    'closeCode',
    'Code of the first close frame. Absent where it has none, or where an earlier one may not have been captured.',
    ({ event }) => event.closeCode,
    { form: 'closeCode' },
  ),
  text('closeReason', 'Its reason, where it gives one in valid UTF-8 of at most 123 bytes.', ({ event }) =>
    event.closeReason === undefined ? undefined : utf8Text(event.closeReason),
  ),
  text(
    'closedBy',
    'Who sent the first close frame. Absent where an earlier one may not have been captured.',
    ({ event }) => event.closedBy,
    { values: ['client', 'server'] },
  ),
  text(
    'end',
    'How the TCP connection ended, or over HTTP/2 its stream (END_STREAM is fin, RST_STREAM rst): reused: the same addresses and ports opened a new one; limit: no longer followed. ' +
      'Absent for a refused upgrade, and where another handshake came on the connection.',
    ({ event }) => event.end,
    { values: ['fin', 'rst', 'capture', 'reused', 'limit'] },
  ),
  object('tls', 'TLS under it, where it was decrypted.', ({ event }: Source) => event.tls, TLS),
  findings(({ event }) => event.findings, PLACED_FINDING),
];
