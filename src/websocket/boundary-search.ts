import type { HeldBytes } from '../common/held-bytes.js';
import type { Moment } from '../common/moment.js';
import { BoundaryCandidate, type BoundaryRules } from './boundary-candidate.js';

/** Captured bytes, or a gap between them, that wait until it is known what they are. */
export type HeldItem =
  { readonly bytes: Buffer; readonly at: Moment } | { readonly gap: number | undefined; readonly at: Moment };

/**
 * Evidence, in bits, that the first place tried must show; each doubling of the places tried asks for one more.
 *
 * One whole text frame that exactly fills its segment is enough where the connection is known to be WebSocket or the
 * frame is masked; so are two frames of other kinds. Frames without mask on a connection that nothing else is known of
 * look like the many protocols with a type and a length: part of the evidence must then be readable text.
 */
const ENOUGH = 16;
const ENOUGH_MASKED = 18;
const ENOUGH_UNMASKED = 40;
const ENOUGH_TEXT = 14;
/** Places followed at the same time. */
const CANDIDATES = 16;
/** What a held item costs beside its bytes, so that a million chunks of one byte are not free. */
const OVERHEAD = 64;

/**
 * Finds where a frame begins, in bytes whose place in the stream of frames is not known.
 *
 * Nothing is taken for a frame on hope: a place where a segment begins is proven by the frames that follow from it.
 */
export class BoundarySearch {
  #rules: BoundaryRules;
  #known: boolean;
  readonly #heldBytes: number;
  readonly #allHeld: HeldBytes;
  #items: HeldItem[] = [];
  /** Number of the first item that is held, counted from the first one that came. */
  #firstItem = 0;
  #held = 0;
  #candidates: BoundaryCandidate[] = [];
  #tries = 0;
  /** Captured bytes that no frame can be shown for, since the search began. */
  skipped = 0;
  /** Bytes that could still have been proven were let go of, because too many waited. */
  isOverflowed = false;

  /**
   * @param known - whether the connection is known to be WebSocket
   * @param heldBytes - how many bytes may wait for proof
   * @param allHeld - where they are counted with those of all connections
   */
  constructor(rules: BoundaryRules, known: boolean, heldBytes: number, allHeld: HeldBytes) {
    this.#rules = rules;
    this.#known = known;
    this.#heldBytes = heldBytes;
    this.#allHeld = allHeld;
  }

  /** Number of the first packet that waits; infinite where none does. */
  get firstPacket(): number {
    return this.#items[0]?.at.packet ?? Number.POSITIVE_INFINITY;
  }

  /** Whether the frames found are masked, where a place was proven. */
  get foundMask(): boolean | undefined {
    return this.#proven()?.mask;
  }

  /**
   * Takes the next chunk, which is copied where it has to wait.
   *
   * @returns whether a place is proven: {@link take} then gives what begins there
   */
  push(chunk: Buffer, at: Moment): boolean {
    for (const candidate of this.#candidates) candidate.push(chunk);
    this.#tries++;
    if (this.#candidates.length < CANDIDATES) {
      const candidate = new BoundaryCandidate(this.#firstItem + this.#items.length, this.#rules, at);
      candidate.push(chunk);
      this.#candidates.push(candidate);
    }
    this.#bury();
    if (this.#candidates.length > 0) {
      this.#items.push({ bytes: Buffer.from(chunk), at });
      this.#hold(chunk.length + OVERHEAD);
    } else {
      this.skipped += chunk.length;
      this.#firstItem++;
    }
    this.#bound();
    return this.#proven() !== undefined;
  }

  /** Takes a gap. */
  gap(length: number | undefined, at: Moment): void {
    for (const candidate of this.#candidates) candidate.gap(length);
    this.#bury();
    if (this.#candidates.length === 0) return;
    this.#items.push({ gap: length, at });
    this.#hold(OVERHEAD);
    this.#bound();
  }

  /** The connection is WebSocket after all, and this direction's frames are masked or not. */
  narrow(rules: BoundaryRules): boolean {
    this.#rules = rules;
    this.#known = true;
    for (const candidate of this.#candidates) if (candidate.mask !== rules.mask) candidate.dead = true;
    this.#bury();
    return this.#proven() !== undefined;
  }

  /** What begins at the proven place; what came before it is counted in {@link skipped}. */
  take(): readonly HeldItem[] {
    const proven = this.#proven();
    if (proven === undefined) return [];
    this.#candidates = [proven];
    this.#release();
    this.#hold(-this.#held);
    return this.#items;
  }

  /** Nothing more comes: what waits is not proven and is counted as skipped. */
  end(): void {
    this.#candidates = [];
    this.#release();
  }

  #proven(): BoundaryCandidate | undefined {
    const more = Math.log2(Math.max(1, this.#tries));
    return this.#candidates.find((candidate) => {
      if (this.#known) return candidate.bits >= ENOUGH + more;
      if (candidate.mask === true) return candidate.bits >= ENOUGH_MASKED + more;
      return candidate.bits >= ENOUGH_UNMASKED + more && candidate.textBits >= ENOUGH_TEXT;
    });
  }

  /** Lets go of the places that more would have to wait for than may. */
  #bound(): void {
    while (this.#candidates.length > 0 && this.#isTooMuch() && this.#proven() === undefined) {
      this.isOverflowed = true;
      this.#candidates.shift();
      this.#release();
    }
  }

  #isTooMuch(): boolean {
    return this.#held > this.#heldBytes || !this.#allHeld.hasRoomFor(0);
  }

  #bury(): void {
    if (!this.#candidates.some((candidate) => candidate.dead)) return;
    this.#candidates = this.#candidates.filter((candidate) => !candidate.dead);
    this.#release();
  }

  /** Lets go of the items that no candidate begins at or behind. */
  #release(): void {
    const first = this.#candidates[0]?.item ?? this.#firstItem + this.#items.length;
    const count = Math.min(first - this.#firstItem, this.#items.length);
    if (count <= 0) return;
    for (const item of this.#items.splice(0, count)) {
      this.#hold(-OVERHEAD);
      if (!('bytes' in item)) continue;
      this.#hold(-item.bytes.length);
      this.skipped += item.bytes.length;
    }
    this.#firstItem += count;
  }

  #hold(bytes: number): void {
    this.#held += bytes;
    this.#allHeld.add(bytes);
  }
}
