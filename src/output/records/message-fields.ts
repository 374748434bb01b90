import type { MessageEvent } from '../../events.js';
import type { Message } from '../../message/message.js';
import { DECODED } from './decoded-fields.js';
import { flag, number, object, text, type RecordField } from './record-field.js';
import {
  beginning,
  direction,
  ENDPOINTS,
  findings,
  loss,
  ofCapture,
  opcode,
  source,
  STREAM,
  time,
  WHOLE,
  within,
} from './shared-fields.js';
import { PayloadSource, shownMessage, type ShownPayload } from './shown-payload.js';

/** What the record of a message is made of. */
export class MessageSource extends PayloadSource<MessageEvent> {
  protected show(): ShownPayload {
    return shownMessage(this.event.message);
  }
}

const OPCODE: readonly RecordField<Message>[] = opcode<Message>(
  'Of its first frame; 0 where the frame that it began with is missing.',
  (message) => message.opcode,
);

const SENT: readonly RecordField<Message>[] = [
  number('frames', 'Frames that it was sent in, as far as they are known.', ({ frames }) => frames, {
    bounds: WHOLE,
    isRequired: true,
  }),
  flag(
    'compressed',
    'Its first frame has RSV1 set, which says that it is compressed (RFC 7692 section 6).',
    ({ compressed }) => compressed,
  ),
  number('wireLength', 'Payload bytes of its frames as sent.', ({ wireLength }) => wireLength, {
    form: 'count',
    isRequired: true,
  }),
];

const LENGTH: readonly RecordField<Message>[] = [
  number(
    'length',
    'Bytes of the message itself; of a too-large one, the limit. Absent where it cannot be known.',
    ({ length }) => length,
    { form: 'count' },
  ),
];

/** The fields of a message's record, in their order. */
export const MESSAGE_FIELDS: readonly RecordField<MessageSource>[] = [
  ...beginning<MessageEvent>('message'),
  ofCapture(
    number(
      'packet',
      "Number of the packet that completed it, from 1, as tshark's frame.number; of the line, for lines of hex and a NetLog.",
      ({ event }) => event.message.at.packet,
      { bounds: WHOLE, isRequired: true },
    ),
  ),
  source(({ event }) => event.connection),
  time(({ event }) => event.message.at),
  ...within(({ event }: MessageSource) => event.connection, STREAM),
  direction(({ event }) => event.direction, true),
  ...within(({ event }: MessageSource) => event.connection, ENDPOINTS),
  ...within(({ event }: MessageSource) => event.message, OPCODE),
  ...within(({ event }: MessageSource) => event.message, SENT).map(ofCapture),
  ...within(({ event }: MessageSource) => event.message, LENGTH),
  text('text', 'The message, of a text message that is valid UTF-8.', ({ payload }) => payload.text),
  number('closeCode', 'Of a close that carries one (RFC 6455 section 7.4).', ({ payload }) => payload.closeCode, {
    form: 'closeCode',
  }),
  text('closeReason', 'Of a close message that gives one in valid UTF-8.', ({ payload }) => payload.closeReason),
  text('base64', 'The message otherwise.', ({ payload }) => payload.base64, { form: 'base64' }),
  ...loss(
    ['ok', 'gap', 'truncated', 'unfinished', 'lost-context', 'bad-deflate', 'not-decoded', 'too-large'],
    'ok; gap and truncated as of its frames, or where frames of it were lost; unfinished: no final fragment came; ' +
      'lost-context: inflating it needs bytes that are not known; bad-deflate: it cannot be inflated; not-decoded: RSV ' +
      'bits of an extension that is not undone, or of none that was agreed on; too-large: longer than is kept.',
    ({ event }: MessageSource) => event.message,
  ),
  object(
    'decoded',
    'What it means in the sub-protocol that the connection speaks. Absent where that is not known.',
    ({ event }: MessageSource) => event.decoded,
    DECODED,
  ),
  findings(({ event }) => event.message.findings),
];
