import type { Direction } from '../../common/finding.js';
import { NO_TIME, type PacketTime } from '../../common/packet-time.js';
import type { ConnectionRef, DissectEvent, OpenEvent } from '../../events.js';
import type { Handshake } from '../../http/handshake.js';
import { filledLines } from './filled-lines.js';
import { TextOutput } from '../output.js';
import type { RecordStarts } from '../records/record-starts.js';
import type { ShownText } from '../shown-text.js';
import {
  endParts,
  gapText,
  handshakeParts,
  INDENT,
  messageLines,
  openParts,
  type LineOptions,
} from './transcript-lines.js';
import { TranscriptStarts } from './transcript-starts.js';

/** How a transcript is written. */
export interface TranscriptOptions extends LineOptions {
  /** Only some messages are shown: a connection is told of with the first of its messages, and not without one. */
  readonly isSparse: boolean;
  /** What its lines begin with; made here where this is not given. */
  readonly starts?: RecordStarts & { readonly width: number };
}

const GAP = '  ';
const ARROW_WIDTH = 2;

/** What is known of a connection that was not told of yet. */
interface Untold {
  readonly open: OpenEvent;
  handshake: Handshake;
}

/**
 * A conversation as it went: a line for each message, and for each connection that opens or ends, in their place what was not
 * captured.
 */
export class TextTranscript extends TextOutput {
  readonly #options: LineOptions;
  readonly #isSparse: boolean;
  readonly #arrows: Readonly<Record<Direction, string>>;
  readonly #starts: NonNullable<TranscriptOptions['starts']>;
  readonly #untold = new Map<ConnectionRef, Untold>();

  constructor({ isSparse, starts, ...options }: TranscriptOptions) {
    super();
    this.#starts = starts ?? new TranscriptStarts(options.style);
    this.#options = options;
    this.#isSparse = isSparse;
    const { style } = options;
    const back = style.arrow === '->' ? '<-' : '←';
    this.#arrows = {
      'client-to-server': style.direction['client-to-server'](style.arrow.padEnd(ARROW_WIDTH)),
      'server-to-client': style.direction['server-to-client'](back.padEnd(ARROW_WIDTH)),
    };
  }

  event(event: DissectEvent): void {
    switch (event.type) {
      case 'open':
        this.#untold.set(event.connection, { open: event, handshake: event.handshake });
        if (!this.#isSparse) this.#tellOpen(event.connection);
        return;
      case 'learned':
        this.#learn(event.connection, event.handshake);
        return;
      case 'message':
        this.#tellOpen(event.connection);
        this.#message(event);
        return;
      case 'gap': {
        if (this.#untold.has(event.connection)) return;
        const { style } = this.#options;
        const before = this.#before(event.after, event.connection);
        this.print(`${before}${this.#arrows[event.direction]}${GAP}${style.warning(gapText(event))}\n`);
        return;
      }
      case 'connection':
        // Of a refused one all is said, and TCP may have gone on.
        if (!this.#untold.delete(event.connection) && event.handshake.state !== 'refused') {
          const at = event.ended ?? event.at;
          this.#parts(this.#before(at, event.connection), 'end', endParts(this.#options.style, event));
        }
        return;
      default:
        return;
    }
  }

  skip(): void {
    // What is not shown leaves no trace: times are counted from the first line.
  }

  /** Tells that a connection began, where it was not told yet. */
  #tellOpen(connection: ConnectionRef): void {
    const untold = this.#untold.get(connection);
    if (untold === undefined) return;
    this.#untold.delete(connection);
    const { at } = untold.open;
    const parts = openParts(this.#options.style, connection, untold.handshake, at);
    const word = untold.handshake.state === 'refused' ? 'refused' : 'open';
    this.#parts(this.#before(at, connection), word, parts);
  }

  #learn(connection: ConnectionRef, handshake: Handshake): void {
    const untold = this.#untold.get(connection);
    if (untold !== undefined) untold.handshake = handshake;
    // When it came to light is no time of the conversation.
    else this.#parts(this.#before(undefined, connection), 'open', handshakeParts(this.#options.style, handshake));
  }

  #message(event: Extract<DissectEvent, { type: 'message' }>): void {
    const { message, connection, direction } = event;
    const { style, columns } = this.#options;
    const before = this.#before(message.at, connection) + this.#arrows[direction] + GAP;
    const used = this.#starts.width + ARROW_WIDTH + GAP.length;
    const indent = ' '.repeat(INDENT);
    const paint = style.direction[direction];
    const [first = '', ...rest] = messageLines(this.#options, event, columns - used);
    this.print(`${before}${paint(first)}\n`);
    for (const line of rest) this.print(`${indent}${paint(line)}\n`);
  }

  /** A line about a connection, with as many more as its parts need. */
  #parts(before: string, word: string, parts: readonly ShownText[]): void {
    const { style, columns } = this.#options;
    const title = before + style.heading(word);
    const inOne = parts.map((part) => part.painted()).join(GAP);
    const indent = ' '.repeat(INDENT);
    if (!Number.isFinite(columns)) this.print(`${title}${GAP}${inOne}`.trimEnd() + '\n');
    else this.print([title.trimEnd(), ...filledLines(parts, columns, indent)].map((line) => `${line}\n`).join(''));
  }

  /** What a line begins with. */
  #before(at: PacketTime | undefined, connection: ConnectionRef): string {
    const direction = 'client-to-server';
    return this.#starts.begin({ isNumbered: at !== undefined, at: at ?? NO_TIME, connection, direction });
  }
}
