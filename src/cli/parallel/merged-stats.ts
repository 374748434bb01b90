import type { Consumer } from '../../consumer.js';
import type { StatsConsumer } from '../../stats/stats-consumer.js';
import { without } from '../options/option.js';
import type { MergedConsumer } from './merged-consumer.js';
import { mergeSeconds } from './makers/seconds-log.js';
import type { SharedStatsPiece } from './makers/stats-maker.js';

/**
 * Statistics of what other threads have counted of their connections.
 *
 * @param stats - adds up what they have
 * @param consumer - takes what this thread finds itself
 */
export function mergedStats(stats: StatsConsumer, consumer: Consumer): MergedConsumer {
  let logs: Float64Array[] = [];
  return {
    // Messages are counted in other threads.
    wants: without(consumer.wants, 'counter'),
    hasPieces: true,
    event: (event) => consumer.event(event),
    piece: (piece) => {
      const { seconds, ...rest } = piece as SharedStatsPiece;
      if (seconds === undefined) return stats.piece(rest);
      logs.push(seconds);
      return undefined;
    },
    epochOver: () => {
      mergeSeconds(logs, (second, count) => stats.messages(second, count));
      logs = [];
    },
    end: () => consumer.end(),
  };
}
