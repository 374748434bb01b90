import type { Finding } from '../common/finding.js';
import { ChunkInput } from './chunk-input.js';
import { gunzip } from './gunzip.js';
import { GZIP_MAGIC } from './gzip-header.js';

/** A compression that whole captures come in. */
interface Compression {
  /** What every file of it begins with. */
  readonly magic: Buffer;
  /** The bytes of the capture. What is wrong with the compressed ones is reported. */
  open(input: ChunkInput, report: (finding: Finding) => void): AsyncGenerator<Buffer>;
}

/** Every compression that is undone. */
const COMPRESSIONS: readonly Compression[] = [{ magic: GZIP_MAGIC, open: gunzip }];

const LONGEST_MAGIC = Math.max(...COMPRESSIONS.map(({ magic }) => magic.length));

/**
 * The bytes of an input, decompressed where they begin as those of a compression do, otherwise as they come.
 *
 * Of a damaged or cut file it gives what can be decompressed, then reports what is wrong. When the caller stops early,
 * the source is told so.
 *
 * @param report - takes the findings
 */
export async function* readChunks(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  report: (finding: Finding) => void,
): AsyncGenerator<Buffer> {
  const input = new ChunkInput(source);
  try {
    const head = await input.nextUntil((bytes) => bytes.length >= LONGEST_MAGIC || !mayBeCompressed(bytes));
    input.putBack(head);
    const compression = COMPRESSIONS.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
    yield* compression === undefined ? input.rest() : compression.open(input, report);
  } finally {
    await input.close();
  }
}

/** Whether the first bytes, too few to tell, are those of a magic number. */
function mayBeCompressed(bytes: Buffer): boolean {
  return COMPRESSIONS.some(({ magic }) => magic.subarray(0, bytes.length).equals(bytes.subarray(0, magic.length)));
}
