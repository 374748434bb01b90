import { WsdissectError } from '../common/error.js';
import type { Direction, Finding } from '../common/finding.js';
import { HeldBytes } from '../common/held-bytes.js';
import { DEFAULT_LIMITS, REDACT_LIMITS } from '../common/limits.js';
import type { Consumer } from '../consumer.js';
import {
  streamName,
  type ConnectionRef,
  type DissectEvent,
  type FrameEvent,
  type MessageEvent,
  type Wants,
} from '../events.js';
import type { Handshake } from '../http/handshake.js';
import type { Message } from '../message/message.js';
import { ConnectionMeaning } from '../subprotocol/connection-meaning.js';
import type { DecodeChoice } from '../subprotocol/meaning-reader.js';
import { CLOSE, type Frame, type FrameHeader } from '../websocket/frame.js';
import { flowIdOf } from './flow-id.js';
import { frameWith, MessageWithPayload, PayloadRedactor } from './payload-redactor.js';
import type { Redaction } from './redaction.js';

/** An event on its way to the consumer. */
interface Waiting {
  event: DissectEvent;
  /** The frame as it was captured, as long as it is not known what its message says. */
  frame: Frame | undefined;
}

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
 * A frame waits for the message that it is a part of: what the rules name may begin in one frame and end in another. What
 * messages mean is found out here from what is left of them.
 */
export class RedactedConsumer implements Consumer {
  readonly wants: Wants;
  readonly #consumer: Consumer;
  readonly #redaction: Redaction;
  readonly #payloads: PayloadRedactor;
  readonly #connections = new Map<ConnectionRef, Connection>();
  /** Frames as they were captured, and what became of them. */
  readonly #frames = new WeakMap<FrameHeader, Frame>();
  /** Connections with a handshake of which nothing was replaced, by their names. */
  readonly #unchanged = new Set<string>();
  readonly #held = new HeldBytes(DEFAULT_LIMITS.heldTotal);
  #queue: Waiting[] = [];
  #queuedBytes = 0;

  /** @throws WsdissectError where the consumer wants packets as they were captured */
  constructor(consumer: Consumer, redaction: Redaction) {
    if (consumer.packets !== undefined) {
      throw new WsdissectError('bad-option', 'packets are copied as they were captured: --redact goes with --plain');
    }
    this.#consumer = consumer;
    this.#redaction = redaction;
    this.#payloads = new PayloadRedactor(redaction);
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
    if (this.#queue.length > waitingEvents || this.#queuedBytes > waitingBytes) this.#giveUpWaiting();
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
        const handshake = this.#handshake(event.connection, event.handshake);
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
        for (const frames of Object.values(connection.open)) this.#fillAll(frames);
        connection.meaning?.end();
        this.#connections.delete(event.connection);
        this.#put(this.#ended(event, connection.ref));
        this.#unchanged.delete(streamName(event.connection));
        return;
      }
      case 'finding':
        this.#put({ ...event, finding: this.#finding(event.finding) });
    }
  }

  #ended(event: Extract<DissectEvent, { type: 'connection' }>, ref: ConnectionRef): DissectEvent {
    const { closeReason, tls, communityId } = event;
    const handshake = this.#handshake(event.connection, event.handshake);
    const { texts, handshakes } = this.#redaction;
    return {
      ...event,
      connection: ref,
      handshake,
      findings: event.findings.map((found) => this.#findingOf(event.connection, found)),
      closeReason: closeReason === undefined ? undefined : texts.bytes(closeReason, false),
      communityId: texts.addresses === undefined || communityId === undefined ? communityId : flowIdOf(ref),
      tls:
        tls === undefined
          ? undefined
          : {
              ...tls,
              ...(tls.alpn === undefined ? {} : { alpn: texts.text(tls.alpn) }),
              ...(tls.sni === undefined ? {} : { sni: handshakes.name(tls.sni) }),
            },
    };
  }

  #handshake(connection: ConnectionRef, handshake: Handshake): Handshake {
    const changed = this.#redaction.handshakes.handshake(handshake);
    const isChanged = changed.request !== handshake.request || changed.response !== handshake.response;
    if (isChanged) this.#unchanged.delete(streamName(connection));
    else this.#unchanged.add(streamName(connection));
    return changed;
  }

  #connectionOf(connection: ConnectionRef, handshake?: Handshake): Connection {
    let known = this.#connections.get(connection);
    if (known === undefined) {
      known = new Connection(
        this.#refOf(connection),
        handshake === undefined ? undefined : this.#meaningOf(connection, handshake),
      );
      this.#connections.set(connection, known);
    }
    return known;
  }

  #refOf(connection: ConnectionRef): ConnectionRef {
    const { addresses } = this.#redaction.texts;
    const { client, server } = connection;
    if (addresses === undefined) return connection;
    return {
      ...connection,
      client: client === undefined ? undefined : addresses.mapEndpoint(client),
      server: server === undefined ? undefined : addresses.mapEndpoint(server),
    };
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

  #finding(found: Finding): Finding {
    const { stream, http2Stream } = found;
    const name = stream === undefined ? undefined : streamName({ stream, http2Stream });
    return this.#redaction.handshakes.finding(found, name === undefined || !this.#unchanged.has(name));
  }

  #findingOf(connection: ConnectionRef, found: Finding): Finding {
    return this.#redaction.handshakes.finding(found, !this.#unchanged.has(streamName(connection)));
  }

  #findings(found: readonly Finding[]): readonly Finding[] {
    return found.length === 0 ? found : found.map((each) => this.#finding(each));
  }

  #frame(event: FrameEvent): void {
    const connection = this.#connectionOf(event.connection);
    const { frame, direction } = event;
    const isOpen = frame.payload !== undefined && frame.payload.length > 0;
    const waiting: Waiting = { event: { ...event, connection: connection.ref }, frame: isOpen ? frame : undefined };
    if (isOpen) {
      connection.open[direction].push(waiting);
      this.#queuedBytes += frame.payload.length;
    } else if (frame.findings.length > 0) {
      waiting.event = { ...event, connection: connection.ref, frame: this.#changed(frame, frame.payload) };
    }
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
    this.#settle(connection, event, payload);
    const headers = message.headers.map((header) => this.#headerOf(header, message, payload));
    const { messages: isWanted, decode = 'off' } = this.#consumer.wants;
    if (!isWanted) return;
    this.#put({
      ...event,
      connection: connection.ref,
      message: this.#with(message, payload, headers),
      completedBy: completedBy === undefined ? undefined : this.#frameOf(completedBy, message, payload),
      decoded: decode === 'off' ? undefined : decoded,
      isPart: decode !== 'off' && connection.meaning?.isPart === true,
    });
  }

  #with(message: Message, payload: Buffer | undefined, headers: Message['headers']): Message {
    const isSame = payload === message.payload && headers === message.headers;
    if (isSame && message.findings.length === 0) return message;
    return new MessageWithPayload(message, { headers, payload, findings: this.#findings(message.findings) });
  }

  /** It is known what the frames of a message say. */
  #settle({ open }: Connection, { message, direction, completedBy }: MessageEvent, payload: Buffer | undefined): void {
    const isControl = message.opcode >= CLOSE;
    const waiting = open[direction];
    const own = waiting.filter(({ frame }) => frame!.opcode >= CLOSE === isControl);
    // A message is given up when the first frame of the next one is there.
    if (completedBy === undefined && own.length > message.frames) own.pop();
    open[direction] = waiting.filter((each) => !own.includes(each));
    const places = payload === undefined ? undefined : placesIn(message, own);
    for (const [index, each] of own.entries()) {
      const place = places?.[index];
      if (place === undefined) this.#fill(each, message.status === 'ok');
      else this.#settleFrame(each, payload!.subarray(place, place + each.frame!.payload!.length));
    }
  }

  #settleFrame(waiting: Waiting, payload: Buffer): void {
    const { frame, event } = waiting;
    waiting.frame = undefined;
    if (frame === undefined) return;
    this.#queuedBytes -= frame.payload!.length;
    waiting.event = { ...(event as FrameEvent), frame: this.#changed(frame, payload) };
  }

  /**
   * What is in a frame is not known: nothing of it is shown.
   *
   * @param isCounted - its message was not replaced whole as well
   */
  #fill(waiting: Waiting, isCounted: boolean): void {
    const { frame } = waiting;
    if (frame === undefined) return;
    const { payload, opcode } = frame;
    const filled = isCounted ? this.#payloads.whole(payload!, opcode) : this.#payloads.filled(payload!, opcode);
    this.#settleFrame(waiting, filled);
  }

  #fillAll(frames: Waiting[]): void {
    for (const each of frames.splice(0)) this.#fill(each, true);
  }

  #changed(frame: Frame, payload: Buffer | undefined): Frame {
    let changed = this.#frames.get(frame);
    if (changed === undefined) {
      const isSame = payload === frame.payload && frame.findings.length === 0;
      changed = isSame ? frame : frameWith(frame, payload, this.#findings(frame.findings));
      this.#frames.set(frame, changed);
    }
    return changed;
  }

  #headerOf(header: FrameHeader, message: Message, payload: Buffer | undefined): FrameHeader {
    return 'payload' in header ? this.#frameOf(header as Frame, message, payload) : header;
  }

  /** A frame that a message names, which may not have been an event. */
  #frameOf(frame: Frame, message: Message, payload: Buffer | undefined): Frame {
    const known = this.#frames.get(frame);
    if (known !== undefined) return known;
    const isAll =
      message.frames === 1 && frame.payload !== undefined && message.payload?.equals(frame.payload) === true;
    if (isAll) return this.#changed(frame, payload);
    const { payload: own } = frame;
    return this.#changed(frame, own === undefined || own.length === 0 ? own : this.#payloads.filled(own, frame.opcode));
  }

  #put(event: DissectEvent): void {
    this.#queue.push({ event, frame: undefined });
  }

  /** What waits is too much, or nothing more comes. */
  #giveUpWaiting(): void {
    for (const { open } of this.#connections.values()) for (const frames of Object.values(open)) this.#fillAll(frames);
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

/** Where in a message the payloads of its frames stand; `undefined` where they are not the message byte for byte. */
function placesIn({ payload, status, compressed }: Message, frames: readonly Waiting[]): number[] | undefined {
  if (payload === undefined || status !== 'ok' || compressed) return undefined;
  const places: number[] = [];
  let at = 0;
  for (const { frame } of frames) {
    const { payload: own } = frame!;
    if (!payload.subarray(at, at + own!.length).equals(own!)) return undefined;
    places.push(at);
    at += own!.length;
  }
  return at === payload.length ? places : undefined;
}
