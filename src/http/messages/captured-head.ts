import { isAscii, isUtf8 } from '../../common/node/buffer.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { HttpHead } from '../handshake.js';
import { indexFields, type FieldIndex } from './head.js';
import { ReadHead, withoutReturn } from './read-head.js';
import { parseRequestLine, parseStatus, type ReadLine, type RequestLine } from './start-line.js';

/** Why a head is not kept whole: it is too long, or too many bytes wait over all connections. */
export type HeadLimit = 'http-head' | 'held-bytes';

/** A head that one side sent, read once: what it says is asked many times. */
export interface CapturedHead {
  readonly role: 'request' | 'response';
  readonly head: HttpHead;
  readonly fields: FieldIndex;
  /** Of a request whose first line was captured and can be read. */
  readonly line: RequestLine | undefined;
  /** Of a response, where its status was captured. */
  readonly status: number | undefined;
  /** Of a cut head the last line, as far as it was captured. */
  readonly tail: string;
  /** False where it was cut: its last lines, and how long it is, are then not known. */
  readonly whole: boolean;
  /** The limit that it was cut for. */
  readonly limit: HeadLimit | undefined;
  /** Of the packet that its last byte came in. */
  readonly at: PacketTime;
}

/**
 * Reads a head.
 *
 * @param bytes - from its first line on; of a head that was cut, the lines that are whole are read
 * @param line - its first line, where that was read before
 */
export function captureHead(
  role: CapturedHead['role'],
  bytes: Buffer,
  { whole, limit, at }: Pick<CapturedHead, 'whole' | 'limit' | 'at'>,
  line?: ReadLine,
): CapturedHead {
  const parsed = parseHead(bytes);
  const head = whole ? parsed : cutHead(parsed, bytes);
  return {
    role,
    head,
    fields: indexFields(head),
    line: role === 'request' && parsed.startLine !== '' ? requestLine(head.startLine, line) : undefined,
    tail: whole ? '' : text(bytes.subarray(bytes.lastIndexOf(0x0a) + 1)),
    status: role === 'response' ? parseStatus(head.startLine) : undefined,
    whole,
    limit,
    at,
  };
}

function requestLine(text: string, known: ReadLine | undefined): RequestLine | undefined {
  return known?.text === text ? known.parts : parseRequestLine(text);
}

/**
 * The end of a head whose beginning was not captured: its fields, but for the first line, which may not be whole.
 *
 * @param line - the first line, where only its method may not be whole
 */
export function captureEndOfHead(
  role: CapturedHead['role'],
  bytes: Buffer,
  at: PacketTime,
  line?: RequestLine,
): CapturedHead {
  const head: HttpHead = { startLine: '', fields: parseHead(bytes).fields, cut: true };
  const fields = indexFields(head);
  return { role, head, fields, line, tail: '', status: undefined, whole: false, limit: undefined, at };
}

/** A head that was cut, with the fields that were captured after the cut. Its first whole line there is the first one. */
export function completeHead(cut: CapturedHead, rest: Buffer): CapturedHead {
  const { fields } = parseHead(rest);
  const head: HttpHead = { ...cut.head, fields: [...cut.head.fields, ...fields] };
  return { ...cut, head, tail: '', fields: indexFields(head) };
}

/** The method of a request, whose first line may be cut after it. */
export function methodOf({ line, head }: CapturedHead): string {
  return line?.method ?? /^[^ \t]*/.exec(head.startLine)![0];
}

const HTTP2_LINE = 'PRI * HTTP/2.0\r\n';

/** Bytes of a frame header of HTTP/2 (RFC 9113 section 4.1), its longest usual payload, and its highest type. */
const HTTP2_HEADER = 9;
const HTTP2_LONGEST = 0x4000;
const HTTP2_TYPES = 9;

/** As many bytes tell whether what they begin is HTTP/2. */
export const HTTP2_BEGINNING = HTTP2_LINE.length;

/**
 * Whether what follows a switch to a protocol that is not known is HTTP/2: its first line, or the header of a frame, which
 * begins with a byte that no first frame of WebSocket has. `more` where so few bytes do not tell.
 */
export function beginsHttp2(bytes: Buffer): boolean | 'more' {
  if (bytes[0] !== 0) {
    const text = bytes.toString('latin1', 0, HTTP2_LINE.length);
    return text.length < HTTP2_LINE.length && HTTP2_LINE.startsWith(text) ? 'more' : text === HTTP2_LINE;
  }
  if (bytes.length < HTTP2_HEADER) return 'more';
  return bytes.readUIntBE(0, 3) <= HTTP2_LONGEST && bytes[3]! <= HTTP2_TYPES && bytes[5]! < 0x80;
}

/** Whether a head is the first line of an HTTP/2 connection (RFC 9113 section 3.4). */
export function isHttp2Preface({ line }: CapturedHead): boolean {
  return line?.method === 'PRI' && line.target === '*' && line.version === '2.0';
}

/** The first line of a cut head stands for itself even where it is not whole. */
function cutHead(parsed: HttpHead, bytes: Buffer): HttpHead {
  return { startLine: parsed.startLine === '' ? text(bytes) : parsed.startLine, fields: parsed.fields, cut: true };
}

/**
 * Reads the lines of a head. What follows the last line end is left out: it may not be whole.
 *
 * A folded line (RFC 9112 section 5.2) is joined to the one before with one space. A line without a colon becomes a
 * name without a value.
 */
export function parseHead(bytes: Buffer): HttpHead {
  const end = bytes.indexOf(0x0a);
  if (end < 0) return { startLine: '', fields: [] };
  if (isAscii(bytes)) {
    const all = bytes.toString('latin1');
    return new ReadHead(withoutReturn(all.slice(0, end)), all, end + 1);
  }
  // Each line for itself: one that is not UTF-8 must not change how the others are read.
  let decoded = '';
  for (let from = end + 1, to = bytes.indexOf(0x0a, from); to >= 0; to = bytes.indexOf(0x0a, from)) {
    decoded += text(bytes.subarray(from, to + 1));
    from = to + 1;
  }
  return new ReadHead(withoutReturn(text(bytes.subarray(0, end))), decoded, 0);
}

function text(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
