import { CONTEXT_OPTION, FILTER_OPTIONS, type ContextOption, type FilterOptions } from './filter-options.js';
import { without, type OptionTable } from './option.js';
import type { DecodeChoice } from '../../subprotocol/meaning-reader.js';
import { DECODE_OPTION } from './printing-options.js';
import { JOBS_OPTIONS, READING_OPTIONS, type JobsOptions, type ReadingOptions } from './reading-options.js';
import { parseCount } from './values.js';

/** The parsed options of `calls`: no payload is shown. */
export interface CallsOptions extends Omit<ReadingOptions, 'maxPayload'>, JobsOptions, FilterOptions, ContextOption {
  readonly decode: DecodeChoice;
  readonly slowest?: number;
}

/** The options of `calls`. */
export const CALLS_OPTIONS: OptionTable<CallsOptions> = {
  slowest: {
    flags: '--slowest <number>',
    description: 'only so many calls: the unanswered ones, then those that waited longest',
    parse: parseCount,
  },
  decode: DECODE_OPTION,
  ...FILTER_OPTIONS,
  ...CONTEXT_OPTION,
  ...JOBS_OPTIONS,
  ...without(READING_OPTIONS, 'maxPayload'),
};
