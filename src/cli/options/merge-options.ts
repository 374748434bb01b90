import type { OptionTable } from './option.js';

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
