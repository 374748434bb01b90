import type { ConnectionRef, DissectEvent } from '../../../events.js';

/**
 * Knows at which step connections had their first message or gap. Where a capture cannot be read to its end, the calls of those
 * that have no end are told in this order.
 */
export class BegunConnections {
  readonly #steps = new WeakMap<ConnectionRef, number>();
  readonly #now: () => number;

  /** @param now - the step that is worked on */
  constructor(now: () => number) {
    this.#now = now;
  }

  event(event: DissectEvent): void {
    if (event.type === 'connection') this.#steps.delete(event.connection);
    else if ((event.type === 'message' || event.type === 'gap') && !this.#steps.has(event.connection))
      this.#steps.set(event.connection, this.#now());
  }

  stepOf(connection: ConnectionRef): number {
    return this.#steps.get(connection)!;
  }
}
