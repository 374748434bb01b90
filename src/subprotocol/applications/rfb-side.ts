import type { HeldBytes } from '../../common/held-bytes.js';
import type { Meaning } from '../sub-protocol.js';

/**
 * The bytes of one side of RFB, which begin and end anywhere in messages.
 *
 * Nothing in RFB shows where a message begins. Once a place is not known, the side is silent for good.
 */
export class RfbSide {
  readonly #held: HeldBytes;
  #rest: Buffer = NOTHING;
  #isSilent = false;
  /** Bytes that pass without being looked into. */
  #skip = 0;
  /** What has been read when they have passed. */
  #after: Meaning | undefined = undefined;

  /** @param held - where the bytes that wait are counted */
  constructor(held: HeldBytes) {
    this.#held = held;
  }

  /** Nothing more of it is understood. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** What was begun is not over. */
  get isWaiting(): boolean {
    return this.#rest.length > 0 || this.#skip > 0;
  }

  /** Begins a message: its bytes after those that were left over. */
  begin(payload: Buffer): Buffer {
    return this.#rest.length === 0 ? payload : Buffer.concat([this.#rest, payload]);
  }

  /** So many bytes pass, and then the meaning is known. */
  pass(skip: number, after: Meaning | undefined): void {
    this.#skip = skip;
    this.#after = after;
  }

  /** How many of the next bytes pass. */
  passed(available: number): number {
    const count = Math.min(available, this.#skip);
    this.#skip -= count;
    return count;
  }

  /** What was read with the bytes that have passed, once. */
  takeMeaning(): Meaning | undefined {
    if (this.#skip > 0) return undefined;
    const meaning = this.#after;
    this.#after = undefined;
    return meaning;
  }

  /** Ends a message: what is left over waits, where there is room for it. */
  keep(rest: Buffer): void {
    this.end();
    if (!this.#held.hasRoomFor(rest.length)) {
      this.silence();
      return;
    }
    // A view of the message would keep all of it.
    this.#rest = rest.length === 0 ? NOTHING : Buffer.from(rest);
    this.#held.add(rest.length);
  }

  /** Where the next message begins is not known. */
  silence(): void {
    this.end();
    this.#isSilent = true;
  }

  /** Nothing more comes. */
  end(): void {
    this.#held.add(-this.#rest.length);
    this.#rest = NOTHING;
  }
}

const NOTHING = Buffer.alloc(0);
