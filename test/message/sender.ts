import { constants, createDeflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib';

const TAIL_LENGTH = 4;

/** A message compressed alone, as a sender without context takeover does (RFC 7692 section 7.2.1). */
export function compressAlone(message: Uint8Array, options: ZlibOptions = {}): Buffer {
  const deflated = deflateRawSync(message, { ...options, finishFlush: constants.Z_SYNC_FLUSH });
  return deflated.subarray(0, deflated.length - TAIL_LENGTH);
}

/** Messages compressed one after the other in one stream, as a sender with context takeover does. */
export async function compressSession(messages: readonly Uint8Array[], options: ZlibOptions = {}): Promise<Buffer[]> {
  const deflate = createDeflateRaw(options);
  let chunks: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
  const compressed: Buffer[] = [];
  for (const message of messages) {
    deflate.write(message);
    await new Promise<void>((resolve) => {
      deflate.flush(constants.Z_SYNC_FLUSH, resolve);
    });
    const deflated = Buffer.concat(chunks);
    compressed.push(deflated.subarray(0, deflated.length - TAIL_LENGTH));
    chunks = [];
  }
  deflate.close();
  return compressed;
}
