import { count } from '../common/words.js';
import type { DissectEvent } from '../events.js';
import type { Message } from '../message/message.js';
import type { Frame } from '../websocket/frame.js';
import type { RecordType } from './records/record-field.js';
import type { Output } from './output.js';

/** Payloads up to this many bytes share a buffer. */
const SHARED = 64 * 1024;

/** The captured bytes of the payloads of frames or messages, and nothing between them. */
export class RawOutput implements Output {
  readonly #type: RecordType;
  #shared = Buffer.allocUnsafeSlow(SHARED);
  #sharedLength = 0;
  /** What comes before the shared bytes. */
  readonly #pieces: Uint8Array[] = [];
  #piecesLength = 0;
  #records = 0;
  #unknown = 0;
  #incomplete = 0;

  constructor(type: RecordType) {
    this.#type = type;
  }

  event(event: DissectEvent): void {
    if (event.type !== this.#type) return;
    if (event.type === 'frame') this.#record(event.frame);
    else if (event.type === 'message') this.#record(event.message);
  }

  /** How many of the payloads are not there, or not whole; `undefined` where all are. */
  note(): string | undefined {
    if (this.#unknown + this.#incomplete === 0) return undefined;
    const parts = [];
    if (this.#unknown > 0) parts.push(`${this.#unknown} left out, because what they say is not known`);
    if (this.#incomplete > 0) parts.push(`${this.#incomplete} written without the bytes that are missing`);
    return `of ${count(this.#records, this.#type)}, ${parts.join(' and ')}`;
  }

  skip(): void {
    // What is not written leaves no trace.
  }

  flush(): void {
    // Bytes wait for nothing.
  }

  get length(): number {
    return this.#piecesLength + this.#sharedLength;
  }

  take(): Uint8Array {
    const piece = this.#pieces.shift();
    if (piece === undefined) {
      const shared = this.#shared.subarray(0, this.#sharedLength);
      this.#sharedLength = 0;
      return shared;
    }
    this.#piecesLength -= piece.length;
    return piece;
  }

  #record({ payload, status }: Frame | Message): void {
    this.#records++;
    // Of compressed bytes with a hole nothing can be said, and of those of another extension neither.
    if (payload === undefined) this.#unknown++;
    else if (status !== 'ok' && status !== 'not-decoded') this.#incomplete++;
    if (payload !== undefined) this.#add(payload);
  }

  /** Bytes are copied, as the view is no longer theirs once the next event comes. */
  #add(bytes: Uint8Array): void {
    if (this.#sharedLength + bytes.length > SHARED) this.#closeShared();
    if (bytes.length > SHARED) {
      this.#pieces.push(Uint8Array.from(bytes));
      this.#piecesLength += bytes.length;
    } else {
      this.#shared.set(bytes, this.#sharedLength);
      this.#sharedLength += bytes.length;
    }
  }

  #closeShared(): void {
    if (this.#sharedLength === 0) return;
    this.#pieces.push(this.#shared.subarray(0, this.#sharedLength));
    this.#piecesLength += this.#sharedLength;
    this.#shared = Buffer.allocUnsafeSlow(SHARED);
    this.#sharedLength = 0;
  }
}
