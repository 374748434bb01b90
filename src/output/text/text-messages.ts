import type { DissectEvent } from '../../events.js';
import { TextOutput } from '../output.js';
import { decodedFields } from './text-decoded.js';
import { NumberedHeadings, type RecordStarts } from '../records/record-starts.js';
import { field, findingFields, type TextOptions } from './text-layout.js';
import { messageBody, messageSummary } from './text-message.js';

/** Every message: fragments joined, decompressed. */
export class TextMessages extends TextOutput {
  readonly #options: TextOptions;
  readonly #starts: RecordStarts;

  constructor(options: TextOptions, starts: RecordStarts = new NumberedHeadings(options)) {
    super();
    this.#options = options;
    this.#starts = starts;
  }

  event(event: DissectEvent): void {
    if (event.type !== 'message') return;
    const { message, connection, direction, decoded } = event;
    const { style } = this.#options;
    this.print(this.#starts.begin({ isNumbered: true, at: message.at, connection, direction }));
    this.print(field(style, 'Message', messageSummary(style, message)));
    if (decoded !== undefined) this.print(decodedFields(this.#options, decoded, message.isText));
    this.print(messageBody(this.#options, 'Payload', message));
    this.print(findingFields(style, message.findings));
  }

  skip(event: DissectEvent): void {
    if (event.type === 'message') this.#starts.skip(event.message.at);
  }
}
