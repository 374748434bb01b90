import type { Direction } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import { streamName, type ConnectionRef, type DissectEvent, type OpenEvent } from '../../events.js';
import type { Handshake } from '../../http/handshake.js';
import { Clock } from '../clock.js';
import { filledLines } from './filled-lines.js';
import { TextOutput } from '../output.js';
import type { ShownText } from '../shown-text.js';
import type { TextOptions } from './text-layout.js';
import { endParts, gapText, handshakeParts, INDENT, messageLines, openParts } from './transcript-lines.js';

/** How a transcript is written. */
export interface TranscriptOptions extends Omit<TextOptions, 'clock'> {
  /** Only some messages are shown: a connection is told of with the first of its messages, and not without one. */
  readonly isSparse: boolean;
}

const GAP = '  ';
/** Columns of seconds with their fraction: a minute and a half with microseconds, so that most of them stand aligned. */
const SECONDS_WIDTH = 10;
const STREAM_WIDTH = 3;
const ARROW_WIDTH = 2;

/** What is known of a connection that was not told of yet. */
interface Untold {
  readonly open: OpenEvent;
  handshake: Handshake;
}

/**
 * A conversation as it went: a line for each message, and for each connection that opens or ends, in their place what was not
 * captured. Each begins with the seconds since the first line, those since the line before, and the TCP stream.
 */
export class TextTranscript extends TextOutput {
  readonly #options: TextOptions;
  readonly #isSparse: boolean;
  readonly #arrows: Readonly<Record<Direction, string>>;
  /** Seconds since the line before. */
  readonly #since = new Clock('delta');
  readonly #untold = new Map<ConnectionRef, Untold>();

  constructor({ isSparse, ...options }: TranscriptOptions) {
    super();
    this.#options = { ...options, clock: new Clock('relative') };
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
        const text = style.warning(gapText(event));
        this.print(`${this.#before(event.after, event.connection)}${this.#arrows[event.direction]}${GAP}${text}\n`);
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
    const [time, delta] = this.#times(message.at);
    const stream = streamName(connection).padStart(STREAM_WIDTH);
    const used = [time, delta, stream, ' '.repeat(ARROW_WIDTH), ''].join(GAP).length;
    const indent = ' '.repeat(INDENT);
    const before = style.label([time, delta, stream].join(GAP)) + GAP + this.#arrows[direction] + GAP;
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
    const [time, delta] = this.#times(at);
    const stream = streamName(connection).padStart(STREAM_WIDTH);
    return this.#options.style.label([time, delta, stream].join(GAP)) + GAP;
  }

  #times(at: PacketTime | undefined): [since: string, delta: string] {
    if (at === undefined) return [' '.repeat(SECONDS_WIDTH), ' '.repeat(SECONDS_WIDTH)];
    const none = (): string => '';
    const time = this.#options.clock.show(at, none) ?? '-';
    const delta = this.#since.show(at, none) ?? '-';
    return [time.padStart(SECONDS_WIDTH), delta.padStart(SECONDS_WIDTH)];
  }
}
