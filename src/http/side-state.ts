import type { Moment } from '../common/moment.js';
import type { End } from '../common/sink.js';
import { Body, type Framing } from './body.js';
import { ChunkQueue, type Gap } from './chunk-queue.js';
import { MessageReader, type MessageHead } from './message-reader.js';

/**
 * Where a side stands: its first bytes, which may belong to a proxy (`prelude`); the beginning of a message; inside
 * a body; waiting for the other side; somewhere unknown after bytes that are missing (`lost`); behind the handshake
 * (`pass`); or where nothing matters any more (`off`).
 */
export type Stage = 'prelude' | 'begin' | 'body' | 'wait' | 'lost' | 'pass' | 'off';

/** What one side of a connection has sent and how far it has been read. */
export class SideState {
  readonly queue = new ChunkQueue();
  readonly reader: MessageReader;
  stage: Stage = 'begin';
  /** Whether anything of this side was captured. */
  heard = false;
  /** Whether each byte so far was captured and understood, so that a message must stand where the reader is. */
  sure = false;
  /** Missing bytes that what follows the handshake has to be told of. */
  gap: Gap | undefined;
  /** A response that waits for its request. */
  waiting: MessageHead | undefined;
  ended: { readonly how: End; readonly at: Moment } | undefined;
  readonly #beginning: () => boolean;
  #body: Body | undefined;
  #afterBody: Stage = 'begin';

  /**
   * @param longestHead - in bytes
   * @param beginning - whether the beginning of what this side sent is in the capture
   */
  constructor(longestHead: number, beginning: () => boolean) {
    this.reader = new MessageReader(longestHead);
    this.#beginning = beginning;
  }

  /** Nothing of this side is in the capture, and nothing shows that anything will be. */
  get isAbsent(): boolean {
    return !this.heard && !this.#beginning();
  }

  /** The side itself ended the connection, and all that it sent was captured. */
  get isComplete(): boolean {
    const how = this.ended?.how;
    return (how === 'fin' || how === 'rst') && (this.heard ? this.sure : this.#beginning());
  }

  /** Nothing will join the bytes that stand first in the queue. */
  get isCut(): boolean {
    return this.queue.hasGap || this.ended !== undefined;
  }

  /** All that it sends is passed on as it comes. */
  get isPassing(): boolean {
    return this.stage === 'pass' && this.queue.isEmpty && this.gap === undefined && this.ended === undefined;
  }

  /** Nothing more will come than what has been read. */
  get isOver(): boolean {
    return this.ended !== undefined && this.queue.isEmpty;
  }

  /** Goes to the place behind a body. */
  goBehind(framing: Exclude<Framing, 'until-close'>, then: Stage): void {
    this.#body = framing === 0 ? undefined : new Body(framing);
    this.#afterBody = then;
    this.stage = framing === 0 ? then : 'body';
  }

  /** Ends waiting: at once, or when the body that the side is in has ended. What is lost stays lost. */
  release(to: 'begin' | 'pass'): void {
    if (this.stage === 'body') this.#afterBody = to;
    else if (this.stage !== 'lost') this.stage = to;
  }

  /** The position is not known any more. */
  lose(): void {
    this.stage = 'lost';
    this.sure = false;
    this.reader.reset();
  }

  /**
   * Passes over bytes of the body that come while nothing waits.
   *
   * @returns the bytes behind it
   */
  skip(chunk: Buffer): Buffer {
    return chunk.subarray(this.#body!.push(chunk));
  }

  /** Whether all bytes belong to the body that have come. */
  isInsideBody(): boolean {
    return this.stage === 'body' && this.#body!.state === 'open';
  }

  /**
   * Passes over the body as far as it is in the queue.
   *
   * @returns whether anything has changed
   */
  skipBody(): boolean {
    const body = this.#body!;
    if (body.state !== 'open') {
      if (body.state === 'broken') this.lose();
      else this.stage = this.#afterBody;
      return true;
    }
    const gap = this.queue.takeGap();
    if (gap !== undefined) {
      if (!body.gap(gap.length)) {
        this.lose();
        this.addGap(gap);
      }
      return true;
    }
    const bytes = this.queue.peek();
    if (bytes.length === 0) return false;
    const length = body.push(bytes);
    if (length > 0) this.queue.skip(length);
    return true;
  }

  /** Moves the gap that stands first in the queue to {@link gap}. */
  takeGap(): boolean {
    const gap = this.queue.takeGap();
    if (gap === undefined) return false;
    this.addGap(gap);
    return true;
  }

  addGap({ length, at }: Gap): void {
    const before = this.gap === undefined ? 0 : this.gap.length;
    this.gap = { length: length === undefined || before === undefined ? undefined : before + length, at };
  }
}
