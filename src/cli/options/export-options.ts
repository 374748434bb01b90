import type { OptionTable } from './option.js';
import { FINDINGS_OPTIONS, READING_OPTIONS, type FindingsOptions, type ReadingOptions } from './reading-options.js';

/** The parsed options of `export`: those that say how text looks are none of its own. */
export interface ExportOptions extends Omit<ReadingOptions, 'json' | 'maxPayload' | 'color'>, FindingsOptions {
  readonly har?: true;
  readonly payloads?: string;
  readonly output?: string;
  readonly force?: true;
}

const { readFile, stream, port, extensions, keylog, input, tunnel, maxMessage, strict, quiet } = READING_OPTIONS;

/** The options of `export`. */
export const EXPORT_OPTIONS: OptionTable<ExportOptions> = {
  har: { flags: '--har', description: 'a HAR 1.2 file, as the developer tools of browsers import it' },
  payloads: { flags: '--payloads <directory>', description: 'each message in a file of its own in this directory' },
  output: { flags: '-o, --output <file>', description: 'where the HAR file goes instead of standard output' },
  force: { flags: '--force', description: 'overwrite files that exist' },
  ...FINDINGS_OPTIONS,
  ...{ readFile, stream, port, extensions, keylog, input, tunnel, maxMessage, strict, quiet },
};
