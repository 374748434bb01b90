import type { Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { DISCARD, type ConnectionSink, type End, type Side } from '../common/sink.js';
import { cameLate, notThere } from '../tcp/reassembly/before-start.js';
import { captureHead, isHttp2Preface } from './messages/captured-head.js';
import { openingIn } from './messages/early-head.js';
import type { HandshakeListener } from './handshake-listener.js';
import { HandshakeOutput, type DrainRules } from './handshake-output.js';
import { asksForWebSocket, switchesTo } from './messages/head.js';
import { HeadScanner } from './messages/head-scanner.js';
import type { Gap, InputItem } from './http-input.js';
import { HttpSide } from './http-side.js';
import { SWITCHING_PROTOCOLS } from './messages/response-head.js';
import { HandshakePairing } from './pairing/handshake-pairing.js';
import { tellMissingAfterRefusal, tellMissingHalf } from './pairing/missing-halves.js';
import { noteGap, noteRest } from './pairing/request-in-doubt.js';
import { beginsLikeHead, parseRequestLine, parseStatus } from './messages/start-line.js';

/** Bytes of a status line up to its status, with room for odd versions. */
const STATUS_LINE = 20;

/** How {@link OpeningHandshake} reads one connection. */
export interface OpeningHandshakeOptions {
  readonly limits: Limits;
  /** Where the bytes that wait are counted, over all connections. */
  readonly held: HeldBytes;
  /** What the connection's URL begins with: `wss` inside TLS. */
  readonly scheme: 'ws' | 'wss';
  /**
   * Whether the beginning of what a side sent is in the capture, so that its first byte or gap is the very first.
   * Asked when that comes, and before, to tell a side that is late from one that is not in the capture at all.
   */
  beginning(side: Side): boolean;
  /** The connection is WebSocket even where nothing of HTTP was captured. */
  readonly isAssumed?: boolean;
  /** False where answers may come first that are to none of its requests. */
  readonly isCounted?: boolean;
}

/**
 * Finds the opening handshake of a connection (RFC 6455 section 4), and gives on what follows it.
 *
 * Each side is read by itself ({@link HttpSide}); {@link HandshakePairing} says what the two mean together.
 */
export class OpeningHandshake implements ConnectionSink, DrainRules {
  readonly #sides: readonly [HttpSide, HttpSide];
  readonly #output: HandshakeOutput;
  readonly #pairing: HandshakePairing;

  constructor(options: OpeningHandshakeOptions, listener: HandshakeListener) {
    this.#sides = [new HttpSide(0, options), new HttpSide(1, options)];
    this.#output = new HandshakeOutput(listener, options);
    this.#pairing = new HandshakePairing(this.#sides, this.#output, options.limits, options.isAssumed === true);
    if (options.isCounted === false) this.#pairing.loseCount();
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    if (chunk.length > 0) this.#take(side, { kind: 'bytes', side, bytes: chunk, at });
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    this.#take(side, { kind: 'gap', side, length, at });
  }

  end(side: Side, how: End, at: PacketTime): void {
    this.#sides[side].ended ??= { how, at };
    if (this.#pairing.state !== 'ignored') this.#run();
    if (this.#sides[0].ended === undefined || this.#sides[1].ended === undefined) return;
    tellMissingAfterRefusal(this.#pairing);
    this.#clear();
  }

  finding(side: Side, finding: Finding): void {
    // After the end of a connection that is no WebSocket, nobody is left who would be told.
    const isOver = this.#sides.every(({ ended }) => ended !== undefined) && this.#output.sink === undefined;
    if (this.#pairing.state !== 'ignored' && !isOver) this.#output.finding(side, finding);
  }

  /** A half of the handshake may be recorded late. One that nothing can be learned from any more shows what is lost. */
  early(side: Side, chunk: Buffer, at: PacketTime, missing: number): void {
    const opening = openingIn(chunk, at);
    if (opening === undefined) {
      this.finding(side, cameLate(chunk.length, at));
      return;
    }
    const { head, length } = opening;
    if (!this.#pairing.learnEarly(side, head, missing)) {
      const { code, message } = cameLate(chunk.length, at);
      this.#output.report(side, code, message, at);
      return;
    }
    if (length < chunk.length) this.finding(side, cameLate(chunk.length - length, at));
    if (missing > 0) this.finding(side, notThere(missing, at));
    this.#run();
  }

  stopsAt(side: Side, chunk: Buffer): boolean {
    const role = this.#pairing.headThatMayCome(side);
    if (role !== undefined && beginsHandshake(chunk, role)) return true;
    if (this.#pairing.mayAskAgain(side) && isGet(chunk)) return true;
    this.#pairing.noteFrames(side, chunk);
    return false;
  }

  beforeGap(side: Side, gap: Gap): void {
    noteGap(this.#pairing, side, gap);
  }

  afterRest(side: Side, rest: Buffer): void {
    noteRest(this.#pairing, side, rest);
  }

  beforeEnd(): void {
    tellMissingHalf(this.#pairing);
  }

  get settled(): ConnectionSink | undefined {
    const { state } = this.#pairing;
    if (state === 'ignored') return DISCARD;
    const { sink, isComplete } = this.#output;
    const isFinal = this.#pairing.isHandedOver || (state === 'accepted' && isComplete);
    if (sink === undefined || !isFinal || !this.#sides.every((side) => side.isPassing)) return undefined;
    // Nothing comes here any more.
    this.#output.clear();
    return sink.settled ?? sink;
  }

  #take(side: Side, item: InputItem): void {
    if (this.#pairing.state === 'ignored') return;
    const at = this.#sides[side];
    if (!at.heard) this.#hear(at);
    at.input.push(item);
    this.#run();
    // What cannot wait has to be read for what it is.
    if (!at.input.hold()) this.#run();
  }

  #hear(at: HttpSide): void {
    at.hear();
    if (!at.sure) {
      if (this.#pairing.isHandedOver) at.position = 'after';
      else this.#pairing.loseCount();
    }
  }

  /** Reads on, as long as what one side has shown lets the other one go on. */
  #run(): void {
    for (let moved = true; moved && this.#pairing.state !== 'ignored';) {
      const before = this.#step(0);
      moved = this.#step(1) || before;
    }
    if (this.#pairing.state === 'ignored') this.#clear();
  }

  /** @returns whether anything has changed */
  #step(side: Side): boolean {
    const at = this.#sides[side];
    const pairing = this.#pairing;
    if (pairing.state === 'ignored') return false;
    if (this.#output.sink !== undefined && at.isOver) at.position = 'after';
    if (at.position === 'held') return pairing.goOn(side);
    if (at.position === 'after') return this.#pass(side, at);
    const item = at.read();
    // What waited last may have been read just now.
    if (item === undefined) return !at.isRead || (this.#output.sink !== undefined && at.isOver);
    pairing.take(side, item);
    return true;
  }

  /** Gives on what follows the handshake. @returns whether another handshake begins in it */
  #pass(side: Side, at: HttpSide): boolean {
    if (!this.#output.drain(side, at, this)) return false;
    at.restartHead();
    at.position = 'message';
    return true;
  }

  #clear(): void {
    for (const side of this.#sides) side.input.clear();
    this.#output.clear();
  }
}

/**
 * Whether a chunk begins with a whole request for WebSocket, a 101 that is whole and answers one, or was cut, or the first
 * line of HTTP/2.
 *
 * So much hardly ever stands at the beginning of a segment by chance, so it is believed even where frames are
 * expected.
 */
function beginsHandshake(chunk: Buffer, wanted: 'request' | 'any'): boolean {
  if (!beginsLikeHead(chunk)) return false;
  const scanner = new HeadScanner();
  scanner.push(chunk);
  if (scanner.end === undefined) return wanted === 'any' && isCutSwitch(chunk);
  const role = scanner.likeness(true) === 'response' ? 'response' : 'request';
  if (role === 'response' && wanted === 'request') return false;
  const at = { packet: 0, seconds: 0, nanoseconds: 0, precision: 0 } as const;
  const head = captureHead(role, chunk.subarray(0, scanner.end), { whole: true, limit: undefined, at });
  const { line, status, fields } = head;
  if (role === 'response') return status === 101 && switchesTo(fields) === 'websocket';
  return (line !== undefined && asksForWebSocket(fields)) || (wanted === 'any' && isHttp2Preface(head));
}

/** Whether a chunk begins with the first line of a GET, whatever follows it; no frame of a client has these first bytes. */
function isGet(chunk: Buffer): boolean {
  if (!beginsLikeHead(chunk)) return false;
  const end = chunk.indexOf('\r\n');
  const line = chunk.toString('latin1', 0, end < 0 ? chunk.length : end);
  return end < 0 ? /^GET [!-~]/.test(line) : parseRequestLine(line)?.method === 'GET';
}

function isCutSwitch(chunk: Buffer): boolean {
  return parseStatus(chunk.toString('latin1', 0, STATUS_LINE)) === SWITCHING_PROTOCOLS;
}
