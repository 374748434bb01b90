import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { count } from '../../common/words.js';
import type { DissectEvent } from '../../events.js';
import { HarWriter } from '../../export/har-writer.js';
import type { ExportTarget } from './export-target.js';
import type { Io } from '../terminal/io.js';
import { STDIN } from '../input/input.js';
import { toFileError } from './output-file.js';
import { packageVersion } from '../about.js';

/** A HAR file, or standard output. */
export class HarFile implements ExportTarget {
  readonly want = { messages: true, connections: true };
  readonly #io: Io;
  readonly #path: string | undefined;
  readonly #options: { readonly force: boolean; readonly isOne: boolean };
  readonly #writer = new HarWriter();
  #descriptor: number | undefined;

  /** @param path - the file; `undefined` or {@link STDIN} for standard output */
  constructor(io: Io, path: string | undefined, options: { readonly force: boolean; readonly isOne: boolean }) {
    this.#io = io;
    this.#path = path === STDIN ? undefined : path;
    this.#options = options;
  }

  async begin(): Promise<void> {
    const path = this.#path;
    if (path !== undefined) {
      this.#descriptor = this.#try(() => {
        if (this.#options.force) rmSync(path, { force: true });
        return openSync(path, 'wx');
      });
    }
    const creator = { name: 'wsdissect', version: packageVersion() };
    await this.#write(Buffer.from(this.#writer.begin(creator), 'utf8'));
  }

  async event(event: DissectEvent, { name }: { readonly name: string }): Promise<void> {
    for (const piece of this.#writer.event(event, this.#options.isOne ? undefined : name)) await this.#write(piece);
  }

  async end(): Promise<void> {
    await this.#write(Buffer.from(this.#writer.end(), 'latin1'));
    const { unfinished } = this.#writer;
    if (unfinished === 0) return;
    const what = `${count(unfinished, 'connection')} of captures that cannot be read to their end`;
    this.#io.report(`wsdissect: not in the HAR file: ${what}\n`);
  }

  close(): void {
    this.#writer.close();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }

  async #write(bytes: Buffer): Promise<void> {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) {
      await this.#io.write(bytes);
      return;
    }
    this.#try(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    });
  }

  #try<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw toFileError(this.#path!, error);
    }
  }
}
