import { Clock } from '../../output/clock.js';
import type { RecordType } from '../../output/json-record.js';
import type { Output } from '../../output/output.js';
import { chooseStyle } from '../terminal/color.js';
import type { Io } from '../terminal/io.js';
import type { FramesOptions } from '../options/printing-options.js';

/** Columns of a line where stdout is no terminal. */
const COLUMNS = 120;

/**
 * The output that the options ask for. Only its own code is loaded.
 *
 * @param file - name for the records, where there is more than one input
 */
export async function createOutput(
  type: RecordType,
  options: FramesOptions,
  io: Io,
  file: string | undefined,
): Promise<Output> {
  if (options.json) {
    const { JsonOutput } = await import('../../output/json.js');
    return new JsonOutput(type, file);
  }
  const style = await chooseStyle(options.color, io);
  const columns = io.isTerminal('stdout') ? io.columns() : COLUMNS;
  const { maxPayload, time, pretty = false } = options;
  const textOptions = { style, columns, maxPayload, isPretty: pretty, clock: new Clock(time) };
  switch (type) {
    case 'frame': {
      if (options.brief) {
        const { TextBrief } = await import('../../output/text-brief.js');
        return new TextBrief(textOptions);
      }
      const { TextFrames } = await import('../../output/text-frames.js');
      return new TextFrames(textOptions);
    }
    case 'message': {
      const { TextMessages } = await import('../../output/text-messages.js');
      return new TextMessages(textOptions);
    }
    case 'connection': {
      const { TextConnections } = await import('../../output/text-connections.js');
      return new TextConnections(textOptions);
    }
  }
}
