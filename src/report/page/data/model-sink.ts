import { safeJson } from '../../../output/json/safe-json.js';
import type { LineSink } from '../../report-state.js';
import { LineSplitter } from './read-lines.js';
import { ModelReader } from './model-reader.js';
import type { Model } from './model.js';

/** Lines of a report on their way into the page that makes them itself. They stand there as they would stand in a file. */
export class ModelSink implements LineSink {
  readonly #reader = new ModelReader();
  readonly #decoder = new TextDecoder();
  readonly #lines = new LineSplitter((line) => this.#reader.line(line));

  line(value: object): void {
    this.#reader.line(safeJson(value));
  }

  bytes(bytes: Uint8Array): void {
    this.#lines.push(this.#decoder.decode(bytes, { stream: true }));
  }

  /** No more lines come. */
  end(): Model {
    this.#lines.end();
    return this.#reader.end();
  }
}
