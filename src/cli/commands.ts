import { CHECK_OPTIONS, type CheckOptions } from './check-options.js';
import type { Io } from './io.js';
import { BRIEF, READING_OPTIONS, type FramesOptions, type OptionDefinition, type ReadingOptions } from './options.js';

/** What a command line was parsed into: the options by their names. */
export type OptionValues = Readonly<Record<string, unknown>>;

/** Carries a command out. @returns the exit code */
export type Run = (io: Io, args: readonly string[], options: OptionValues) => Promise<number>;

/** A command, as the command line, the help and every document show it. */
export interface CommandDefinition {
  readonly name: string;
  /** The one that is meant where no command is named. */
  readonly isDefault?: true;
  /** `[file...]`: its arguments as the usage line shows them. */
  readonly args: string;
  readonly argsDescription: string;
  /** What it does: begins in lower case, ends without a full stop. */
  readonly description: string;
  readonly options: readonly OptionDefinition[];
  /** Command lines without the name of the program, and what each shows. */
  readonly examples: readonly (readonly [commandLine: string, what: string])[];
  /** Loads the code of this command only when it is run. */
  readonly run: Run;
}

const FILES = '[file...]';
const FILES_DESCRIPTION = 'captures: pcap, pcapng, either gzipped, or lines of hex; "-" or none is standard input';

/** All commands. */
export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'frames',
    isDefault: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'every frame, field by field (the default command)',
    options: [BRIEF, ...READING_OPTIONS],
    examples: [
      ['send.pcap', 'every frame of a capture'],
      ['--brief send.pcap', 'one line a frame'],
      ['--json send.pcap | jq .text', 'JSON lines for other programs'],
    ],
    run: async (io, args, options) => {
      const { readCaptures } = await import('./reading.js');
      return readCaptures('frame', io, args, options as unknown as FramesOptions);
    },
  },
  {
    name: 'messages',
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'whole messages: fragments joined, decompressed',
    options: READING_OPTIONS,
    examples: [
      ['messages chat.pcapng', 'what was said'],
      ['messages --keylog keys.log wss.pcap', 'the same inside TLS'],
    ],
    run: async (io, args, options) => {
      const { readCaptures } = await import('./reading.js');
      return readCaptures('message', io, args, options as unknown as ReadingOptions);
    },
  },
  {
    name: 'connections',
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'one row per WebSocket connection: handshake, extensions, counts, how it ended',
    options: READING_OPTIONS,
    examples: [['connections --json *.pcap', 'the connections of many captures']],
    run: async (io, args, options) => {
      const { readCaptures } = await import('./reading.js');
      return readCaptures('connection', io, args, options as unknown as ReadingOptions);
    },
  },
  {
    name: 'check',
    args: '[file-or-directory...]',
    argsDescription: `${FILES_DESCRIPTION}; of a directory, all captures in it and below`,
    description: 'RFC violations, expectations and golden files, for CI',
    options: CHECK_OPTIONS,
    examples: [
      ['check fixtures/', 'every capture in a directory against the RFCs'],
      ['check --expect chat.yaml chat.pcap', 'what a capture must hold'],
      ['check --golden chat.jsonl chat.pcap', 'what was said is what was said before'],
      ['check --reporter text --reporter junit=check.xml fixtures/', 'a report for a CI service as well'],
    ],
    run: async (io, args, options) => {
      const { checkCaptures } = await import('./check-command.js');
      return checkCaptures(io, args, options as unknown as CheckOptions);
    },
  },
];
