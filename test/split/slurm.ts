import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A Slurm of one node, as long as it is needed: both of its daemons, without systemd and munge. */
export class Slurm {
  readonly env: Readonly<Record<string, string>>;
  readonly #daemons: ChildProcess[] = [];
  readonly #configuration: string;
  readonly #host = hostname().split('.')[0]!;

  constructor(folder: string) {
    for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
    this.#configuration = join(folder, 'slurm.conf');
    this.env = { ...(process.env as Record<string, string>), SLURM_CONF: this.#configuration };
    const port = 20_000 + (process.pid % 20_000);
    const lines = [
      'ClusterName=test',
      `SlurmctldHost=${this.#host}(127.0.0.1)`,
      'AuthType=auth/none',
      'CredType=cred/none',
      'SlurmUser=root',
      'SlurmdUser=root',
      `SlurmctldPort=${port}`,
      `SlurmdPort=${port + 1}`,
      `StateSaveLocation=${join(folder, 'state')}`,
      `SlurmdSpoolDir=${join(folder, 'spool')}`,
      `SlurmctldPidFile=${join(folder, 'slurmctld.pid')}`,
      `SlurmdPidFile=${join(folder, 'slurmd.pid')}`,
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'JobAcctGatherType=jobacct_gather/none',
      'SelectType=select/cons_tres',
      'SchedulerParameters=sched_interval=1,bf_interval=1',
      'ReturnToService=2',
      'MpiDefault=none',
      `NodeName=${this.#host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN`,
      `PartitionName=all Nodes=${this.#host} Default=YES MaxTime=INFINITE State=UP`,
    ];
    writeFileSync(this.#configuration, `${lines.join('\n')}\n`);
  }

  async start(): Promise<void> {
    const { env } = this;
    this.#daemons.push(spawn('slurmctld', ['-D', '-f', this.#configuration], { env, stdio: 'ignore' }));
    this.#daemons.push(spawn('slurmd', ['-D', '-f', this.#configuration, '-N', this.#host], { env, stdio: 'ignore' }));
    while (!this.run('sinfo', '-h', '-o', '%t').includes('idle')) {
      const ended = this.#daemons.find(({ exitCode }) => exitCode !== null);
      if (ended !== undefined) throw new Error(`${ended.spawnfile} ended with ${ended.exitCode}`);
      await setTimeout(200);
    }
  }

  /** Ends it. Until its daemons are gone they write into the folder. */
  async stop(): Promise<void> {
    for (const daemon of this.#daemons.reverse()) {
      if (daemon.exitCode !== null) continue;
      const gone = once(daemon, 'exit');
      daemon.kill();
      await gone;
    }
  }

  /** Runs one of its commands. @returns what it prints */
  run(command: string, ...args: string[]): string {
    return spawnSync(command, args, { env: this.env, encoding: 'utf8' }).stdout.trim();
  }
}
