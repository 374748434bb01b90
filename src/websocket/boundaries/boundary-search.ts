import type { HeldBytes } from '../../common/held-bytes.js';
import type { HeldItem } from '../../common/held-input.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { Side } from '../../common/sink.js';
import { FrameChains, type SearchStart } from './frame-chains.js';
import type { BoundaryRules } from './frame-evidence.js';
import { WaitingBytes } from '../waiting-bytes.js';

/**
 * Finds where a frame begins, in bytes whose place in the stream of frames is not known.
 *
 * Nothing is taken for a frame on hope: see `FrameChain` for what proves one. Until then the bytes wait.
 */
export class BoundarySearch {
  readonly #start: SearchStart;
  readonly #chains: FrameChains;
  readonly #waiting: WaitingBytes;
  /** Bytes that could still have been proven were dropped, because too many waited. */
  isOverflowed = false;

  /**
   * @param heldBytes - how many bytes may wait for proof
   * @param total - where they are counted with those of all connections
   */
  constructor(rules: BoundaryRules, start: SearchStart, side: Side, heldBytes: number, total: HeldBytes) {
    this.#start = start;
    this.#chains = new FrameChains(rules, start);
    this.#waiting = new WaitingBytes(side, heldBytes, total);
  }

  /** Captured bytes that no frame can be shown for, since the search began. */
  get skipped(): number {
    return this.#waiting.skipped;
  }

  /** Bytes that were not captured before the place that is proven, as far as their number is known. */
  get missing(): number {
    return this.#waiting.missing;
  }

  set missing(bytes: number) {
    this.#waiting.missing = bytes;
  }

  /** Number of the first packet that waits; infinite where none does. */
  get firstPacket(): number {
    return this.#waiting.firstPacket;
  }

  /** Nothing has come yet. */
  get isUntouched(): boolean {
    return this.#waiting.nextItem === 0;
  }

  /** Whether the frames found are masked, where a place was proven. */
  get foundMask(): boolean | undefined {
    return this.#chains.proven?.mask;
  }

  /**
   * Takes the next chunk, which is copied where it has to wait.
   *
   * @returns whether a place is proven: {@link begin} and {@link shift} then give what begins there
   */
  push(chunk: Buffer, at: PacketTime): boolean {
    if (chunk.length === 0) return false;
    this.#chains.push(chunk, this.#waiting.nextItem);
    this.#release();
    if (this.#chains.proven !== undefined) {
      this.#waiting.endWith(chunk, at);
      return true;
    }
    // Without the places that more would have to wait for than may.
    while (!this.#chains.isEmpty && !this.#waiting.bytes(chunk, at)) this.#dropFirst();
    if (this.#chains.isEmpty) this.#waiting.pass(chunk.length, 0);
    return false;
  }

  /** Takes a gap. */
  gap(length: number | undefined, at: PacketTime): void {
    this.#chains.gap(length);
    this.#release();
    while (!this.#chains.isEmpty && !this.#waiting.gap(length, at)) this.#dropFirst();
    if (this.#chains.isEmpty) this.#waiting.pass(0, length ?? 0);
  }

  /** The connection is WebSocket after all, and this direction's frames are masked or not. */
  narrow(rules: BoundaryRules): boolean {
    this.#chains.narrow(rules);
    this.#release();
    return this.#chains.proven !== undefined;
  }

  /** Begins to give what begins at the proven place; what came before it is counted in {@link skipped}. */
  begin(): void {
    const place = this.#chains.proven?.shownFrom(this.#start.habit);
    if (place === undefined) return;
    this.#chains.clear();
    this.#waiting.begin(place);
  }

  /**
   * The first byte that came is the first byte of a frame after all: {@link shift} then gives everything.
   *
   * @returns false where some of it does not wait any more
   */
  beginAtFirst(): boolean {
    const { skipped, missing } = this.#waiting;
    if (skipped > 0 || missing > 0) return false;
    this.#chains.clear();
    return true;
  }

  /** The next item from the proven place on. */
  shift(): HeldItem | undefined {
    return this.#waiting.shift();
  }

  /** Nothing more comes: what waits is not proven and is counted as skipped. */
  end(): void {
    this.#chains.clear();
    this.#release();
  }

  #dropFirst(): void {
    this.isOverflowed = true;
    this.#chains.dropFirst();
    this.#release();
  }

  /** Drops what no chain begins in or before. */
  #release(): void {
    this.#waiting.releaseTo(this.#chains.firstItem);
  }
}
