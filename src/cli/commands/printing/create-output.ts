import { Clock } from '../../../output/clock.js';
import type { RecordType } from '../../../output/records/record-field.js';
import type { LineStarts } from '../../../output/text/brief-starts.js';
import type { Output } from '../../../output/output.js';
import type { RecordStarts } from '../../../output/records/record-starts.js';
import type { Style } from '../../../output/style.js';
import type { TextOptions } from '../../../output/text/text-layout.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import type { RecordsOptions } from '../../options/printing-options.js';

/** Whether findings are records too. */
export function hasFindingRecords({ json, findings }: RecordsOptions): boolean {
  return json === true && findings === 'all';
}

/** How the text is that the options ask for. */
export async function textOptionsOf(options: RecordsOptions, io: Io): Promise<TextOptions> {
  const style = await chooseStyle(options.color, io);
  const isTerminal = io.isTerminal('stdout');
  // What goes to a file or another program has room for all, and means the same wherever it is read.
  const columns = isTerminal ? io.columns() : Number.POSITIVE_INFINITY;
  const { maxPayload, time, pretty = false } = options;
  const clock = new Clock(time === 'absolute' && isTerminal ? 'local' : time);
  return { style, columns, maxPayload, isPretty: pretty, clock, match: highlighted(style, options) };
}

/** What the frames or messages begin with that the options ask for. */
export async function startsOf(
  type: 'frame' | 'message',
  { brief }: RecordsOptions,
  options: TextOptions,
): Promise<RecordStarts & Partial<LineStarts>> {
  if (brief) {
    const { BriefStarts } = await import('../../../output/text/brief-starts.js');
    return new BriefStarts(options, type);
  }
  const { NumberedHeadings } = await import('../../../output/records/record-starts.js');
  return new NumberedHeadings(options);
}

/**
 * The output that the options ask for. Only its own code is loaded.
 *
 * @param file - name for the records, where there is more than one input
 * @param starts - makes what records of text begin with; the output itself where it is not there
 */
export async function createOutput(
  type: RecordType,
  options: RecordsOptions,
  io: Io,
  file: string | undefined,
  starts?: LineStarts,
): Promise<Output> {
  if (options.raw) {
    const { RawOutput } = await import('../../../output/raw-output.js');
    return new RawOutput(type);
  }
  if (options.json) {
    const { JsonOutput } = await import('../../../output/json/json.js');
    return new JsonOutput(type, file, hasFindingRecords(options), { headers: options.headers === true });
  }
  const textOptions = await textOptionsOf(options, io);
  switch (type) {
    case 'frame': {
      if (options.brief) {
        const { TextBrief } = await import('../../../output/text/text-brief.js');
        return new TextBrief(textOptions, starts);
      }
      const { TextFrames } = await import('../../../output/text/text-frames.js');
      return new TextFrames(textOptions, starts);
    }
    case 'message': {
      if (options.brief) {
        const { TextBriefMessages } = await import('../../../output/text/text-brief-messages.js');
        return new TextBriefMessages(textOptions, starts);
      }
      const { TextMessages } = await import('../../../output/text/text-messages.js');
      return new TextMessages(textOptions, starts);
    }
    case 'connection': {
      const { TextConnections } = await import('../../../output/text/text-connections.js');
      return new TextConnections(textOptions, options.headers);
    }
  }
}

/** What is shown as found: nothing without colours. */
function highlighted({ match: paint }: Style, { match, ignoreCase }: RecordsOptions): RegExp | undefined {
  return paint === undefined || match === undefined ? undefined : new RegExp(match, ignoreCase ? 'giu' : 'gu');
}
