import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fixtureNames, interleave, packetsOf, readdressed, writeFiles } from './capture-set.js';
import { Slurm } from './slurm.js';
import { hasSsh, Ssh } from './ssh.js';

const WSDISSECT = `${process.execPath} ${join(import.meta.dirname, '..', '..', 'bin', 'wsdissect.js')}`;
const has = (program: string): boolean => process.env['CI'] !== undefined || spawnSync('which', [program]).status === 0;

let folder: string;
let set: string;
let whole: string;
let shards: string;
let split: string;

function shell(command: string, env: NodeJS.ProcessEnv = process.env): string {
  return spawnSync('bash', ['-c', command], { cwd: folder, env, encoding: 'utf8', maxBuffer: 2 ** 28 }).stdout;
}

/** Twelve rotated files, which connections span. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-engines-'));
  set = join(folder, 'set');
  mkdirSync(set);
  const captures = fixtureNames().map((name, index) => readdressed(packetsOf(name), 1 + (index % 250)));
  const packets = interleave(captures.filter(({ length }) => length > 0 && length < 400));
  const cuts = Array.from({ length: 11 }, (_, index) => Math.floor(((index + 1) * packets.length) / 13));
  writeFiles(set, packets, cuts);
  whole = shell(`${WSDISSECT} messages -q --json --join ${set}`);
  expect(whole.length).toBeGreaterThan(10_000);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  shards = mkdtempSync(join(folder, 'shards-'));
  split = `${WSDISSECT} split -q --shards 5 -o ${shards} --task env/4 ${set}`;
});

/** Begins a task and kills it when it has begun to write. */
const killed = (command: string): string =>
  `${command} & until ls -d ${shards}/.0* 2>/dev/null || ! kill -0 $!; do :; done; kill -9 $!; exit 1`;

function merged(): string {
  const parts = readdirSync(folder).filter((name) => name.startsWith('part-'));
  expect(parts).toHaveLength(4);
  const text = shell(`${WSDISSECT} merge ${parts.join(' ')}`);
  for (const part of parts) rmSync(join(folder, part));
  expect(readdirSync(shards).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(readFileSync(join(shards, 'split.json'), 'utf8')).toContain('"shards":5');
  return text;
}

describe.runIf(has('parallel'))('GNU parallel', () => {
  it('does in four tasks what one process does, one of them killed and run again', () => {
    const tasks = (command: string): string => shell(`parallel -N0 '${command}' ::: 1 2 3 4`);
    tasks(`${split} --phase index`);
    shell(killed(`PARALLEL_SEQ=2 ${split} --phase write`));
    tasks(`${split} --phase write`);
    tasks(`${WSDISSECT} messages -q --json --task env/4 ${shards} > part-{#}.jsonl`);
    expect(merged() === whole).toBe(true);
  });
});

describe.runIf(has('parallel') && (hasSsh() || process.env['CI'] !== undefined))('GNU parallel over SSH', () => {
  let ssh: Ssh;
  beforeAll(async () => {
    const home = join(folder, 'ssh');
    mkdirSync(home, { mode: 0o700 });
    ssh = new Ssh(home);
    await ssh.start();
  });
  afterAll(() => ssh.stop());

  it('does in four tasks on another machine what one process does, one of them killed and run again', () => {
    // What it runs says where it runs: in a session of SSH.
    const tasks = (command: string): string =>
      shell(
        `parallel -N0 --workdir ${folder} --sshlogin '2/${ssh.login}' 'test -n "$SSH_CONNECTION" && ${command}' ::: 1 2 3 4`,
      );
    tasks(`${split} --phase index`);
    shell(killed(`PARALLEL_SEQ=2 ${split} --phase write`));
    tasks(`${split} --phase write`);
    tasks(`${WSDISSECT} messages -q --json --task env/4 ${shards} > part-{#}.jsonl`);
    expect(merged() === whole).toBe(true);
  });
});

// Its daemons start jobs as their users, which takes root.
describe.runIf(process.getuid?.() === 0 && has('slurmctld'))('a Slurm job array', () => {
  let slurm: Slurm;
  beforeAll(async () => {
    const home = join(folder, 'slurm');
    mkdirSync(home);
    slurm = new Slurm(home);
    await slurm.start();
  });
  afterAll(() => slurm.stop());

  it('does in four tasks what one process does, one of them killed and run again', () => {
    const array = (command: string, ...more: string[]): string => {
      const options = ['--parsable', '--wait', '--array=0-3', '-D', folder, '-o', '/dev/null', ...more];
      return slurm.run('sbatch', ...options, '--wrap', command);
    };
    array(`${split} --phase index`);
    const write = `${split} --phase write`;
    array(`if [ $SLURM_ARRAY_TASK_ID = 1 ]; then ${killed(write)}; else ${write}; fi`);
    array(write);
    array(`${WSDISSECT} messages -q --json --task env/4 ${shards} > part-$SLURM_ARRAY_TASK_ID.jsonl`);
    expect(merged() === whole).toBe(true);
  });
});
