import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { COMMANDS, type CommandDefinition, type OptionValues, type Run } from './commands.js';
import { EXIT_OK, EXIT_UNUSABLE } from './exit-code.js';
import type { OptionDefinition } from './options.js';

/** A command line that was understood. */
export interface Invocation {
  readonly run: Run;
  readonly args: readonly string[];
  readonly options: OptionValues;
}

/** A command line that asks for no work: its answer is on stdout already, or what is wrong with it on stderr. */
export interface Answer {
  readonly exitCode: number;
}

/** Where the answers go. Usage errors come as one line. */
export interface Answers {
  readonly out: (text: string) => void;
  readonly error: (line: string) => void;
}

const DESCRIPTION = `A WebSocket dissector for packet captures: every frame, field by field,
nothing that was not on the wire, and nothing lost without saying so.`;

const EXIT_CODES = `Exit codes:
  0  read, and nothing asked for failed
  1  a check failed; with --strict, bytes are missing or a message could not be decoded
  2  wrong usage, or an input that cannot be read as a capture`;

/**
 * Parses a command line.
 *
 * @param argv - the words behind the name of the program
 */
export function parseCommandLine(argv: readonly string[], answers: Answers): Invocation | Answer {
  let invocation: Invocation | undefined;
  const program = buildProgram((found) => (invocation = found), answers);
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: error.exitCode === 0 ? EXIT_OK : EXIT_UNUSABLE };
  }
  return invocation ?? { exitCode: EXIT_UNUSABLE };
}

/** The commands and options as commander takes them. */
function buildProgram(found: (invocation: Invocation) => void, { out, error }: Answers): Command {
  const program = new Command('wsdissect')
    .description(DESCRIPTION)
    .usage('[command] [options] [file...]')
    .option('-V, --version', 'print the versions of wsdissect and of what it runs on')
    .on('option:version', () => {
      out(versions());
      throw new CommanderError(0, 'wsdissect.version', '');
    })
    .exitOverride()
    .configureOutput({
      writeOut: out,
      writeErr: error,
      outputError: (text, write) =>
        write(
          text
            .replace(/^error: /, '')
            .trimEnd()
            .replaceAll('\n', ' '),
        ),
    })
    .addHelpText('after', () => `\n${examplesOf(COMMANDS)}\n\n${EXIT_CODES}`);
  for (const definition of COMMANDS) addCommand(program, definition, found);
  return program;
}

function addCommand(program: Command, definition: CommandDefinition, found: (invocation: Invocation) => void): void {
  const command = program
    .command(definition.name, { isDefault: definition.isDefault ?? false })
    .description(definition.description)
    .argument(definition.args, definition.argsDescription)
    .addHelpText('after', () => `\n${examplesOf([definition])}`)
    .action((args: string[], options: OptionValues) => found({ run: definition.run, args, options }));
  for (const option of definition.options) command.addOption(toOption(option));
}

function toOption(definition: OptionDefinition): Option {
  const { parse = (value: string) => value, choices, isRepeatable, defaultValue, defaultText } = definition;
  const option = new Option(definition.flags, definition.description);
  if (choices !== undefined) option.choices(choices);
  else if (option.required || option.optional) {
    option.argParser<unknown>((value, previous) => {
      const parsed = parseValue(parse, value);
      return isRepeatable ? [...((previous ?? []) as unknown[]), parsed] : parsed;
    });
  }
  if (defaultValue !== undefined) option.default(defaultValue, defaultText);
  return option;
}

function parseValue(parse: (value: string) => unknown, value: string): unknown {
  try {
    return parse(value);
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

function examplesOf(definitions: readonly CommandDefinition[]): string {
  const examples = definitions.flatMap(({ examples }) => examples);
  const width = Math.max(...examples.map(([commandLine]) => commandLine.length));
  const lines = examples.map(([commandLine, what]) => `  wsdissect ${commandLine.padEnd(width)}  ${what}`);
  return `Examples:\n${lines.join('\n')}`;
}

function versions(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  const { node, zlib, openssl } = process.versions;
  return `wsdissect ${version}\nNode ${node}, zlib ${zlib}, OpenSSL ${openssl}\n`;
}
