import { REPORTERS, type ReporterName } from '../../check/reporters/reporter.js';
import type { Severity } from '../../common/finding-codes.js';
import type { OptionTable } from './option.js';
import { READING_OPTIONS, SHARING_OPTIONS, type JobsOptions, type ReadingOptions } from './reading-options.js';

/** Where a report goes. */
export interface ReporterChoice {
  readonly name: ReporterName;
  /** The file to write; `undefined` for stdout. */
  readonly path: string | undefined;
}

/** The parsed options of `check`. */
export interface CheckOptions extends ReadingOptions, Pick<JobsOptions, 'jobs'> {
  readonly listRules?: true;
  readonly rules?: readonly string[][];
  readonly allow?: readonly string[][];
  readonly failOn: Severity;
  readonly expect?: readonly string[];
  readonly golden?: string;
  readonly update?: true;
  readonly ignore?: readonly string[];
  readonly allowEmpty?: true;
  readonly reporter?: readonly ReporterChoice[];
}

const SHOWN_PAYLOAD = 32;

/** The options of `check`. */
export const CHECK_OPTIONS: OptionTable<CheckOptions> = {
  listRules: { flags: '--list-rules', description: 'print all rules: code, severity, section, and why' },
  rules: {
    flags: '--rules <list>',
    description: 'which findings count: codes, or documents such as rfc6455,rfc7692 (default: all)',
    parse: parseList,
    isRepeatable: true,
  },
  allow: {
    flags: '--allow <code>',
    description: 'accept findings with this code (repeatable)',
    parse: parseList,
    isRepeatable: true,
  },
  failOn: {
    flags: '--fail-on <severity>',
    description: 'the least severity to fail on',
    choices: ['error', 'warning', 'note'],
    defaultValue: 'error',
  },
  expect: {
    flags: '--expect <file>',
    description: 'what each capture must hold, in YAML or JSON (repeatable)',
    isRepeatable: true,
  },
  golden: { flags: '--golden <file>', description: 'what was said must be what this file of JSON lines has' },
  update: {
    flags: '--update',
    description: 'rewrite the golden file, or of several captures in it those that are checked',
  },
  ignore: {
    flags: '--ignore <file>',
    description: 'what --golden does not compare, in YAML: JSON paths, patterns, fields, presets (repeatable)',
    isRepeatable: true,
  },
  allowEmpty: { flags: '--allow-empty', description: 'let a capture without a WebSocket connection pass' },
  reporter: {
    flags: '--reporter <name[=file]>',
    description: `${REPORTERS.join(', ')}, to a file or stdout (repeatable; default: text)`,
    suggestions: REPORTERS,
    parse: parseReporter,
    isRepeatable: true,
  },
  ...SHARING_OPTIONS,
  ...READING_OPTIONS,
  // What these mean here.
  json: { ...READING_OPTIONS.json, description: 'the same as --reporter json' },
  maxPayload: { ...READING_OPTIONS.maxPayload, defaultValue: SHOWN_PAYLOAD, defaultText: String(SHOWN_PAYLOAD) },
  strict: {
    ...READING_OPTIONS.strict,
    description: 'fail also where bytes are missing or a message could not be decoded',
  },
  quiet: { ...READING_OPTIONS.quiet, description: 'list only what fails' },
};

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
  const name = REPORTERS.find((known) => known === given);
  if (name === undefined) throw new RangeError(`It must be one of ${REPORTERS.join(', ')}.`);
  const path = at < 0 ? undefined : value.slice(at + 1);
  if (path === '') throw new RangeError('A file name must follow the equals sign.');
  return { name, path };
}
