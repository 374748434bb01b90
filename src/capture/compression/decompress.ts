import type { Finding } from '../../common/finding.js';
import { ChunkInput } from '../chunk-input.js';
import { gunzip } from './gunzip.js';
import { GZIP_MAGIC } from './gzip-header.js';
import { throughProgram } from './through-program.js';

const ZSTD_MAGIC = Buffer.from('28b52ffd', 'hex');

/** A compression that whole captures come in. */
interface Compression {
  /** What every file of it begins with. */
  readonly magic: Buffer;
  /** The bytes of the capture. What is wrong with the compressed ones is reported. */
  open(input: ChunkInput, report: (finding: Finding) => void): AsyncGenerator<Buffer>;
}

/** Every compression that is undone. */
const COMPRESSIONS: readonly Compression[] = [
  { magic: GZIP_MAGIC, open: (input, report) => gunzip(input, report) },
  { magic: ZSTD_MAGIC, open: openZstd },
  // A header may ask for gigabytes of memory; level 9 needs 65 MiB.
  by('xz', 'fd377a585a00', ['xz', '-dc', '--memlimit-decompress=512MiB']),
  by('lz4', '04224d18', ['lz4', '-dc']),
  by('lz4', '02214c18', ['lz4', '-dc']),
  by('bzip2', '425a68', ['bzip2', '-dc']),
];

/** A compression that an installed program undoes. */
function by(format: string, magic: string, command: readonly [string, ...string[]]): Compression {
  return {
    magic: Buffer.from(magic, 'hex'),
    open: (input, report) => throughProgram(command, format, input, report),
  };
}

async function* openZstd(input: ChunkInput, report: (finding: Finding) => void): AsyncGenerator<Buffer> {
  const { unzstd } = await import('./zstd.js');
  yield* unzstd(input, report);
}

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

/** Whether bytes begin as those of a compression do that is undone. */
export function isCompressed(head: Buffer): boolean {
  return COMPRESSIONS.some(({ magic }) => head.subarray(0, magic.length).equals(magic));
}

/** Whether the first bytes, too few to tell, are those of a magic number. */
function mayBeCompressed(bytes: Buffer): boolean {
  return COMPRESSIONS.some(({ magic }) => magic.subarray(0, bytes.length).equals(bytes.subarray(0, magic.length)));
}
