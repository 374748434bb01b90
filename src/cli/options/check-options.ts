import type { Severity } from '../../common/finding-codes.js';
import { READING_OPTIONS, type OptionDefinition, type ReadingOptions } from './options.js';

/** The names of the reporters, as `src/check` has them; that folder is loaded only where a check runs. */
const REPORTER_NAMES = ['text', 'json', 'github', 'junit', 'sarif'] as const;
type ReporterName = (typeof REPORTER_NAMES)[number];

/** Where a report goes. */
export interface ReporterChoice {
  readonly name: ReporterName;
  /** The file to write; `undefined` for stdout. */
  readonly path: string | undefined;
}

/** The parsed options of `check`. */
export interface CheckOptions extends ReadingOptions {
  readonly listRules?: true;
  readonly rules?: readonly string[][];
  readonly allow?: readonly string[][];
  readonly failOn: Severity;
  readonly expect?: readonly string[];
  readonly golden?: string;
  readonly update?: true;
  readonly allowEmpty?: true;
  readonly reporter?: readonly ReporterChoice[];
}

const SHOWN_PAYLOAD = 32;

/** What some options that all reading commands have mean to `check`. */
const OWN_MEANING: Readonly<Record<string, Partial<OptionDefinition>>> = {
  '-j, --json': { description: 'the same as --reporter json' },
  '--max-payload <bytes>': { defaultValue: SHOWN_PAYLOAD, defaultText: String(SHOWN_PAYLOAD) },
  '--strict': { description: 'fail also where bytes are missing or a message could not be decoded' },
  '-q, --quiet': { description: 'list only what fails' },
};

/** The options of `check`. */
export const CHECK_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--list-rules', description: 'print all rules: code, severity, section, and why' },
  {
    flags: '--rules <list>',
    description: 'which findings count: codes, or documents such as rfc6455,rfc7692 (default: all)',
    parse: parseList,
    isRepeatable: true,
  },
  {
    flags: '--allow <code>',
    description: 'accept findings with this code (repeatable)',
    parse: parseList,
    isRepeatable: true,
  },
  {
    flags: '--fail-on <severity>',
    description: 'the least severity to fail on',
    choices: ['error', 'warning', 'note'],
    defaultValue: 'error',
  },
  {
    flags: '--expect <file>',
    description: 'what each capture must hold, in YAML or JSON (repeatable)',
    isRepeatable: true,
  },
  { flags: '--golden <file>', description: 'what was said must be what this file of JSON lines has' },
  { flags: '--update', description: 'write the golden file anew' },
  { flags: '--allow-empty', description: 'let a capture without a WebSocket connection pass' },
  {
    flags: '--reporter <name[=file]>',
    description: `${REPORTER_NAMES.join(', ')}, to a file or stdout (repeatable; default: text)`,
    suggestions: REPORTER_NAMES,
    parse: parseReporter,
    isRepeatable: true,
  },
  ...READING_OPTIONS.map((option) => ({ ...option, ...OWN_MEANING[option.flags] })),
];

/** Names with commas between them. */
function parseList(value: string): string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function parseReporter(value: string): ReporterChoice {
  const at = value.indexOf('=');
  const given = at < 0 ? value : value.slice(0, at);
  const name = REPORTER_NAMES.find((known) => known === given);
  if (name === undefined) throw new RangeError(`It must be one of ${REPORTER_NAMES.join(', ')}.`);
  const path = at < 0 ? undefined : value.slice(at + 1);
  if (path === '') throw new RangeError('A file name must follow the equals sign.');
  return { name, path };
}
