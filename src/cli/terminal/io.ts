import { fstatSync, statSync } from 'node:fs';
import { inputSize } from '../input/input.js';
import { stopLiveSources } from '../input/live-sources.js';
import { readSource } from '../input/source.js';
import type { Redaction } from '../../redact/redaction.js';
import type { Pager } from './pager.js';
import { isStdoutPipe, writeStderr, writeStdout } from './standard-streams.js';

/** A thread beside the main one. */
export interface Thread<To, From> {
  post(message: To): void;
  onMessage(listener: (message: From) => void): void;
  /** It ended, or threw what is given. */
  onEnd(listener: (error: unknown) => void): void;
  terminate(): void;
}

/** Where threads come from. */
interface Threads {
  /** How many of them can run at once. */
  cores(): number;
  /** Starts the one that prints inputs. @param data - what it is given to begin with */
  start<To, From>(data: unknown): Thread<To, From>;
}

/** What a command knows of the world outside: all of it, so that a test can be the world. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads an input by its name; `-` is standard input. @throws WsdissectError where it cannot be read */
  read(name: string): AsyncIterable<Buffer>;
  /** Bytes of an input; `undefined` where that cannot be known before it is read. */
  size(name: string): number | undefined;
  isTerminal(stream: 'stdin' | 'stdout' | 'stderr'): boolean;
  /** Whether stdout is a pipe: what reads it may have the terminal for itself. */
  isPiped?(): boolean;
  /** Columns of the terminal that a stream is; stdout where none is named. */
  columns(stream?: 'stdout' | 'stderr'): number;
  /** Has a listener called at the next Ctrl-C, in place of ending the program. @returns what takes that back */
  onInterrupt?: ((listener: () => void) => () => void) | undefined;
  /** Reading is to stop: ends what would go on by itself. */
  stopLiveSources?(): void;
  /** A read of standard input is given up that has not come back: it would keep the program from ending. */
  giveUpReading?(): void;
  /** All is printed. */
  leave?(): void;
  /** Milliseconds since some moment in the past. */
  now(): number;
  /**
   * Writes to stdout and keeps no reference to the bytes.
   *
   * @returns a promise where there is something to wait for
   * @throws ClosedPipe where the reader is gone; WsdissectError where writing fails
   */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Writes a text to stderr, as well as it can. */
  report(text: string): void;
  /** Threads beside this one; not there where they cannot be had. */
  readonly threads?: Threads | undefined;
  /** What is replaced in all that is read; not there where nothing is. */
  readonly redaction?: Redaction;
  /** Is told of bytes that go to a file. */
  readonly wrote?: ((path: string, bytes: Uint8Array) => void) | undefined;
  /** Starts the program that shows long output, on the terminal that stdout is. */
  openPager(): Promise<Pager>;
}

let isReadingGivenUp = false;

const COLUMNS = 80;
const MILLISECONDS = 1000;
const NULL_DEVICE = '/dev/null';
const FILE_DESCRIPTORS = { stdin: 0, stdout: 1, stderr: 2 };

/** The process's own streams and environment. */
export const processIo: Io = {
  env: process.env,
  read: readSource,
  size: inputSize,
  isTerminal: (stream) => isTerminal(FILE_DESCRIPTORS[stream]),
  isPiped: () => isStdoutPipe(),
  // A terminal that does not know its size says 0.
  columns: (stream = 'stdout') => process[stream].columns || COLUMNS,
  onInterrupt: (listener) => {
    process.once('SIGINT', listener);
    return () => process.off('SIGINT', listener);
  },
  stopLiveSources,
  giveUpReading: () => {
    isReadingGivenUp = true;
  },
  leave: () => {
    // Even process.exit() waits for a thread that reads. Nobody listens to the signal any more, so it ends the program.
    if (isReadingGivenUp) process.kill(process.pid, 'SIGINT');
  },
  now: () => process.uptime() * MILLISECONDS,
  write: writeStdout,
  report: writeStderr,
  threads: {
    cores: () => process.getBuiltinModule('node:os').availableParallelism(),
    start: startThread,
  },
  openPager: async () => {
    const { startPager } = await import('./pager.js');
    return startPager(process.env);
  },
};

/** Megabytes of young objects that a thread has room for from the start: its half of them no longer grows (`countInput`). */
const YOUNG_OF_THREAD = 2;

function startThread<To, From>(data: unknown): Thread<To, From> {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  process.getBuiltinModule('node:v8').setFlagsFromString(`--min-semi-space-size=${YOUNG_OF_THREAD}`);
  const worker = new Worker(new URL('worker.cjs', import.meta.url), { workerData: data });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    onEnd: (listener) => {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new Error(`a thread ended with ${code}`)));
    },
    terminate: () => void worker.terminate(),
  };
}

/** Loading node:tty, and node:net with it, is a good part of a short run: what is no device needs none of it to tell. */
function isTerminal(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    if (!status.isCharacterDevice() || status.rdev === statSync(NULL_DEVICE).rdev) return false;
  } catch {
    // The stream is closed, or there is no such device on this system.
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}
