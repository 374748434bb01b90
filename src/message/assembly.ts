import { ByteQueue } from '../common/byte-queue.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { PacketTime } from '../common/packet-time.js';
import type { Frame, FrameHeader, PayloadGap } from '../websocket/frame.js';

/**
 * What the payload is: `plain` bytes of the message; `compressed` by permessage-deflate; `undecoded`, because an RSV bit
 * means something that is not undone or was not agreed on; `opaque`, because the frame that would say is not there.
 */
export type PayloadKind = 'plain' | 'compressed' | 'undecoded' | 'opaque';

const EMPTY = Buffer.alloc(0);
/** Frames of a message whose headers are kept: more are seldom looked at, and a message may have millions. */
const MOST_HEADERS = 64;
const NO_GAPS: readonly PayloadGap[] = [];

/** A message in the making: what its frames so far add up to. */
export class Assembly {
  readonly opcode: number;
  kind: PayloadKind;
  /** RSV1 of the first frame. */
  readonly rsv1: boolean;
  at: PacketTime;
  frames = 0;
  #headers: FrameHeader[] | undefined = undefined;
  #first: Frame | undefined = undefined;
  /** Payload bytes of the frames, captured or not. */
  wireLength: number | bigint = 0;
  missing: number | bigint = 0;
  damage: 'gap' | 'truncated' | undefined;
  /**
   * Why none of its payload is kept, though it was captured: it is too long, too much waits on all connections, or bytes
   * are missing in too many places.
   */
  refusal: 'message' | 'total' | 'gaps' | undefined = undefined;
  /** Payload bytes that were captured and are not kept, because there are too many or because they are not wanted. */
  #dropped: boolean;
  #gaps: PayloadGap[] | undefined = undefined;
  #single: Buffer | undefined = undefined;
  #queue: ByteQueue | undefined = undefined;
  readonly #limit: number;
  readonly #held: HeldBytes;

  /**
   * @param first - its first frame, which is not yet added
   * @param limit - bytes of payload that are kept
   * @param keep - false where the payload is not wanted
   * @param held - where the bytes that it holds are counted, until {@link release}
   */
  constructor(first: Frame, kind: PayloadKind, limit: number, keep: boolean, held: HeldBytes) {
    this.opcode = first.opcode;
    this.rsv1 = first.rsv1;
    this.kind = kind;
    this.at = first.at;
    this.damage = undefined;
    this.#limit = limit;
    this.#held = held;
    this.#dropped = !keep;
  }

  /** The headers of the first frames; of a message in one frame, that frame. */
  get headers(): readonly FrameHeader[] {
    return this.#headers ?? (this.#first === undefined ? [] : [this.#first]);
  }

  /** Where payload bytes are missing, counted in payload bytes of all frames. */
  get gaps(): readonly PayloadGap[] {
    return this.#gaps ?? NO_GAPS;
  }

  /** Adds the next frame; its payload is copied unless it is the only one. */
  add(frame: Frame): void {
    this.at = frame.at;
    this.frames++;
    this.#addHeader(frame);
    if (frame.status !== 'ok') this.#addDamage(frame);
    this.wireLength = sum(this.wireLength, frame.payloadLength);
    const { payload } = frame;
    const lacks = payload === undefined && frame.payloadLength > 0;
    if (this.wireLength > this.#limit) this.refusal = 'message';
    else if (lacks && frame.findings.length > 0) this.refusal ??= refusalOf(frame);
    if (this.refusal !== undefined || lacks) this.#drop();
    if (this.#dropped || payload === undefined) return;
    if (this.frames === 1 && frame.fin) this.#single = payload;
    else this.#keep(payload);
  }

  /** Counts its bytes as held no longer. Its payload may still be taken. */
  release(): void {
    if (this.#queue !== undefined) this.#held.add(-this.#queue.length);
  }

  /** The captured payload bytes of all frames; `undefined` where they are not kept. */
  payload(): Buffer | undefined {
    if (this.#dropped) return undefined;
    return this.#single ?? this.#queue?.peek() ?? EMPTY;
  }

  #addHeader(frame: Frame): void {
    // Most messages are one frame, of which no copy is made.
    if (this.frames === 1 && frame.fin) this.#first = frame;
    else if ((this.#headers ??= []).length < MOST_HEADERS) this.#headers.push(headerOf(frame));
  }

  #addDamage(frame: Frame): void {
    if (this.damage !== 'truncated') this.damage = frame.status === 'truncated' ? 'truncated' : 'gap';
    this.missing = sum(this.missing, frame.missing);
    const before = Number(this.wireLength);
    this.#gaps ??= [];
    for (const gap of frame.gaps) this.#gaps.push({ offset: before + gap.offset, length: gap.length });
  }

  #keep(payload: Buffer): void {
    if (!this.#held.hasRoomFor(payload.length)) {
      this.refusal = 'total';
      this.#drop();
      return;
    }
    this.#held.add(payload.length);
    (this.#queue ??= new ByteQueue()).push(payload);
  }

  #drop(): void {
    this.release();
    this.#dropped = true;
    this.#single = undefined;
    this.#queue = undefined;
  }
}

/** The header alone: a frame holds its payload. */
function headerOf(frame: Frame): FrameHeader {
  const { fin, rsv1, rsv2, rsv3, opcode, mask, payloadLength, maskingKey, headerLength } = frame;
  return { fin, rsv1, rsv2, rsv3, opcode, mask, payloadLength, maskingKey, headerLength };
}

function sum(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number') {
    const total = a + b;
    if (Number.isSafeInteger(total)) return total;
  }
  return BigInt(a) + BigInt(b);
}

/** Why the payload of a frame is not there. */
function refusalOf({ findings }: Frame): Assembly['refusal'] {
  if (findings.some(({ code }) => code === 'limit.held-bytes')) return 'total';
  return findings.some(({ code }) => code === 'limit.frame-gaps') ? 'gaps' : undefined;
}
