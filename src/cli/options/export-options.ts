import { READING_OPTIONS, type OptionDefinition, type ReadingOptions } from './options.js';

/** The parsed options of `export`. */
export interface ExportOptions extends ReadingOptions {
  readonly har?: true;
  readonly payloads?: string;
  readonly output?: string;
  readonly force?: true;
}

const OWN_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--har', description: 'a HAR 1.2 file, as the developer tools of browsers import it' },
  { flags: '--payloads <directory>', description: 'each message in a file of its own in this directory' },
  { flags: '-o, --output <file>', description: 'where the HAR file goes instead of standard output' },
  { flags: '--force', description: 'overwrite files that exist' },
];

/** Options of {@link READING_OPTIONS} that say how text looks. */
const FOR_TEXT = /^(?:-j, )?--(?:json|max-payload|color)\b/;

/** The options of `export`. */
export const EXPORT_OPTIONS: readonly OptionDefinition[] = [
  ...OWN_OPTIONS,
  ...READING_OPTIONS.filter(({ flags }) => !FOR_TEXT.test(flags)),
];
