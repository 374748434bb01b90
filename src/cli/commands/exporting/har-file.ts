import { count } from '../../../common/words.js';
import type { Consumer } from '../../../consumer.js';
import { HarWriter } from '../../../export/har-writer.js';
import { packageVersion } from '../../about.js';
import type { MergedConsumer } from '../../parallel/merged-consumer.js';
import type { Io } from '../../terminal/io.js';
import { WriteBuffer } from '../../terminal/write-buffer.js';
import { EXPORTED, type ExportTarget } from './export-target.js';
import { OutputFile } from './output-file.js';
import type { NamedInput } from '../reading/read-captures.js';

/** What another thread says of its entries: one begins; or, in the end, how many are unfinished. Plain data. */
export interface HarPiece {
  readonly unfinished?: number;
}

/** A HAR file, or standard output. */
export class HarFile implements ExportTarget {
  readonly #io: Io;
  readonly #isOne: boolean;
  readonly #file: OutputFile;
  readonly #writer = new HarWriter();
  #entries = 0;
  /** Connections that other threads have put by. */
  #unfinished = 0;

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

  /** Takes entries that other threads have made. */
  merged(): MergedConsumer {
    const buffer = new WriteBuffer((bytes) => this.#file.write(bytes));
    return {
      wants: EXPORTED,
      event: () => undefined,
      bytes: (bytes) => buffer.bytes(bytes),
      piece: (piece) => {
        const { unfinished } = piece as HarPiece;
        if (unfinished === undefined) buffer.text(this.#separator());
        else this.#unfinished += unfinished;
        return undefined;
      },
      end: () => buffer.flush(),
    };
  }

  async end(): Promise<void> {
    await this.#file.write(Buffer.from(this.#writer.end(), 'latin1'));
    const unfinished = this.#writer.unfinished + this.#unfinished;
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

  #separator(): string {
    return this.#entries++ > 0 ? ',\n' : '\n';
  }

  async #writeFrom(first: Buffer, rest: Iterable<Buffer>): Promise<void> {
    await this.#file.write(Buffer.from(this.#separator(), 'latin1'));
    await this.#file.write(first);
    for (const piece of rest) await this.#file.write(piece);
  }
}
