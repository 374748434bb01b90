import { STDIN } from '../../src/cli/input/input.js';
import { stopLiveSources } from '../../src/cli/input/live-sources.js';
import { readSource } from '../../src/cli/input/source.js';
import type { Pager } from '../../src/cli/terminal/pager.js';
import type { Io } from '../../src/cli/terminal/io.js';
import { main } from '../../src/cli/main.js';

/** What stands around a command in a test. */
export interface World {
  /** What standard input gives, chunk by chunk. */
  readonly stdin?: readonly (string | Buffer)[];
  readonly env?: Readonly<Record<string, string>>;
  readonly terminals?: readonly ('stdin' | 'stdout' | 'stderr')[];
  readonly columns?: number;
  /** What each input is said to be long; nothing where it is not there. */
  readonly size?: number;
  /** Milliseconds that pass between two looks at the clock. */
  readonly tick?: number;
  /** What stdout's terminal shows long output with. */
  readonly pager?: Pager;
  /** Called with each write to stdout; what it throws is what the write throws. */
  readonly onWrite?: (text: string) => void;
}

/** What became of a command. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Each write to stdout. */
  readonly writes: readonly string[];
}

/** Runs a command line in this process. */
export async function run(argv: readonly string[], world: World = {}): Promise<Outcome> {
  const { io, writes, reports } = fakeIo(world);
  const code = await main(argv, io);
  return { code, stdout: writes.join(''), stderr: reports.join(''), writes };
}

/** A world that keeps what is written to it. */
export function fakeIo(world: World = {}): { io: Io; writes: string[]; reports: string[] } {
  const writes: string[] = [];
  const reports: string[] = [];
  let time = 0;
  const io: Io = {
    env: world.env ?? {},
    read: (name) => (name === STDIN ? chunks(world.stdin ?? []) : readSource(name)),
    stopLiveSources,
    isTerminal: (stream) => world.terminals?.includes(stream) ?? false,
    columns: () => world.columns ?? 80,
    size: () => world.size,
    now: () => (time += world.tick ?? 0),
    write: (bytes) => {
      const text = Buffer.from(bytes).toString('utf8');
      world.onWrite?.(text);
      writes.push(text);
      return undefined;
    },
    report: (text) => reports.push(text),
    openPager: () => (world.pager === undefined ? Promise.reject(new Error('no pager')) : Promise.resolve(world.pager)),
  };
  return { io, writes, reports };
}

async function* chunks(given: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of given) {
    await Promise.resolve();
    yield Buffer.from(chunk);
  }
}
