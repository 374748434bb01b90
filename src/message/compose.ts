import { finding, type Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import { decodeClose, type CloseBody } from '../websocket/close.js';
import { CLOSE, TEXT, type FrameHeader, type PayloadGap } from '../websocket/frame.js';
import type { Assembly } from './assembly.js';
import type { Content } from './content.js';
import type { Message, MessageStatus } from './message.js';
import { utf8Length, utf8Text } from '../common/utf8.js';
import { isUtf8BetweenGaps } from './utf8.js';

/** Makes the message of its frames and of what they say. */
export function composeMessage(assembly: Assembly, content: Content): Message {
  const { opcode, gaps } = assembly;
  const { status, payload } = content;
  if (status === 'not-decoded') return messageOf(assembly, content, false);
  if (opcode === CLOSE && payload !== undefined) return composeClose(assembly, content, payload);
  const isText = opcode === TEXT && payload !== undefined && isUtf8BetweenGaps(payload, gaps);
  if (opcode !== TEXT || isText || status !== 'ok' || payload === undefined) {
    return messageOf(assembly, content, isText);
  }
  const at = utf8Length(payload);
  const text = `a text message of ${payload.length} bytes is not UTF-8 from byte ${at} on: ${hexOf(payload, at)}`;
  const findings = [...content.findings, finding('ws.invalid-utf8', text)];
  return messageOf(assembly, { ...content, findings }, isText);
}

/** The code and reason of a close (RFC 6455 section 5.5.1), as far as they were captured. */
function composeClose(assembly: Assembly, content: Content, payload: Buffer): Message {
  const body = decodeClose(payload, assembly.gaps);
  if (body === undefined) return messageOf(assembly, content, false);
  return new CloseMessage(assembly, content, isUtf8BetweenGaps(body.reason, body.gaps), body);
}

function messageOf(assembly: Assembly, content: Content, isText: boolean): Message {
  return new ComposedMessage(assembly, content, isText);
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

  constructor(assembly: Assembly, content: Content, isText: boolean) {
    this.at = assembly.at;
    this.opcode = assembly.opcode;
    this.frames = assembly.frames;
    this.headers = assembly.headers;
    this.compressed = assembly.rsv1 && assembly.kind !== 'plain';
    this.wireLength = assembly.wireLength;
    this.length = content.length;
    this.payload = content.payload;
    this.isText = isText;
    this.status = content.status;
    this.missing = assembly.missing;
    this.gaps = assembly.gaps;
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

  constructor(assembly: Assembly, content: Content, isText: boolean, { code, reason }: CloseBody) {
    super(assembly, content, isText);
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
