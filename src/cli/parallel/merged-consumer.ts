import type { Consumer } from '../../consumer.js';
import type { RecordStart } from '../../output/records/record-starts.js';

/** A consumer of what several threads make of the events of a capture. It is given, besides, what the reading thread finds itself. */
export interface MergedConsumer extends Consumer {
  /** It knows what came to other threads from their pieces: events that these pass on are told, and not given to it. */
  readonly hasPieces?: boolean;
  /** The next bytes: a view that must not be kept. */
  bytes?(bytes: Uint8Array): Promise<void> | undefined;
  /** The next of what was made of an event. */
  piece?(piece: unknown): Promise<void> | undefined;
  /** A record of text begins, or is left out. */
  start?(start: RecordStart, isSkipped: boolean): void;
  /** All that came of an epoch was given. */
  epochOver?(): void;
}
