import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** OpenSSH's server, as Debian has it. */
const SSHD = '/usr/sbin/sshd';
/** Where the server of root separates its privileges; systemd makes it otherwise. */
const SEPARATION = '/run/sshd';

/** Whether there is a server of SSH. */
export const hasSsh = (): boolean => existsSync(SSHD);

/** A server of SSH on loopback, as long as it is needed, with keys that nobody else knows. */
export class Ssh {
  readonly #folder: string;
  #server: ChildProcess | undefined;
  #port = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The command that logs in, as GNU parallel takes it in `--sshlogin`. */
  get login(): string {
    const known = `-o UserKnownHostsFile=${this.#path('known')} -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes`;
    const only = '-F none -o BatchMode=yes -o IdentitiesOnly=yes -o LogLevel=ERROR';
    return `ssh ${only} ${known} -i ${this.#path('user')} -p ${this.#port} ${userInfo().username}@127.0.0.1`;
  }

  async start(): Promise<void> {
    for (const name of ['host', 'user']) {
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.#path(name)]);
    }
    copyFileSync(this.#path('user.pub'), this.#path('authorized'));
    this.#port = await freePort();
    const host = spawnSync('cat', [this.#path('host.pub')], { encoding: 'utf8' }).stdout;
    writeFileSync(this.#path('known'), `[127.0.0.1]:${this.#port} ${host}`);
    const lines = [
      `Port ${this.#port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${this.#path('host')}`,
      `AuthorizedKeysFile ${this.#path('authorized')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      `AllowUsers ${userInfo().username}`,
      // Each task of GNU parallel logs in anew, several at a time.
      'MaxStartups 100',
    ];
    writeFileSync(this.#path('config'), `${lines.join('\n')}\n`);
    if (process.getuid?.() === 0) mkdirSync(SEPARATION, { recursive: true });
    this.#server = spawn(SSHD, ['-D', '-e', '-f', this.#path('config')], { stdio: 'ignore' });
    while (spawnSync('bash', ['-c', `${this.login} true`]).status !== 0) {
      if (this.#server.exitCode !== null) throw new Error(`${SSHD} ended with ${this.#server.exitCode}`);
      await setTimeout(100);
    }
  }

  async stop(): Promise<void> {
    if (this.#server === undefined || this.#server.exitCode !== null) return;
    const gone = once(this.#server, 'exit');
    this.#server.kill();
    await gone;
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** A port of loopback that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
