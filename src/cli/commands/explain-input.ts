import { decodeHexLine } from '../../capture/hex-line.js';
import { byteOrderMarkLength, sniff } from '../../capture/sniff.js';
import { ByteQueue } from '../../common/byte-queue.js';
import { WsdissectError } from '../../common/error.js';
import type { Limits } from '../../common/limits.js';

/** Bytes that {@link sniff} needs to tell a format. */
const SNIFFED = 64;
const HEX_CHARACTERS = /^[0-9a-f:,x\s]*$/i;
/** What begins with an HTTP head is a whole conversation, and no row of frames. */
const HTTP = /^(?:GET|HTTP\/1\.\d) /;

/** Whether words of a command line are bytes in hex rather than names of files. */
export function areHex(words: readonly string[]): boolean {
  return words.every((word) => HEX_CHARACTERS.test(word) && /^(?:0x)?[0-9a-f]/i.test(word));
}

/** The bytes of words in hex, joined. @throws WsdissectError `bad-hex` with the place of what is not hex */
export function decodeHexWords(words: readonly string[]): Buffer {
  return Buffer.concat(words.map((word, index) => decodeHexLine(word, index + 1)));
}

/** What an input turned out to be: bytes of frames, or a capture with all of its chunks. */
export type ExplainInput = { readonly frames: Buffer } | { readonly capture: AsyncIterable<Buffer> };

/**
 * Tells lines of hex that are nothing but frames from captures.
 *
 * @throws WsdissectError `bad-hex` where a line is no hex, or there is more hex than `limits.hexLine` characters
 */
export async function openExplainInput(source: AsyncIterable<Buffer>, limits: Limits): Promise<ExplainInput> {
  const chunks = source[Symbol.asyncIterator]();
  const head = new ByteQueue();
  const isAll = await readUntil(chunks, head, SNIFFED);
  if (head.length === 0 || sniff(head.peek(), isAll) !== 'hex') return { capture: rejoined(head.peek(), chunks) };
  if (!isAll) await readUntil(chunks, head, limits.hexLine + 1);
  const text = head.peek();
  const frames = text.length > limits.hexLine ? undefined : decodeLines(text);
  if (frames === undefined || HTTP.test(frames.toString('latin1', 0, 16))) {
    return { capture: rejoined(text, chunks) };
  }
  return { frames };
}

/** Reads until there are this many bytes. @returns whether the source is over */
async function readUntil(chunks: AsyncIterator<Buffer>, head: ByteQueue, length: number): Promise<boolean> {
  while (head.length < length) {
    const result = await chunks.next();
    if (result.done === true) return true;
    head.push(result.value);
  }
  return false;
}

function decodeLines(text: Buffer): Buffer {
  const lines = text.toString('latin1', byteOrderMarkLength(text)).split('\n');
  const bytes = Buffer.concat(lines.map((line, index) => decodeHexLine(line, index + 1)));
  if (bytes.length > 0) return bytes;
  throw new WsdissectError(
    'empty-input',
    'the input is empty: it holds nothing but white space; give it bytes in hex, or a capture',
  );
}

async function* rejoined(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let result = await rest.next(); result.done !== true; result = await rest.next()) yield result.value;
  } finally {
    await rest.return?.();
  }
}
