import type { DecodeChoice } from '../../subprotocol/meaning-reader.js';
import { FILTER_OPTIONS, type FilterOptions } from './filter-options.js';
import { without, type OptionTable } from './option.js';
import { DECODE_OPTION } from './printing-options.js';
import {
  FINDINGS_OPTIONS,
  jobsOption,
  READING_OPTIONS,
  type FindingsOptions,
  type JobsOptions,
  type ReadingOptions,
} from './reading-options.js';
import { parseCount } from './values.js';

/** The parsed options of `report`. */
export interface ReportOptions
  extends Omit<ReadingOptions, 'json' | 'color'>, FilterOptions, FindingsOptions, Pick<JobsOptions, 'jobs'> {
  readonly output?: string;
  readonly force?: true;
  readonly maxMessages: number;
  readonly decode: DecodeChoice;
}

/** Messages on a page: a browser opens it in a second or two. */
const MAX_MESSAGES = 100_000;

/** The options of `report`. */
export const REPORT_OPTIONS: OptionTable<ReportOptions> = {
  output: { flags: '-o, --output <file>', description: 'the HTML file; without it, the page goes to standard output' },
  force: { flags: '--force', description: 'overwrite a file that exists' },
  maxMessages: {
    flags: '--max-messages <number>',
    description: 'messages that the page has; of more it says how many there were',
    parse: parseCount,
    defaultValue: MAX_MESSAGES,
    defaultText: '100000',
  },
  maxPayload: {
    ...READING_OPTIONS.maxPayload,
    description: 'bytes of a message that the page has; of more it says how many there were',
  },
  decode: DECODE_OPTION,
  ...FILTER_OPTIONS,
  ...FINDINGS_OPTIONS,
  ...without(READING_OPTIONS, 'json', 'color', 'maxPayload'),
  ...jobsOption('threads: one reads, the others compress what is on the page; auto is one'),
};
