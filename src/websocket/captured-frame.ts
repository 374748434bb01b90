import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import type { Frame, FrameHeader, FrameStatus, PayloadGap } from './frame.js';
import { unmask } from './unmask.js';

/** What is known of the message that a frame is part of. */
type MessageOfFrame = Pick<Frame, 'messageOpcode' | 'compressed' | 'coded'>;

/** `Buffer` itself is a getter of the global object: too slow to be asked for each frame. */
const Memory = Buffer;
const NO_GAPS: readonly PayloadGap[] = [];

/** What every frame of one of the parsers has. A class for the same reason as `CapturedPacket`. */
abstract class ParsedFrame implements Frame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly opcode: number;
  readonly mask: boolean;
  readonly payloadLength: number | bigint;
  readonly maskingKey: number | undefined;
  readonly headerLength: number;
  readonly at: PacketTime;
  readonly offset: number;
  abstract readonly payload: Buffer | undefined;
  readonly status: FrameStatus;
  readonly missing: number | bigint;
  readonly gaps: readonly PayloadGap[];
  readonly messageOpcode: number | undefined;
  readonly compressed: boolean;
  readonly coded: boolean;
  readonly findings: readonly Finding[];

  constructor(
    header: FrameHeader,
    at: PacketTime,
    offset: number,
    status: FrameStatus,
    missing: number | bigint,
    gaps: readonly PayloadGap[],
    message: MessageOfFrame,
    findings: readonly Finding[],
  ) {
    this.fin = header.fin;
    this.rsv1 = header.rsv1;
    this.rsv2 = header.rsv2;
    this.rsv3 = header.rsv3;
    this.opcode = header.opcode;
    this.mask = header.mask;
    this.payloadLength = header.payloadLength;
    this.maskingKey = header.maskingKey;
    this.headerLength = header.headerLength;
    this.at = at;
    this.offset = offset;
    this.status = status;
    this.missing = missing;
    this.gaps = gaps;
    this.messageOpcode = message.messageOpcode;
    this.compressed = message.compressed;
    this.coded = message.coded;
    this.findings = findings;
  }
}

/** A frame with its payload. */
export class CapturedFrame extends ParsedFrame {
  readonly payload: Buffer | undefined;

  constructor(
    header: FrameHeader,
    at: PacketTime,
    offset: number,
    payload: Buffer | undefined,
    status: FrameStatus,
    missing: number | bigint,
    gaps: readonly PayloadGap[],
    message: MessageOfFrame,
    findings: readonly Finding[],
  ) {
    super(header, at, offset, status, missing, gaps, message, findings);
    this.payload = payload;
  }
}

/**
 * A whole frame whose payload is still as it was sent: it is unmasked when somebody asks for it. Who writes it once needs no
 * copy, and does both at a time.
 */
export class MaskedFrame extends ParsedFrame {
  /** Holds the payload as it was sent. */
  readonly chunk: Buffer;
  /** Where it begins there. */
  readonly start: number;
  #payload: Buffer | undefined = undefined;

  constructor(
    header: FrameHeader,
    at: PacketTime,
    offset: number,
    chunk: Buffer,
    start: number,
    message: MessageOfFrame,
    findings: readonly Finding[],
  ) {
    super(header, at, offset, 'ok', 0, NO_GAPS, message, findings);
    this.chunk = chunk;
    this.start = start;
  }

  get payload(): Buffer {
    if (this.#payload === undefined) {
      const length = Number(this.payloadLength);
      this.#payload = Memory.allocUnsafe(length);
      unmask(this.chunk, this.start, this.start + length, this.#payload, 0, this.maskingKey!, 0);
    }
    return this.#payload;
  }
}
