import type { OptionTable } from './option.js';
import {
  FINDINGS_OPTIONS,
  jobsOption,
  READING_OPTIONS,
  type FindingsOptions,
  type JobsOptions,
  type ReadingOptions,
} from './reading-options.js';
import { parseSize, parseWhole } from './values.js';

/** The parsed options of `explain`. */
export interface ExplainOptions extends ReadingOptions, FindingsOptions, Pick<JobsOptions, 'jobs'> {
  readonly packet?: number;
  readonly frame?: number;
  readonly from?: 'client' | 'server';
  readonly bytes: number;
}

/** Payload bytes that are enough to see how the key goes round. */
const BYTES = 8;

/** The options of `explain`. */
export const EXPLAIN_OPTIONS: OptionTable<ExplainOptions> = {
  packet: {
    flags: '--packet <number>',
    description: 'of a capture, the frames that this packet completed, as the output of frames numbers packets',
    parse: parseWhole,
  },
  frame: {
    flags: '--frame <number>',
    description: 'of a capture, or of one --stream of it, the frame of this number, from 1',
    parse: parseWhole,
  },
  from: {
    flags: '--from <side>',
    description: 'who sent the bytes; where it is not given, the mask bit tells',
    choices: ['client', 'server'],
  },
  bytes: {
    flags: '--bytes <number>',
    description: 'payload bytes that are unmasked one by one',
    parse: parseSize,
    defaultValue: BYTES,
    defaultText: String(BYTES),
  },
  ...READING_OPTIONS,
  ...FINDINGS_OPTIONS,
  ...jobsOption(
    'threads: of several inputs each explains whole ones, of one capture they share the connections, unless --packet, --frame or ' +
      '--stream is there; auto is one for each core where several inputs are large',
  ),
};
