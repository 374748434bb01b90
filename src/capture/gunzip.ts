import { ByteQueue } from '../common/byte-queue.js';
import { finding, type Finding } from '../common/finding.js';
import { ChunkInput } from './chunk-input.js';
import { GZIP_MAGIC, GZIP_TRAILER_LENGTH, gzipHeaderLength, isGzip } from './gzip-header.js';

/** Most bytes of a gzip header: extra field of 64 KiB, a name and a comment as long as file systems allow. */
const LONGEST_HEADER = 72 * 1024;

/**
 * The bytes of an input, inflated where they are gzip (RFC 1952), otherwise as they come.
 *
 * Of a damaged or cut gzip file it gives what can be inflated, then reports `capture.bad-gzip`. When the caller stops
 * early, the source is told so.
 *
 * @param report - takes the findings
 */
export async function* readChunks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  report: (finding: Finding) => void,
): AsyncGenerator<Buffer> {
  const input = new ChunkInput(source);
  try {
    if (await beginsAsGzip(input)) yield* gunzip(input, report);
    else for (let chunk = await input.next(); chunk !== undefined; chunk = await input.next()) yield chunk;
  } finally {
    await input.close();
  }
}

async function beginsAsGzip(input: ChunkInput): Promise<boolean> {
  const head = await readUntil(input, (bytes) => bytes.length >= GZIP_MAGIC.length);
  input.putBack(head);
  return isGzip(head) === true;
}

async function* gunzip(input: ChunkInput, report: (finding: Finding) => void): AsyncGenerator<Buffer> {
  const { inflateMember } = await import('./inflate-member.js');
  let inflated = 0;
  const bad = (what: string): void => {
    const message = `the gzip data is damaged: ${what}; ${inflated} bytes could be inflated`;
    report(finding('capture.bad-gzip', message, { offset: input.position }));
  };
  for (let isFirst = true; isFirst || (await skipZeros(input)); isFirst = false) {
    const what = await skipHeader(input);
    if (what !== undefined) {
      bad(isFirst ? what : `other bytes follow its end at byte ${input.position}`);
      return;
    }
    const { crc, length, error } = yield* inflateMember(input);
    inflated += length;
    if (error !== undefined) {
      bad(error);
      return;
    }
    const trailer = await readUntil(input, (bytes) => bytes.length >= GZIP_TRAILER_LENGTH);
    if (trailer.length < GZIP_TRAILER_LENGTH) {
      bad('unexpected end of file');
      return;
    }
    input.putBack(trailer.subarray(GZIP_TRAILER_LENGTH));
    if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== length % 0x1_0000_0000) {
      bad('its checksum is another one, so what was read from it may be wrong');
    }
  }
}

/** Skips a member's header; returns what is wrong where there is none. */
async function skipHeader(input: ChunkInput): Promise<string | undefined> {
  const head = await readUntil(
    input,
    (bytes) => gzipHeaderLength(bytes) !== undefined || bytes.length > LONGEST_HEADER,
  );
  const length = gzipHeaderLength(head);
  input.putBack(typeof length === 'number' ? head.subarray(length) : head);
  if (length === undefined) return head.length > LONGEST_HEADER ? 'its header does not end' : 'unexpected end of file';
  return length === 'bad' ? 'its header is not one of gzip' : undefined;
}

/** Skips the zeros that pad a gzip file on some media; returns whether anything follows. */
async function skipZeros(input: ChunkInput): Promise<boolean> {
  for (let chunk = await input.next(); chunk !== undefined; chunk = await input.next()) {
    let at = 0;
    while (chunk[at] === 0) at++;
    if (at === chunk.length) continue;
    input.putBack(chunk.subarray(at));
    return true;
  }
  return false;
}

/** The next chunk, or several joined until there are enough bytes or no more. */
async function readUntil(input: ChunkInput, isEnough: (bytes: Buffer) => boolean): Promise<Buffer> {
  const first = (await input.next()) ?? EMPTY;
  if (first.length === 0 || isEnough(first)) return first;
  const queue = new ByteQueue();
  queue.push(first);
  while (!isEnough(queue.peek())) {
    const chunk = await input.next();
    if (chunk === undefined) break;
    queue.push(chunk);
  }
  return queue.peek();
}

const EMPTY = Buffer.alloc(0);
