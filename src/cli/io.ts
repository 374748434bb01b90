import { isatty } from 'node:tty';
import { readInput } from './input.js';
import { writeStderr, writeStdout } from './standard-streams.js';

/** What a command knows of the world outside: all of it, so that a test can be the world. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads an input by its name; `-` is standard input. @throws WsdissectError where it cannot be read */
  read(name: string): AsyncIterable<Buffer>;
  isTerminal(stream: 'stdin' | 'stdout'): boolean;
  /** Columns of the terminal that stdout is. */
  columns(): number;
  /**
   * Writes to stdout and keeps no reference to the bytes.
   *
   * @returns a promise where there is something to wait for
   * @throws ClosedPipe where nobody reads any more; WsdissectError where writing fails
   */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Writes a text of whole lines to stderr, as well as it can. */
  report(text: string): void;
}

const FILE_DESCRIPTORS = { stdin: 0, stdout: 1 };

/** The process's own streams and environment. */
export const processIo: Io = {
  env: process.env,
  read: readInput,
  isTerminal: (stream) => isatty(FILE_DESCRIPTORS[stream]),
  columns: () => process.stdout.columns,
  write: writeStdout,
  report: writeStderr,
};
