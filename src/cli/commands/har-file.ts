import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { count } from '../../common/words.js';
import type { Consumer } from '../../consumer.js';
import { HarWriter } from '../../export/har-writer.js';
import { EXPORTED, type ExportTarget } from './export-target.js';
import type { Io } from '../terminal/io.js';
import { STDIN } from '../input/input.js';
import { toFileError } from './output-file.js';
import { packageVersion } from '../about.js';
import type { NamedInput } from './read-captures.js';

/** A HAR file, or standard output. */
export class HarFile implements ExportTarget {
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

  capture({ name }: NamedInput): Consumer {
    const file = this.#options.isOne ? undefined : name;
    return {
      wants: EXPORTED,
      event: (event) => this.#writeAll(this.#writer.event(event, file)),
      end: () => undefined,
    };
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

  #writeAll(pieces: Generator<Buffer>): Promise<void> | undefined {
    // Most events are put by, and give nothing to write.
    const first = pieces.next();
    return first.done === true ? undefined : this.#writeFrom(first.value, pieces);
  }

  async #writeFrom(first: Buffer, rest: Iterable<Buffer>): Promise<void> {
    await this.#write(first);
    for (const piece of rest) await this.#write(piece);
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
