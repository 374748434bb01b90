import { finding, type Direction, type Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { Handshake } from '../http/handshake.js';
import type { Message } from '../message/message.js';
import { BINARY, CLOSE, TEXT } from '../websocket/frame.js';
import { isHeadCaptured } from '../websocket/websocket-connection.js';
import { MeaningReader, type DecodeChoice } from './meaning-reader.js';
import type { DecodedMessage, Opening } from './sub-protocol.js';

/** Gives the messages of a connection to the {@link MeaningReader}, and tells it of those that it cannot have. */
export class ConnectionMeaning {
  readonly #reader: MeaningReader;
  readonly #limit: number;
  readonly #report: (found: Finding) => void;
  #isLimitTold = false;

  /** @param report - takes what is to be told of it */
  constructor(
    handshake: Handshake,
    choice: Exclude<DecodeChoice, 'off'>,
    { decodedMessage }: Limits,
    held: HeldBytes,
    report: (found: Finding) => void,
  ) {
    this.#reader = new MeaningReader(openingOf(handshake), choice, held, decodedMessage);
    this.#limit = decodedMessage;
    this.#report = report;
    if (!isHeadCaptured(handshake, true)) this.#reader.lost('client-to-server');
    if (!isHeadCaptured(handshake, false)) this.#reader.lost('server-to-client');
  }

  /** More of the handshake is known. */
  learn(handshake: Handshake): void {
    this.#reader.learn(openingOf(handshake));
  }

  /** Frames of a direction were lost. */
  lost(direction: Direction): void {
    this.#reader.lost(direction);
  }

  /** No more messages come. */
  end(): void {
    this.#reader.end();
  }

  /** Whether it looks into messages: there is a protocol that they are, or may prove to be. */
  get isReading(): boolean {
    return this.#reader.isReading;
  }

  /** Whether the last message that was looked into holds but a part of what a later one ends. */
  get isPart(): boolean {
    return this.#reader.isPart;
  }

  /** Whether the last message of a direction holds the beginning of what a later one ends. */
  isWaiting(direction: Direction): boolean {
    return this.#reader.isWaiting(direction);
  }

  /** What a message means; `undefined` where that is not known. */
  message(direction: Direction, message: Message): DecodedMessage | undefined {
    const { opcode, status, payload, isText } = message;
    if (opcode >= CLOSE) return undefined;
    const isReadable = status === 'ok' && payload !== undefined && (opcode === TEXT ? isText : opcode === BINARY);
    if (!isReadable || payload.length > this.#limit) {
      if (isReadable) this.#tellLimit(message);
      this.#reader.lost(direction);
      return undefined;
    }
    // A text that nobody reads is not made.
    const text = isText && this.#reader.isReading ? payload.toString('utf8') : '';
    const decoded = this.#reader.message({ direction, isText, payload, text });
    if (this.#reader.isOverLimit) this.#tellInflated(message);
    return decoded;
  }

  #tellLimit(message: Message): void {
    if (this.#reader.protocol === undefined) return;
    const what = `messages of more than ${this.#limit} bytes are not looked into for what they mean: one has ${message.length}`;
    this.#tell(what, message);
  }

  #tellInflated(message: Message): void {
    const what = `what the ${this.#reader.protocol} protocol compresses is not looked into where it inflates to more than ${this.#limit} bytes, nor is what comes after it`;
    this.#tell(what, message);
  }

  /** Once a connection: the next ones are no news. */
  #tell(what: string, { at }: Message): void {
    if (this.#isLimitTold) return;
    this.#isLimitTold = true;
    this.#report(finding('limit.decoded-message', what, { packet: at.packet }));
  }
}

/** What a handshake tells of the protocol in the messages. */
function openingOf({ url, subprotocol, offeredSubprotocols, response }: Handshake): Opening {
  // One that is offered alone is chosen, or else the client gives the connection up (RFC 6455 section 4.1).
  const isAlone = offeredSubprotocols !== undefined && !offeredSubprotocols.includes(',');
  return { url, subprotocol: subprotocol ?? (response === undefined && isAlone ? offeredSubprotocols : undefined) };
}
