import { DESCRIPTION, ENVIRONMENT, GLOBAL_OPTIONS, ON_COMMANDS, packageVersion } from '../src/cli/about.js';
import { COMMANDS } from '../src/cli/commands/commands.js';
import { EXIT_CODES } from '../src/cli/exit-code.js';
import { parseFlags, type OptionDefinition } from '../src/cli/options/option.js';
import { NOTES } from './cli-notes.js';
import { optionGroups } from './option-groups.js';

/** man/wsdissect.1, with the macros of man(7). */
export function manPage(): string {
  const lines = [
    '.\\" Written by scripts/docs.ts from src/cli/commands/commands.ts: npm run docs.',
    `.TH WSDISSECT 1 "" "wsdissect ${packageVersion()}" "User Commands"`,
    '.SH NAME',
    `wsdissect \\- ${text('show the WebSocket frames of a packet capture')}`,
    '.SH SYNOPSIS',
    ...COMMANDS.flatMap(({ name, args, isDefault }) => synopsis(isDefault ? `[${name}]` : name, args)),
    '.SH DESCRIPTION',
    text(DESCRIPTION),
    '.PP',
    text(ON_COMMANDS),
    '.SH COMMANDS',
    ...COMMANDS.flatMap(({ name, description, argsDescription }) => [
      '.TP',
      `.B ${text(name)}`,
      text(`${sentence(description)} Arguments: ${argsDescription}.`),
    ]),
    '.SH OPTIONS',
    ...GLOBAL_OPTIONS.flatMap(optionLines),
    ...optionGroups().flatMap(({ commands, options }) => [
      `.SS ${text(`Options of ${listed(commands)}`)}`,
      ...options.flatMap(optionLines),
    ]),
    ...NOTES.flatMap(([title, first = '', ...more]) => [
      `.SH ${text(title.toUpperCase())}`,
      text(first),
      ...more.flatMap((paragraph) => ['.PP', text(paragraph)]),
    ]),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, text(sentence(meaning))]),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', `.B ${text(name)}`, text(sentence(meaning))]),
    '.SH EXAMPLES',
    ...COMMANDS.flatMap(({ examples }) =>
      examples.flatMap(([line, what]) => ['.TP', text(sentence(what)), '.EX', text(`wsdissect ${line}`), '.EE']),
    ),
    '.SH SEE ALSO',
    '.BR tshark (1),',
    '.BR tcpdump (8),',
    'RFC 6455 (The WebSocket Protocol), RFC 7692 (Compression Extensions for WebSocket)',
  ];
  return `${lines.join('\n')}\n`;
}

function synopsis(name: string, args: string): string[] {
  return ['.br', `.B wsdissect ${text(name)}`, `[\\fIoptions\\fR] \\fI${text(args)}\\fR`];
}

function optionLines(option: OptionDefinition): string[] {
  const { flags, description, choices, defaultValue, defaultText } = option;
  const { short, long, value, isOptional } = parseFlags(flags);
  const names = [short, long].filter((name) => name !== undefined).map((name) => `\\fB${text(name)}\\fR`);
  const argument = value === undefined ? '' : isOptional ? `[=\\fI${text(value)}\\fR]` : ` \\fI${text(value)}\\fR`;
  const more = [
    ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
    ...(defaultValue === undefined
      ? []
      : [`default ${defaultText ?? JSON.stringify(defaultValue).replaceAll('"', '')}`]),
  ];
  // What an option does is no sentence: some begin with a value, which no capital may change.
  const end = more.length === 0 ? '' : ` (${more.join('; ')})`;
  return ['.TP', `${names.join(', ')}${argument}`, text(description + end)];
}

/** `frames, messages and check`. */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** Text in which nothing means anything to roff. */
function text(words: string): string {
  return words
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll('^', String.raw`\(ha`)
    .replaceAll('~', String.raw`\(ti`)
    .replace(/^[.']/, String.raw`\&$&`);
}
