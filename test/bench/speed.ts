/**
 * Times the built program against tshark: `npm run bench [-- OPTIONS] [KEY ...]`.
 *
 * Whole processes, alternating, output to /dev/null. The captures are made once in test/bench/data/.
 *
 *   --runs N         runs of each (5); the median counts
 *   --patience S     no further run of tshark for a capture once its runs took so many seconds together (120)
 *   --threads 1,2,4  times so many threads of wsdissect alone, beside what is ideal on as many cores as there are
 *   --linear         times the first capture in 50, 100, 200 and 400 MB instead
 *   --save FILE      writes the medians as JSON
 *   --compare FILE   prints the change against such a file
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { captureStream } from './capture-stream.js';
import { WORKLOADS, type Command, type Workload } from './workloads.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    patience: { type: 'string', default: '120' },
    threads: { type: 'string' },
    linear: { type: 'boolean', default: false },
    save: { type: 'string' },
    compare: { type: 'string' },
  },
});
const RUNS = Number(values.runs);
const PATIENCE = Number(values.patience);
const MB = 1_000_000;
const LINEAR = [50, 100, 200, 400];
const ROOT = new URL('../../', import.meta.url);
const DATA = new URL('test/bench/data/', ROOT);
const PROGRAM = fileURLToPath(new URL('bin/wsdissect.js', ROOT));
const ARTICLE = fileURLToPath(new URL('fixtures/send.pcap', ROOT));
const quiet = { stdio: ['ignore', openSync('/dev/null', 'w'), openSync('/dev/null', 'w')] as const };

/** Every field that a JSON line of `frames` has. */
const TSHARK_FIELDS = [
  ...['frame.number', 'frame.time_epoch', 'tcp.stream', 'ip.src', 'tcp.srcport', 'ip.dst', 'tcp.dstport'],
  ...['websocket.fin', 'websocket.rsv', 'websocket.opcode', 'websocket.mask', 'websocket.payload_length'],
  ...['websocket.masking_key', 'websocket.payload.text', 'data.data'],
];

interface Timed {
  readonly key: string;
  readonly about: string;
  readonly megabytes: number;
  readonly ours: number;
  readonly tshark: number | undefined;
}

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
mkdirSync(DATA, { recursive: true });
printMachine();
if (values.linear) await linear();
else if (values.threads !== undefined) await threads(values.threads.split(',').map(Number));
else await table();

/** What one thread takes, what more take, and what they would if nothing but cores were missing. */
async function threads(counts: readonly number[]): Promise<void> {
  const ideal = counts.map(
    (count) => Math.min(count, availableParallelism()) / Math.min(counts[0]!, availableParallelism()),
  );
  console.log(`| | ${counts.map((count) => `${count} ${count === 1 ? 'thread' : 'threads'}`).join(' | ')} |`);
  console.log(`| --- |${' ---: |'.repeat(counts.length)}`);
  console.log(`| ideal | ${ideal.map((times) => `${times.toFixed(2)} times`).join(' | ')} |`);
  for (const workload of WORKLOADS) {
    if (positionals.length > 0 ? !positionals.includes(workload.key) : workload.key === 'e') continue;
    const { file, keys } = await capture(workload, workload.megabytes);
    for (const command of workload.commands ?? ['frames']) {
      const taken: number[][] = counts.map(() => []);
      for (let turn = 0; turn < RUNS; turn++) {
        for (const [index, count] of counts.entries())
          taken[index]!.push(ours(command, file, keys, ['--jobs', String(count)]));
      }
      const medians = taken.map(median);
      const cells = medians.map((each) => `${seconds(each)}, ${(medians[0]! / each).toFixed(2)}`);
      console.log(`| (${workload.key}) \`${command}\` | ${cells.join(' | ')} |`);
    }
  }
}

async function table(): Promise<void> {
  const wanted = (key: string): boolean => positionals.length === 0 || positionals.includes(key);
  const rows: Timed[] = [];
  console.log('| | capture | MB | wsdissect | MB/s | tshark | times as fast |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
  const take = (row: Timed): void => {
    rows.push(row);
    const tshark = row.tshark === undefined ? ['', ''] : [seconds(row.tshark), (row.tshark / row.ours).toFixed(1)];
    const rate = row.megabytes < 1 ? '' : (row.megabytes / row.ours).toFixed(0);
    const size = row.megabytes < 1 ? 'one packet' : row.megabytes.toFixed(0);
    console.log(`| ${row.key} | ${row.about} | ${size} | ${seconds(row.ours)} | ${rate} | ${tshark.join(' | ')} |`);
  };
  for (const workload of WORKLOADS.filter(({ key }) => wanted(key))) {
    const { file, keys } = await capture(workload, workload.megabytes);
    for (const row of time(workload, file, keys)) take(row);
  }
  if (wanted('e')) {
    for (const row of time({ key: 'e', about: 'start-up: fixtures/send.pcap' }, ARTICLE, undefined)) take(row);
    const node = median(Array.from({ length: 4 * RUNS }, () => run(process.execPath, ['-e', '0'])));
    console.log(`\n\`node -e 0\` takes ${seconds(node)}.`);
  }
  if (values.save !== undefined) writeFileSync(values.save, `${JSON.stringify(rows, undefined, 2)}\n`);
  if (values.compare !== undefined) compare(rows, JSON.parse(readFileSync(values.compare, 'utf8')) as Timed[]);
}

async function linear(): Promise<void> {
  const [workload] = WORKLOADS;
  console.log('| MB | seconds | MB/s |');
  console.log('| ---: | ---: | ---: |');
  for (const megabytes of LINEAR) {
    const { file } = await capture(workload!, megabytes);
    const took = median(Array.from({ length: RUNS }, () => ours('frames', file, undefined)));
    console.log(`| ${megabytes} | ${seconds(took)} | ${(megabytes / took).toFixed(0)} |`);
  }
}

/** Times both programs on one capture, in turns, so that what else the machine does meets both. */
function time(
  { key, about, commands = ['frames'] }: Pick<Workload, 'key' | 'about' | 'commands'>,
  file: string,
  keys: string | undefined,
): Timed[] {
  const mine = commands.map((): number[] => []);
  const theirs: number[] = [];
  let spent = 0;
  for (let turn = 0; turn < RUNS; turn++) {
    for (const [index, command] of commands.entries()) mine[index]!.push(ours(command, file, keys));
    if (!hasTshark || spent > PATIENCE) continue;
    const took = tshark(file, keys);
    spent += took;
    theirs.push(took);
  }
  const megabytes = statSync(file).size / MB;
  const tsharks = theirs.length === 0 ? undefined : median(theirs);
  return commands.map((command, index) => ({
    key: command === 'frames' ? key : `${key} ${command}`,
    about: command === 'frames' ? about : `${about}: \`${command}\``,
    megabytes,
    ours: median(mine[index]!),
    tshark: tsharks,
  }));
}

function ours(command: Command, file: string, keys: string | undefined, more: readonly string[] = []): number {
  return run(process.execPath, [
    PROGRAM,
    command,
    '--json',
    ...more,
    ...(keys === undefined ? [] : ['--keylog', keys]),
    file,
  ]);
}

function tshark(file: string, keys: string | undefined): number {
  const fields = TSHARK_FIELDS.flatMap((field) => ['-e', field]);
  const secrets = keys === undefined ? [] : ['-o', `tls.keylog_file:${keys}`];
  return run('tshark', ['-r', file, ...secrets, '-Y', 'websocket', '-T', 'fields', ...fields]);
}

/** Seconds that a process takes from start to end. */
function run(program: string, args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status, signal } = spawnSync(program, args, { stdio: [...quiet.stdio] });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${signal ?? `exit code ${status}`}`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** The file of a capture, made where it is not there yet. */
async function capture(workload: Workload, megabytes: number): Promise<{ file: string; keys: string | undefined }> {
  const file = fileURLToPath(new URL(`speed-${workload.key}-${megabytes}.pcap`, DATA));
  const keys = `${file}.keys.log`;
  if (!existsSync(file)) {
    const made = await workload.packets(megabytes * MB);
    const packets = 'packets' in made ? made.packets : made;
    if ('keyLog' in made) writeFileSync(keys, made.keyLog);
    // Only a whole one gets its name: an interrupted run leaves nothing that the next one would take for it.
    const descriptor = openSync(`${file}.part`, 'w');
    for (const chunk of captureStream(packets)) writeSync(descriptor, chunk);
    closeSync(descriptor);
    renameSync(`${file}.part`, file);
  }
  return { file, keys: existsSync(keys) ? keys : undefined };
}

function compare(rows: readonly Timed[], before: readonly Timed[]): void {
  console.log('\n| | before | now | change |\n| --- | ---: | ---: | ---: |');
  for (const row of rows) {
    const old = before.find(({ key }) => key === row.key);
    if (old === undefined) continue;
    const change = (100 * (row.ours - old.ours)) / old.ours;
    console.log(
      `| ${row.key} | ${seconds(old.ours)} | ${seconds(row.ours)} | ${change > 0 ? '+' : ''}${change.toFixed(0)} % |`,
    );
  }
}

function printMachine(): void {
  const version = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? '';
  const [cpu] = cpus();
  console.log(
    `${new Date().toISOString().slice(0, 10)}; node ${process.version}; ${hasTshark ? version : 'no tshark'};`,
  );
  console.log(`${cpu?.model ?? 'unknown processor'}, ${availableParallelism()} cores; medians of ${RUNS} runs\n`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >>> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function seconds(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}
