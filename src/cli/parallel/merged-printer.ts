import type { DissectEvent, Wants } from '../../events.js';
import type { Output } from '../../output/output.js';
import type { RecordStart, RecordStarts } from '../../output/records/record-starts.js';
import type { RecordType } from '../../output/records/record-field.js';
import { createOutput, hasFindingRecords, startsOf, textOptionsOf } from '../commands/printing/create-output.js';
import type { RecordsOptions } from '../options/printing-options.js';
import type { Io } from '../terminal/io.js';
import { WriteBuffer } from '../terminal/write-buffer.js';
import type { MergedConsumer } from './merged-consumer.js';
import { withBuffers } from './with-buffers.js';

/** What came of a connection. */
export interface RowPiece {
  readonly event: Extract<DissectEvent, { type: 'connection' }>;
  readonly isShown: boolean;
}

/** Writes the records that other threads have printed. */
export class MergedPrinter implements MergedConsumer {
  readonly wants: Wants;
  readonly #buffer: WriteBuffer;
  readonly #output: Output | undefined;
  readonly #starts: RecordStarts | undefined;

  /**
   * @param output - prints what other threads do not
   * @param starts - makes what records of text begin with
   */
  constructor(io: Io, wants: Wants, output: Output | undefined, starts: RecordStarts | undefined) {
    this.wants = wants;
    this.#buffer = new WriteBuffer((bytes) => io.write(bytes));
    this.#output = output;
    this.#starts = starts;
  }

  static async open(io: Io, type: RecordType, options: RecordsOptions, wants: Wants): Promise<MergedPrinter> {
    const isText = options.json !== true;
    const hasOutput = isText ? type === 'connection' : hasFindingRecords(options);
    const output = hasOutput ? await createOutput(type, options, io, undefined) : undefined;
    const hasStarts = isText && type !== 'connection';
    const starts = hasStarts ? await startsOf(type, options, await textOptionsOf(options, io)) : undefined;
    return new MergedPrinter(io, wants, output, starts);
  }

  /** What this thread finds itself: a record where findings are such. */
  event(event: DissectEvent): Promise<void> | undefined {
    if (this.#output === undefined || event.type !== 'finding') return undefined;
    this.#output.event(event);
    return this.#takeAll(this.#output);
  }

  piece(piece: unknown): Promise<void> | undefined {
    const { event, isShown } = piece as RowPiece;
    const output = this.#output!;
    if (isShown) output.event(withBuffers(event));
    else output.skip(event);
    return this.#takeAll(output);
  }

  start(start: RecordStart, isSkipped: boolean): void {
    if (isSkipped) this.#starts!.skip(start.at);
    else this.#buffer.text(this.#starts!.begin(start));
  }

  bytes(bytes: Uint8Array): Promise<void> | undefined {
    return this.#buffer.bytes(bytes);
  }

  async end(): Promise<void> {
    this.#output?.flush();
    if (this.#output !== undefined) await this.#takeAll(this.#output);
    await this.#buffer.flush();
  }

  #takeAll(output: Output): Promise<void> | undefined {
    return output.length === 0 ? undefined : this.#take(output);
  }

  async #take(output: Output): Promise<void> {
    while (output.length > 0) await this.bytes(output.take());
  }
}
