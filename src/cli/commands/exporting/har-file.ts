import { count } from '../../../common/words.js';
import type { Consumer } from '../../../consumer.js';
import { HarWriter } from '../../../export/har-writer.js';
import { packageVersion } from '../../about.js';
import type { Io } from '../../terminal/io.js';
import { EXPORTED, type ExportTarget } from './export-target.js';
import { OutputFile } from './output-file.js';
import type { NamedInput } from '../reading/read-captures.js';

/** A HAR file, or standard output. */
export class HarFile implements ExportTarget {
  readonly #io: Io;
  readonly #isOne: boolean;
  readonly #file: OutputFile;
  readonly #writer = new HarWriter();

  /** @param path - the file; none or `-` for standard output */
  constructor(io: Io, path: string | undefined, options: { readonly force: boolean; readonly isOne: boolean }) {
    this.#io = io;
    this.#isOne = options.isOne;
    this.#file = new OutputFile(io, path, options.force);
  }

  async begin(): Promise<void> {
    const creator = { name: 'wsdissect', version: packageVersion() };
    await this.#file.write(Buffer.from(this.#writer.begin(creator), 'utf8'));
  }

  capture({ name }: NamedInput): Consumer {
    const file = this.#isOne ? undefined : name;
    return {
      wants: EXPORTED,
      event: (event) => this.#writeAll(this.#writer.event(event, file)),
      end: () => undefined,
    };
  }

  async end(): Promise<void> {
    await this.#file.write(Buffer.from(this.#writer.end(), 'latin1'));
    const { unfinished } = this.#writer;
    if (unfinished === 0) return;
    const what = `${count(unfinished, 'connection')} of captures that cannot be read to their end`;
    this.#io.report(`wsdissect: not in the HAR file: ${what}\n`);
  }

  close(): void {
    this.#writer.close();
    this.#file.close();
  }

  #writeAll(pieces: Generator<Buffer>): Promise<void> | undefined {
    // Most events are put by, and give nothing to write.
    const first = pieces.next();
    return first.done === true ? undefined : this.#writeFrom(first.value, pieces);
  }

  async #writeFrom(first: Buffer, rest: Iterable<Buffer>): Promise<void> {
    await this.#file.write(first);
    for (const piece of rest) await this.#file.write(piece);
  }
}
