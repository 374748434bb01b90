import { closeSync, readSync } from 'node:fs';
import { WsdissectError } from '../../common/error.js';
import type { KeyLog } from '../../tls/key-log.js';
import { openFile, toInputError } from './input.js';

const PIECE = 64 * 1024;

/** One file, and the line at its end that is not whole yet. */
interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  rest: string;
}

/** Files of TLS secrets, which the program that is being captured may still be writing to. */
export class KeyLogFiles {
  readonly #keyLog: KeyLog;
  readonly #files: OpenFile[] = [];

  /** @throws WsdissectError where a file cannot be opened; its message names the file */
  constructor(paths: readonly string[], keyLog: KeyLog) {
    this.#keyLog = keyLog;
    for (const path of paths) this.#files.push({ path, descriptor: this.#open(path), rest: '' });
  }

  /** Takes the whole lines that the files have more than at the last call. @throws WsdissectError where reading fails */
  read(): void {
    for (const file of this.#files) this.#readMore(file);
  }

  /** The files do not grow any more: what they end with counts as lines. */
  end(): void {
    this.read();
    for (const { rest } of this.#files) {
      this.#keyLog.push(rest);
      this.#keyLog.endText();
    }
    this.close();
  }

  /** Nothing is read any more. */
  close(): void {
    for (const { descriptor } of this.#files.splice(0)) closeSync(descriptor);
  }

  #readMore(file: OpenFile): void {
    const piece = Buffer.allocUnsafe(PIECE);
    for (;;) {
      const length = readPiece(file, piece);
      if (length === 0) return;
      const text = file.rest + piece.toString('latin1', 0, length);
      const end = text.lastIndexOf('\n') + 1;
      this.#keyLog.push(text.slice(0, end));
      file.rest = text.length - end > PIECE ? '' : text.slice(end);
    }
  }

  #open(path: string): number {
    try {
      return openFile(path);
    } catch (error) {
      this.close();
      throw named(path, error);
    }
  }
}

function readPiece({ path, descriptor }: OpenFile, piece: Buffer): number {
  try {
    return readSync(descriptor, piece, 0, piece.length, null);
  } catch (error) {
    throw named(path, toInputError(error));
  }
}

function named(path: string, error: unknown): unknown {
  if (!(error instanceof WsdissectError)) return error;
  // Whoever prints the message makes it safe.
  return new WsdissectError(error.code, `key log ${path}: ${error.message}`, { cause: error });
}
