import type { InputForm } from '../../capture/capture-input.js';
import { DEFAULT_LIMITS } from '../../common/limits.js';
import type { TunnelName } from '../../ip/udp-tunnels.js';
import { COLOR_CHOICES, type ColorChoice } from '../terminal/color.js';
import type { Jobs } from '../parallel/jobs.js';
import { FINDINGS_CHOICES, type FindingsChoice } from '../terminal/notices.js';
import type { OptionTable } from './option.js';
import { parseTask, type TaskChoice } from './task.js';
import { parseJobs, parsePort, parseSize, parseStream, parseTunnel, type StreamChoice } from './values.js';

/** The parsed options that every command has which reads captures. */
export interface ReadingOptions {
  readonly json?: true;
  readonly readFile?: readonly string[];
  readonly stream?: StreamChoice;
  readonly port?: readonly number[];
  readonly extensions?: string;
  readonly keylog?: readonly string[];
  readonly input?: InputForm;
  readonly interface?: string;
  readonly captureFilter?: string;
  readonly join?: boolean;
  readonly sort?: true;
  readonly tunnel?: readonly (readonly [port: number, tunnel: TunnelName])[];
  readonly maxPayload: number;
  readonly maxMessage: number;
  readonly color: ColorChoice;
  readonly strict?: true;
  readonly quiet?: true;
}

/** The parsed options of the commands that print each input by itself. */
export interface JobsOptions {
  readonly jobs: Jobs;
  readonly task?: TaskChoice;
}

/** The option that says how many threads there are. @param description - what they do in this command */
export function jobsOption(description: string): OptionTable<Pick<JobsOptions, 'jobs'>> {
  return {
    jobs: {
      flags: '-J, --jobs <number>',
      description,
      parse: parseJobs,
      suggestions: ['auto'],
      defaultValue: 'auto',
    },
  };
}

/** The option of the commands that make one thing of all inputs. */
export const SHARING_OPTIONS = jobsOption(
  'threads that share the connections of one file, unless --stream is there; auto is one',
);

/** The option of the commands that one thread carries out, whatever it says. */
export const ONE_THREAD_OPTION = jobsOption(
  'as for the commands that share their work among threads; this one reads with one',
);

/** The options of the commands that print each input by itself. */
export const JOBS_OPTIONS: OptionTable<JobsOptions> = {
  ...jobsOption(
    'threads: of several inputs each reads whole ones, of one file they share the connections, unless --count, --context, ' +
      '--raw or --stream is there; auto is one for each core where several inputs are large',
  ),
  task: {
    flags: '--task <i/n>',
    description:
      'only every n-th shard of those named, from the i-th on (from 0), each as one capture; a directory that split wrote ' +
      'names all of its shards; env and env/n as for split',
    parse: parseTask,
    suggestions: ['env'],
  },
};

/** The parsed options of the commands that tell findings beside what they print. */
export interface FindingsOptions {
  readonly findings?: FindingsChoice;
}

const MAX_PAYLOAD = 4096;

/** The options of the commands that tell findings beside what they print. */
export const FINDINGS_OPTIONS: OptionTable<FindingsOptions> = {
  findings: {
    flags: '--findings <which>',
    description:
      'findings on stderr: all, a summary (one line for those of a kind on a connection), or none; the default is summary ' +
      'on a terminal, all elsewhere',
    choices: FINDINGS_CHOICES,
  },
};

/** The options that every command has which reads captures. */
export const READING_OPTIONS: OptionTable<ReadingOptions> = {
  json: { flags: '-j, --json', description: 'one JSON object a line instead of text' },
  readFile: {
    flags: '-r, --read-file <file>',
    description: 'a capture, as tshark and tcpdump name it; a name without -r is one too (repeatable)',
    isRepeatable: true,
  },
  stream: {
    flags: '-s, --stream <number>',
    description: 'only this TCP connection, by its number from 0; 0.5 is stream 5 of HTTP/2 on it',
    parse: parseStream,
  },
  port: {
    flags: '-p, --port <number>',
    description: 'this TCP port is WebSocket even where the handshake was not captured (repeatable)',
    parse: parsePort,
    isRepeatable: true,
  },
  extensions: {
    flags: '--extensions <string>',
    description: "the server's Sec-WebSocket-Extensions, where the handshake was not captured",
  },
  keylog: {
    flags: '-k, --keylog <file>',
    description: 'TLS secrets as browsers, Node and curl write them with SSLKEYLOGFILE (repeatable)',
    isRepeatable: true,
  },
  input: {
    flags: '--input <form>',
    description: 'raw reads any bytes as frames, one after the other; auto only where they are frames by proof',
    choices: ['auto', 'raw'],
    defaultText: 'auto',
  },
  tunnel: {
    flags: '--tunnel <port>',
    description: 'this UDP port is a tunnel, as udp/6082=geneve; docs/encapsulations.md has the names (repeatable)',
    parse: parseTunnel,
    isRepeatable: true,
  },
  interface: {
    flags: '-I, --interface <name>',
    description: 'capture from this network interface with dumpcap or tcpdump, until Ctrl-C, in place of reading files',
  },
  captureFilter: {
    flags: '--capture-filter <filter>',
    description: "with -I: only these packets, as tcpdump writes it, such as 'port 8008'",
  },
  join: {
    flags: '--join',
    description:
      'several files are one capture, in the order of their first packets; on by itself for a rotation of tcpdump or dumpcap',
    negated: { flags: '--no-join', description: 'each file is a capture of its own, those of a rotation too' },
  },
  sort: { flags: '--sort', description: 'several files are one capture, their packets in the order of their times' },
  maxPayload: {
    flags: '--max-payload <bytes>',
    description: 'bytes of a payload that text output shows, 0 for none; k, M and G count by 1024',
    parse: parseSize,
    defaultValue: MAX_PAYLOAD,
    defaultText: '4k',
  },
  maxMessage: {
    flags: '--max-message <bytes>',
    description: 'bytes of a message, inflated, that are kept; a longer one is reported, not shown',
    parse: parseSize,
    defaultValue: DEFAULT_LIMITS.message,
    defaultText: '64M',
  },
  color: {
    flags: '--color <when>',
    description: 'colour the text; auto asks NO_COLOR, FORCE_COLOR and whether stdout is a terminal',
    choices: COLOR_CHOICES,
    defaultValue: 'auto',
  },
  strict: {
    flags: '--strict',
    description: 'exit with 1 where bytes are missing or a message could not be decoded',
  },
  quiet: { flags: '-q, --quiet', description: 'no findings and no progress on stderr' },
};
