import { finding, type Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import type { Moment } from '../common/moment.js';
import { NOWHERE, otherSide, type ConnectionSink, type End, type Side } from '../common/sink.js';
import { Dialogue } from './dialogue.js';
import type { HandshakeListener } from './handshake-listener.js';
import { asksForWebSocket } from './head.js';
import type { MessageHead } from './message-reader.js';
import { Outcome } from './outcome.js';
import { readPrelude } from './proxy-prelude.js';
import { SideState } from './side-state.js';
import { beginsLikeHead, parseStatus } from './start-line.js';
import { beginsUpgrade } from './upgrade-head.js';

/** How {@link OpeningHandshake} reads one connection. */
export interface OpeningHandshakeOptions {
  readonly limits: Limits;
  /** What the connection's URL begins with: `wss` inside TLS. */
  readonly scheme: 'ws' | 'wss';
  /**
   * Whether the beginning of what a side sent is in the capture, so that its first byte or gap is the very first.
   * Asked when that comes, and before, to tell a side that is late from one that is not in the capture at all.
   */
  readonly beginning: (side: Side) => boolean;
  /** The connection is WebSocket even where nothing of HTTP was captured. */
  readonly assume?: boolean;
}

/**
 * Finds the opening handshake of a connection (RFC 6455 section 4), and gives on what follows it.
 *
 * Each side is read by itself, as HTTP/1 messages one after the other; {@link Dialogue} says what they mean together.
 */
export class OpeningHandshake implements ConnectionSink {
  readonly #limits: Limits;
  readonly #beginning: (side: Side) => boolean;
  readonly #assume: boolean;
  readonly #sides: readonly [SideState, SideState];
  readonly #outcome: Outcome;
  readonly #dialogue: Dialogue;

  constructor(options: OpeningHandshakeOptions, listener: HandshakeListener) {
    const { limits, beginning } = options;
    this.#limits = limits;
    this.#beginning = beginning;
    this.#assume = options.assume ?? false;
    this.#sides = [
      new SideState(limits.httpHead, () => beginning(0)),
      new SideState(limits.httpHead, () => beginning(1)),
    ];
    this.#outcome = new Outcome(listener, options.scheme, limits.findings);
    this.#dialogue = new Dialogue(this.#sides, this.#outcome, limits.heldBytes);
  }

  bytes(side: Side, chunk: Buffer, at: Moment): void {
    if (this.#outcome.mode === 'ignored') return;
    const state = this.#hear(side);
    let rest = chunk;
    if (state.queue.isEmpty) {
      if (state.stage === 'off') return;
      if (state.stage === 'pass' && state.gap === undefined && !this.#isForeign(chunk)) {
        this.#outcome.outlet!.sink.bytes(side, chunk, at);
        return;
      }
      if (state.isInsideBody()) {
        rest = state.skip(chunk);
        if (state.isInsideBody()) return;
      }
      if (state.stage === 'lost' && this.#isNothing(side, chunk)) return;
    }
    state.queue.push(rest, at);
    this.#run();
  }

  gap(side: Side, length: number | undefined, at: Moment): void {
    if (this.#outcome.mode === 'ignored') return;
    this.#hear(side).queue.pushGap(length, at);
    this.#run();
  }

  end(side: Side, how: End, at: Moment): void {
    this.#sides[side].ended ??= { how, at };
    this.#run();
  }

  finding(side: Side, finding: Finding): void {
    this.#outcome.finding(side, finding);
  }

  get settled(): ConnectionSink | undefined {
    const { mode, outlet, isFinal } = this.#outcome;
    if (mode === 'ignored') return NOWHERE;
    if (outlet === undefined || !isFinal || !this.#sides.every((state) => state.isPassing)) return undefined;
    return outlet.sink.settled ?? outlet.sink;
  }

  #hear(side: Side): SideState {
    const state = this.#sides[side];
    if (state.heard) return state;
    state.heard = true;
    state.sure = this.#beginning(side);
    if (state.sure) state.stage = 'prelude';
    else if (this.#outcome.mode === 'tunnel') state.stage = 'pass';
    else this.#dialogue.loseCount();
    return state;
  }

  /** Reads on, as long as what one side has shown lets the other one go on. */
  #run(): void {
    for (let moved = true; moved;) {
      const before = this.#step(0);
      moved = this.#step(1) || before;
    }
    if (this.#outcome.mode === 'ignored') for (const state of this.#sides) state.queue.clear();
  }

  /** @returns whether anything has changed */
  #step(side: Side): boolean {
    const state = this.#sides[side];
    const { mode, outlet } = this.#outcome;
    if (mode === 'ignored') return false;
    if (outlet !== undefined && state.isOver) state.stage = 'pass';
    switch (state.stage) {
      case 'prelude':
        return this.#prelude(side, state);
      case 'begin':
        return this.#message(side, state);
      case 'body':
        return state.skipBody();
      case 'wait':
        return this.#dialogue.goOn(side);
      case 'lost':
        return this.#lost(side, state);
      case 'pass':
        if (!outlet!.drain(side, state, this.#isForeign)) return false;
        state.reader.reset();
        state.stage = 'begin';
        return true;
      case 'off':
        state.queue.clear();
        return false;
    }
  }

  #prelude(side: Side, state: SideState): boolean {
    if (state.queue.isEmpty) return false;
    const { mode, wantsRequest } = this.#outcome;
    const prelude = mode === 'followed' && !wantsRequest ? 'no' : readPrelude(state.queue.peek());
    if (prelude === 'more' && !state.isCut) return false;
    if (prelude === 'more' || prelude === 'no' || (mode === 'followed' && prelude.of !== 'balancer')) {
      state.stage = mode === 'tunnel' ? 'pass' : 'begin';
      return true;
    }
    state.queue.skip(prelude.length);
    if (prelude.of === 'balancer') return true;
    if (mode === 'http') this.#openSocks(prelude.of === 'client' ? side : otherSide(side));
    state.stage = 'pass';
    return true;
  }

  /** The other side has its own part of the exchange with the proxy before what goes through the tunnel. */
  #openSocks(client: Side): void {
    this.#outcome.openTunnel(client);
    for (const state of this.#sides) {
      if (state.heard && state.stage !== 'prelude') state.stage = 'pass';
    }
  }

  #message(side: Side, state: SideState): boolean {
    const reading = state.reader.read(state.queue, state.isCut);
    if (reading === 'odd') {
      if (state.queue.hasGap) state.sure = false;
      this.#odd(side, state);
      return true;
    }
    if (reading === 'more') {
      if (!state.takeGap()) return false;
      this.#dialogue.lose(state);
      return true;
    }
    state.gap = undefined;
    if (reading.tooLong) this.#tooLong(side, state, reading);
    if (this.#outcome.mode !== 'ignored') this.#head(side, state, reading);
    return true;
  }

  #head(side: Side, state: SideState, reading: MessageHead): void {
    const client = reading.role === 'request' ? side : otherSide(side);
    if (this.#outcome.client !== undefined && this.#outcome.client !== client) {
      // The sides have changed places: one of them was taken for HTTP that is not.
      this.#dialogue.lose(state);
      if (this.#outcome.mode === 'http') return;
      this.#dialogue.restart(client, reading, side);
    }
    this.#outcome.client = client;
    state.sure = true;
    state.stage = 'begin';
    if (reading.role === 'request') this.#dialogue.request(side, reading);
    else this.#dialogue.response(side, reading);
  }

  /** What follows a head that is not kept whole stands somewhere behind it. */
  #tooLong(side: Side, state: SideState, { role, head, at }: MessageHead): void {
    const place = at.packet > 0 ? { packet: at.packet } : undefined;
    const message = `A ${role} head is longer than ${this.#limits.httpHead} bytes`;
    this.#outcome.report(side, finding('limit.http-head', message, place));
    state.addGap({ length: 0, at });
    const upgrades = role === 'request' ? asksForWebSocket(head) : parseStatus(head.startLine) === 101;
    if (!upgrades && this.#outcome.mode === 'http') this.#outcome.ignore();
  }

  #lost(side: Side, state: SideState): boolean {
    if (state.takeGap()) return true;
    const chunk = state.queue.peekChunk();
    if (chunk === undefined) return false;
    if (beginsLikeHead(chunk.bytes)) state.stage = 'begin';
    else this.#odd(side, state);
    return true;
  }

  /** Bytes that are not HTTP stand where a message may begin. */
  #odd(side: Side, state: SideState): void {
    if (this.#outcome.mode === 'http') this.#oddInHttp(side, state);
    if (this.#outcome.mode === 'ignored') return;
    if (this.#outcome.mode !== 'http') {
      state.stage = 'pass';
      return;
    }
    state.queue.skip(state.queue.peekChunk()!.bytes.length);
    this.#dialogue.lose(state);
  }

  /** Whether a chunk is passed over while a side is lost: neither a head, nor anything that tells what was missed. */
  #isNothing(side: Side, chunk: Buffer): boolean {
    const { mode, client } = this.#outcome;
    return mode === 'http' && client !== undefined && !this.#dialogue.awaits(side) && !beginsLikeHead(chunk);
  }

  #oddInHttp(side: Side, state: SideState): void {
    if (this.#dialogue.awaits(side)) {
      if (state.sure) this.#dialogue.answeredOddly();
      else this.#dialogue.goOnWithoutAnswer(otherSide(side), false);
    } else if (this.#outcome.client === undefined) {
      if (state.sure && !this.#assume) this.#outcome.ignore();
      else this.#outcome.follow(undefined, undefined);
    }
  }

  /** Whether a chunk begins with a handshake, while only a guess says that it belongs to what is followed. */
  readonly #isForeign = (chunk: Buffer): boolean =>
    this.#outcome.mode === 'followed' && !this.#outcome.isProven && beginsUpgrade(chunk);
}
