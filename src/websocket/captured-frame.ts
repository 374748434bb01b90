import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';
import type { Frame, FrameHeader, FrameStatus, PayloadGap } from './frame.js';

/** A frame of one of the parsers. A class for the same reason as `CapturedPacket`. */
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

  /** @param message - what is known of the message that it is part of */
  constructor(
    header: FrameHeader,
    at: PacketTime,
    offset: number,
    payload: Buffer | undefined,
    status: FrameStatus,
    missing: number | bigint,
    gaps: readonly PayloadGap[],
    message: Pick<Frame, 'messageOpcode' | 'compressed' | 'coded'>,
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
