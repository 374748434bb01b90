import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PartedConsumer } from '../../../consumer.js';
import { PayloadFiles, type PayloadFile } from '../../../export/payload-file.js';
import { EXPORTED, type ExportTarget } from './export-target.js';
import type { Io } from '../../terminal/io.js';
import { toFileError, writeFile } from './output-file.js';
import type { NamedInput } from '../reading/read-captures.js';

/** How the files are written. */
export interface PayloadDirectoryOptions {
  readonly force: boolean;
  /** There is one capture. */
  readonly isOne: boolean;
  readonly isQuiet: boolean;
}

/** A directory that takes each message as a file. */
export class PayloadDirectory implements ExportTarget {
  readonly #io: Io;
  readonly #path: string;
  readonly #options: PayloadDirectoryOptions;
  #written = 0;
  #left = 0;

  constructor(io: Io, path: string, options: PayloadDirectoryOptions) {
    this.#io = io;
    this.#path = path;
    this.#options = options;
  }

  begin(): Promise<void> {
    try {
      mkdirSync(this.#path, { recursive: true });
    } catch (error) {
      return Promise.reject(toFileError(this.#path, error));
    }
    return Promise.resolve();
  }

  capture({ index }: NamedInput): PayloadWriter {
    return new PayloadWriter(this.#options.isOne ? undefined : index + 1, (file) => this.#write(file));
  }

  end(): Promise<void> {
    if (!this.#options.isQuiet) {
      const left = this.#left === 0 ? '' : `; ${this.#left} more could not be read, and have no file`;
      this.#io.report(`wsdissect: messages written: ${this.#written}${left}\n`);
    }
    return Promise.resolve();
  }

  close(): void {
    // Each file is closed when it is written.
  }

  #write({ name, bytes }: PayloadFile): void {
    if (bytes === undefined) {
      this.#left++;
      return;
    }
    const path = join(this.#path, name);
    this.#io.wrote?.(path, bytes);
    writeFile(path, bytes, this.#options.force);
    this.#written++;
  }
}

/** Writes the messages of one capture. */
class PayloadWriter extends PartedConsumer<PayloadFile> {
  readonly wants = EXPORTED;
  readonly #input: number | undefined;
  readonly #write: (file: PayloadFile) => void;

  constructor(input: number | undefined, write: (file: PayloadFile) => void) {
    super();
    this.#input = input;
    this.#write = write;
  }

  part(): PayloadFiles {
    return new PayloadFiles(this.#input);
  }

  piece(file: PayloadFile): undefined {
    this.#write(file);
  }

  end(): undefined {
    // Each file is written by now.
  }
}
