import type { DissectEvent } from '../events.js';
import { TextOutput } from './output.js';
import { field, findingFields, heading, type TextOptions } from './text-layout.js';
import { messageBody, messageSummary } from './text-message.js';

/** Every message: fragments joined, decompressed. */
export class TextMessages extends TextOutput {
  readonly #options: TextOptions;
  #number = 0;

  constructor(options: TextOptions) {
    super();
    this.#options = options;
  }

  event(event: DissectEvent): void {
    if (event.type !== 'message') return;
    const { message, connection, direction } = event;
    const { style } = this.#options;
    if (this.#number > 0) this.print('\n');
    this.print(heading(style, `#${++this.#number}`, message.at, connection, direction));
    this.print(field(style, 'Message', messageSummary(style, message)));
    this.print(messageBody(this.#options, 'Payload', message));
    this.print(findingFields(style, message.findings));
  }
}
