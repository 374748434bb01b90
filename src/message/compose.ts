import { finding, type Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import { decodeClose, type CloseBody } from '../websocket/close.js';
import { CLOSE, TEXT, type Frame, type FrameHeader, type PayloadGap } from '../websocket/frame.js';
import type { PayloadKind } from './assembly.js';
import type { Content } from './content.js';
import type { Message, MessageStatus } from './message.js';
import { utf8Length, utf8Text } from '../common/utf8.js';
import { isUtf8BetweenGaps } from './utf8.js';

/** What the frames of a message add up to. */
export interface MessageFrames {
  readonly at: PacketTime;
  readonly opcode: number;
  /** How many they are. */
  readonly frames: number;
  readonly headers: readonly FrameHeader[];
  readonly kind: PayloadKind;
  /** RSV1 of the first. */
  readonly rsv1: boolean;
  readonly wireLength: number | bigint;
  readonly missing: number | bigint;
  readonly gaps: readonly PayloadGap[];
}

/** The only frame of a message, which is all there. */
export class WholeFrame implements MessageFrames {
  readonly #frame: Frame;
  readonly kind: PayloadKind;

  constructor(frame: Frame, kind: PayloadKind) {
    this.#frame = frame;
    this.kind = kind;
  }

  get at(): PacketTime {
    return this.#frame.at;
  }

  get opcode(): number {
    return this.#frame.opcode;
  }

  get frames(): number {
    return 1;
  }

  get headers(): readonly FrameHeader[] {
    return [this.#frame];
  }

  get rsv1(): boolean {
    return this.#frame.rsv1;
  }

  get wireLength(): number | bigint {
    return this.#frame.payloadLength;
  }

  get missing(): number {
    return 0;
  }

  get gaps(): readonly PayloadGap[] {
    return NO_GAPS;
  }
}

const NO_GAPS: readonly PayloadGap[] = [];

/** Makes the message of its frames and of what they say. */
export function composeMessage(frames: MessageFrames, content: Content): Message {
  const { opcode, gaps } = frames;
  const { status, payload } = content;
  if (status === 'not-decoded') return messageOf(frames, content, false);
  if (opcode === CLOSE && payload !== undefined) return composeClose(frames, content, payload);
  const isText = opcode === TEXT && payload !== undefined && isUtf8BetweenGaps(payload, gaps);
  if (opcode !== TEXT || isText || status !== 'ok' || payload === undefined) {
    return messageOf(frames, content, isText);
  }
  const at = utf8Length(payload);
  const text = `a text message of ${payload.length} bytes is not UTF-8 from byte ${at} on: ${hexOf(payload, at)}`;
  const findings = [...content.findings, finding('ws.invalid-utf8', text)];
  return messageOf(frames, { ...content, findings }, isText);
}

/** The code and reason of a close (RFC 6455 section 5.5.1), as far as they were captured. */
function composeClose(frames: MessageFrames, content: Content, payload: Buffer): Message {
  const body = decodeClose(payload, frames.gaps);
  if (body === undefined) return messageOf(frames, content, false);
  return new CloseMessage(frames, content, isUtf8BetweenGaps(body.reason, body.gaps), body);
}

function messageOf(frames: MessageFrames, content: Content, isText: boolean): Message {
  return new ComposedMessage(frames, content, isText);
}

/** A class for the same reason as `CapturedPacket`. */
class ComposedMessage implements Message {
  readonly at: PacketTime;
  readonly opcode: number;
  readonly frames: number;
  readonly headers: readonly FrameHeader[];
  readonly compressed: boolean;
  readonly wireLength: number | bigint;
  readonly length: number | bigint | undefined;
  readonly payload: Buffer | undefined;
  readonly isText: boolean;
  readonly status: MessageStatus;
  readonly missing: number | bigint;
  readonly gaps: readonly PayloadGap[];
  readonly findings: readonly Finding[];

  constructor(frames: MessageFrames, content: Content, isText: boolean) {
    this.at = frames.at;
    this.opcode = frames.opcode;
    this.frames = frames.frames;
    this.headers = frames.headers;
    this.compressed = frames.rsv1 && frames.kind !== 'plain';
    this.wireLength = frames.wireLength;
    this.length = content.length;
    this.payload = content.payload;
    this.isText = isText;
    this.status = content.status;
    this.missing = frames.missing;
    this.gaps = frames.gaps;
    this.findings = content.findings;
  }

  get text(): string | undefined {
    return this.isText && this.payload !== undefined ? utf8Text(this.payload) : undefined;
  }
}

/** A close message with a code. */
class CloseMessage extends ComposedMessage {
  readonly closeCode: number;
  readonly closeReason: Buffer;

  constructor(frames: MessageFrames, content: Content, isText: boolean, { code, reason }: CloseBody) {
    super(frames, content, isText);
    this.closeCode = code;
    this.closeReason = reason;
  }

  override get text(): string | undefined {
    return this.isText ? utf8Text(this.closeReason) : undefined;
  }
}

/** The first bytes at fault; no more than one letter has. */
function hexOf(payload: Buffer, at: number): string {
  return payload.toString('hex', at, at + 4);
}
