import { Clock } from '../../output/clock.js';
import type { RecordType } from '../../output/json-record.js';
import type { Output } from '../../output/output.js';
import type { Style } from '../../output/style.js';
import { chooseStyle } from '../terminal/color.js';
import type { Io } from '../terminal/io.js';
import type { RecordsOptions } from '../options/printing-options.js';

/** Whether findings are records too. */
export function hasFindingRecords({ json, findings }: RecordsOptions): boolean {
  return json === true && findings === 'all';
}

/**
 * The output that the options ask for. Only its own code is loaded.
 *
 * @param file - name for the records, where there is more than one input
 */
export async function createOutput(
  type: RecordType,
  options: RecordsOptions,
  io: Io,
  file: string | undefined,
): Promise<Output> {
  if (options.raw) {
    const { RawOutput } = await import('../../output/raw-output.js');
    return new RawOutput(type);
  }
  if (options.json) {
    const { JsonOutput } = await import('../../output/json.js');
    return new JsonOutput(type, file, hasFindingRecords(options), { headers: options.headers === true });
  }
  const style = await chooseStyle(options.color, io);
  const isTerminal = io.isTerminal('stdout');
  // What goes to a file or another program has room for all, and means the same wherever it is read.
  const columns = isTerminal ? io.columns() : Number.POSITIVE_INFINITY;
  const { maxPayload, time, pretty = false } = options;
  const clock = new Clock(time === 'absolute' && isTerminal ? 'local' : time);
  const textOptions = { style, columns, maxPayload, isPretty: pretty, clock, match: highlighted(style, options) };
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
      if (options.brief) {
        const { TextBriefMessages } = await import('../../output/text-brief-messages.js');
        return new TextBriefMessages(textOptions);
      }
      const { TextMessages } = await import('../../output/text-messages.js');
      return new TextMessages(textOptions);
    }
    case 'connection': {
      const { TextConnections } = await import('../../output/text-connections.js');
      return new TextConnections(textOptions, options.headers);
    }
  }
}

/** What is shown as found: nothing without colours. */
function highlighted({ match: paint }: Style, { match, ignoreCase }: RecordsOptions): RegExp | undefined {
  return paint === undefined || match === undefined ? undefined : new RegExp(match, ignoreCase ? 'giu' : 'gu');
}
