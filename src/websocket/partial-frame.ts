import { finding, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { FrameHeader, PayloadGap } from './frame.js';
import { unmask } from './unmask.js';

/** A payload in several chunks begins with room for this much: a header alone must not cost what it promises. */
const FIRST_ROOM = 65_536;
/**
 * From this much on the rest of the payload gets its memory at once. Memory that nothing was written to takes none of the
 * machine, and each time that a store of so many bytes grows, the old one would stand beside the new one.
 */
const WHOLE_FROM = 4 * 1024 * 1024;
const EMPTY = Buffer.alloc(0);
/** So many bytes of a payload are counted, exactly: a longer one never comes. */
export const LONGEST_COUNTED = Number.MAX_SAFE_INTEGER;

/** A frame that does not stand whole in one chunk: its header, and what there is of its payload so far. */
export class PartialFrame {
  readonly header: FrameHeader;
  /** Bytes of the direction before its header. */
  readonly offset: number;
  /** What is wrong with it, as far as is known. */
  findings: readonly Finding[];
  /** Payload bytes to come, of {@link LONGEST_COUNTED} at most. */
  remaining: number;
  /** Where payload bytes did not come; `undefined` where all came, or in more places than are kept. */
  gaps: PayloadGap[] | undefined = undefined;
  /** Payload bytes that did not come. */
  missing = 0;
  #keep: boolean;
  readonly #held: HeldBytes;
  readonly #mostGaps: number;
  #hasTooManyGaps = false;
  readonly #length: number;
  #payload: Buffer = EMPTY;
  #filled = 0;
  /** Bytes of the store that are counted. */
  #room = 0;

  /**
   * @param keep - false where the payload is counted and nothing more
   * @param held - where the bytes that it holds are counted, until {@link release}
   * @param mostGaps - in how many places bytes of it may be missing
   */
  constructor(
    header: FrameHeader,
    offset: number,
    findings: readonly Finding[],
    keep: boolean,
    held: HeldBytes,
    mostGaps: number,
  ) {
    this.header = header;
    this.offset = offset;
    this.findings = findings;
    this.#keep = keep;
    this.#held = held;
    this.#mostGaps = mostGaps;
    this.#length = typeof header.payloadLength === 'bigint' ? LONGEST_COUNTED : header.payloadLength;
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
    if (this.#keep && taken > 0 && this.#reserve(taken)) {
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
    this.remaining -= length;
    this.missing += length;
    if (this.#hasTooManyGaps) return;
    this.gaps ??= [];
    const last = this.gaps.at(-1);
    if (last !== undefined && last.offset + last.length === offset) {
      this.gaps.splice(-1, 1, { offset: last.offset, length: last.length + length });
    } else if (this.gaps.length < this.#mostGaps) {
      this.gaps.push({ offset, length });
    } else {
      this.#hasTooManyGaps = true;
      this.gaps = undefined;
      const message = `bytes are missing in more than ${this.#mostGaps} places of it, so its payload is not kept`;
      this.#drop(finding('limit.frame-gaps', message));
    }
  }

  /** Counts its bytes as held no longer. Its payload may still be taken. */
  release(): void {
    this.#held.add(-this.#room);
  }

  /** Makes room for payload bytes. Where no more may be held, it drops all of them and returns false. */
  #reserve(more: number): boolean {
    const before = this.#room;
    const needed = this.#filled + more;
    if (needed <= before) return true;
    const room = Math.min(this.#length, Math.max(needed, 2 * before, FIRST_ROOM));
    if (!this.#held.hasRoomFor(room - before)) {
      const message = `its payload is not kept, as ${this.#held.limit} bytes may wait for more over all connections`;
      this.#drop(finding('limit.held-bytes', message));
      return false;
    }
    this.#held.add(room - before);
    this.#room = room;
    if (room <= this.#payload.length) return true;
    const grown = Buffer.allocUnsafeSlow(room < WHOLE_FROM ? room : this.#length);
    this.#payload.copy(grown, 0, 0, this.#filled);
    this.#payload = grown;
    return true;
  }

  #drop(found: Finding): void {
    this.release();
    this.#room = 0;
    this.#payload = EMPTY;
    if (!this.#keep) return;
    this.#keep = false;
    this.findings = [...this.findings, found];
  }
}
