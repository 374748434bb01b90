import type { Consumer } from '../../../consumer.js';
import type { EncodedBytes } from '../../../parallel/encoded-bytes.js';
import type { PartMaker } from '../../../parallel/part-maker.js';
import type { PartWriter } from '../../../parallel/part-writer.js';
import { chosen, followWants, transcriptOf } from '../../commands/printing/transcript-of.js';
import { filterOf } from '../../options/filter-options.js';
import type { FollowOptions } from '../../options/follow-options.js';
import type { Io } from '../../terminal/io.js';
import { DeferredStarts } from './record-maker.js';

/** Makes the lines of a transcript that are of some connections, but for what they begin with. */
export async function followMaker(
  io: Io,
  options: FollowOptions,
  bytes: EncodedBytes,
  writer: PartWriter,
): Promise<PartMaker> {
  const starts = new DeferredStarts({ begin: () => '', skip: () => undefined }, bytes, writer);
  const transcript = await transcriptOf(io, options, starts);
  starts.follow(transcript);
  const lines: Consumer = {
    wants: followWants(options),
    event: (event) => {
      transcript.event(event);
      return undefined;
    },
    end: () => undefined,
  };
  const consumer = chosen(lines, await filterOf(options, 'message', undefined), 'message', options);
  return { event: (event) => void consumer.event(event), stepOver: () => starts.take() };
}
