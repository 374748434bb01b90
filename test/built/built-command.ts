import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Io } from '../../src/cli/terminal/io.js';

/** The folder of the project. */
export const ROOT = join(import.meta.dirname, '..', '..');
/** The folder of the built command. */
const BUILT = join(ROOT, 'dist', 'cli');
/** What a user runs. */
export const BIN = join(ROOT, 'bin', 'wsdissect.js');

const FIXTURES = join(ROOT, 'fixtures');

/** Loads a built file as the command does: by Node, not by the test runner. */
export const requireBuilt = createRequire(join(BUILT, 'main.cjs'));

const { main } = requireBuilt('./main.cjs') as { main: (argv: readonly string[], io: Io) => Promise<number> };

/** What a run of the built command gave. */
export interface BuiltRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the built command is run. */
export interface BuiltWorld {
  readonly stdin?: Buffer;
  readonly terminals?: readonly ('stdin' | 'stdout' | 'stderr')[];
  /** Columns of the terminals. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built command in this process, which takes a hundredth of the time that a process of its own does. */
export async function runBuilt(argv: readonly string[], world: BuiltWorld = {}): Promise<BuiltRun> {
  const stdout: Buffer[] = [];
  let stderr = '';
  const io: Io = {
    env: { LANG: 'C.UTF-8', ...world.env },
    read: (name) => (name === '-' ? only(world.stdin ?? Buffer.alloc(0)) : createReadStream(name)),
    isTerminal: (stream) => world.terminals?.includes(stream) ?? false,
    columns: () => world.columns ?? 80,
    // So large that a progress line is shown where there is a terminal for it.
    size: () => 100_000_000,
    now: () => (milliseconds += 250),
    write: (bytes) => {
      stdout.push(Buffer.from(bytes));
      return undefined;
    },
    report: (text) => (stderr += text),
    openPager: () => Promise.reject(new Error('no pager was asked for')),
  };
  let milliseconds = 0;
  const code = await main(argv, io);
  return { code, stdout: Buffer.concat(stdout).toString('utf8'), stderr };
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  await Promise.resolve();
  if (bytes.length > 0) yield bytes;
}

/** A capture of the fixtures, and the options that open it. */
export interface Fixture {
  /** Its path in the folder of the fixtures. */
  readonly name: string;
  readonly path: string;
  readonly options: readonly string[];
}

/** All captures of the fixtures. */
export function fixtures(): Fixture[] {
  const names = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).sort();
  return names
    .filter((name) => /\.(?:pcap|pcapng|gz|hex)$/.test(name))
    .map((name) => {
      const keyLog = name.replace(/\.pcap$/, '.keys.log');
      const isOpened = keyLog !== name && names.includes(keyLog);
      const options = isOpened ? ['--keylog', join(FIXTURES, keyLog)] : [];
      return { name, path: join(FIXTURES, name), options };
    });
}

/** The built files of the command, by their names. */
export function builtFiles(): ReadonlyMap<string, string> {
  const names = readdirSync(BUILT).filter((name) => name.endsWith('.cjs'));
  return new Map(names.map((name) => [name, readFileSync(join(BUILT, name), 'utf8')]));
}
