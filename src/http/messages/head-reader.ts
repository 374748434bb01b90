import { captureEndOfHead, captureHead, type CapturedHead, type HeadLimit } from './captured-head.js';
import { asksForWebSocket } from './head.js';
import { HeadScanner } from './head-scanner.js';
import type { HttpInput } from '../http-input.js';
import { beginsLikeHead, cutRole, readRequestLine, type ReadLine } from './start-line.js';
import {
  bytesBeforeHead,
  bytesBeforeStatus,
  mayBeDamagedHead,
  mayBeEndOfRequest,
  roleByFields,
} from '../stray-bytes.js';

/** A head and its length, with the empty lines before it. */
interface HeadFound {
  readonly kind: 'head';
  readonly head: CapturedHead;
  readonly length: number;
}

/** What stands where a message must begin. */
export type HeadReading =
  | HeadFound
  /** Nothing that can be told yet. */
  | { readonly kind: 'more' }
  /** Something that is not HTTP/1; `length` of it stands before what begins like a head. */
  | { readonly kind: 'foreign'; readonly length: number | undefined };

const MORE: HeadReading = { kind: 'more' };

/** Reads one head where it stands, as its bytes come. */
export class HeadReader {
  readonly #longest: number;
  readonly #scanner = new HeadScanner();
  /** Chunks that the scanner has seen. */
  #scanned = 0;
  /** The first line of a request, once it is there. */
  #line: ReadLine | undefined = undefined;

  /** @param longest - bytes of a head */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Whether a gap follows the bytes that were looked at. */
  isBeforeGap(input: HttpInput): boolean {
    return input.at(this.#scanned)?.kind === 'gap';
  }

  /**
   * Looks at what has come since.
   *
   * @param amongFrames - frames may stand here too
   * @param isLast - nothing more will come before a gap
   * @param isSure - all that came before was captured, so that a message must begin here
   */
  read(input: HttpInput, amongFrames: boolean, isLast: boolean, isSure: boolean): HeadReading {
    const scanner = this.#scanner;
    this.#scan(input);
    const { blanks, length, end } = scanner;
    const isCut = isLast || this.isBeforeGap(input);
    const isTooLong = (end ?? length) > this.#longest;
    if (blanks === length) return isCut || isTooLong ? this.#foreign(input, isSure) : MORE;
    const likeness = scanner.likeness(amongFrames);
    if (likeness === 'no' || this.#isLineOdd(input, likeness)) {
      const mayBeMore = !isCut && !isTooLong && scanner.end === undefined;
      const isAwaited = mayBeMore && (isSure ? mayBeDamagedHead(input) : mayBeEndOfRequest(input));
      return isAwaited ? MORE : this.#foreign(input, isSure);
    }
    const isWhole = end !== undefined && !isTooLong;
    if (!isWhole && !isCut && !isTooLong) return MORE;
    const isKnown = likeness === 'response' || (likeness === 'request' && scanner.firstLine !== undefined);
    const role = isKnown ? likeness : cutRole(scanner.start);
    if (role === undefined || this.#isStrayBefore(input)) return this.#foreign(input, isSure);
    if (isWhole) return isSure ? this.#head(input, role, true, undefined) : this.#unsureHead(input, role);
    return this.#head(input, role, false, isTooLong ? 'http-head' : input.isFull ? 'held-bytes' : undefined);
  }

  #scan(input: HttpInput): void {
    const scanner = this.#scanner;
    while (scanner.end === undefined) {
      const item = input.at(this.#scanned);
      if (item?.kind !== 'bytes') return;
      scanner.push(item.bytes);
      this.#scanned++;
    }
  }

  /** Whether the first line is there and is not a line of HTTP. */
  #isLineOdd(input: HttpInput, likeness: 'request' | 'response' | 'more'): boolean {
    const { firstLine, blanks } = this.#scanner;
    if (likeness === 'response' || firstLine === undefined) return false;
    this.#line ??= readRequestLine(input.peek(firstLine).toString('latin1', blanks));
    return this.#line.parts === undefined;
  }

  /** Whether what looks like a method is the rest of something else, and a message begins with the next chunk. */
  #isStrayBefore(input: HttpInput): boolean {
    if (this.#scanned < 2) return false;
    const before = bytesBeforeHead(input);
    const { blanks, start } = this.#scanner;
    return before !== undefined && before > blanks && before < blanks + start.indexOf(' ');
  }

  #head(input: HttpInput, role: CapturedHead['role'], whole: boolean, limit: HeadLimit | undefined): HeadFound {
    const { end, length: scanned } = this.#scanner;
    const length = end ?? scanned;
    const at = input.momentOf(length);
    const head = captureHead(role, this.#bytes(input, length), { whole, limit, at }, this.#line);
    return { kind: 'head', head, length };
  }

  /** The bytes up to a length, without the empty lines before the first line. */
  #bytes(input: HttpInput, length: number): Buffer {
    const { blanks } = this.#scanner;
    return blanks === 0 ? input.peek(length) : input.peek(length).subarray(blanks);
  }

  /** A head before which bytes may be missing: of a request with another method than those that are known, it may be the end. */
  #unsureHead(input: HttpInput, role: CapturedHead['role']): HeadReading {
    const reading = this.#head(input, role, true, undefined);
    const { head, length } = reading;
    const bytes = this.#bytes(input, length);
    if (role === 'response' || beginsLikeHead(bytes) || !asksForWebSocket(head.fields)) return reading;
    return { kind: 'head', head: captureEndOfHead(role, bytes, head.at, head.line), length };
  }

  /** What begins here is no message: it may be a damaged one, or a message may begin in a later chunk. */
  #foreign(input: HttpInput, isSure: boolean): HeadReading {
    const role = this.#scanner.end === undefined ? undefined : roleByFields(input);
    const length = bytesBeforeHead(input) ?? (role === 'response' ? bytesBeforeStatus(input) : undefined);
    if (length === undefined && role !== undefined) {
      if (isSure) return this.#head(input, role, true, undefined);
      const end = this.#scanner.end!;
      const head = captureEndOfHead(role, input.peek(end), input.momentOf(end));
      return { kind: 'head', head, length: end };
    }
    return { kind: 'foreign', length };
  }
}
