import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DissectEvent } from '../../events.js';
import { PayloadFiles } from '../../export/payload-file.js';
import type { ExportTarget } from './export-target.js';
import type { Io } from '../terminal/io.js';
import { toFileError, writeFile } from './output-file.js';

/** How the files are written. */
export interface PayloadDirectoryOptions {
  readonly force: boolean;
  /** There is one capture. */
  readonly isOne: boolean;
  readonly isQuiet: boolean;
}

/** A directory that takes each message as a file. */
export class PayloadDirectory implements ExportTarget {
  readonly want = { messages: true, connections: true };
  readonly #io: Io;
  readonly #path: string;
  readonly #options: PayloadDirectoryOptions;
  #files = new PayloadFiles(undefined);
  #input = -1;
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

  event(event: DissectEvent, { index }: { readonly index: number }): Promise<void> {
    if (index !== this.#input) {
      this.#input = index;
      this.#files = new PayloadFiles(this.#options.isOne ? undefined : index + 1);
    }
    if (event.type === 'connection') this.#files.forget(event.connection);
    if (event.type !== 'message') return Promise.resolve();
    const { name, bytes } = this.#files.file(event);
    if (bytes === undefined) {
      this.#left++;
      return Promise.resolve();
    }
    writeFile(join(this.#path, name), bytes, this.#options.force);
    this.#written++;
    return Promise.resolve();
  }

  end(): Promise<void> {
    if (!this.#options.isQuiet) {
      const left = this.#left === 0 ? '' : `; ${this.#left} more could not be told, and have no file`;
      this.#io.report(`wsdissect: messages written: ${this.#written}${left}\n`);
    }
    return Promise.resolve();
  }

  close(): void {
    // Each file is closed when it is written.
  }
}
