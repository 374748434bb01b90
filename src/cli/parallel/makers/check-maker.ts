import { CheckedConnection, type CheckedEvent, type CheckedPartOptions } from '../../../check/checked-connection.js';
import { isLossEvent } from '../../../check/loss.js';
import { Parts } from '../../../consumer.js';
import type { DissectEvent } from '../../../events.js';
import type { PartMaker } from '../../../parallel/part-maker.js';
import type { PartWriter } from '../../../parallel/part-writer.js';
import { withBuffers } from '../with-buffers.js';

/** What is checked about the connections of one thread: plain data. */
export interface SharedCheck extends CheckedPartOptions {
  /** It is told where something is missing. */
  readonly hasLosses: boolean;
}

/** Makes what a check needs of some connections. */
export class CheckMaker implements PartMaker {
  readonly hasAll = true;
  readonly #parts: Parts<CheckedEvent>;
  readonly #writer: PartWriter;

  constructor(options: SharedCheck, writer: PartWriter) {
    this.#parts = new Parts(() => new CheckedConnection(options, options.hasLosses ? isLossEvent : undefined));
    this.#writer = writer;
  }

  event(event: DissectEvent): void {
    const piece = this.#parts.event(event);
    if (piece === undefined) return;
    const own = piece.event === undefined ? piece : { ...piece, event: withBuffers(piece.event) };
    this.#writer.object({ piece: own });
  }
}
