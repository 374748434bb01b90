import type { OptionTable } from './option.js';

/** The parsed options of the commands that can hide what captures hold. */
export interface RedactOptions {
  readonly redact?: readonly string[];
  readonly redactCheck?: true;
}

/** The options of the commands that can hide what captures hold. */
export const REDACT_OPTIONS: OptionTable<RedactOptions> = {
  redact: {
    flags: '--redact <file>',
    description:
      'replace in all output what this file names, in YAML: JSON paths, patterns, headers, presets (repeatable)',
    isRepeatable: true,
  },
  redactCheck: {
    flags: '--redact-check',
    description: 'exit with 1 where what --redact names still stands in the output, in any encoding',
  },
};
