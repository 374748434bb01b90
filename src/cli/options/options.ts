import { DEFAULT_LIMITS } from '../../common/limits.js';
import { COLOR_CHOICES, type ColorChoice } from '../terminal/color.js';
import { TIME_FORMS, type TimeForm } from '../../output/clock.js';
import type { SelectionOptions } from './selection.js';
import { parseCount, parseOpcodes, parsePackets, parsePattern, parsePort, parseSize, parseWhole } from './values.js';

/** An option, as the command line, the help and every document show it. */
export interface OptionDefinition {
  /** `-q, --quiet`, `--port <number>`. The long name in camelCase is the name of the parsed value. */
  readonly flags: string;
  /** What it does: begins in lower case, ends without a full stop. */
  readonly description: string;
  /** Turns an argument into the value. @throws RangeError that says what it must be */
  readonly parse?: (value: string) => unknown;
  /** May be given several times; the value is the list of all. */
  readonly isRepeatable?: true;
  readonly choices?: readonly string[];
  /** Values that a shell offers, where others are possible as well. */
  readonly suggestions?: readonly string[];
  readonly defaultValue?: unknown;
  /** How the help shows the default value. */
  readonly defaultText?: string;
}

/** The parsed options that every command has which reads captures. */
export interface ReadingOptions {
  readonly json?: true;
  readonly stream?: number;
  readonly port?: readonly number[];
  readonly extensions?: string;
  readonly keylog?: readonly string[];
  readonly maxPayload: number;
  readonly maxMessage: number;
  readonly color: ColorChoice;
  readonly strict?: true;
  readonly quiet?: true;
}

/** The parsed options that the commands have which print a capture record by record. */
export interface PrintingOptions extends ReadingOptions {
  readonly time: TimeForm;
  readonly count?: number;
  readonly pager?: true;
}

/** The parsed options of `messages`. */
export interface MessagesOptions extends PrintingOptions, SelectionOptions {
  readonly pretty?: true;
}

/** The parsed options of `frames`. */
export interface FramesOptions extends MessagesOptions {
  readonly brief?: true;
}

const MAX_PAYLOAD = 4096;

/** The options that every command has which reads captures. */
export const READING_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-j, --json', description: 'one JSON object a line instead of text' },
  { flags: '-s, --stream <number>', description: 'only this TCP connection, by its number from 0', parse: parseWhole },
  {
    flags: '-p, --port <number>',
    description: 'this TCP port is WebSocket even where the handshake was not captured (repeatable)',
    parse: parsePort,
    isRepeatable: true,
  },
  {
    flags: '--extensions <string>',
    description: "the server's Sec-WebSocket-Extensions, where the handshake was not captured",
  },
  {
    flags: '-k, --keylog <file>',
    description: 'TLS secrets as browsers, Node and curl write them with SSLKEYLOGFILE (repeatable)',
    isRepeatable: true,
  },
  {
    flags: '--max-payload <bytes>',
    description: 'bytes of a payload that text output shows, 0 for none; k, M and G count by 1024',
    parse: parseSize,
    defaultValue: MAX_PAYLOAD,
    defaultText: '4k',
  },
  {
    flags: '--max-message <bytes>',
    description: 'bytes of a message, inflated, that are kept; a longer one is reported, not shown',
    parse: parseSize,
    defaultValue: DEFAULT_LIMITS.message,
    defaultText: '64M',
  },
  {
    flags: '--color <when>',
    description: 'colour the text; auto asks NO_COLOR, FORCE_COLOR and whether stdout is a terminal',
    choices: COLOR_CHOICES,
    defaultValue: 'auto',
  },
  {
    flags: '--strict',
    description: 'exit with 1 where bytes are missing or a message could not be decoded',
  },
  { flags: '-q, --quiet', description: 'no findings and no progress on stderr' },
];

const PRINTING_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '-c, --count <number>',
    description: 'stop after so many records, and read no further',
    parse: parseCount,
  },
  {
    flags: '--time <form>',
    description:
      'times in text: the date; seconds since the first record of the capture, since the record printed before, ' +
      'or since 1970',
    choices: TIME_FORMS,
    defaultValue: 'absolute',
  },
  { flags: '--pager', description: 'show the output with the command in PAGER, where stdout is a terminal' },
];

const SELECTING_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '-o, --opcode <list>',
    description: 'only these: text, binary, close, ping, pong, continuation, or 0 to 15, with commas',
    parse: parseOpcodes,
    suggestions: ['text', 'binary', 'close', 'ping', 'pong', 'continuation'],
  },
  { flags: '--from <side>', description: 'only what this side sent', choices: ['client', 'server'] },
  {
    flags: '-m, --match <regex>',
    description: 'only where this regular expression of JavaScript matches the decoded text or close reason',
    parse: parsePattern,
  },
  { flags: '-i, --ignore-case', description: 'let --match take capital and small letters for the same' },
  {
    flags: '--packet <range>',
    description: 'only what these packets completed: 4, 4-9, 4- or -9',
    parse: parsePackets,
  },
  { flags: '--pretty', description: 'in text, payloads that are JSON with each member in a line of its own' },
];

/** The options of `connections`. */
export const CONNECTIONS_OPTIONS: readonly OptionDefinition[] = [...PRINTING_OPTIONS, ...READING_OPTIONS];

/** The options of `messages`. */
export const MESSAGES_OPTIONS: readonly OptionDefinition[] = [...SELECTING_OPTIONS, ...CONNECTIONS_OPTIONS];

/** The options of `frames`. */
export const FRAMES_OPTIONS: readonly OptionDefinition[] = [
  { flags: '-b, --brief', description: 'one line a frame' },
  ...MESSAGES_OPTIONS,
];
