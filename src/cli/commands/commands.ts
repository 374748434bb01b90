import { WsdissectError } from '../../common/error.js';
import { SHELLS } from '../completion/shells.js';
import { CALLS_OPTIONS } from '../options/calls-options.js';
import { CHECK_OPTIONS } from '../options/check-options.js';
import { DIFF_OPTIONS } from '../options/diff-options.js';
import { ENCODE_OPTIONS } from '../options/encode-options.js';
import { EXPLAIN_OPTIONS } from '../options/explain-options.js';
import { EXPORT_OPTIONS } from '../options/export-options.js';
import { FOLLOW_OPTIONS } from '../options/follow-options.js';
import { STATS_OPTIONS } from '../options/stats-options.js';
import { MERGE_OPTIONS, SPLIT_OPTIONS } from '../options/split-options.js';
import { REPORT_OPTIONS } from '../options/report-options.js';
import { CONNECTIONS_OPTIONS, FRAMES_OPTIONS, MESSAGES_OPTIONS } from '../options/printing-options.js';
import { liveName } from '../input/live-name.js';
import { defineCommand, type CommandDefinition } from './define-command.js';

const FILES = '[file-or-directory...]';
const FILES_DESCRIPTION =
  'captures and directories of them: pcap, pcapng, compressed or not, HAR, NetLog, lines of hex, dumps; "-" or none is standard input';

/** Where a command reads from. */
interface Sources {
  readonly readFile?: readonly string[];
  readonly interface?: string;
  readonly captureFilter?: string;
}

/**
 * What is named on the command line, with -r first, and without; or the interface that is captured from.
 *
 * @throws WsdissectError `bad-option` where it is both
 */
function filesOf(
  args: readonly string[],
  { readFile = [], interface: device, captureFilter: filter }: Sources,
): readonly string[] {
  const files = [...readFile, ...args];
  if (device === undefined) {
    if (filter === undefined) return files;
    throw new WsdissectError(
      'bad-option',
      '--capture-filter goes with -I INTERFACE; --port and --stream choose in files',
    );
  }
  if (files.length === 0) return [liveName({ device, filter })];
  throw new WsdissectError('bad-option', '-I captures from an interface: name no file with it');
}

/** All commands. */
export const COMMANDS: readonly CommandDefinition[] = [
  defineCommand({
    name: 'frames',
    redacts: true,
    isDefault: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'every frame, field by field (the default command)',
    options: FRAMES_OPTIONS,
    examples: [
      ['send.pcap', 'every frame of a capture'],
      ['--brief send.pcap', 'one line a frame'],
      ['--json send.pcap | jq .text', 'JSON lines for other programs'],
    ],
    run: async (io, args, options) => {
      const { printCaptures } = await import('./printing/print-captures.js');
      const { readShards } = await import('./shards/shard-tasks.js');
      return readShards(io, filesOf(args, options), options, (files, chosen) => {
        return printCaptures('frame', io, files, chosen);
      });
    },
  }),
  defineCommand({
    name: 'messages',
    redacts: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'whole messages: fragments joined, decompressed',
    options: MESSAGES_OPTIONS,
    examples: [
      ['messages chat.pcapng', 'what was said'],
      ['messages --keylog keys.log wss.pcap', 'the same inside TLS'],
    ],
    run: async (io, args, options) => {
      const { printCaptures } = await import('./printing/print-captures.js');
      const { readShards } = await import('./shards/shard-tasks.js');
      return readShards(io, filesOf(args, options), options, (files, chosen) => {
        return printCaptures('message', io, files, chosen);
      });
    },
  }),
  defineCommand({
    name: 'connections',
    redacts: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'one row per WebSocket connection: handshake, extensions, counts, how it ended',
    options: CONNECTIONS_OPTIONS,
    examples: [['connections --json *.pcap', 'the connections of many captures']],
    run: async (io, args, options) => {
      const { printCaptures } = await import('./printing/print-captures.js');
      const { readShards } = await import('./shards/shard-tasks.js');
      return readShards(io, filesOf(args, options), options, (files, chosen) => {
        return printCaptures('connection', io, files, chosen);
      });
    },
  }),
  defineCommand({
    name: 'calls',
    redacts: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'each request of a sub-protocol, and each ping, with its answer and how long that took',
    options: CALLS_OPTIONS,
    examples: [
      ['calls chat.pcapng', 'what was asked, and what came of it'],
      ['calls --slowest 10 chat.pcapng', 'what nobody answered, and what took longest'],
    ],
    run: async (io, args, options) => {
      const { printCalls } = await import('./printing/calls-command.js');
      const { readShards } = await import('./shards/shard-tasks.js');
      return readShards(io, filesOf(args, options), options, (files, chosen) => printCalls(io, files, chosen));
    },
  }),
  defineCommand({
    name: 'follow',
    redacts: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'the conversation as a transcript: what each side said and when, what opened, ended and was lost',
    options: FOLLOW_OPTIONS,
    examples: [
      ['follow chat.pcapng', 'who said what'],
      ['follow --stream 3 --pretty chat.pcapng', 'one connection, its JSON in lines'],
      ['follow -I lo', 'as it happens'],
    ],
    run: async (io, args, options) => {
      const { followConversations } = await import('./printing/follow-command.js');
      return followConversations(io, filesOf(args, options), options);
    },
  }),
  defineCommand({
    name: 'stats',
    redacts: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'how many, how large, how fast: messages, rates, sizes, latencies, TCP, how connections ended',
    options: STATS_OPTIONS,
    examples: [
      ['stats chat.pcapng', 'what there is of everything'],
      ['stats --stream 3 chat.pcapng', 'one connection: was it the network or the application?'],
      ['stats --json chat.pcapng | jq .tcp.roundTrip', 'a record of each connection, and one of all'],
    ],
    run: async (io, args, options) => {
      const { printStats } = await import('./summaries/stats-command.js');
      return printStats(io, filesOf(args, options), options);
    },
  }),
  defineCommand({
    name: 'report',
    redacts: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'one HTML file to look at: summary, time lines, every message; it needs no network',
    options: REPORT_OPTIONS,
    examples: [
      ['report -o report.html chat.pcap', 'open report.html in a browser, or send it to somebody'],
      ['report -o report.html --stream 3 chat.pcap', 'one connection only'],
    ],
    run: async (io, args, options) => {
      const { writeReport } = await import('./summaries/report-command.js');
      return writeReport(io, filesOf(args, options), options);
    },
  }),
  defineCommand({
    name: 'check',
    redacts: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description: 'RFC violations, expectations and golden files, for CI',
    options: CHECK_OPTIONS,
    examples: [
      ['check fixtures/', 'every capture in a directory against the RFCs'],
      ['check --expect chat.yaml chat.pcap', 'what a capture must hold'],
      ['check --golden chat.jsonl chat.pcap', 'what was said is what was said before'],
      ['check --reporter text --reporter junit=check.xml fixtures/', 'a report for a CI service as well'],
    ],
    run: async (io, args, options) => {
      const { checkCaptures } = await import('./checking/check-command.js');
      return checkCaptures(io, filesOf(args, options), options);
    },
  }),
  defineCommand({
    name: 'diff',
    redacts: true,
    args: '<capture...>',
    argsDescription: 'two captures, HAR files or golden files; "-" is standard input',
    description: 'what two captures say differently, message by message and call by call',
    options: DIFF_OPTIONS,
    examples: [
      ['diff before.pcap after.pcap', 'changed, missing and further messages'],
      ['diff --latency 20% before.pcap after.pcap', 'and calls that take longer or shorter now'],
      ['diff --ignore ids.yaml chat.jsonl chat.pcap', 'a capture against a golden file'],
    ],
    run: async (io, args, options) => {
      const { diffCaptures } = await import('./checking/diff-command.js');
      return diffCaptures(io, args, options);
    },
  }),
  defineCommand({
    name: 'explain',
    redacts: true,
    args: '[hex-or-file...]',
    argsDescription: 'bytes of frames in hex, or captures; "-" or none is standard input: lines of hex, or a capture',
    description: "a frame's bytes as the RFC's bit diagram, each field explained",
    options: EXPLAIN_OPTIONS,
    examples: [
      ['explain 8187e1a4c61d8cc5f46e80cfa7', 'these bytes, bit by bit'],
      ['explain --packet 4 chat.pcap', 'the frames that this packet completed'],
      ['explain --stream 0 --frame 2 chat.pcap', 'the second frame of a connection'],
    ],
    run: async (io, args, options) => {
      const { explain } = await import('./frames/explain-command.js');
      return explain(io, filesOf(args, options), options);
    },
  }),
  defineCommand({
    name: 'encode',
    args: '[text...]',
    argsDescription: 'the payload; with neither a text nor --file it is what standard input holds',
    description: 'build a frame from a text or a file',
    options: ENCODE_OPTIONS,
    examples: [
      ['encode --mask=e1a4c61d ma2saka', 'the frame of a client, in hex'],
      ['encode hello | wsdissect', 'there and back'],
      ['encode --close 1001 "see you" --pcap close.pcap', 'a capture with this frame'],
    ],
    run: async (io, args, options) => {
      const { encode } = await import('./frames/encode-command.js');
      return encode(io, args, options);
    },
  }),
  defineCommand({
    name: 'export',
    redacts: true,
    args: FILES,
    argsDescription: FILES_DESCRIPTION,
    description:
      'a HAR file for the developer tools of browsers, a file for each message, a table, packets, or a diagram',
    options: EXPORT_OPTIONS,
    examples: [
      ['export --har -o chat.har chat.pcap', 'what browsers import in their network panel'],
      ['export --payloads messages/ chat.pcap', 'each message in a file'],
      ['export --mermaid --stream 0 chat.pcap', 'a sequence diagram for Markdown and job summaries'],
      ['export --csv --fields time,direction,text chat.pcap', 'a table for a spreadsheet or a script'],
      ['export --pcap chat.pcap --stream 3 all.pcap', 'the packets of one connection'],
      ['export --pcap plain.pcap --plain --keylog keys.log wss.pcap', 'decrypted and inflated, for any tool'],
      ['export --parquet calls.parquet --type call chat.pcap', 'a table for DuckDB or pandas'],
    ],
    run: async (io, args, options) => {
      const { exportCaptures } = await import('./exporting/export-command.js');
      return exportCaptures(io, filesOf(args, options), options);
    },
  }),
  defineCommand({
    name: 'split',
    args: '<file-or-directory...>',
    argsDescription: 'captures that are one, and directories of them: pcap, pcapng, compressed or not',
    description: 'write the packets of a capture set into shards by connection, for many processes or machines',
    options: SPLIT_OPTIONS,
    examples: [
      ['split --shards 8 -o shards/ captures/', 'a set of rotated files as eight shards'],
      ['messages --json --join shards/shard-007/*', 'the records of one shard, numbered as in the whole'],
      ['split --shards 8 -o shards/ --phase index --task env captures/', 'in a Slurm job array, first the index'],
    ],
    run: async (io, args, options) => {
      const { splitCaptures } = await import('./shards/split-command.js');
      return splitCaptures(io, filesOf(args, options), options);
    },
  }),
  defineCommand({
    name: 'merge',
    args: '<records...>',
    argsDescription: 'files of JSON records that were printed of the shards of one set; "-" is standard input',
    description: 'put the JSON records of all shards in the order that one process over the whole set prints',
    options: MERGE_OPTIONS,
    examples: [['merge shard-*.jsonl > all.jsonl', 'what `messages --json --join` prints for the whole set']],
    run: async (io, args, options) => {
      const { mergeRecords } = await import('./shards/merge-command.js');
      return mergeRecords(io, args, options);
    },
  }),
  defineCommand({
    name: 'completion',
    args: '<shell>',
    argsDescription: 'the shell that the script is for',
    argsChoices: SHELLS,
    description: 'a script that teaches a shell to complete commands, options and their values',
    options: {},
    examples: [
      ['completion bash >> ~/.bash_completion', 'for bash, where bash-completion is installed'],
      ['completion zsh > "${fpath[1]}/_wsdissect"', 'for zsh, in the first directory of its functions'],
      ['completion fish > ~/.config/fish/completions/wsdissect.fish', 'for fish'],
      ['completion powershell >> $PROFILE', 'for PowerShell, in its profile'],
    ],
    run: async (io, args) => {
      const { completion } = await import('../completion/completion-command.js');
      return completion(io, COMMANDS, args);
    },
  }),
];
