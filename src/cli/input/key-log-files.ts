import { accessSync, closeSync, constants, readSync } from 'node:fs';
import { WsdissectError } from '../../common/error.js';
import { finding } from '../../common/finding.js';
import type { KeyLogText } from '../../tls/key-log/key-log-text.js';
import type { KeyLog } from '../../tls/key-log/key-log.js';
import { openFile, toInputError } from './input.js';

const PIECE = 64 * 1024;

/** One file, and its text so far. */
interface OpenFile {
  readonly path: string;
  readonly descriptor: number;
  readonly text: KeyLogText;
}

/** Files of TLS secrets, which the program that is being captured may still be writing to. */
export class KeyLogFiles {
  readonly #keyLog: KeyLog;
  readonly #files: OpenFile[] = [];

  /** @throws WsdissectError where a file cannot be opened; its message names the file */
  constructor(paths: readonly string[], keyLog: KeyLog) {
    this.#keyLog = keyLog;
    for (const path of paths) this.#files.push({ path, descriptor: this.#open(path), text: keyLog.openText() });
  }

  /** Takes the whole lines that the files have more than at the last call. @throws WsdissectError where reading fails */
  read(): void {
    const piece = Buffer.allocUnsafe(PIECE);
    for (const file of this.#files) {
      for (let length = readPiece(file, piece); length > 0; length = readPiece(file, piece)) {
        file.text.push(piece.subarray(0, length));
      }
    }
  }

  /** The files do not grow any more: what they end with counts as lines. */
  end(): void {
    this.read();
    for (const { path, text } of this.#files) {
      text.end();
      if (text.secrets === 0) this.#keyLog.report(finding('tls.key-log', withoutSecret(path, text.lines)));
    }
    this.#keyLog.end();
    this.close();
  }

  /** Nothing is read any more. */
  close(): void {
    for (const { descriptor } of this.#files.splice(0)) closeSync(descriptor);
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

/** Makes sure of files of TLS secrets before anything is read. @throws WsdissectError that names one that cannot be read */
export function checkKeyLogs(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      throw named(path, toInputError(error));
    }
  }
}

function withoutSecret(path: string, lines: number): string {
  if (lines === 0) return `key log ${path}: the file is empty`;
  const what = lines === 1 ? 'its one line is no secret' : `none of its ${lines} lines is a secret`;
  return `key log ${path}: ${what}; a line has a label, the client random and the secret, as SSLKEYLOGFILE writes it`;
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
