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

/** The parsed options of `stats`: no payload is shown. */
export interface StatsOptions
  extends Omit<ReadingOptions, 'maxPayload'>, FindingsOptions, FilterOptions, Pick<JobsOptions, 'jobs'> {
  readonly decode: DecodeChoice;
}

/** The options of `stats`. */
export const STATS_OPTIONS: OptionTable<StatsOptions> = {
  decode: DECODE_OPTION,
  ...FILTER_OPTIONS,
  ...FINDINGS_OPTIONS,
  ...jobsOption(
    'threads: of several inputs each reads whole ones, of one file they share the connections, unless --stream is there; ' +
      'auto is one for each core where several inputs are large',
  ),
  ...without(READING_OPTIONS, 'maxPayload'),
};
