import { ByteQueue } from '../../common/byte-queue.js';
import { WsdissectError } from '../../common/error.js';

const LINE_FEED = 0x0a;

/** Cuts a text that comes in chunks into lines, each at most so long. */
export class LineSplitter {
  readonly #line: (text: string, number: number) => void;
  readonly #longest: number;
  /** The beginning of a line whose end has not come. */
  readonly #pending = new ByteQueue();
  readonly #tooLong: ((number: number) => void) | undefined;
  #number = 0;
  /** The line that has not ended is too long: the rest of it is passed over. */
  #isPassing = false;

  /**
   * @param line - takes each line without its line feed, one character a byte, and its number from 1
   * @param tooLong - told of each line that is too long, which is passed over; else that is an error
   */
  constructor(longest: number, line: (text: string, number: number) => void, tooLong?: (number: number) => void) {
    this.#longest = longest;
    this.#line = line;
    this.#tooLong = tooLong;
  }

  /** Lines that have ended. */
  get lines(): number {
    return this.#number;
  }

  /** @throws WsdissectError `bad-hex` for a line that is too long */
  push(chunk: Buffer): void {
    let at = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, at);
      if (end < 0) break;
      if (!this.#bound(end - at)) {
        this.#isPassing = false;
        this.#number++;
      } else if (this.#pending.length > 0) this.#take(chunk.subarray(at, end));
      else this.#line(chunk.toString('latin1', at, end), ++this.#number);
      at = end + 1;
    }
    if (at === chunk.length) return;
    if (this.#bound(chunk.length - at)) this.#pending.push(chunk.subarray(at));
  }

  /** Gives the last line where no line feed ends it. */
  end(): void {
    if (this.#pending.length > 0) this.#take(EMPTY);
  }

  /** @returns false where the line is passed over */
  #bound(more: number): boolean {
    if (this.#isPassing) return false;
    if (this.#pending.length + more <= this.#longest) return true;
    if (this.#tooLong !== undefined) {
      this.#tooLong(this.#number + 1);
      this.#isPassing = true;
      this.#pending.clear();
      return false;
    }
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
