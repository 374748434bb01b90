import { passOn, type HeldItem } from './held-input.js';
import type { ConnectionSink } from './sink.js';

/** One thing that waits, and whom it is for. */
interface Waiting {
  readonly sink: ConnectionSink;
  readonly item: HeldItem;
}

const COMPACT_AFTER = 1024;

/**
 * What could not be worked on yet because a batch of events was full, in the order in which it came, over all connections.
 *
 * One packet may set free all that waited after a hole or for an answer, and the end of the capture does so on every
 * connection. Stages push, and cannot stop half way; so what they push is kept here and worked on a piece at a time, as
 * events are taken. Nothing of it counts in `HeldBytes`: it did where it waited before.
 */
export class Backlog {
  readonly #isFull: () => boolean;
  #items: Waiting[] = [];
  #first = 0;
  #isDraining = false;

  /** @param isFull - whether no more events are wanted for now */
  constructor(isFull: () => boolean) {
    this.#isFull = isFull;
  }

  /** Whether what comes can be worked on at once: nothing waits before it, or it is what waited. */
  get isOpen(): boolean {
    return this.#isDraining || (this.#items.length === 0 && !this.#isFull());
  }

  add(sink: ConnectionSink, item: HeldItem): void {
    this.#items.push({ sink, item });
  }

  /** Works on what waits until no more events are wanted. */
  drain(): void {
    while (this.#first < this.#items.length && !this.#isFull()) {
      const { sink, item } = this.#items[this.#first++]!;
      this.#isDraining = true;
      passOn(item, sink);
      this.#isDraining = false;
      if (this.#first >= COMPACT_AFTER && this.#first * 2 >= this.#items.length) {
        this.#items = this.#items.slice(this.#first);
        this.#first = 0;
      }
    }
    if (this.#first < this.#items.length) return;
    if (this.#items.length > 0) this.#items = [];
    this.#first = 0;
  }
}
