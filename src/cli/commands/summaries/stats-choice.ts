import type { Consumer } from '../../../consumer.js';
import type { MessageEvent } from '../../../events.js';
import type { StatsChoice } from '../../../stats/stats-parts.js';
import { filterOf } from '../../options/filter-options.js';
import type { StatsOptions } from '../../options/stats-options.js';
import { FilteredConsumer } from '../reading/filtered-consumer.js';

/** What the options choose of an input. */
export interface ChosenStats {
  readonly choice: StatsChoice;
  /** A consumer that is given no more than that. */
  readonly filtered: (consumer: Consumer) => Consumer;
}

/** What is counted of an input. @param file - the value of the field `file` */
export async function chosenStats(options: StatsOptions, file: string | undefined): Promise<ChosenStats> {
  const filter = await filterOf(options, 'message', file);
  if (filter === undefined) return { choice: {}, filtered: (consumer) => consumer };
  const { decode, invert, where, between } = options;
  const isInverted = invert === true;
  // What chooses connections leaves them whole: refused ones are counted, and what was lost of them.
  const isOfConnections = where === undefined && between === undefined;
  const choice: StatsChoice = {
    ...(isOfConnections ? {} : { messages: (event: MessageEvent) => filter.has(event) !== isInverted }),
    connections: (connection) => !isOfConnections || filter.hasConnection(connection) !== isInverted,
  };
  const filtering = { filter, type: undefined, isInverted, isOfConnections, decode };
  return { choice, filtered: (consumer) => new FilteredConsumer(consumer, filtering) };
}
