import type { Moment } from '../common/moment.js';
import type { ChunkQueue } from './chunk-queue.js';
import type { CapturedHead } from './describe-handshake.js';
import { HeadEnd, ParsedHead, parseHead } from './head-parser.js';
import { cutRole, parseRequestLine, StartLine } from './start-line.js';

/** A head that one side sent. */
export interface MessageHead extends CapturedHead {
  readonly role: 'request' | 'response';
  readonly at: Moment;
  /** It is longer than is kept, and was cut for that. */
  readonly tooLong: boolean;
}

/** What stands where a message must begin: its head, nothing that can be told yet, or something that is not HTTP/1. */
export type Reading = MessageHead | 'more' | 'odd';

/** Empty lines before a message are let pass (RFC 9112 section 2.2), but not many: more of them are not HTTP. */
const MOST_BLANKS = 4;

/** Reads the heads of one side out of its queue. */
export class MessageReader {
  readonly #longest: number;
  readonly #startLine = new StartLine();
  readonly #end = new HeadEnd();
  #messages = 0;

  /** @param longest - bytes of a head */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /**
   * Takes a head out of the queue, where one is there. Call {@link reset} before reading at another place.
   *
   * @param last - whether nothing will join the bytes that stand first in the queue
   */
  read(queue: ChunkQueue, last: boolean): Reading {
    const bytes = queue.peek();
    if (bytes.length === 0) return 'more';
    const blanks = this.#messages > 0 ? countBlanks(bytes) : 0;
    if (blanks === bytes.length) return last || blanks > MOST_BLANKS ? this.#odd() : 'more';
    const message = bytes.subarray(blanks);
    const likeness = this.#startLine.look(message);
    if (likeness === 'no' || blanks > MOST_BLANKS) return this.#odd();
    const end = likeness === 'more' ? undefined : this.#end.find(message);
    const length = end ?? message.length;
    const tooLong = length > this.#longest;
    if (end === undefined && !last && !tooLong) return 'more';
    const role = likeness === 'more' ? cutRole(message) : likeness;
    if (role === undefined) return this.#odd();
    const whole = end !== undefined && !tooLong;
    const head = whole ? parseHead(message.subarray(0, end)) : parseCutHead(message.subarray(0, length));
    if (whole && role === 'request' && parseRequestLine(head.startLine) === undefined) return this.#odd();
    const at = queue.skip(blanks + length);
    this.#messages++;
    this.reset();
    return { role, head, whole, tooLong, at, packet: at.packet };
  }

  /** Forgets how far a head was looked at. */
  reset(): void {
    this.#startLine.reset();
    this.#end.reset();
  }

  #odd(): 'odd' {
    this.reset();
    return 'odd';
  }
}

/** The lines that are whole; the start line even where it is not. */
function parseCutHead(bytes: Buffer): ParsedHead {
  const head = parseHead(bytes);
  return head.startLine === '' ? new ParsedHead(bytes.toString('latin1')) : head;
}

function countBlanks(bytes: Buffer): number {
  let count = 0;
  while (count < bytes.length && count <= MOST_BLANKS && (bytes[count] === 0x0d || bytes[count] === 0x0a)) count++;
  return count;
}
