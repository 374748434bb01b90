import type { Consumer } from '../../../consumer.js';
import type { Wants } from '../../../events.js';
import type { EventFilter } from '../../../filter/event-filter.js';
import { TextTranscript, type TranscriptOptions } from '../../../output/text/text-transcript.js';
import type { FollowOptions } from '../../options/follow-options.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { FilteredConsumer } from '../reading/filtered-consumer.js';

/** A transcript as the options ask for it. @param starts - what its lines begin with, where that is made elsewhere */
export async function transcriptOf(
  io: Io,
  options: FollowOptions,
  starts?: TranscriptOptions['starts'],
): Promise<TextTranscript> {
  const { color, maxPayload, pretty: isPretty = false, where, between, invert } = options;
  const style = await chooseStyle(color, io);
  const isSparse = where !== undefined || between !== undefined || invert === true;
  const columns = io.isTerminal('stdout') ? io.columns() : Number.POSITIVE_INFINITY;
  return new TextTranscript({ style, columns, maxPayload, isPretty, isSparse, ...(starts && { starts }) });
}

/** The events that a transcript needs. */
export function followWants({ decode }: FollowOptions): Wants {
  return { frames: false, messages: true, connections: true, decode };
}

/** A consumer of what the options choose. @param type - the records that they choose; `undefined` for connections only */
export function chosen(
  consumer: Consumer,
  filter: EventFilter | undefined,
  type: 'message' | undefined,
  { decode, invert }: FollowOptions,
): Consumer {
  if (filter === undefined) return consumer;
  return new FilteredConsumer(consumer, { filter, type, isInverted: invert === true, decode });
}
