import type { Direction } from '../../common/finding.js';
import type { DissectEvent, FrameEvent, MessageEvent } from '../../events.js';
import { closeBody } from '../../websocket/close.js';
import { payloadPieces } from '../../output/payload-pieces.js';
import { decodeUtf8 } from '../../output/sanitize.js';
import { CLOSE, TEXT } from '../../websocket/frame.js';
import type { EventFilter } from '../../filter/event-filter.js';
import type { ContextOption } from './filter-options.js';
import type { PacketRange } from './values.js';

/** Which records are shown: those that pass every test that is there; or all others. */
export interface SelectionOptions extends ContextOption {
  readonly opcode?: readonly number[];
  readonly from?: 'client' | 'server';
  readonly match?: string;
  readonly ignoreCase?: true;
  readonly packet?: PacketRange;
  readonly invert?: true;
}

/** Is told whether an event is shown. */
type Decided = (event: DissectEvent, isShown: boolean) => void;

/** Chooses frames, messages and connections of one capture. */
export class Selection {
  readonly #opcodes: ReadonlySet<number> | undefined;
  readonly #direction: Direction | undefined;
  readonly #pattern: RegExp | undefined;
  readonly #packets: PacketRange | undefined;
  readonly #filter: EventFilter | undefined;
  readonly #isInverted: boolean;
  /** A frame of which it is not known whether it is shown, and the messages that came after it. */
  #frame: FrameEvent | undefined;
  #after: MessageEvent[] = [];

  /** @param filter - a further test */
  constructor({ opcode, from, match, ignoreCase, packet, invert }: SelectionOptions, filter?: EventFilter) {
    this.#opcodes = opcode === undefined ? undefined : new Set(opcode);
    this.#direction = from && (from === 'client' ? 'client-to-server' : 'server-to-client');
    this.#pattern = match === undefined ? undefined : new RegExp(match, ignoreCase ? 'iu' : 'u');
    this.#packets = packet;
    this.#filter = filter;
    this.#isInverted = invert === true;
  }

  /**
   * Takes the next event. A frame and the message that it completes are shown together or not at all, so a frame waits
   * for what comes after it.
   *
   * @param decided - told of each event in its order, once it is known whether it is shown
   */
  event(event: DissectEvent, decided: Decided): void {
    this.#filter?.learn(event);
    if (event.type === 'frame') {
      this.flush(decided);
      this.#frame = event;
    } else if (event.type === 'message' && this.#frame !== undefined) {
      this.#after.push(event);
    } else {
      this.flush(decided);
      decided(event, this.#isShown(event));
    }
  }

  /** Whether something of the connection of an event can be shown at all. */
  hasConnection(event: DissectEvent): boolean {
    return event.type === 'finding' || this.#isInverted || this.#filter?.hasConnection(event.connection) !== false;
  }

  /** Decides what waits: the batch is over, and with it all that one frame completes. */
  flush(decided: Decided): void {
    const frame = this.#frame;
    if (frame === undefined) return;
    const after = this.#after;
    this.#frame = undefined;
    this.#after = [];
    const isCompleted = ({ completedBy }: MessageEvent): boolean => completedBy === frame.frame;
    const isShown = this.#hasFrame(frame, after.filter(isCompleted)) !== this.#isInverted;
    decided(frame, isShown);
    for (const message of after) decided(message, isCompleted(message) ? isShown : this.#isShown(message));
  }

  #isShown(event: DissectEvent): boolean {
    switch (event.type) {
      case 'message':
        return this.#hasMessage(event) !== this.#isInverted;
      case 'connection':
        return this.#filter !== undefined && this.#filter.has(event) !== this.#isInverted;
      default:
        return false;
    }
  }

  #hasFrame(event: FrameEvent, completed: readonly MessageEvent[]): boolean {
    const { frame, direction } = event;
    if (!this.#isHere(frame.opcode, direction, frame.at.packet)) return false;
    if (this.#filter?.has(event) === false) return false;
    return this.#matches(() => frameTexts(event)) || completed.some((message) => this.#matches(() => texts(message)));
  }

  #hasMessage(event: MessageEvent): boolean {
    const { message, direction } = event;
    if (!this.#isHere(message.opcode, direction, message.at.packet) || this.#filter?.has(event) === false) return false;
    return this.#matches(() => texts(event));
  }

  #isHere(opcode: number, direction: Direction, packet: number): boolean {
    if (this.#opcodes?.has(opcode) === false) return false;
    if (this.#direction !== undefined && this.#direction !== direction) return false;
    return this.#packets === undefined || (packet >= this.#packets.first && packet <= this.#packets.last);
  }

  #matches(texts: () => readonly string[]): boolean {
    const pattern = this.#pattern;
    return pattern === undefined || texts().some((text) => pattern.test(text));
  }
}

/** What a frame says as text: each run of bytes without a gap, because what a gap parts was never one text. */
function frameTexts({ frame }: FrameEvent): string[] {
  const { payload, gaps, compressed } = frame;
  if (payload === undefined || compressed) return [];
  const body = closeBody(frame);
  if (body?.isWhole === true) return [decodeUtf8(body.reason)];
  return frame.messageOpcode === TEXT ? payloadPieces(payload, gaps, false).map(({ bytes }) => decodeUtf8(bytes)) : [];
}

function texts({ message }: MessageEvent): string[] {
  const { payload, gaps, opcode, closeReason } = message;
  if (opcode === CLOSE) return closeReason === undefined || message.missing !== 0 ? [] : [decodeUtf8(closeReason)];
  if (payload === undefined || opcode !== TEXT) return [];
  return payloadPieces(payload, gaps, false).map(({ bytes }) => decodeUtf8(bytes));
}
