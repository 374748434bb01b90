import { finding, type Direction, type Finding, type FindingLocation } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { BoundarySearch } from './boundaries/boundary-search.js';
import { isPlausible, type BoundaryRules } from './boundaries/frame-evidence.js';
import { KeyHabit } from './boundaries/key-habit.js';
import { SegmentHabit } from './boundaries/segment-habit.js';
import { Conformance, type FrameRules } from './conformance.js';
import type { Frame } from './frame.js';
import { decodeFrameHeader } from './frame-header.js';
import { FrameParser, type FrameParserListener, type PayloadWish } from './frame-parser.js';

/** What takes the frames of a connection's directions, and what is missing between them. */
export interface FrameStreamListener {
  frame(direction: Direction, frame: Frame): void;
  /**
   * Bytes are missing here, after the frames that were passed on and before those to come.
   *
   * @param before - the last packet of this direction before them
   */
  gap(direction: Direction, length: number | undefined, before: number | undefined, after: PacketTime): void;
  /** Frames before the next one of this direction may be missing. */
  lost(direction: Direction, at: PacketTime): void;
  finding(direction: Direction, finding: Finding): void;
}

/**
 * How a direction begins: with the first byte of a frame, somewhere, with a segment (the user says that it is WebSocket),
 * or with what a search has found.
 */
export type Beginning = 'frame' | 'anywhere' | 'segment' | BoundarySearch;

/** How to read the frames of a direction. */
export interface FrameReading {
  readonly limits: Limits;
  readonly wish: PayloadWish;
  /** Where the bytes that wait are counted, over all connections. */
  readonly held: HeldBytes;
}

/**
 * The frames of one direction of a WebSocket connection, through gaps as far as their places can be proven.
 *
 * It passes the frames of its parser on itself. With thousands of interleaved connections, each object on a frame's way is
 * one that the processor has to fetch from memory, so there are no closures on it.
 */
export class FrameStream implements FrameParserListener {
  readonly #rules: FrameRules;
  readonly #reading: FrameReading;
  readonly #direction: Direction;
  readonly #fromClient: boolean;
  readonly #listener: FrameStreamListener;
  readonly #parser: FrameParser;
  readonly #habit = new SegmentHabit();
  readonly #keys = new KeyHabit();
  #search: BoundarySearch | undefined;
  #hasBegun = false;
  /** The last packet that was skipped. */
  #at: PacketTime;
  /** The last packet with bytes of this direction whose place among the frames is known. */
  #before: number | undefined = undefined;
  /** Bytes, counted since the handshake, that were not captured. */
  missingBytes = 0;

  constructor(
    rules: FrameRules,
    beginning: Beginning,
    reading: FrameReading,
    at: PacketTime,
    listener: FrameStreamListener,
  ) {
    const { limits, wish, held } = reading;
    this.#rules = rules;
    this.#reading = reading;
    this.#fromClient = rules.fromClient;
    this.#direction = rules.fromClient ? 'client-to-server' : 'server-to-client';
    this.#listener = listener;
    this.#at = at;
    this.#parser = new FrameParser(limits, new Conformance(rules, beginning === 'frame'), wish, this, held);
    if (beginning === 'frame') return;
    this.#parser.inStep = false;
    if (beginning === 'anywhere' || beginning === 'segment') this.#search = this.#newSearch(beginning);
    else this.#search = beginning;
    if (this.#search === beginning && beginning.narrow(this.#boundaryRules())) this.#goOn();
  }

  /** Takes a frame of the parser. */
  frame(frame: Frame): void {
    if (this.#fromClient) this.#keys.add(frame.maskingKey);
    this.#listener.frame(this.#direction, frame);
  }

  /** Takes note of a header that was not captured whole. */
  cutHeader(bytes: number, at: PacketTime): void {
    this.#report(finding('ws.cut-header', `a frame header of which only ${bytes} bytes were captured`, placeOf(at)));
  }

  /** Takes the next bytes. */
  bytes(chunk: Buffer, at: PacketTime): void {
    if (this.#parser.inStep && !this.#beginsWithNoFrame(chunk)) {
      this.#before = at.packet;
      const isAligned = this.#parser.isBetweenFrames;
      this.#parser.push(chunk, at);
      this.#habit.segment(chunk.length, this.#parser.isBetweenFrames, isAligned);
      return;
    }
    this.#at = at;
    this.#search ??= this.#newSearch('nowhere');
    if (this.#search.push(chunk, at)) this.#goOn();
  }

  /** Bytes are missing here; `undefined` where it is not known how many. */
  gap(length: number | undefined, at: PacketTime): void {
    if (length !== undefined && length > 0) {
      this.missingBytes += length;
      this.#report(missingBytes(length, at));
    }
    this.#pass(length, at);
  }

  /** Nothing more comes. */
  end(at: PacketTime): void {
    if (this.#parser.inStep) this.#parser.end(at);
    this.#search?.end();
    if (this.#search !== undefined) this.#tellSkipped(this.#search);
    this.#search = undefined;
  }

  #pass(length: number | undefined, at: PacketTime): void {
    if (!this.#parser.inStep) {
      this.#search ??= this.#newSearch('nowhere');
      this.#search.gap(length, at);
      return;
    }
    this.#listener.gap(this.#direction, length, this.#before, at);
    this.#parser.gap(length, at);
    if (this.#isInStep()) return;
    this.#listener.lost(this.#direction, at);
    this.#search = this.#newSearch('nowhere');
    this.#search.gap(length, at);
    // The parser has counted this gap.
    this.#search.missing = 0;
  }

  #isInStep(): boolean {
    return this.#parser.inStep;
  }

  /** What comes next is the first frame, where nothing of the direction has come yet. */
  beginHere(): void {
    if (this.#parser.inStep || this.#search?.isUntouched !== true) return;
    this.#search = undefined;
    this.#parser.restart(0);
  }

  /** A place is proven: what waited from there on is read. */
  #goOn(): void {
    const search = this.#search;
    if (search === undefined) return;
    this.#search = undefined;
    search.begin();
    this.#parser.restart(search.skipped + search.missing);
    this.#tellSkipped(search);
    // The frames that were passed over may have held what the next ones go on with.
    if (search.skipped > 0) this.#listener.lost(this.#direction, this.#at);
    this.replay(search);
  }

  /** Takes what waited in a search. Its gaps are counted and told already. */
  replay(search: BoundarySearch): void {
    for (let item = search.shift(); item !== undefined; item = search.shift()) {
      if (item.kind === 'bytes') this.bytes(item.bytes, item.at);
      else if (item.kind === 'gap') this.#pass(item.length, item.at);
    }
  }

  /**
   * Whether the first bytes of the direction are a head of HTTP, and no frames. Of a head that was cut, what comes next may be the
   * rest: then a header that no peer sends is none.
   */
  #beginsWithNoFrame(chunk: Buffer): boolean {
    if (this.#hasBegun) return false;
    this.#hasBegun = true;
    if (!isHttpText(chunk) && (this.missingBytes === 0 || this.#mayBeFrame(chunk))) return false;
    this.#parser.inStep = false;
    return true;
  }

  #mayBeFrame(chunk: Buffer): boolean {
    const header = decodeFrameHeader(chunk, 0);
    return header === undefined || (header.mask === this.#fromClient && isPlausible(header, this.#boundaryRules()));
  }

  /** Tells of the bytes that were passed over, captured or not. */
  #tellSkipped(search: BoundarySearch): void {
    const { skipped, missing, isOverflowed } = search;
    if (missing > 0) this.#listener.gap(this.#direction, missing, this.#before, this.#at);
    if (skipped === 0) return;
    if (isOverflowed) {
      const message = `more than ${this.#reading.limits.heldBytes} bytes waited for proof of where a frame begins, or more than ${this.#reading.held.unprovenLimit} of all connections; the first were dropped`;
      this.#report(finding('limit.held-bytes', message, placeOf(this.#at)));
    }
    const message = `${skipped} captured bytes are not decoded: where a frame begins in them cannot be proven`;
    this.#report(finding('ws.not-decoded', message, placeOf(this.#at)));
  }

  #report(found: Finding): void {
    this.#listener.finding(this.#direction, found);
  }

  #newSearch(beginning: 'anywhere' | 'segment' | 'nowhere'): BoundarySearch {
    const { limits, held } = this.#reading;
    const start = {
      isKnown: true,
      isAssumed: beginning === 'segment',
      isStart: beginning !== 'nowhere',
      habit: this.#habit,
    };
    const side = this.#rules.fromClient ? 0 : 1;
    return new BoundarySearch(this.#boundaryRules(), start, side, limits.heldBytes, held);
  }

  #boundaryRules(): BoundaryRules & { mask: boolean } {
    const { fromClient, deflate, extensions } = this.#rules;
    const isOther = extensions.rsv1 !== undefined || extensions.unknown;
    return { mask: fromClient, rsv1: deflate !== false || isOther, deflate: !isOther, fixedKey: this.#keys.fixed };
  }
}

/** The first line of a request or an answer, or the end of one: no frame has these first bytes. */
const HTTP_LINE = /^(?:HTTP\/\d|[\x20-\x7e]{0,8000} HTTP\/\d(?:\.\d)?\r?\n)/;
const HTTP_LOOKED_AT = 8192;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

/** Whether bytes are text of HTTP where frames should begin. */
function isHttpText(chunk: Buffer): boolean {
  const first = chunk[0]!;
  if (first < FIRST_PRINTABLE || first > LAST_PRINTABLE) return false;
  return HTTP_LINE.test(chunk.toString('latin1', 0, HTTP_LOOKED_AT));
}

/** Bytes of a direction are missing. */
export function missingBytes(length: number, at: PacketTime): Finding {
  return finding('tcp.gap', `${length} bytes are missing`, placeOf(at));
}

function placeOf(at: PacketTime): FindingLocation {
  return { packet: at.packet };
}
