import { finding, type Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import type { Moment } from '../common/moment.js';
import { BoundarySearch } from './boundary-search.js';
import { Conformance, type FrameRules } from './conformance.js';
import type { Frame } from './frame.js';
import { FrameParser, type PayloadWish } from './frame-parser.js';

/** What takes the frames of one direction, and what is missing between them. */
export interface FrameStreamListener {
  frame(frame: Frame): void;
  /** Frames before the next one may be missing. */
  lost(at: Moment): void;
  finding(finding: Finding): void;
}

/** How a direction begins: with the first byte of a frame, somewhere, or with what a search has found. */
export type Beginning = 'frame' | 'anywhere' | BoundarySearch;

/** The frames of one direction of a WebSocket connection, through gaps as far as their places can be proven. */
export class FrameStream {
  readonly #rules: FrameRules;
  readonly #limits: Limits;
  readonly #listener: FrameStreamListener;
  readonly #conformance: Conformance;
  readonly #parser: FrameParser;
  #search: BoundarySearch | undefined;
  /** The last packet that was skipped. */
  #at: Moment;
  /** Bytes, counted since the handshake, that were not captured. */
  missingBytes = 0;

  constructor(
    rules: FrameRules,
    beginning: Beginning,
    limits: Limits,
    wish: PayloadWish,
    at: Moment,
    listener: FrameStreamListener,
  ) {
    this.#rules = rules;
    this.#limits = limits;
    this.#listener = listener;
    this.#at = at;
    this.#conformance = new Conformance(rules, beginning === 'frame');
    this.#parser = new FrameParser(limits, this.#conformance, wish, {
      frame: (frame) => listener.frame(frame),
      cutHeader: (bytes, where) => {
        const message = `a frame header of which only ${bytes} bytes were captured`;
        listener.finding(finding('ws.cut-header', message, { packet: where.packet }));
      },
    });
    if (beginning === 'frame') return;
    this.#search = beginning === 'anywhere' ? this.#newSearch() : beginning;
    this.#parser.inStep = false;
    if (beginning !== 'anywhere' && beginning.narrow(this.#boundaryRules())) this.#goOn();
  }

  /** Takes the next bytes. */
  bytes(chunk: Buffer, at: Moment): void {
    if (this.#parser.inStep) {
      this.#parser.push(chunk, at);
      return;
    }
    this.#at = at;
    this.#search ??= this.#newSearch();
    if (this.#search.push(chunk, at)) this.#goOn();
  }

  /** Bytes are missing here; `undefined` where it is not known how many. */
  gap(length: number | undefined, at: Moment): void {
    if (length !== undefined) {
      this.missingBytes += length;
      const message = `${length} bytes were not captured`;
      this.#listener.finding(finding('tcp.gap', message, { packet: at.packet }));
    }
    this.#pass(length, at);
  }

  /** Nothing more comes. */
  end(at: Moment): void {
    if (this.#parser.inStep) this.#parser.end(at);
    this.#search?.end();
    if (this.#search !== undefined && this.#search.skipped > 0) this.#reportSkipped(this.#search);
    this.#search = undefined;
  }

  #pass(length: number | undefined, at: Moment): void {
    if (!this.#parser.inStep) {
      this.#search?.gap(length, at);
      return;
    }
    this.#parser.gap(length, at);
    if (!this.#isInStep()) this.#listener.lost(at);
  }

  #isInStep(): boolean {
    return this.#parser.inStep;
  }

  /** A place is proven: what waited from there on is read. */
  #goOn(): void {
    const search = this.#search;
    if (search === undefined) return;
    this.#search = undefined;
    const items = search.take();
    this.#parser.restart(search.skipped);
    if (search.skipped > 0) this.#reportSkipped(search);
    for (const item of items) {
      if ('bytes' in item) this.bytes(item.bytes, item.at);
      else this.#pass(item.gap, item.at);
    }
  }

  #reportSkipped(search: BoundarySearch): void {
    const { skipped, isOverflowed } = search;
    if (isOverflowed) {
      const message = `more than ${this.#limits.heldBytes} bytes waited for proof of where a frame begins; the first were let go`;
      this.#listener.finding(finding('limit.held-bytes', message, { packet: this.#at.packet }));
    }
    const message = `${skipped} captured bytes are not decoded: where a frame begins in them cannot be proven`;
    this.#listener.finding(finding('ws.not-decoded', message, { packet: this.#at.packet }));
  }

  #newSearch(): BoundarySearch {
    return new BoundarySearch(this.#boundaryRules(), true, this.#limits.heldBytes);
  }

  #boundaryRules(): { mask: boolean; rsv1: boolean } {
    const { fromClient, deflate, otherExtensions } = this.#rules;
    return { mask: fromClient, rsv1: deflate !== false || otherExtensions };
  }
}
