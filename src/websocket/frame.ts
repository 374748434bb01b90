import type { Finding } from '../common/finding.js';
import type { PacketTime } from '../common/packet-time.js';

/** Frame opcodes (RFC 6455 section 5.2). */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

const NAMES = new Map([
  [CONTINUATION, 'continuation'],
  [TEXT, 'text'],
  [BINARY, 'binary'],
  [CLOSE, 'close'],
  [PING, 'ping'],
  [PONG, 'pong'],
]);
const RESERVED = 'reserved';

/** All names that {@link opcodeName} gives. */
export const OPCODE_NAMES: readonly string[] = [...NAMES.values(), RESERVED];

/** The name of an opcode, 0 to 15; `reserved` for those that have no meaning. */
export function opcodeName(opcode: number): string {
  return NAMES.get(opcode) ?? RESERVED;
}

/**
 * Whether the whole frame was captured: `ok`; `gap` where bytes inside it were not captured; `truncated` where the
 * connection or the capture ended before it did.
 */
export type FrameStatus = 'ok' | 'gap' | 'truncated';

/** Bytes of a payload that were not captured. */
export interface PayloadGap {
  /** Bytes of payload, on the wire, before it. */
  readonly offset: number;
  readonly length: number;
}

/** The header of a frame, field by field (RFC 6455 section 5.2). */
export interface FrameHeader {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  /** 0 to 15. */
  readonly opcode: number;
  readonly mask: boolean;
  /** Bytes of payload as the header says: a `bigint` where it is more than 2^53 - 1. */
  readonly payloadLength: number | bigint;
  /** The four bytes of the masking key, big endian, as an unsigned number; `undefined` without mask. */
  readonly maskingKey: number | undefined;
  /** Bytes of the header, 2 to 14. */
  readonly headerLength: number;
}

/** A frame as it was on the wire. */
export interface Frame extends FrameHeader {
  /** The last packet that carried a byte of it. */
  readonly at: PacketTime;
  /** Bytes of this direction before its header, counted from the first byte after the handshake; gaps count. */
  readonly offset: number;
  /**
   * The unmasked payload that was captured, gaps left out; `undefined` where it was longer than is kept or is not
   * wanted. A view that may hold a large read buffer: copy it to keep it.
   */
  readonly payload: Buffer | undefined;
  readonly status: FrameStatus;
  /** Payload bytes that were not seen: 0 where the status is `ok`. */
  readonly missing: number | bigint;
  /** Where they are missing; the end of a `truncated` frame is among them. */
  readonly gaps: readonly PayloadGap[];
  /** Opcode of the message that this frame is part of; its own where it is no continuation; `undefined` if unknown. */
  readonly messageOpcode: number | undefined;
  /** Whether it is part of a compressed message. */
  readonly compressed: boolean;
  /** Whether RSV bits, its own or of a frame of the message before it, say that its payload is not the message's own bytes. */
  readonly coded: boolean;
  readonly findings: readonly Finding[];
}
