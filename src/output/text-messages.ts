import type { DissectEvent } from '../events.js';
import { TextOutput } from './output.js';
import { decodedFields } from './text-decoded.js';
import { field, findingFields, heading, type TextOptions } from './text-layout.js';
import { messageBody, messageSummary } from './text-message.js';

/** Every message: fragments joined, decompressed. */
export class TextMessages extends TextOutput {
  readonly #options: TextOptions;
  #number = 0;
  #isBegun = false;

  constructor(options: TextOptions) {
    super();
    this.#options = options;
  }

  event(event: DissectEvent): void {
    if (event.type !== 'message') return;
    const { message, connection, direction, decoded } = event;
    const { style } = this.#options;
    if (this.#isBegun) this.print('\n');
    this.#isBegun = true;
    this.print(heading(this.#options, `#${++this.#number}`, message.at, connection, direction));
    this.print(field(style, 'Message', messageSummary(style, message)));
    if (decoded !== undefined) this.print(decodedFields(this.#options, decoded, message.isText));
    this.print(messageBody(this.#options, 'Payload', message));
    this.print(findingFields(style, message.findings));
  }

  skip(event: DissectEvent): void {
    if (event.type !== 'message') return;
    this.#number++;
    this.#options.clock.skip(event.message.at);
  }
}
