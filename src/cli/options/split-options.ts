import type { OptionTable } from './option.js';
import { ONE_THREAD_OPTION, READING_OPTIONS, type JobsOptions, type ReadingOptions } from './reading-options.js';
import { parseTask, type TaskChoice } from './task.js';
import { parseShards } from './values.js';

/** What `--task` does for a command. */
interface TaskOptions {
  readonly task?: TaskChoice;
}

/** The parsed options of `split`. */
export interface SplitOptions
  extends TaskOptions, Pick<JobsOptions, 'jobs'>, Pick<ReadingOptions, 'readFile' | 'tunnel' | 'port' | 'quiet'> {
  readonly shards?: number;
  readonly output?: string;
  readonly all?: true;
  readonly phase?: 'index' | 'write';
}

const { readFile, tunnel, port, quiet } = READING_OPTIONS;

/** The options of `split`. */
export const SPLIT_OPTIONS: OptionTable<SplitOptions> = {
  shards: {
    flags: '-n, --shards <number>',
    description: 'how many shards: at least as many as tasks will read them',
    parse: parseShards,
  },
  output: {
    flags: '-o, --output <directory>',
    description: 'where they go: shard-000, shard-001, ... with a file for each capture, and index',
  },
  all: { flags: '--all', description: 'keep TCP connections too that begin with what cannot carry WebSocket' },
  phase: {
    flags: '--phase <phase>',
    description: 'only this half of the work: index, and when that is done for all files, write',
    choices: ['index', 'write'],
  },
  task: {
    flags: '--task <i/n>',
    description:
      'only every n-th file, from the i-th on (from 0), of one phase; env takes both from Slurm, env/n the one from Kubernetes, AWS Batch or GNU parallel',
    parse: parseTask,
    suggestions: ['env'],
  },
  port: { ...port, description: 'connections of this TCP port are kept whatever they begin with (repeatable)' },
  tunnel,
  readFile,
  quiet,
  ...ONE_THREAD_OPTION,
};

/** The parsed options of `merge`. */
export interface MergeOptions {
  readonly output?: string;
  readonly force?: true;
}

/** The options of `merge`. */
export const MERGE_OPTIONS: OptionTable<MergeOptions> = {
  output: { flags: '-o, --output <file>', description: 'where the records go instead of standard output' },
  force: { flags: '--force', description: 'overwrite a file that exists' },
};
