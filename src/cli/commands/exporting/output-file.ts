import { closeSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { WsdissectError } from '../../../common/error.js';
import { codeOf, STDIN } from '../../input/input.js';
import type { Io } from '../../terminal/io.js';

/** A new file that is written piece by piece, or standard output. */
export class OutputFile {
  readonly #io: Io;
  readonly #path: string | undefined;
  #descriptor: number | undefined;

  /**
   * @param path - the file; `undefined` or {@link STDIN} for standard output
   * @param force - a file of this name is replaced; a link is, too, and what it points to stays as it is
   * @throws WsdissectError `unwritable` where it cannot be written, or exists and `force` is not given
   */
  constructor(io: Io, path: string | undefined, force: boolean) {
    this.#io = io;
    this.#path = path === STDIN ? undefined : path;
    if (this.#path !== undefined) this.#descriptor = this.#try((to) => create(to, force));
  }

  /** It is standard output, and somebody looks at it. */
  get isTerminal(): boolean {
    return this.#path === undefined && this.#io.isTerminal('stdout');
  }

  /** Writes all of the bytes. @throws WsdissectError `unwritable` */
  write(bytes: Uint8Array): Promise<void> | undefined {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return this.#io.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#io.wrote?.(this.#path!, bytes);
    this.#try(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    });
    return undefined;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #try<Result>(action: (path: string) => Result): Result {
    try {
      return action(this.#path!);
    } catch (error) {
      throw toFileError(this.#path!, error);
    }
  }
}

function create(path: string, force: boolean): number {
  if (force) rmSync(path, { force: true });
  return openSync(path, 'wx');
}

const WRITE_LENGTH = 64 * 1024;

/** Bytes that are collected until there are enough of them to be written. */
export class CollectedWrites {
  readonly #file: OutputFile;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(file: OutputFile) {
    this.#file = file;
  }

  add(bytes: Buffer): Promise<void> | undefined {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    return this.#length >= WRITE_LENGTH ? this.flush() : undefined;
  }

  async flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    if (bytes.length > 0) await this.#file.write(bytes);
  }
}

/**
 * Writes a new file.
 *
 * @param force - a file of this name is replaced; a link is, too, and what it points to stays as it is
 * @throws WsdissectError `unwritable` where that cannot be done, or the file exists and `force` is not given
 */
export function writeFile(path: string, bytes: Uint8Array, force: boolean): void {
  try {
    if (force) rmSync(path, { force: true });
    writeFileSync(path, bytes, { flag: 'wx' });
  } catch (error) {
    throw toFileError(path, error);
  }
}

/** The error of a system call on a file that is to be written, as one that names the file. */
export function toFileError(path: string, error: unknown): Error {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  const what =
    code === 'EEXIST' ? 'exists already; --force overwrites it' : `cannot be written: ${code}; choose another place`;
  return new WsdissectError('unwritable', `${path}: ${what}`, { cause: error });
}
