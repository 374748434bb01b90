import type { DecodeChoice } from '../../subprotocol/meaning-reader.js';
import { PROTOCOLS } from '../../subprotocol/sub-protocol.js';
import { TIME_FORMS, type TimeForm } from '../../output/clock.js';
import { CONTEXT_OPTION, FILTER_OPTIONS, type ContextOption, type FilterOptions } from './filter-options.js';
import type { OptionDefinition, OptionTable } from './option.js';
import {
  FINDINGS_OPTIONS,
  JOBS_OPTIONS,
  READING_OPTIONS,
  type FindingsOptions,
  type JobsOptions,
  type ReadingOptions,
} from './reading-options.js';
import type { SelectionOptions } from './selection.js';
import { parseCount, parseDecode, parseOpcodes, parsePackets, parsePattern } from './values.js';

/** The parsed options that the commands have which print a capture record by record. */
interface PrintingOptions extends ReadingOptions, FindingsOptions, JobsOptions, FilterOptions {
  readonly time: TimeForm;
  readonly count?: number;
  readonly pager?: true;
}

/** The parsed options of `connections`. */
export interface ConnectionsOptions extends PrintingOptions, ContextOption {
  readonly headers?: true;
}

/** The parsed options of `messages`. */
export interface MessagesOptions extends PrintingOptions, SelectionOptions {
  readonly decode?: DecodeChoice;
  readonly brief?: true;
  readonly pretty?: true;
  readonly raw?: true;
}

/** The parsed options of whichever of these commands it is. */
export type RecordsOptions = MessagesOptions & ConnectionsOptions;

const PRINTING_OPTIONS: OptionTable<
  Omit<PrintingOptions, keyof ReadingOptions | keyof FilterOptions | keyof JobsOptions | 'findings'>
> = {
  count: {
    flags: '-c, --count <number>',
    description: 'stop after this many records, and read no further',
    parse: parseCount,
  },
  time: {
    flags: '--time <form>',
    description:
      'times in text: local, utc, or absolute: the first on a terminal, the second elsewhere; or seconds since the first ' +
      'record of the capture (relative), since the record printed before (delta), or since 1970 (epoch)',
    choices: TIME_FORMS,
    defaultValue: 'absolute',
  },
  pager: { flags: '--pager', description: 'show the output with the command in PAGER, where stdout is a terminal' },
};

/** How JSON is shown. */
export const PRETTY_OPTION: OptionDefinition<true> = {
  flags: '--pretty',
  description:
    'in text, payloads that are JSON with each member in a line of its own, and \\u592a as the character itself',
};

const SELECTING_OPTIONS: OptionTable<Omit<MessagesOptions, keyof PrintingOptions | 'brief' | 'decode'>> = {
  opcode: {
    flags: '-o, --opcode <list>',
    description: 'only these: text, binary, close, ping, pong, continuation, or 0 to 15, with commas',
    parse: parseOpcodes,
    suggestions: ['text', 'binary', 'close', 'ping', 'pong', 'continuation'],
  },
  from: { flags: '--from <side>', description: 'only what this side sent', choices: ['client', 'server'] },
  match: {
    flags: '-m, --match <regex>',
    description: 'only where this regular expression of JavaScript matches the decoded text or close reason',
    parse: parsePattern,
  },
  ignoreCase: { flags: '-i, --ignore-case', description: 'make --match ignore the case of letters' },
  packet: {
    flags: '--packet <range>',
    description: 'only what these packets completed: 4, 4-9, 4- or -9',
    parse: parsePackets,
  },
  ...CONTEXT_OPTION,
  pretty: PRETTY_OPTION,
  raw: {
    flags: '--raw',
    description: 'the bytes of the payloads and nothing else, one after the other, for a file or another program',
  },
};

/** What the messages mean. */
export const DECODE_OPTION: OptionDefinition<DecodeChoice> = {
  flags: '--decode <list>',
  description:
    'what messages mean: auto for the sub-protocols that are recognised, off, or names such as json-rpc or msgpack, ' +
    'with commas, which are believed',
  parse: parseDecode,
  suggestions: ['auto', 'off', ...PROTOCOLS],
  defaultValue: 'auto',
};

/** The options that all three commands have. */
const COMMON_OPTIONS: OptionTable<PrintingOptions> = {
  ...FILTER_OPTIONS,
  ...PRINTING_OPTIONS,
  ...READING_OPTIONS,
  ...FINDINGS_OPTIONS,
  ...JOBS_OPTIONS,
};

/** The options of `connections`. */
export const CONNECTIONS_OPTIONS: OptionTable<ConnectionsOptions> = {
  headers: {
    flags: '--headers',
    description:
      'the header fields of the handshake too; values of Cookie, Authorization and whatever else may be a secret are left out',
  },
  ...CONTEXT_OPTION,
  ...COMMON_OPTIONS,
};

/** The options of `messages`. */
export const MESSAGES_OPTIONS: OptionTable<MessagesOptions> = {
  brief: { flags: '-b, --brief', description: 'one line a message' },
  decode: DECODE_OPTION,
  ...SELECTING_OPTIONS,
  ...COMMON_OPTIONS,
};

/** The options of `frames`. */
export const FRAMES_OPTIONS: OptionTable<Omit<MessagesOptions, 'decode'>> = {
  brief: {
    flags: '-b, --brief',
    description: 'one line a frame; F123M are FIN, RSV1 to RSV3 and Mask, - where the bit is 0',
  },
  ...SELECTING_OPTIONS,
  ...COMMON_OPTIONS,
};
