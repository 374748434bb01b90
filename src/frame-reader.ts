import { WsdissectError } from './common/error.js';
import { HeldBytes } from './common/held-bytes.js';
import { DEFAULT_LIMITS, type Limits } from './common/limits.js';
import { NO_TIME, type PacketTime } from './common/packet-time.js';
import { checkOptionNames } from './common/nearest.js';
import type { Side } from './common/sink.js';
import { Conversation } from './conversation.js';
import type { DissectEvent, FindingEvent, FrameEvent, MessageEvent, NewEvent } from './events.js';
import { deflateFromAnswer } from './http/messages/deflate-parameters.js';
import type { Handshake } from './http/handshake.js';
import { bareConnection } from './tcp/connection-info.js';
import { extensionBits } from './websocket/extension-bits.js';
import { WebSocketConnection } from './websocket/websocket-connection.js';

/**
 * How to read the bytes of one side.
 *
 * @beta
 */
export interface FrameReaderOptions {
  /** Who sent the bytes: a client's frames are masked, a server's are not. */
  side: 'client' | 'server';
  /** The server's Sec-WebSocket-Extensions answer; none were agreed on where this is not given. */
  extensions?: string;
  /** Limits that differ from {@link DEFAULT_LIMITS}. */
  limits?: Partial<Limits>;
}

/**
 * What a {@link FrameReader} gives. `at.packet` and `packet` are the number of the push, from 1; there is no time.
 *
 * @beta
 */
export type FrameReaderEvent = FrameEvent | MessageEvent | FindingEvent;

const CLIENT: Side = 0;
const SERVER: Side = 1;

/**
 * Reads what one side of a WebSocket connection sent after the opening handshake, for those who have the bytes of a
 * socket and no capture. Each side needs a reader of its own.
 *
 * The bytes are not kept and not changed. What is wrong with them is a finding (RFC 6455 section 5, RFC 7692
 * section 7), never an exception.
 *
 * @beta
 */
export class FrameReader {
  readonly #side: Side;
  readonly #connection: WebSocketConnection;
  #events: FrameReaderEvent[] = [];
  #at: PacketTime = NO_TIME;
  #number = 0;
  #hasEnded = false;

  /** @throws WsdissectError `bad-option` where the side is neither `client` nor `server`, or an option is not known */
  constructor(options: FrameReaderOptions) {
    checkOptions(options);
    this.#side = options.side === 'client' ? CLIENT : SERVER;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const held = new HeldBytes(limits.heldTotal);
    const handshake = agreedOn(options.extensions);
    const context = {
      limits,
      held,
      wants: { frames: true, messages: true, connections: false },
      emit: (event: NewEvent) => this.#emit(event),
    };
    const carrier = { tcp: bareConnection(NO_TIME), tls: undefined, http2Stream: undefined };
    const conversation = new Conversation(handshake, context, carrier);
    const reading = {
      limits,
      held,
      wish: 'all' as const,
      deflate: handshake.deflate !== undefined,
      extensions: extensionBits(handshake.extensions),
      inStep: true,
    };
    this.#connection = new WebSocketConnection(handshake, reading, conversation, NO_TIME);
  }

  /**
   * Takes the next bytes, in pieces of any size.
   *
   * @returns the frames that they complete, the messages that those complete, and what is wrong, in this order for each frame
   * @throws WsdissectError `bad-option` where they are no bytes, or come after the end
   */
  push(bytes: Uint8Array): FrameReaderEvent[] {
    if (!(bytes instanceof Uint8Array)) throw new WsdissectError('bad-option', 'push() takes a Buffer or a Uint8Array');
    if (this.#hasEnded) throw new WsdissectError('bad-option', 'push() after end(): make a new reader');
    this.#at = { ...NO_TIME, packet: this.#at.packet + 1 };
    this.#number = 0;
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#connection.bytes(this.#side, view, this.#at);
    return this.#take();
  }

  /** The side has ended. @returns what was not complete: frames of status `truncated`, messages of status `unfinished` */
  end(): FrameReaderEvent[] {
    if (this.#hasEnded) return [];
    this.#hasEnded = true;
    this.#connection.end(this.#side, 'fin', this.#at);
    return this.#take();
  }

  #emit(event: NewEvent): void {
    if (event.type !== 'frame' && event.type !== 'message' && event.type !== 'finding') return;
    event.packet = this.#at.packet;
    event.number = this.#number++;
    this.#events.push(event as DissectEvent as FrameReaderEvent);
  }

  #take(): FrameReaderEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/**
 * A reader for the bytes that one side sent on a WebSocket connection, after the opening handshake.
 *
 * @throws WsdissectError `bad-option` where the options are wrong
 *
 * @beta
 */
export function createFrameReader(options: FrameReaderOptions): FrameReader {
  return new FrameReader(options);
}

const OPTION_NAMES = ['side', 'extensions', 'limits'] satisfies (keyof FrameReaderOptions)[];

function checkOptions(options: FrameReaderOptions): void {
  checkOptionNames('createFrameReader()', options, OPTION_NAMES);
  checkOptionNames('limits of createFrameReader()', options.limits ?? {}, Object.keys(DEFAULT_LIMITS));
  const { side }: { side: string } = options;
  if (side === 'client' || side === 'server') return;
  throw new WsdissectError('bad-option', "createFrameReader() needs side: 'client' or 'server', who sent the bytes");
}

/** A handshake of which only the server's answer to the extensions matters. */
function agreedOn(answer: string | undefined): Handshake {
  const accepted = { state: 'accepted', client: CLIENT, extensions: answer ?? '' } as const;
  if (answer === undefined) return { ...accepted, findings: [] };
  return { ...accepted, ...deflateFromAnswer(answer) };
}
