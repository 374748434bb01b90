import type { PacketTime } from '../../src/common/packet-time.js';
import type {
  ConnectionEvent,
  ConnectionRef,
  DirectionTotals,
  DissectEvent,
  FrameEvent,
  MessageEvent,
} from '../../src/events.js';
import type { Message } from '../../src/message/message.js';
import type { Output } from '../../src/output/output.js';
import { Clock } from '../../src/output/clock.js';
import { plainStyle } from '../../src/output/style.js';
import type { TextOptions } from '../../src/output/text/text-layout.js';
import { CONTINUATION, type Frame } from '../../src/websocket/frame.js';

/** The article's connection. */
export const CONNECTION: ConnectionRef = { stream: 0, client: '127.0.0.1:50123', server: '127.0.0.1:8008' };

/** The article's packet. */
export const AT: PacketTime = { packet: 4, seconds: 1_449_284_400, nanoseconds: 123_456_000, precision: 6 };

export const PLAIN: TextOptions = {
  style: plainStyle('->'),
  maxPayload: 4096,
  clock: new Clock('absolute'),
  columns: Infinity,
};

type FrameFields = Omit<Partial<Frame>, 'payload'> & { payload?: string | Buffer | undefined };

/** The article's frame, with some fields changed. */
export function frame(changes: FrameFields = {}, connection = CONNECTION): FrameEvent {
  const { payload: given, ...fields } = changes;
  const payload = 'payload' in changes ? toBytes(given) : Buffer.from('ma2saka');
  const opcode = fields.opcode ?? 1;
  const mask = fields.mask ?? true;
  return {
    type: 'frame',
    packet: 4,
    number: 0,
    connection,
    direction: mask ? 'client-to-server' : 'server-to-client',
    frame: {
      at: AT,
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      opcode,
      mask,
      payloadLength: payload?.length ?? 0,
      maskingKey: mask ? 0xe1a4c61d : undefined,
      headerLength: mask ? 6 : 2,
      offset: 0,
      payload,
      status: 'ok',
      missing: 0,
      gaps: [],
      messageOpcode: opcode === CONTINUATION ? 1 : opcode,
      compressed: false,
      coded: fields.rsv1 === true || fields.rsv2 === true || fields.rsv3 === true,
      findings: [],
      ...fields,
    },
  };
}

type MessageFields = Omit<Partial<Message>, 'payload'> & { payload?: string | Buffer | undefined };

/** A message of the article's frame, with some fields changed. */
export function message(changes: MessageFields = {}, connection = CONNECTION): MessageEvent {
  const { payload: given, ...fields } = changes;
  const payload = 'payload' in changes ? toBytes(given) : Buffer.from('ma2saka');
  const length = payload?.length ?? 0;
  return {
    type: 'message',
    packet: 4,
    number: 0,
    completedBy: undefined,
    decoded: undefined,
    connection,
    direction: 'client-to-server',
    message: {
      at: AT,
      opcode: 1,
      frames: 1,
      headers: [],
      compressed: false,
      wireLength: length,
      length,
      payload,
      isText: (fields.opcode ?? 1) === 1,
      status: 'ok',
      missing: 0,
      gaps: [],
      findings: [],
      ...fields,
    },
  };
}

/** A frame and a message that it completed. */
export function completing(event: FrameEvent, { message, ...rest }: MessageEvent): [FrameEvent, MessageEvent] {
  return [event, { ...rest, message, completedBy: event.frame }];
}

/** What one direction carried, with some counts changed. */
export function totals(changes: Partial<DirectionTotals> = {}): DirectionTotals {
  return { frames: 0, messages: 0, bytes: 0, missingBytes: 0, compressedBytes: 0, inflatedBytes: 0, ...changes };
}

/** The article's connection with one frame from the client, with some fields changed. */
export function connection(changes: Partial<ConnectionEvent> = {}): ConnectionEvent {
  return {
    type: 'connection',
    packet: 4,
    number: 0,
    connection: CONNECTION,
    at: AT,
    handshake: { state: 'accepted', client: 0, httpStatus: 101, url: 'ws://localhost:8008/', findings: [] },
    client: totals({ frames: 1, messages: 1, bytes: 7 }),
    server: totals(),
    closeReason: undefined,
    closeCode: undefined,
    closedBy: undefined,
    end: 'fin',
    ended: { ...AT, packet: 9, nanoseconds: 623_456_000 },
    communityId: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    tls: undefined,
    findings: [],
    ...changes,
  };
}

/** All that an output prints of some events. */
export function printed(output: Output, events: readonly DissectEvent[]): string {
  for (const event of events) output.event(event);
  output.flush();
  const pieces: Buffer[] = [];
  while (output.length > 0) pieces.push(Buffer.from(output.take()));
  return Buffer.concat(pieces).toString('utf8');
}

/** Lines with the indent of a test taken away, each with its line end. */
export function lines(...text: readonly string[]): string {
  return text.map((line) => `${line}\n`).join('');
}

function toBytes(given: string | Buffer | undefined): Buffer | undefined {
  return typeof given === 'string' ? Buffer.from(given) : given;
}
