import type { DissectEvent, MessageEvent } from '../../events.js';
import { opcodeName, TEXT } from '../../websocket/frame.js';
import { BriefStarts, type LineStarts } from './brief-starts.js';
import { TextOutput } from '../output.js';
import { briefLine } from './text-brief-line.js';
import type { TextOptions } from './text-layout.js';

const KIND_WIDTH = 6;
const LENGTH_WIDTH = 7;

/**
 * One line a message: packet, time of day, stream, direction, opcode, length, and the payload as `frames --brief` has it.
 * Of a message that is not whole or was not inflated the length is that of its frames.
 */
export class TextBriefMessages extends TextOutput {
  readonly #options: TextOptions;
  readonly #starts: LineStarts;

  constructor(options: TextOptions, starts: LineStarts = new BriefStarts(options, 'message')) {
    super();
    this.#options = options;
    this.#starts = starts;
  }

  event(event: DissectEvent): void {
    if (event.type === 'message') this.#message(event);
  }

  skip(event: DissectEvent): void {
    if (event.type === 'message') this.#starts.skip(event.message.at);
  }

  #message({ message, connection, direction }: MessageEvent): void {
    const { at, opcode, status, missing, findings, payload, gaps, closeCode: code, closeReason: reason } = message;
    const length = String(message.length ?? (message.frames === 0 ? '-' : message.wireLength)).padStart(LENGTH_WIDTH);
    const kind = `${opcodeName(opcode).padEnd(KIND_WIDTH)}  ${length}`;
    const isText = opcode === TEXT && status !== 'not-decoded';
    const close = code === undefined || reason === undefined || missing !== 0 ? undefined : { code, reason };
    this.print(this.#starts.begin({ isNumbered: true, at, connection, direction }));
    const shown = { direction, kind, status, findings, payload, gaps, isText, close };
    this.print(briefLine(this.#options, shown, this.#starts.width));
  }
}
