import { DEFAULT_LIMITS } from '../common/limits.js';
import { COLOR_CHOICES, type ColorChoice } from './color.js';
import { parsePort, parseSize, parseWhole } from './values.js';

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

/** The options of `frames`. */
export interface FramesOptions extends ReadingOptions {
  readonly brief?: true;
}

/** One line a frame. */
export const BRIEF: OptionDefinition = { flags: '-b, --brief', description: 'one line a frame' };

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
  { flags: '-q, --quiet', description: 'no findings on stderr' },
];
