import type { Finding } from '../common/finding.js';
import type { FrameHeader, PayloadGap } from './frame.js';
import { unmask } from './unmask.js';

/** A payload in several chunks begins with room for this much: a header alone must not cost what it promises. */
const FIRST_ROOM = 65_536;
const EMPTY = Buffer.alloc(0);

/** A frame that does not stand whole in one chunk: its header, and what there is of its payload so far. */
export class PartialFrame {
  readonly header: FrameHeader;
  /** Bytes of the direction before its header. */
  readonly offset: number;
  readonly findings: readonly Finding[];
  /** Payload bytes to come; imprecise above 2^53, which nothing reaches. */
  remaining: number;
  /** Payload bytes that did not come. */
  gaps: PayloadGap[] | undefined = undefined;
  readonly #keep: boolean;
  readonly #length: number;
  #payload: Buffer = EMPTY;
  #filled = 0;

  /** @param keep - false where the payload is counted and nothing more */
  constructor(header: FrameHeader, offset: number, findings: readonly Finding[], keep: boolean) {
    this.header = header;
    this.offset = offset;
    this.findings = findings;
    this.#keep = keep;
    this.#length = Number(header.payloadLength);
    this.remaining = this.#length;
  }

  /** The captured payload so far, unmasked; `undefined` where it is not kept. */
  get payload(): Buffer | undefined {
    if (!this.#keep) return undefined;
    return this.#filled === this.#payload.length ? this.#payload : this.#payload.subarray(0, this.#filled);
  }

  /** Takes payload bytes, as many as belong to it, and returns how many those are. */
  push(chunk: Buffer, offset: number): number {
    const taken = Math.min(this.remaining, chunk.length - offset);
    if (this.#keep && taken > 0) {
      this.#reserve(taken);
      const { maskingKey } = this.header;
      const target = this.#payload;
      if (maskingKey === undefined) chunk.copy(target, this.#filled, offset, offset + taken);
      else unmask(chunk, offset, offset + taken, target, this.#filled, maskingKey, this.#length - this.remaining);
      this.#filled += taken;
    }
    this.remaining -= taken;
    return taken;
  }

  /** Notes payload bytes that do not come. */
  miss(length: number): void {
    if (length === 0) return;
    const offset = this.#length - this.remaining;
    this.gaps ??= [];
    const last = this.gaps.at(-1);
    if (last !== undefined && last.offset + last.length === offset) {
      this.gaps.splice(-1, 1, { offset: last.offset, length: last.length + length });
    } else {
      this.gaps.push({ offset, length });
    }
    this.remaining -= length;
  }

  #reserve(more: number): void {
    const needed = this.#filled + more;
    if (needed <= this.#payload.length) return;
    const room = Math.min(this.#length, Math.max(needed, 2 * this.#payload.length, FIRST_ROOM));
    const grown = Buffer.allocUnsafeSlow(room);
    this.#payload.copy(grown, 0, 0, this.#filled);
    this.#payload = grown;
  }
}
