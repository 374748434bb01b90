import { readFileSync } from 'node:fs';
import type { OptionDefinition } from './options/option.js';

/** What wsdissect is, in the words that the help and every document begin with. */
export const DESCRIPTION =
  'A WebSocket dissector for packet captures: every frame, field by field, nothing that was not on the wire, ' +
  'and nothing lost without saying so.';

/** What is meant where no command is named, and where the options of a command are explained. */
export const ON_COMMANDS =
  'Without a command, wsdissect runs frames, and takes its options. wsdissect help COMMAND explains the options of one.';

/** The options that stand for themselves. */
export const GLOBAL_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-V, --version', description: 'print the versions of wsdissect and of what it runs on' },
  { flags: '-h, --help', description: 'print help on wsdissect, or on the command before it' },
];

/** Variables of the environment that are asked, and for what. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ['NO_COLOR', 'where it is set and not empty, --color auto does not colour'],
  ['FORCE_COLOR', 'where it is set and neither 0 nor false, --color auto colours, also into a pipe or file'],
  ['TERM', 'where it is dumb, --color auto does not colour'],
  ['PAGER', 'the command that --pager shows the output with; less -R where it is not set, more on Windows'],
  ['LESS', 'options of less; where it is not set, --pager sets it to R, so that less shows colours'],
  ['LC_ALL, LC_CTYPE, LANG', 'whether the terminal has UTF-8, and with it an arrow'],
];

/** The version of wsdissect, from its package. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
