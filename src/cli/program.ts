import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DESCRIPTION, GLOBAL_OPTIONS, ON_COMMANDS, packageVersion } from './about.js';
import { COMMANDS } from './commands/commands.js';
import type { CommandDefinition, Work } from './commands/define-command.js';
import { unknownTopic } from './commands/suggest.js';
import { EXIT_CODES, EXIT_OK, EXIT_UNUSABLE } from './exit-code.js';
import type { OptionDefinition } from './options/option.js';

/** A command line that was understood. */
export interface Invocation {
  readonly work: Work;
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

/** A word that may ask for help. */
const MAY_ASK_FOR_HELP = /^(?:help|--help|-\w*h\w*)$/;
/** Columns of the help. */
const HELP_WIDTH = 80;
/** Columns of a description below which it is not wrapped. */
const FEWEST_COLUMNS = 30;

/**
 * Parses a command line.
 *
 * @param argv - the words after the name of the program
 */
export function parseCommandLine(argv: readonly string[], answers: Answers): Invocation | Answer {
  const [first, topic] = argv;
  const problem = first === 'help' && topic?.startsWith('-') === false ? unknownTopic(topic) : undefined;
  if (problem !== undefined) {
    answers.error(problem);
    return { exitCode: EXIT_UNUSABLE };
  }
  let work: Work | undefined;
  const program = buildProgram(argv, (found) => (work = found), answers);
  try {
    // Help on help is the help of the program.
    program.parse(first === 'help' && topic === 'help' ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: error.exitCode === 0 ? EXIT_OK : EXIT_UNUSABLE };
  }
  return work === undefined ? { exitCode: EXIT_UNUSABLE } : { work };
}

/** The commands and options as commander takes them. */
function buildProgram(argv: readonly string[], found: (work: Work) => void, { out, error }: Answers): Command {
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
  // Making each command with all its options would slow down each start: help lists all commands, but no options of others.
  const isHelp = argv.some((word) => MAY_ASK_FOR_HELP.test(word));
  for (const definition of COMMANDS) {
    const mayBeMeant = definition.isDefault === true || argv.includes(definition.name);
    if (!mayBeMeant && !isHelp) continue;
    const command = addCommand(program, definition, found);
    if (mayBeMeant) for (const option of definition.options) command.addOption(toOption(option));
  }
  return program;
}

function addCommand(program: Command, definition: CommandDefinition, found: (work: Work) => void): Command {
  const command = program
    .command(definition.name, { isDefault: definition.isDefault ?? false })
    .description(definition.description)
    .helpOption(GLOBAL_OPTIONS[1]!.flags, 'print this help')
    .addArgument(toArgument(definition))
    .addHelpText('after', () => `\n${examplesText(definition.examples)}`);
  definition.listen(command, found);
  return command;
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
