import { finding, type Finding } from '../../common/finding.js';
import { beginsCapture } from '../begins-capture.js';
import type { ChunkInput } from '../chunk-input.js';
import { openZstdFrame } from './zstd-decoder.js';
import { Xxh64 } from './xxh64.js';

/** First four bytes of a frame (RFC 8878 section 3.1.1). */
const ZSTD_MAGIC = Buffer.from('28b52ffd', 'hex');
/** Bytes of the longest frame header, and of a skippable frame's. */
const LONGEST_HEADER = 18;
const SKIPPABLE_HEADER = 8;
/** Bytes of history that a frame may ask to be kept: what `zstd -d` takes without being told, 2^27. */
const LARGEST_WINDOW = 128 * 1024 * 1024;
const BLOCK_HEADER = 3;
const RUN = 1;
const RESERVED = 3;
/** No block holds or gives more. */
const LARGEST_BLOCK = 128 * 1024;
const CHECKSUM = 4;
const CAPTURE_MAGIC_LENGTH = 12;
const EMPTY_END = 'unexpected end of file';

/** What a frame header says. */
interface FrameHeader {
  readonly length: number;
  readonly window: number;
  readonly hasChecksum: boolean;
}

/**
 * The bytes of a Zstandard file (RFC 8878), all of its frames joined, block by block. Checksums are verified.
 *
 * Of a damaged or cut file it gives what can be decompressed, then reports `capture.bad-compression`. A capture that
 * follows the last frame as it is, is passed on as it is.
 *
 * @param report - takes the findings
 */
export async function* unzstd(input: ChunkInput, report: (finding: Finding) => void): AsyncGenerator<Buffer> {
  let length = 0;
  const bad = (what: string): void => {
    const message = `the zstd data is damaged: ${what}; ${length} bytes could be decompressed`;
    report(finding('capture.bad-compression', message, { offset: input.position }));
  };
  for (let isFirst = true; ; isFirst = false) {
    const head = await input.nextUntil((bytes) => bytes.length >= LONGEST_HEADER);
    input.putBack(head);
    if (head.length === 0) return;
    if (isSkippable(head)) {
      if (!(await skip(input, SKIPPABLE_HEADER + head.readUInt32LE(4)))) {
        bad(EMPTY_END);
        return;
      }
      continue;
    }
    if (!head.subarray(0, 4).equals(ZSTD_MAGIC)) {
      if (!isFirst && beginsCapture(head, 0) && head.length >= CAPTURE_MAGIC_LENGTH) yield* input.rest();
      else bad(`other bytes follow its end at byte ${input.position}`);
      return;
    }
    const header = frameHeader(head);
    if (typeof header === 'string') {
      bad(header);
      return;
    }
    await take(input, header.length);
    const work = openZstdFrame(head.subarray(0, header.length));
    const hash = header.hasChecksum ? new Xxh64() : undefined;
    try {
      for (let isLast = false; !isLast;) {
        const block = await nextBlock(input);
        if (typeof block === 'string') {
          bad(block);
          return;
        }
        isLast = block.isLast;
        for (const bytes of await work.push(block.bytes, isLast)) {
          length += bytes.length;
          hash?.update(bytes);
          yield bytes;
        }
      }
    } catch (error) {
      // Both decoders throw errors of their own for damaged blocks.
      bad((error as Error).message);
      return;
    } finally {
      work.close();
    }
    if (hash === undefined) continue;
    const checksum = await take(input, CHECKSUM);
    if (checksum === undefined) {
      bad(EMPTY_END);
      return;
    }
    if (checksum.readUInt32LE(0) !== hash.digest())
      bad('its checksum is another one, so what was read from it may be wrong');
  }
}

function isSkippable(head: Buffer): boolean {
  return head.length >= SKIPPABLE_HEADER && head.readUInt32LE(0) >>> 4 === 0x0184d2a5;
}

/** Reads a frame header; in words why that cannot be read. */
function frameHeader(head: Buffer): FrameHeader | string {
  const descriptor = head[4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizeLength = [isSingle ? 1 : 0, 2, 4, 8][descriptor >>> 6]!;
  const idLength = [0, 1, 2, 4][descriptor & 3]!;
  const idStart = isSingle ? 5 : 6;
  const length = idStart + idLength + sizeLength;
  if (head.length < length) return EMPTY_END;
  if ((descriptor & 0x08) !== 0) return 'a reserved bit of its header is set';
  if (idLength > 0 && head.readUIntLE(idStart, idLength) !== 0)
    return 'it needs a dictionary; `zstd -D` decompresses it';
  const window = isSingle ? sizeOf(head, idStart + idLength, sizeLength) : windowOf(head[5]!);
  if (window > LARGEST_WINDOW) {
    return `it needs a window of ${window} bytes, more than ${LARGEST_WINDOW}; \`zstd -dc --long=31\` decompresses it`;
  }
  return { length, window, hasChecksum: (descriptor & 0x04) !== 0 };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 7);
}

function sizeOf(head: Buffer, at: number, length: number): number {
  if (length === 8) return Number(head.readBigUInt64LE(at));
  return head.readUIntLE(at, length) + (length === 2 ? 256 : 0);
}

/** The next block with its header, whole; in words why there is none. */
async function nextBlock(input: ChunkInput): Promise<{ bytes: Buffer; isLast: boolean } | string> {
  const head = await take(input, BLOCK_HEADER);
  if (head === undefined) return EMPTY_END;
  const header = head.readUIntLE(0, BLOCK_HEADER);
  const type = (header >>> 1) & 3;
  const size = header >>> 3;
  if (type === RESERVED) return 'a block is of a reserved type';
  if (size > LARGEST_BLOCK) return `a block says that it has ${size} bytes`;
  const body = await take(input, type === RUN ? 1 : size);
  if (body === undefined) return EMPTY_END;
  return { bytes: Buffer.concat([head, body]), isLast: (header & 1) === 1 };
}

/** So many bytes; `undefined` where they are not all there, and then nothing is left. */
async function take(input: ChunkInput, length: number): Promise<Buffer | undefined> {
  if (length === 0) return Buffer.alloc(0);
  const bytes = await input.nextUntil((there) => there.length >= length);
  if (bytes.length < length) return undefined;
  input.putBack(bytes.subarray(length));
  return bytes.subarray(0, length);
}

async function skip(input: ChunkInput, length: number): Promise<boolean> {
  for (let left = length; left > 0;) {
    const chunk = await input.next();
    if (chunk === undefined) return false;
    if (chunk.length > left) input.putBack(chunk.subarray(left));
    left -= Math.min(left, chunk.length);
  }
  return true;
}
