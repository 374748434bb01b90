import { CONTEXT_OPTION, FILTER_OPTIONS, type ContextOption, type FilterOptions } from './filter-options.js';
import type { DecodeChoice } from '../../subprotocol/meaning-reader.js';
import { without, type OptionTable } from './option.js';
import { DECODE_OPTION, PRETTY_OPTION } from './printing-options.js';
import {
  FINDINGS_OPTIONS,
  jobsOption,
  READING_OPTIONS,
  type FindingsOptions,
  type JobsOptions,
  type ReadingOptions,
} from './reading-options.js';

/** The parsed options of `follow`: it is for people. */
export interface FollowOptions
  extends Omit<ReadingOptions, 'json'>, FindingsOptions, Pick<JobsOptions, 'jobs'>, FilterOptions, ContextOption {
  readonly decode: DecodeChoice;
  readonly pretty?: true;
}

/** The options of `follow`. */
export const FOLLOW_OPTIONS: OptionTable<FollowOptions> = {
  decode: DECODE_OPTION,
  pretty: PRETTY_OPTION,
  ...FILTER_OPTIONS,
  ...CONTEXT_OPTION,
  ...FINDINGS_OPTIONS,
  ...without(READING_OPTIONS, 'json'),
  ...jobsOption(
    'threads: of several inputs each reads whole ones, of one file they share the connections, unless --context or --stream is ' +
      'there; auto is one for each core where several inputs are large',
  ),
};
