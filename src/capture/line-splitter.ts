import { ByteQueue } from '../common/byte-queue.js';
import { WsdissectError } from '../common/error.js';

const LINE_FEED = 0x0a;

/** Cuts a text that comes in chunks into lines, each at most so long. */
export class LineSplitter {
  readonly #line: (text: string, number: number) => void;
  readonly #longest: number;
  /** The beginning of a line whose end has not come. */
  readonly #pending = new ByteQueue();
  #number = 0;

  /** @param line - takes each line without its line feed, one character a byte, and its number from 1 */
  constructor(longest: number, line: (text: string, number: number) => void) {
    this.#longest = longest;
    this.#line = line;
  }

  /** @throws WsdissectError `bad-hex` for a line that is too long */
  push(chunk: Buffer): void {
    let at = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, at);
      if (end < 0) break;
      this.#bound(end - at);
      if (this.#pending.length > 0) this.#take(chunk.subarray(at, end));
      else this.#line(chunk.toString('latin1', at, end), ++this.#number);
      at = end + 1;
    }
    if (at === chunk.length) return;
    this.#bound(chunk.length - at);
    this.#pending.push(chunk.subarray(at));
  }

  /** Gives the last line where no line feed ends it. */
  end(): void {
    if (this.#pending.length > 0) this.#take(EMPTY);
  }

  #bound(more: number): void {
    if (this.#pending.length + more <= this.#longest) return;
    throw new WsdissectError(
      'bad-hex',
      `line ${this.#number + 1} has more than the ${this.#longest} characters that one may have; ` +
        'print the payload of one packet a line',
    );
  }

  #take(rest: Uint8Array): void {
    this.#pending.push(rest);
    const text = this.#pending.peek().toString('latin1');
    this.#pending.clear();
    this.#line(text, ++this.#number);
  }
}

const EMPTY = Buffer.alloc(0);
