import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DESCRIPTION, EXIT_CODES, GLOBAL_OPTIONS, ON_COMMANDS } from './about.js';
import { COMMANDS, type CommandDefinition, type OptionValues, type Run } from './commands/commands.js';
import { EXIT_OK, EXIT_UNUSABLE } from './exit-code.js';
import type { OptionDefinition } from './options/options.js';
import { nearest } from '../common/nearest.js';
import { packageVersion } from './package-version.js';

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

/** Columns of the help. */
const HELP_WIDTH = 80;
/** Columns of a description below which it is not wrapped. */
const FEWEST_COLUMNS = 30;

/**
 * Parses a command line.
 *
 * @param argv - the words behind the name of the program
 */
export function parseCommandLine(argv: readonly string[], answers: Answers): Invocation | Answer {
  let invocation: Invocation | undefined;
  const unknown = unknownTopic(argv);
  if (unknown !== undefined) {
    answers.error(unknown);
    return { exitCode: EXIT_UNUSABLE };
  }
  const program = buildProgram(argv, (found) => (invocation = found), answers);
  try {
    // Help on help is the help of the program.
    program.parse(argv[0] === 'help' && argv[1] === 'help' ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: error.exitCode === 0 ? EXIT_OK : EXIT_UNUSABLE };
  }
  return invocation ?? { exitCode: EXIT_UNUSABLE };
}

/** What is wrong with the command that help is asked about; `undefined` where there is such a command. */
function unknownTopic([first, topic]: readonly string[]): string | undefined {
  if (first !== 'help' || topic === undefined || topic.startsWith('-')) return undefined;
  const names = COMMANDS.map(({ name }) => name);
  if ([...names, 'help'].includes(topic)) return undefined;
  const meant = nearest(topic, names);
  return `help: no such command: ${topic}; ${meant === undefined ? 'wsdissect --help lists them' : `did you mean ${meant}?`}`;
}

/** The commands and options as commander takes them. */
function buildProgram(
  argv: readonly string[],
  found: (invocation: Invocation) => void,
  { out, error }: Answers,
): Command {
  const [version, help] = GLOBAL_OPTIONS as [OptionDefinition, OptionDefinition];
  const program = new Command('wsdissect')
    .description(`${DESCRIPTION} ${ON_COMMANDS}`)
    .usage('[command] [options] [file...]')
    .option(version.flags, version.description)
    .helpOption(help.flags, help.description)
    .helpCommand('help [command]', 'help on a command')
    .on('option:version', () => {
      out(versions());
      throw new CommanderError(0, 'wsdissect.version', '');
    })
    .exitOverride()
    .configureHelp({ minWidthToWrap: FEWEST_COLUMNS, subcommandTerm: (command) => command.name() })
    .configureOutput({
      writeOut: out,
      writeErr: error,
      getOutHelpWidth: () => HELP_WIDTH,
      outputError: (text, write) =>
        write(
          text
            .replace(/^error: /, '')
            .trimEnd()
            .replaceAll('\n', ' '),
        ),
    })
    .addHelpText('after', () => {
      const firstOfEach = COMMANDS.flatMap(({ examples }) => examples.slice(0, 1));
      return `\n${examplesText(firstOfEach)}\n\n${exitCodesText()}`;
    });
  for (const definition of COMMANDS) {
    const command = addCommand(program, definition, found);
    // A command that is not named cannot be meant: to make its options as well would take a while at each start.
    const mayBeMeant = definition.isDefault === true || argv.includes(definition.name);
    if (mayBeMeant) for (const option of definition.options) command.addOption(toOption(option));
  }
  return program;
}

function addCommand(program: Command, definition: CommandDefinition, found: (invocation: Invocation) => void): Command {
  return program
    .command(definition.name, { isDefault: definition.isDefault ?? false })
    .description(definition.description)
    .helpOption(GLOBAL_OPTIONS[1]!.flags, 'print this help')
    .addArgument(toArgument(definition))
    .addHelpText('after', () => `\n${examplesText(definition.examples)}`)
    .action((args: string | string[], options: OptionValues) =>
      found({ run: definition.run, args: [args].flat(), options }),
    );
}

function toArgument({ args, argsDescription, argsChoices }: CommandDefinition): Argument {
  const argument = new Argument(args, argsDescription);
  return argsChoices === undefined ? argument : argument.choices(argsChoices);
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

/** Each command line below what it shows: side by side they would not fit. */
function examplesText(examples: CommandDefinition['examples']): string {
  return `Examples:\n${examples.map(([commandLine, what]) => `  ${what}:\n    wsdissect ${commandLine}`).join('\n')}`;
}

function exitCodesText(): string {
  return `Exit codes:\n${EXIT_CODES.map(([code, meaning]) => `  ${code.padEnd(2)}  ${meaning}`).join('\n')}`;
}

function versions(): string {
  const { node, zlib, openssl } = process.versions;
  return `wsdissect ${packageVersion()}\nNode ${node}, zlib ${zlib}, OpenSSL ${openssl}\n`;
}
