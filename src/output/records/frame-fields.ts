import type { FrameEvent } from '../../events.js';
import type { Frame } from '../../websocket/frame.js';
import { flag, number, text, type RecordField } from './record-field.js';
import {
  beginning,
  direction,
  ENDPOINTS,
  findings,
  loss,
  opcode,
  STREAM,
  time,
  WHOLE,
  within,
} from './shared-fields.js';
import { PayloadSource, shownFrame, type ShownPayload } from './shown-payload.js';

/** What the record of a frame is made of. */
export class FrameSource extends PayloadSource<FrameEvent> {
  protected show(): ShownPayload {
    return shownFrame(this.event.frame);
  }
}

const HEADER: readonly RecordField<Frame>[] = [
  flag('fin', 'The last frame of its message.', ({ fin }) => fin),
  flag('rsv1', 'Set on the first frame of a compressed message (RFC 7692 section 6).', ({ rsv1 }) => rsv1),
  flag('rsv2', 'Reserved for extensions.', ({ rsv2 }) => rsv2),
  flag('rsv3', 'Reserved for extensions.', ({ rsv3 }) => rsv3),
  ...opcode<Frame>('0 to 15 (RFC 6455 section 5.2).', (frame) => frame.opcode),
  flag('mask', 'The payload is masked, as it must be in every frame of a client.', ({ mask }) => mask),
  number('payloadLength', 'Bytes of payload as the header says.', ({ payloadLength }) => payloadLength, {
    form: 'count',
    isRequired: true,
  }),
  text(
    'maskingKey',
    'Four bytes in hexadecimal; present where mask is true.',
    ({ maskingKey }) => (maskingKey === undefined ? undefined : (maskingKey >>> 0).toString(16).padStart(8, '0')),
    { bounds: { pattern: '^[0-9a-f]{8}$' } },
  ),
];

/** The fields of a frame's record, in their order. */
export const FRAME_FIELDS: readonly RecordField<FrameSource>[] = [
  ...beginning<FrameEvent>('frame'),
  number(
    'packet',
    "Number of the packet that completed it, from 1, as tshark's frame.number; of the line, for lines of hex and a NetLog.",
    ({ event }) => event.frame.at.packet,
    { bounds: WHOLE, isRequired: true },
  ),
  time(({ event }) => event.frame.at),
  ...within(({ event }: FrameSource) => event.connection, STREAM),
  direction(({ event }) => event.direction, true),
  ...within(({ event }: FrameSource) => event.connection, ENDPOINTS),
  ...within(({ event }: FrameSource) => event.frame, HEADER),
  text(
    'text',
    'The unmasked payload, of an uncompressed text message, where it is valid UTF-8.',
    ({ payload }) => payload.text,
  ),
  number('closeCode', 'Of a close that carries one (RFC 6455 section 7.4).', ({ payload }) => payload.closeCode, {
    form: 'closeCode',
  }),
  text('closeReason', 'Of a close frame that gives one in valid UTF-8.', ({ payload }) => payload.closeReason),
  text('base64', 'The unmasked payload otherwise.', ({ payload }) => payload.base64, { form: 'base64' }),
  ...loss(
    ['ok', 'gap', 'truncated'],
    'ok; gap: bytes inside it were not captured; truncated: the connection or the capture ended first.',
    ({ event }: FrameSource) => event.frame,
  ),
  findings(({ event }) => event.frame.findings),
];
