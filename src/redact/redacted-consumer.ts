import { WsdissectError } from '../common/error.js';
import type { Direction } from '../common/finding.js';
import { HeldBytes } from '../common/held-bytes.js';
import { DEFAULT_LIMITS, REDACT_LIMITS } from '../common/limits.js';
import type { Consumer } from '../consumer.js';
import type { ConnectionRef, DissectEvent, FrameEvent, MessageEvent, Wants } from '../events.js';
import type { Handshake } from '../http/handshake.js';
import type { Message } from '../message/message.js';
import { ConnectionMeaning } from '../subprotocol/connection-meaning.js';
import type { DecodeChoice } from '../subprotocol/meaning-reader.js';
import { CLOSE } from '../websocket/frame.js';
import { redactedRecord, redactedRef } from './connection-redactor.js';
import { FindingRedactor } from './finding-redactor.js';
import { FrameRedactor, type Waiting } from './frame-redactor.js';
import { MessageWithPayload, PayloadRedactor } from './payload-redactor.js';
import type { Redaction } from './redaction.js';

/** What is kept of one connection. */
class Connection {
  readonly ref: ConnectionRef;
  readonly meaning: ConnectionMeaning | undefined;
  /** Frames whose message has not come, of each direction. */
  readonly open: Record<Direction, Waiting[]> = { 'client-to-server': [], 'server-to-client': [] };

  constructor(ref: ConnectionRef, meaning: ConnectionMeaning | undefined) {
    this.ref = ref;
    this.meaning = meaning;
  }
}

/**
 * Stands before a consumer and has every event redacted before it passes: the one place where that is done. What a consumer
 * is given was never anything else, so that none can leak.
 *
 * What messages mean is found out here from what is left of them.
 */
export class RedactedConsumer implements Consumer {
  readonly wants: Wants;
  readonly #consumer: Consumer;
  readonly #redaction: Redaction;
  readonly #payloads: PayloadRedactor;
  readonly #connections = new Map<ConnectionRef, Connection>();
  readonly #findings: FindingRedactor;
  readonly #frames: FrameRedactor;
  readonly #held = new HeldBytes(DEFAULT_LIMITS.heldTotal);
  #queue: Waiting[] = [];

  /** @throws WsdissectError where the consumer wants packets as they were captured */
  constructor(consumer: Consumer, redaction: Redaction) {
    if (consumer.packets !== undefined) {
      throw new WsdissectError('bad-option', 'packets are copied as they were captured: --redact goes with --plain');
    }
    this.#consumer = consumer;
    this.#redaction = redaction;
    this.#payloads = new PayloadRedactor(redaction);
    this.#findings = new FindingRedactor(redaction.handshakes);
    this.#frames = new FrameRedactor(this.#payloads, this.#findings);
    const { wants } = consumer;
    // What messages mean is found out here.
    this.wants = { ...wants, messages: wants.messages || this.#areFramesWanted, decode: 'off', lateUnmasking: false };
  }

  get isDone(): boolean {
    return this.#consumer.isDone === true;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    this.#take(event);
    const { waitingEvents, waitingBytes } = REDACT_LIMITS;
    if (this.#queue.length > waitingEvents || this.#frames.waitingBytes > waitingBytes) this.#giveUpWaiting();
    return this.#pass();
  }

  pause(): Promise<void> | undefined {
    return this.#consumer.pause?.();
  }

  async end(): Promise<void> {
    this.#giveUpWaiting();
    await this.#pass();
    await this.#consumer.end();
  }

  get #areFramesWanted(): boolean {
    const { frames, flawedFrames = false } = this.#consumer.wants;
    return frames || flawedFrames;
  }

  #take(event: DissectEvent): void {
    switch (event.type) {
      case 'open':
      case 'learned': {
        const handshake = this.#findings.handshake(event.connection, event.handshake);
        const connection = this.#connectionOf(event.connection, handshake);
        if (event.type === 'learned') connection.meaning?.learn(handshake);
        this.#put({ ...event, connection: connection.ref, handshake });
        return;
      }
      case 'gap': {
        const connection = this.#connectionOf(event.connection);
        connection.meaning?.lost(event.direction);
        this.#put({ ...event, connection: connection.ref });
        return;
      }
      case 'frame':
        this.#frame(event);
        return;
      case 'message':
        this.#message(event);
        return;
      case 'connection': {
        const connection = this.#connectionOf(event.connection);
        for (const frames of Object.values(connection.open)) this.#frames.fillAll(frames);
        connection.meaning?.end();
        this.#connections.delete(event.connection);
        this.#put(redactedRecord(event, connection.ref, this.#findings, this.#redaction));
        this.#findings.forget(event.connection);
        return;
      }
      case 'finding':
        this.#put({ ...event, finding: this.#findings.finding(event.finding) });
    }
  }

  #connectionOf(connection: ConnectionRef, handshake?: Handshake): Connection {
    let known = this.#connections.get(connection);
    if (known === undefined) {
      known = new Connection(
        redactedRef(connection, this.#redaction),
        handshake === undefined ? undefined : this.#meaningOf(connection, handshake),
      );
      this.#connections.set(connection, known);
    }
    return known;
  }

  #meaningOf(connection: ConnectionRef, handshake: Handshake): ConnectionMeaning {
    const choice = this.#decoding;
    const { stream, http2Stream } = connection;
    const place = http2Stream === undefined ? { stream } : { stream, http2Stream };
    return new ConnectionMeaning(handshake, choice, DEFAULT_LIMITS, this.#held, (found) => {
      const { packet = 0 } = found;
      this.#put({ type: 'finding', finding: { ...found, ...place }, packet, number: 0 });
    });
  }

  /**
   * How messages are decoded, whether or not anybody wants to see that: a path may begin at what a protocol carries, and what
   * stands in several messages is found so.
   */
  get #decoding(): Exclude<DecodeChoice, 'off'> {
    const { messages, decode = 'off' } = this.#consumer.wants;
    const isShown = messages && decode !== 'off';
    return isShown ? decode : 'auto';
  }

  #frame(event: FrameEvent): void {
    const connection = this.#connectionOf(event.connection);
    const waiting = this.#frames.take(event, connection.ref, connection.open[event.direction]);
    if (this.#areFramesWanted) this.#queue.push(waiting);
  }

  #message(event: MessageEvent): void {
    const connection = this.#connectionOf(event.connection);
    const { message, direction, completedBy } = event;
    let payload = this.#payloads.message(message);
    const begins = connection.meaning?.isWaiting(direction) === true;
    let decoded = connection.meaning?.message(direction, this.#with(message, payload, message.headers));
    // Of what stands in two messages neither can be searched by itself.
    const isShared = message.opcode < CLOSE && (begins || connection.meaning?.isWaiting(direction) === true);
    if (isShared && payload !== undefined) payload = this.#payloads.whole(payload, message.opcode);
    if (decoded !== undefined && payload !== undefined) {
      ({ decoded, payload } = this.#payloads.decoded(decoded, payload, isShared));
    }
    connection.open[direction] = this.#frames.settle(connection.open[direction], event, payload);
    const headers = message.headers.map((header) => this.#frames.headerOf(header, message, payload));
    const { messages: isWanted, decode = 'off' } = this.#consumer.wants;
    if (!isWanted) return;
    this.#put({
      ...event,
      connection: connection.ref,
      message: this.#with(message, payload, headers),
      completedBy: completedBy === undefined ? undefined : this.#frames.frameOf(completedBy, message, payload),
      decoded: decode === 'off' ? undefined : decoded,
      isPart: decode !== 'off' && connection.meaning?.isPart === true,
    });
  }

  #with(message: Message, payload: Buffer | undefined, headers: Message['headers']): Message {
    const isSame = payload === message.payload && headers === message.headers;
    if (isSame && message.findings.length === 0) return message;
    return new MessageWithPayload(message, { headers, payload, findings: this.#findings.findings(message.findings) });
  }

  #put(event: DissectEvent): void {
    this.#queue.push({ event, frame: undefined });
  }

  /** What waits is too much, or nothing more comes. */
  #giveUpWaiting(): void {
    for (const { open } of this.#connections.values())
      for (const frames of Object.values(open)) this.#frames.fillAll(frames);
  }

  #pass(): Promise<void> | undefined {
    const queue = this.#queue;
    let next = 0;
    for (; next < queue.length && queue[next]!.frame === undefined; next++) {
      const waiting = this.isDone ? undefined : this.#consumer.event(queue[next]!.event);
      if (waiting !== undefined) {
        this.#queue = queue.slice(next + 1);
        return waiting.then(() => this.#pass());
      }
    }
    if (next > 0) this.#queue = queue.slice(next);
    return undefined;
  }
}
