import { WsdissectError } from '../../common/error.js';
import { noteLoss, stopWith } from './live-sources.js';
import type { LiveInterface } from './live-name.js';

/** A program that captures. */
interface Capturer {
  readonly program: string;
  readonly args: (live: LiveInterface) => readonly string[];
}

/** Which are asked, in this order: dumpcap has the rights, where Wireshark is set up for others than root. */
const CAPTURERS: readonly Capturer[] = [
  {
    program: 'dumpcap',
    args: ({ device, filter }) => ['-q', '-i', device, ...(filter === undefined ? [] : ['-f', filter]), '-w', '-'],
  },
  {
    program: 'tcpdump',
    // The filter stands last, as one argument.
    args: ({ device, filter }) => [
      '-U',
      '-n',
      '-i',
      device,
      '-w',
      '-',
      ...(filter === undefined ? [] : ['--', filter]),
    ],
  },
];

/** Characters of what a program says that are kept. */
const MOST_SAID = 2000;

/** How a program that gave nothing has ended. */
interface Failure {
  readonly program: string;
  /** It is not installed. */
  readonly isAbsent: boolean;
  /** What it said is wrong. */
  readonly said: string;
}

/**
 * Captures from a network interface: starts dumpcap or tcpdump, whichever is installed and may, by its name and arguments and
 * without a shell. It is stopped with the reading.
 *
 * @throws WsdissectError `unreadable` where neither can capture, with the command that would
 */
export async function* captureLive(live: LiveInterface): AsyncGenerator<Buffer> {
  const failures: Failure[] = [];
  for (const { program, args } of CAPTURERS) {
    const failure = yield* run(program, args(live));
    if (failure === undefined) return;
    failures.push(failure);
  }
  throw cannotCapture(live, failures);
}

/** What a program gives. @returns how it has failed, where it gave nothing and ended with an error */
async function* run(program: string, args: readonly string[]): AsyncGenerator<Buffer, Failure | undefined> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const state = { isAbsent: false, isStopped: false };
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', () => {
      state.isAbsent = true;
      resolve(null);
    });
    child.on('close', resolve);
  });
  child.stderr.setEncoding('latin1').on('data', (text: string) => {
    said = (said + text).slice(-MOST_SAID);
  });
  const forget = stopWith(() => {
    state.isStopped = true;
    child.kill('SIGINT');
  });
  let length = 0;
  try {
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      length += bytes.length;
      yield bytes;
    }
    const code = await ended;
    const dropped = /(?:^|\n)([1-9]\d*) packets? dropped by kernel/.exec(said)?.[1];
    if (dropped !== undefined) noteLoss(`${dropped} packets were dropped while capturing, as ${program} says`);
    if (code === 0 || state.isStopped) return undefined;
    if (length > 0) {
      noteLoss(`${program} ended before it was stopped: ${lastWords(said, program)}`);
      return undefined;
    }
    return { program, isAbsent: state.isAbsent, said: lastWords(said, program) };
  } finally {
    forget();
    child.stdout.destroy();
    child.kill('SIGTERM');
  }
}

/** What a program said last, without its own name before it. */
function lastWords(said: string, program: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:Capturing on|File:|Packets|tcpdump: listening|\d+ packets)/.test(line));
  const most = lines.find((line) =>
    /permission|permitted|no such|doesn't exist|not found|invalid|syntax|can't/i.test(line),
  );
  return (most ?? lines[0] ?? 'it ended with an error and said nothing').replace(`${program}: `, '');
}

function cannotCapture({ device, filter }: LiveInterface, failures: readonly Failure[]): WsdissectError {
  const present = failures.filter(({ isAbsent }) => !isAbsent);
  const words = filter === undefined ? '' : ` ${quoted(filter)}`;
  const command = `sudo tcpdump -U -w - -i ${quoted(device)}${words} | wsdissect`;
  if (present.length === 0) {
    const install =
      process.platform === 'win32'
        ? 'install Wireshark with Npcap, and put its folder into PATH'
        : 'install one of them (packages tcpdump, wireshark-common)';
    return new WsdissectError('unreadable', `neither dumpcap nor tcpdump is installed: ${install}; then: ${command}`);
  }
  const reasons = present.map(({ program, said }) => `${program}: ${said}`).join('; ');
  const isForbidden = present.some(({ said }) => /permission|permitted/i.test(said));
  const advice = isForbidden ? command : '`dumpcap -D` and `tcpdump -D` list interfaces';
  return new WsdissectError(
    'unreadable',
    `cannot be captured from: ${reasons}; ${isForbidden ? 'with its rights: ' : ''}${advice}`,
  );
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w.:@%/-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
