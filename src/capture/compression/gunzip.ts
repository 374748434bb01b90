import { finding, type Finding } from '../../common/finding.js';
import { beginsCapture } from '../begins-capture.js';
import type { ChunkInput } from '../chunk-input.js';
import { GZIP_TRAILER_LENGTH, gzipHeaderLength } from './gzip-header.js';

/** Most bytes of a gzip header: extra field of 64 KiB, a name and a comment as long as file systems allow. */
const LONGEST_HEADER = 72 * 1024;
/** Bytes that tell a capture for sure. */
const CAPTURE_MAGIC_LENGTH = 12;

/**
 * The bytes of a gzip file (RFC 1952), all of its members joined.
 *
 * Of a damaged or cut file it gives what can be inflated, then reports `capture.bad-gzip`. A capture that follows the
 * last member as it is, is passed on as it is.
 *
 * @param report - takes the findings
 */
export async function* gunzip(input: ChunkInput, report: (finding: Finding) => void): AsyncGenerator<Buffer> {
  const { inflateMember } = await import('./inflate-member.js');
  let inflated = 0;
  const bad = (what: string): void => {
    const message = `the gzip data is damaged: ${what}; ${inflated} bytes could be inflated`;
    report(finding('capture.bad-gzip', message, { offset: input.position }));
  };
  for (let isFirst = true; isFirst || (await skipZeros(input)); isFirst = false) {
    const what = await skipHeader(input);
    if (what !== undefined) {
      if (!isFirst && (await captureFollows(input))) yield* input.rest();
      else bad(isFirst ? what : `other bytes follow its end at byte ${input.position}`);
      return;
    }
    const { crc, length, error } = yield* inflateMember(input);
    inflated += length;
    if (error !== undefined) {
      bad(error);
      return;
    }
    const trailer = await input.nextUntil((bytes) => bytes.length >= GZIP_TRAILER_LENGTH);
    if (trailer.length < GZIP_TRAILER_LENGTH) {
      bad('unexpected end of file');
      return;
    }
    input.putBack(trailer.subarray(GZIP_TRAILER_LENGTH));
    if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== length % 0x1_0000_0000) {
      bad('its checksum does not match, so what was read from it may be wrong');
    }
  }
}

/** Skips a member's header; returns what is wrong where there is none. */
async function skipHeader(input: ChunkInput): Promise<string | undefined> {
  const head = await input.nextUntil((bytes) => gzipHeaderLength(bytes) !== undefined || bytes.length > LONGEST_HEADER);
  const length = gzipHeaderLength(head);
  input.putBack(typeof length === 'number' ? head.subarray(length) : head);
  if (length === undefined) return head.length > LONGEST_HEADER ? 'its header has no end' : 'unexpected end of file';
  return length === 'bad' ? 'its header is not a gzip header' : undefined;
}

/** Whether a capture that is not compressed comes next. */
async function captureFollows(input: ChunkInput): Promise<boolean> {
  const head = await input.nextUntil((bytes) => bytes.length >= CAPTURE_MAGIC_LENGTH);
  input.putBack(head);
  return beginsCapture(head, 0);
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
