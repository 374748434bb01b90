import { formatTime } from '../../common/packet-time.js';
import { OUTCOMES } from '../../subprotocol/calls.js';
import { PROTOCOLS } from '../../subprotocol/sub-protocol.js';
import type { CallOnConnection } from '../call-events.js';
import { any, number, text, type RecordField } from './record-field.js';
import { ENDPOINTS, STREAM, time, WHOLE, within } from './shared-fields.js';

/** What the record of a call is made of. */
export interface CallSource extends CallOnConnection {
  readonly file: string | undefined;
}

/** The fields of a call's record, in their order. */
export const CALL_FIELDS: readonly RecordField<CallSource>[] = [
  text('type', 'What the record is of.', () => 'call', { values: ['call'], isRequired: true }),
  text('file', 'The input, where there is more than one.', ({ file }) => file),
  ...within(({ connection }: CallSource) => connection, STREAM),
  ...within(({ connection }: CallSource) => connection, ENDPOINTS),
  text('protocol', 'The sub-protocol; websocket for a ping.', ({ call }) => call.protocol, {
    values: ['websocket', ...PROTOCOLS],
    isRequired: true,
  }),
  text('name', "The protocol's own word: a method, an event, a packet type.", ({ call }) => call.name),
  any('id', 'What the answer names.', ({ call }) => call.id, { bounds: { type: ['string', 'number'] } }),
  text('channel', 'A topic, destination, room or namespace.', ({ call }) => call.channel),
  text('from', 'Who called.', ({ call }) => (call.direction === 'client-to-server' ? 'client' : 'server'), {
    values: ['client', 'server'],
    isRequired: true,
  }),
  number(
    'packet',
    'Number of the packet that completed the call. Absent for a HAR file.',
    ({ call }) => call.at.packet || undefined,
    { bounds: WHOLE },
  ),
  time(({ call }) => call.at),
  number(
    'replyPacket',
    'Number of the packet that completed its answer. Absent where no answer is known.',
    ({ call }) => call.replyAt?.packet || undefined,
    { bounds: WHOLE },
  ),
  text('replyTime', 'When that was, as time.', ({ call }) => call.replyAt && formatTime(call.replyAt), {
    form: 'time',
  }),
  number('seconds', 'From the one to the other.', ({ call }) => call.seconds, { bounds: { minimum: 0 } }),
  text(
    'outcome',
    'ok or error, as it was answered; unanswered: all that was sent is there, and no answer; unknown: bytes that may ' +
      'have held it were not captured or not understood, or several calls had this id at once.',
    ({ call }) => call.outcome,
    { values: OUTCOMES, isRequired: true },
  ),
  number('items', 'What came for it before its end. Absent for nothing.', ({ call }) => call.items || undefined, {
    bounds: WHOLE,
  }),
  number(
    'firstItemSeconds',
    'From the call to the first of these: the time to the first token of a language model. Absent where an earlier one may not be there.',
    ({ call }) => call.firstItemSeconds,
    { bounds: { minimum: 0 } },
  ),
  {
    name: 'repeatedId',
    kind: 'flag',
    meaning: 'Another call with its id was open at the same time. Absent where none was.',
    isRequired: false,
    read: ({ call }) => call.repeatedId || undefined,
  },
];
