import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { End, Side } from '../common/sink.js';
import { Body, type Framing } from './messages/body.js';
import type { CapturedHead } from './messages/captured-head.js';
import { HeadReader } from './messages/head-reader.js';
import { HttpInput, type Gap } from './http-input.js';
import { bytesToWaitFor, LONGEST_PRELUDE, mayBeginPrelude, readPrelude, type Prelude } from './proxy-prelude.js';
import { beginsLikeHead, parseStatus } from './messages/start-line.js';
import { beginsLikeFrame, restOfHead } from './stray-bytes.js';

/**
 * Where a side stands: at its first bytes, which may belong to a proxy (`prelude`); where a message must begin
 * (`message`); in the body of one (`body`); after one that cannot be gone on from before something is known of the other
 * side (`held`); somewhere unknown (`lost`); or where what it sends is not HTTP, or of no matter (`after`).
 */
export type Position = 'prelude' | 'message' | 'body' | 'held' | 'lost' | 'after';

/** Bytes of a status line up to its status, with room for odd versions. */
const STATUS_LINE = 20;
const PART_OF_STATUS = /^(?:H|HT|HTT|HTTP|HTTP\/[\d.]{0,5}(?: \d{0,2})?)$/;

/** What a side comes to. */
export type HttpItem =
  /** A head; it stays where it is until {@link HttpSide.takeHead} takes it. */
  | { readonly kind: 'head'; readonly head: CapturedHead }
  /** What stands before the connection proper; it stays until {@link HttpSide.takePrelude} takes it. */
  | { readonly kind: 'prelude'; readonly prelude: Prelude }
  /** The first chunk is not HTTP where a message must begin, or may; it stays where it is. */
  | { readonly kind: 'foreign' }
  /** Bytes are missing, or are not the body that they must be: the position is not known any more. */
  | { readonly kind: 'lost' };

/** What the sides of one connection share. */
export interface HttpSideOptions {
  readonly limits: Pick<Limits, 'httpHead'>;
  /** Where the bytes that wait are counted, over all connections. */
  readonly held: HeldBytes;
  /** Whether the beginning of what a side sent is in the capture. */
  beginning(side: Side): boolean;
}

/**
 * What one side of a connection sends, read as HTTP/1: heads, bodies and gaps, one after the other.
 *
 * It knows nothing of the other side. What that decides, whether a response has a body for one, it is told.
 */
export class HttpSide {
  readonly side: Side;
  readonly input: HttpInput;
  position: Position = 'message';
  /** Whether anything of this side was captured. */
  heard = false;
  /** Whether each byte so far was captured and understood, so that a message must stand where it is read. */
  sure = false;
  /** The first of it that was captured is the first that it sent. */
  isFromStart = false;
  /** What came from it after a head, or in place of one, begins as a frame does. */
  sentFrames = false;
  /** The last chunk of what came so, where it is one byte: the header of a frame has two or more. */
  loneByte: number | undefined = undefined;
  /** Bytes that were passed on before one of its chunks began as a frame does. */
  passed = 0;
  /** Bytes that may be frames and that nobody reads: no handshake was known, or what they were given to was no WebSocket. */
  unread = 0;
  /** Bytes that are not HTTP stood where the head that matters must be. */
  strayed = false;
  /** Missing bytes that what follows the handshake has to be told of. */
  gap: Gap | undefined = undefined;
  /** Bytes that were missing after the last head where they were passed on, before anything else was. */
  missingAfterHead = 0;
  /** The gap before the rest of a cut head that was taken last. */
  joint: Gap | undefined = undefined;
  /** Bytes that were missing where a message may have been, as far as their number is known. */
  missing = 0;
  ended: { readonly how: End; readonly at: PacketTime } | undefined = undefined;
  readonly #options: HttpSideOptions;
  #reader: HeadReader | undefined = undefined;
  #headLength = 0;
  /** The last head was cut by a gap: the rest of it may follow. */
  #headIsCut = false;
  #missingInHead = 0;
  /** What waits may be the rest of a head, as far as it has come. */
  hasPartOfRest = false;
  /** Frames may stand where a message is read: the connection is followed, and what it carries is not proven. */
  amongFrames = false;
  /** Nothing of a proxy can stand at its beginning any more. */
  skipsPrelude = false;
  /** Where it stands after its prelude. */
  afterPrelude: 'message' | 'after' = 'message';
  #body: Body | undefined = undefined;
  #isBodyDoubtful = false;
  #afterBody: Position = 'message';

  constructor(side: Side, options: HttpSideOptions) {
    this.#options = options;
    this.side = side;
    this.input = new HttpInput(side, options.held);
  }

  /** Nothing of this side is in the capture, and nothing shows that anything will be. */
  get isAbsent(): boolean {
    return !this.heard && !this.#options.beginning(this.side);
  }

  /** The side itself ended the connection, and all that it sent was captured. */
  get isComplete(): boolean {
    const how = this.ended?.how;
    return (how === 'fin' || how === 'rst') && (this.heard ? this.sure : this.#options.beginning(this.side));
  }

  /** Nothing more will come than what has been read. */
  get isOver(): boolean {
    return this.ended !== undefined && this.input.isEmpty;
  }

  /** It is read on; where it is held or passed on it is not. */
  get isRead(): boolean {
    return this.position !== 'held' && this.position !== 'after';
  }

  /** All that it sends is passed on as it comes. */
  get isPassing(): boolean {
    return this.position === 'after' && this.input.isEmpty && this.gap === undefined && this.ended === undefined;
  }

  /** Something comes from this side for the first time. */
  hear(): void {
    this.heard = true;
    this.sure = this.#options.beginning(this.side);
    this.isFromStart = this.sure;
    if (this.sure && this.position === 'message' && !this.skipsPrelude) this.position = 'prelude';
  }

  /** Reads on to the next thing that matters; `undefined` where nothing can be said before more comes. */
  read(): HttpItem | undefined {
    for (;;) {
      switch (this.position) {
        case 'prelude': {
          const prelude = this.#prelude();
          if (prelude !== 'no') return prelude;
          break;
        }
        case 'message':
          return this.#message();
        case 'body':
          if (this.input.isEmpty && this.#body!.state === 'open') return undefined;
          if (this.#isBodyDoubtful && this.#isPartOfStatus()) return undefined;
          if (!this.#skipBody()) return { kind: 'lost' };
          break;
        case 'lost': {
          if (this.takeGap()) break;
          const { first } = this.input;
          if (first?.kind !== 'bytes') return undefined;
          if (!beginsLikeHead(first.bytes)) return { kind: 'foreign' };
          this.position = 'message';
          break;
        }
        case 'held':
        case 'after':
          return undefined;
      }
    }
  }

  /** Takes the head that was read last out of what waits. */
  takeHead(head: CapturedHead): void {
    this.input.skip(this.#headLength);
    this.gap = undefined;
    this.missingAfterHead = 0;
    this.#missingInHead = 0;
    this.#headIsCut = !head.whole && head.limit === undefined && head.head.startLine !== '';
    this.restartHead();
  }

  /** Forgets how far a head was looked at. */
  restartHead(): void {
    this.#reader = undefined;
  }

  /**
   * Goes to the place after a body.
   *
   * @param isDoubtful - there may be none, as after the answer to HEAD: a status line in its place tells
   */
  goAfter(framing: Exclude<Framing, 'until-close'>, then: Position, isDoubtful = false): void {
    this.#body = framing === 0 ? undefined : new Body(framing);
    this.#isBodyDoubtful = isDoubtful;
    this.#afterBody = then;
    this.position = framing === 0 ? then : 'body';
  }

  /** Ends waiting: at once, or when the body that the side is in has ended. What is lost stays lost. */
  release(to: 'message' | 'after'): void {
    if (this.position === 'body') this.#afterBody = to;
    else if (this.position !== 'lost') this.position = to;
  }

  /** The position is not known any more. */
  lose(): void {
    this.position = 'lost';
    this.sure = false;
    this.restartHead();
  }

  /** Passes over the chunk that stands first. */
  skipChunk(): void {
    const { first } = this.input;
    // Frames that were recorded before the handshake: nobody reads them.
    if (first?.kind === 'bytes' && (beginsLikeFrame(first.bytes, true) || beginsLikeFrame(first.bytes, false))) {
      this.unread += first.bytes.length;
    }
    this.input.shift();
    this.restartHead();
  }

  /** Moves the gap that stands first among what waits to {@link gap}. */
  takeGap(): boolean {
    const gap = this.input.takeGap();
    if (gap === undefined) return false;
    this.sure = false;
    this.addGap(gap);
    return true;
  }

  addGap({ length, at }: Gap): void {
    this.missing += length ?? 0;
    const before = this.gap === undefined ? 0 : this.gap.length;
    this.gap = { length: length === undefined || before === undefined ? undefined : before + length, at };
  }

  /** Whether the rest of a head that was cut may still come, after the gap that cut it. */
  get awaitsRestOfHead(): boolean {
    if (!this.#headIsCut || this.ended !== undefined) return false;
    return this.hasPartOfRest || this.input.isEmpty || this.input.first?.kind === 'gap';
  }

  /**
   * Takes the rest of a head after the gap that cut it, where it is one: lines of text are no frames.
   *
   * @returns `undefined` where what stands first is not the rest of a head
   */
  takeRestOfHead(): Buffer | undefined {
    if (!this.#headIsCut) return undefined;
    this.takeGap();
    if (this.input.first?.kind !== 'bytes') return undefined;
    const isLast = this.ended !== undefined || this.input.isFull;
    const rest = this.gap === undefined ? undefined : restOfHead(this.input, isLast);
    this.hasPartOfRest = rest === 'more';
    if (rest === 'more') return undefined;
    this.#headIsCut = rest?.isCut === true;
    if (rest === undefined) return undefined;
    const copy = Buffer.from(rest.bytes);
    this.input.skip(copy.length);
    this.#missingInHead += this.gap?.length ?? 0;
    this.joint = this.gap;
    this.gap = undefined;
    return copy;
  }

  /** Bytes that are missing inside the last head, of which the rest was captured. They are told once. */
  takeMissingInHead(): number {
    const missing = this.#missingInHead;
    this.#missingInHead = 0;
    return missing;
  }

  /** Where the position is known again inside what has come: bytes to pass over. */
  resume(length: number): void {
    if (length > 0) this.input.skip(length);
    this.restartHead();
    this.position = 'message';
  }

  /** Takes a prelude out of what waits; the next one may follow it. */
  takePrelude({ length }: Prelude): void {
    this.input.skip(length);
  }

  /** @returns `no` where a message begins at once */
  #prelude(): HttpItem | 'no' | undefined {
    const { input } = this;
    if (input.isEmpty) return undefined;
    const { first } = input;
    if (first?.kind !== 'bytes' || mayBeginPrelude(first.bytes)) {
      const isCut = !input.isOneRun || this.ended !== undefined || input.isFull;
      if (!isCut && input.length < bytesToWaitFor((length) => input.peek(length))) return undefined;
      const prelude = readPrelude(input.peek(LONGEST_PRELUDE));
      if (prelude === 'more' && !isCut) return undefined;
      if (prelude !== 'more' && prelude !== 'no') return { kind: 'prelude', prelude };
    }
    this.position = this.afterPrelude;
    return 'no';
  }

  #message(): HttpItem | undefined {
    const { input } = this;
    if (this.takeGap()) {
      this.lose();
      return { kind: 'lost' };
    }
    if (input.isEmpty) return undefined;
    const reader = (this.#reader ??= new HeadReader(this.#options.limits.httpHead));
    const reading = reader.read(input, this.amongFrames, this.ended !== undefined || input.isFull, this.sure);
    if (reading.kind === 'more') return undefined;
    if (reading.kind === 'head') {
      this.#headLength = reading.length;
      return reading;
    }
    if (reading.length !== undefined) {
      this.resume(reading.length);
      this.sure = false;
      return { kind: 'lost' };
    }
    if (reader.isBeforeGap(input)) this.sure = false;
    this.restartHead();
    return { kind: 'foreign' };
  }

  /** Whether what waits may be the beginning of a status line, and more of it may come. */
  #isPartOfStatus(): boolean {
    const { input } = this;
    if (this.ended !== undefined || input.isFull || !input.isOneRun || input.length >= STATUS_LINE) return false;
    return PART_OF_STATUS.test(input.peek(STATUS_LINE).toString('latin1'));
  }

  /** @returns false where it is broken, or bytes of it are missing that tell where it ends */
  #skipBody(): boolean {
    const body = this.#body!;
    const { input } = this;
    if (body.state !== 'open') {
      if (body.state === 'broken') this.lose();
      else this.position = this.#afterBody;
      return body.state === 'done';
    }
    const item = input.first!;
    if (this.#isBodyDoubtful && parseStatus(input.peek(STATUS_LINE).toString('latin1')) !== undefined) {
      this.position = this.#afterBody;
      return true;
    }
    if (item.kind === 'bytes') {
      const length = body.push(item.bytes);
      if (length > 0) input.skip(length);
      return true;
    }
    // Where there may be no body, what is missing may be anything.
    if (!(this.#isBodyDoubtful && this.amongFrames) && body.gap(item.length)) {
      input.shift();
      if (this.#isBodyDoubtful) this.addGap(item);
      return true;
    }
    this.lose();
    this.takeGap();
    return false;
  }
}
