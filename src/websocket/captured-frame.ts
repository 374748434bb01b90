import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import { viewOf } from '../common/view.js';
import type { Frame, FrameHeader, FrameStatus, PayloadGap } from './frame.js';
import { unmask } from './unmask.js';

/** What is known of the message that a frame is part of. */
type MessageOfFrame = Pick<Frame, 'messageOpcode' | 'compressed' | 'coded'>;

/** `Buffer` itself is a getter of the global object: too slow to be asked for each frame. */
const Memory = Buffer;
const NO_GAPS: readonly PayloadGap[] = [];

/** A frame with its payload. A class for the same reason as `CapturedPacket`; it extends none, as objects of such classes are made slowly. */
export class CapturedFrame implements Frame {
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
  readonly payload: Buffer | undefined;
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
    payload: Buffer | undefined,
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
    this.payload = payload;
    this.status = status;
    this.missing = missing;
    this.gaps = gaps;
    this.messageOpcode = message.messageOpcode;
    this.compressed = message.compressed;
    this.coded = message.coded;
    this.findings = findings;
  }
}

/**
 * A frame that stands whole in a chunk of its direction: its payload is taken out, and unmasked, when somebody asks for it.
 * Who writes it once needs no copy, and does both at a time.
 */
export class UncutFrame implements Frame {
  readonly #header: FrameHeader;
  readonly at: PacketTime;
  readonly offset: number;
  /** Holds the payload as it was sent. */
  readonly chunk: Buffer;
  /** Where it begins there. */
  readonly start: number;
  readonly messageOpcode: number | undefined;
  readonly compressed: boolean;
  readonly coded: boolean;
  readonly findings: readonly Finding[];
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
    this.#header = header;
    this.at = at;
    this.offset = offset;
    this.chunk = chunk;
    this.start = start;
    this.messageOpcode = message.messageOpcode;
    this.compressed = message.compressed;
    this.coded = message.coded;
    this.findings = findings;
  }

  get fin(): boolean {
    return this.#header.fin;
  }

  get rsv1(): boolean {
    return this.#header.rsv1;
  }

  get rsv2(): boolean {
    return this.#header.rsv2;
  }

  get rsv3(): boolean {
    return this.#header.rsv3;
  }

  get opcode(): number {
    return this.#header.opcode;
  }

  get mask(): boolean {
    return this.#header.mask;
  }

  get payloadLength(): number {
    return this.#header.payloadLength as number;
  }

  get maskingKey(): number | undefined {
    return this.#header.maskingKey;
  }

  get headerLength(): number {
    return this.#header.headerLength;
  }

  get status(): FrameStatus {
    return 'ok';
  }

  get missing(): number {
    return 0;
  }

  get gaps(): readonly PayloadGap[] {
    return NO_GAPS;
  }

  get payload(): Buffer {
    if (this.#payload === undefined) {
      const { chunk, start, maskingKey } = this;
      const end = start + this.payloadLength;
      if (maskingKey === undefined) {
        this.#payload = viewOf(chunk, start, end);
      } else {
        this.#payload = Memory.allocUnsafe(end - start);
        unmask(chunk, start, end, this.#payload, 0, maskingKey, 0);
      }
    }
    return this.#payload;
  }
}
