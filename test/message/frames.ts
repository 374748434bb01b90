import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import type { PacketTime } from '../../src/common/packet-time.js';
import type { Message } from '../../src/message/message.js';
import { MessageStream, type MessageStreamOptions } from '../../src/message/message-stream.js';
import { BINARY, TEXT, type Frame } from '../../src/websocket/frame.js';

/** The moment of a packet. */
export function moment(packet: number): PacketTime {
  return { packet, seconds: 0, nanoseconds: 0, precision: 0 };
}

/** A frame as the websocket stage passes it on; what is not given is that of a whole text frame. */
export function frame(payload: Uint8Array | string | undefined, fields: Partial<Frame> = {}): Frame {
  const bytes = payload === undefined ? undefined : Buffer.from(payload);
  const { opcode = TEXT, rsv1 = false } = fields;
  return {
    fin: true,
    rsv1,
    rsv2: false,
    rsv3: false,
    opcode,
    mask: false,
    payloadLength: bytes?.length ?? 0,
    maskingKey: undefined,
    headerLength: 2,
    at: moment(1),
    offset: 0,
    payload: bytes,
    status: 'ok',
    missing: 0,
    gaps: [],
    messageOpcode: opcode,
    compressed: rsv1 && opcode <= BINARY,
    coded: rsv1,
    findings: [],
    ...fields,
  };
}

/** A frame in which bytes are missing. */
export function gapFrame(payload: Uint8Array, offset: number, length: number, fields: Partial<Frame> = {}): Frame {
  return frame(payload, {
    payloadLength: payload.length + length,
    status: 'gap',
    missing: length,
    gaps: [{ offset, length }],
    ...fields,
  });
}

/** Something that happens to a stream: a frame comes, or something is lost before the next one. */
export type Step = Frame | 'lost';

type Options = Partial<Omit<MessageStreamOptions, 'limits'>> & { readonly limits?: Partial<Limits> };

/** A context takeover sender with the largest window. */
export const TAKEOVER = { noContextTakeover: false, maxWindowBits: 15 };
export const NO_TAKEOVER = { noContextTakeover: true, maxWindowBits: 15 };

/** The messages of one direction from its first frame to its end, which comes in packet 99. */
export function messagesOf(steps: readonly Step[], { limits, ...options }: Options = {}): Message[] {
  const messages: Message[] = [];
  const stream = new MessageStream(
    {
      limits: { ...DEFAULT_LIMITS, ...limits },
      deflate: undefined,
      inflate: true,
      fromStart: true,
      ...options,
    },
    { message: (message) => messages.push(message) },
  );
  for (const step of steps) {
    if (step === 'lost') stream.lost(moment(98));
    else stream.frame(step);
  }
  stream.end(moment(99));
  return messages;
}

/** A whole compressed text message in one frame. */
export function compressedFrame(payload: Uint8Array | string, fields: Partial<Frame> = {}): Frame {
  return frame(payload, { rsv1: true, ...fields });
}

/** What one looks at first: status, text where there is one, codes of findings. */
export function summary(message: Message | undefined): string {
  if (message === undefined) return 'none';
  const { status, payload, isText, findings } = message;
  const shown = payload === undefined ? '-' : isText ? JSON.stringify(payload.toString()) : payload.toString('hex');
  return [status, shown, ...findings.map(({ code }) => code)].join(' ');
}
