import { constants, inflateRawSync } from 'node:zlib';

const TAIL = Buffer.from('0000ffff', 'hex');
/** A stored block with BFINAL that holds a mark: who is at a block's end reads the mark. */
const MARK = Buffer.from('this is the mark');
const MARK_BLOCK = Buffer.concat([Buffer.from('011000efff', 'hex'), MARK]);

interface Output {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** What zlib makes of a compressed message; it stops at BFINAL, so it is begun again behind it (RFC 7692 7.2.1). */
export function zlibInflate(message: Uint8Array, context: Uint8Array): { output: Buffer; error: string | undefined } {
  let rest = Buffer.concat([message, TAIL]);
  let output = Buffer.alloc(0);
  while (rest.length > 0) {
    const known = Buffer.concat([context, output]);
    const piece = run(rest, known.subarray(Math.max(0, known.length - 32_768)), constants.Z_SYNC_FLUSH);
    if (typeof piece === 'string') return { output, error: piece };
    output = Buffer.concat([output, piece.buffer]);
    rest = rest.subarray(piece.engine.bytesWritten);
  }
  return { output, error: undefined };
}

/** Whether zlib is at the end of a block, and not one with BFINAL, when it has read a message and the tail. */
export function endsAtBlock(message: Uint8Array): boolean {
  const piece = run(Buffer.concat([message, TAIL, MARK_BLOCK]), Buffer.alloc(0), constants.Z_FINISH);
  return typeof piece !== 'string' && piece.buffer.subarray(-MARK.length).equals(MARK);
}

function run(bytes: Uint8Array, dictionary: Uint8Array, finishFlush: number): Output | string {
  try {
    const options = { finishFlush, info: true, ...(dictionary.length > 0 && { dictionary }) };
    return inflateRawSync(bytes, options) as unknown as Output;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
