import type { OptionTable } from './option.js';
import {
  FINDINGS_OPTIONS,
  jobsOption,
  READING_OPTIONS,
  type FindingsOptions,
  type JobsOptions,
  type ReadingOptions,
} from './reading-options.js';

/** The parsed options of `diff`. */
export interface DiffOptions
  extends
    Omit<ReadingOptions, 'readFile' | 'interface' | 'captureFilter' | 'join' | 'sort' | 'maxPayload'>,
    FindingsOptions,
    Pick<JobsOptions, 'jobs'> {
  readonly ignore?: readonly string[];
  readonly latency?: number;
}

const { json, stream, port, extensions, keylog, input, tunnel, maxMessage, color, strict, quiet } = READING_OPTIONS;

/** The options of `diff`. */
export const DIFF_OPTIONS: OptionTable<DiffOptions> = {
  ignore: {
    flags: '--ignore <file>',
    description: 'what is not compared, in YAML: JSON paths, patterns, fields, presets (repeatable)',
    isRepeatable: true,
  },
  latency: {
    flags: '--latency <percent>',
    description: 'calls whose answer took so much longer or shorter differ too, such as 20%',
    parse: parsePercent,
  },
  ...FINDINGS_OPTIONS,
  ...jobsOption('threads: with two or more both captures are read at the same time; auto is one'),
  ...{ json, stream, port, extensions, keylog, input, tunnel, maxMessage, color, strict, quiet },
};

/** `20%` as a share, 0.2. */
function parsePercent(value: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(value);
  if (match === null) throw new RangeError('It must be a percentage, such as 20%.');
  return Number(match[1]) / 100;
}
