import type { CheckedCapture } from '../../check/check.js';
import type { CheckedEvent } from '../../check/checked-connection.js';
import type { MergedConsumer } from './merged-consumer.js';
import { withBuffers } from './with-buffers.js';

/** A check of what other threads have made of their connections. */
export function mergedCheck(checked: CheckedCapture): MergedConsumer {
  return {
    wants: checked.wants,
    event: (event) => checked.event(event),
    piece: (piece) => {
      const { event, ...rest } = piece as CheckedEvent;
      checked.piece(event === undefined ? rest : { ...rest, event: withBuffers(event) });
      return undefined;
    },
    end: () => checked.end(),
  };
}
