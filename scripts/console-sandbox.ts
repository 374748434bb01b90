import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

/** What a command printed, both streams as they came, and how it ended. */
export interface Printed {
  readonly exitCode: number;
  readonly text: string;
}

/**
 * A place to run the commands of a document in: it looks like the root of the project, `wsdissect` is on the PATH, and
 * what they write is gone with it.
 */
export class ConsoleSandbox {
  readonly #folder = mkdtempSync(join(tmpdir(), 'wsdissect-docs-'));
  readonly #root = join(this.#folder, 'wsdissect');

  constructor() {
    const bin = join(this.#folder, 'bin');
    mkdirSync(this.#root);
    mkdirSync(bin);
    for (const name of readdirSync(ROOT)) {
      if (name !== 'coverage') symlinkSync(join(ROOT, name), join(this.#root, name));
    }
    symlinkSync(join(ROOT, 'bin', 'wsdissect.js'), join(bin, 'wsdissect'));
  }

  /** Runs a command in bash, in the root of the project. */
  run(command: string): Promise<Printed> {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH: [join(this.#folder, 'bin'), PATH].join(delimiter), HOME, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
    const script = `set -o pipefail\nexec 2>&1\n${command}`;
    return new Promise((resolve, reject) => {
      execFile('bash', ['-c', script], { cwd: this.#root, env, maxBuffer: 64 * 1024 * 1024 }, (error, text) => {
        const code = error === null ? 0 : error.code;
        if (typeof code === 'number') resolve({ exitCode: code, text });
        else reject(new Error(`${command}: it could not be run`, { cause: error }));
      });
    });
  }

  /** Removes it with all that was written in it. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
