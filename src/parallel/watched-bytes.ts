import { HeldBytes } from '../common/held-bytes.js';

/** The same, with the most that waited, or was to wait, since it was last asked. */
export class WatchedBytes extends HeldBytes {
  #peak = 0;

  override hasRoomFor(bytes: number): boolean {
    this.#note(this.total + bytes);
    return super.hasRoomFor(bytes);
  }

  override add(bytes: number): void {
    super.add(bytes);
    this.#note(this.total);
  }

  /** The most since {@link restart}. */
  get peak(): number {
    return this.#peak;
  }

  /** The most is what waits now. */
  restart(): void {
    this.#peak = this.total;
  }

  #note(bytes: number): void {
    if (bytes > this.#peak) this.#peak = bytes;
  }
}
