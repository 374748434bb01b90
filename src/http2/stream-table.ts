import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { Http2Stream } from './http2-stream.js';

/** Numbers of streams of which something is known; of too many, the oldest are forgotten. */
class StreamNumbers {
  /** Made for the first one: a set takes 200 bytes, and most connections have few numbers, or none. */
  #numbers: Set<number> | undefined = undefined;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(number: number): boolean {
    return this.#numbers?.has(number) === true;
  }

  add(number: number): void {
    const numbers = (this.#numbers ??= new Set());
    numbers.add(number);
    if (numbers.size <= this.#most) return;
    for (const oldest of numbers) {
      numbers.delete(oldest);
      return;
    }
  }

  /** @returns whether it was there */
  delete(number: number): boolean {
    return this.#numbers?.delete(number) === true;
  }
}

/** The streams of a connection: those that are WebSocket or may be, and which ones are not. */
export class StreamTable {
  readonly #limits: Limits;
  readonly #held: HeldBytes;
  /** The streams that are WebSocket or may be, and have not ended. */
  readonly open = new Map<number, Http2Stream>();
  /** Streams that carry something else, and such as were reset. */
  readonly #others: StreamNumbers;
  readonly #finished: StreamNumbers;
  /** Requests may have been missed: a stream that nobody asked for may be WebSocket all the same. */
  isIncomplete: boolean;
  /** The highest number of a stream that a request was seen of: the client counts upwards. */
  lastRequest = 0;
  /** Streams that are not followed, as too many are. */
  overLimit = 0;

  constructor(limits: Limits, held: HeldBytes, isIncomplete: boolean) {
    this.#limits = limits;
    this.#held = held;
    this.#others = new StreamNumbers(limits.http2Streams);
    this.#finished = new StreamNumbers(limits.http2Streams);
    this.isIncomplete = isIncomplete;
  }

  /** Whether a stream of this number was opened. */
  has(number: number): boolean {
    return this.open.has(number) || this.#others.has(number);
  }

  /** Whether a stream carries something else than WebSocket, or was reset. */
  isOther(number: number): boolean {
    return this.#others.has(number);
  }

  /** The stream of a number, made where it may be WebSocket and nothing says that it is not. */
  find(number: number, at: PacketTime): Http2Stream | undefined {
    const known = this.open.get(number);
    if (known !== undefined || isPushed(number) || this.#others.has(number) || this.#finished.has(number)) return known;
    // The capture may have the answer before the request.
    return this.isIncomplete || number > this.lastRequest ? this.add(number, at) : undefined;
  }

  /** Makes a stream; `undefined` where there are too many. */
  add(number: number, at: PacketTime): Http2Stream | undefined {
    if (this.open.size >= this.#limits.http2Streams) {
      this.overLimit++;
      this.#others.add(number);
      return undefined;
    }
    const stream = new Http2Stream(at, this.#held, this.#limits.heldBytes);
    this.open.set(number, stream);
    return stream;
  }

  /** A stream carries something else; who follows it does so until it ends. */
  exclude(number: number): void {
    this.#others.add(number);
  }

  /** Nobody wants a stream, or it was reset. */
  drop(number: number): void {
    this.#forget(number);
    this.#others.add(number);
  }

  /** Both sides have ended a stream. */
  finish(number: number): void {
    this.#forget(number);
    this.#finished.add(number);
  }

  /** Whether both sides had ended a stream; told once. */
  takeFinished(number: number): boolean {
    return this.#finished.delete(number);
  }

  #forget(number: number): void {
    this.open.get(number)?.forget();
    this.open.delete(number);
  }
}

/** Whether the server pushes the stream of this number: it asks for nothing. */
export function isPushed(number: number): boolean {
  return (number & 1) === 0;
}
