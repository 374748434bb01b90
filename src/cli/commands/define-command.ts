import type { Command } from 'commander';
import type { OptionDefinition, OptionTable } from '../options/option.js';
import { REDACT_OPTIONS, type RedactOptions } from '../options/redact-options.js';
import type { Io } from '../terminal/io.js';

/** The names of the commands, in the order of the help. */
export const COMMAND_NAMES = [
  'frames',
  'messages',
  'connections',
  'calls',
  'follow',
  'stats',
  'report',
  'check',
  'diff',
  'explain',
  'encode',
  'export',
  'split',
  'merge',
  'completion',
] as const;

/** What a command line asks for. @returns the exit code */
export type Work = (io: Io) => Promise<number>;

/** What the command line, the help and every document show of a command. */
interface Shown {
  readonly name: (typeof COMMAND_NAMES)[number];
  /** The one that is meant where no command is named. */
  readonly isDefault?: true;
  /** `[file...]`: its arguments as the usage line shows them. */
  readonly args: string;
  readonly argsDescription: string;
  /** What an argument must be one of. */
  readonly argsChoices?: readonly string[];
  /** What it does: begins in lower case, ends without a full stop. */
  readonly description: string;
  /** Command lines without the name of the program, and what each shows. */
  readonly examples: readonly (readonly [commandLine: string, what: string])[];
}

/** A command. */
export interface CommandDefinition extends Shown {
  readonly options: readonly OptionDefinition[];
  /** Has the parser tell what a command line of this command asks for. */
  listen(parser: Command, found: (work: Work) => void): void;
}

/** A command as it is written down, with the type of the options that it is given. */
interface TypedCommand<Options> extends Shown {
  readonly options: OptionTable<Options>;
  /** It has `--redact`: all that it shows of captures comes through `readCaptures()`. */
  readonly redacts?: true;
  /** Carries it out. Loads the code of the command only now. */
  readonly run: (io: Io, args: readonly string[], options: Options) => Promise<number>;
}

/** Defines a command. Its table of options says by its type that each value is what the command takes it for. */
export function defineCommand<Options>({ run, options, redacts, ...shown }: TypedCommand<Options>): CommandDefinition {
  const all = redacts === true ? { ...options, ...REDACT_OPTIONS } : options;
  return {
    ...shown,
    options: Object.values<OptionDefinition>(all).flatMap((option) =>
      option.negated === undefined ? [option] : [option, option.negated],
    ),
    listen: (parser, found) => {
      parser.action((args: string | string[], values: Options & RedactOptions) =>
        found(async (io) => {
          const work: Work = (world) => run(world, [args].flat(), values);
          if (values.redact === undefined && values.redactCheck === undefined) return work(io);
          const { withRedaction } = await import('./reading/redacted-run.js');
          return withRedaction(io, values, work);
        }),
      );
    },
  };
}
