import { WsdissectError } from '../common/error.js';

/**
 * Where the bytes of a capture come from: the bytes themselves, a path (in Node), a Blob or File, a stream, or anything
 * that gives chunks of bytes. A Buffer is a Uint8Array.
 */
export type CaptureSource =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>;

const TAKES =
  'a Buffer, Uint8Array, ArrayBuffer, path, Blob, ReadableStream, or an Iterable or AsyncIterable of Uint8Array';

/**
 * The chunks of a source.
 *
 * @throws WsdissectError `bad-option` where it is something else; while reading, `bad-option` where a chunk is no bytes
 * and `no-such-file`, `is-a-directory` or `unreadable` for a path
 */
export function chunksOf(source: CaptureSource): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof source === 'string') return readPath(source);
  // Plain JavaScript may give anything.
  const given: unknown = source;
  if (typeof given === 'object' && given !== null) {
    // Bytes are iterable too, number by number, so they come first.
    if (given instanceof Uint8Array) return [given];
    if (ArrayBuffer.isView(given)) throw wrongSource(given);
    if (given instanceof ArrayBuffer) return [new Uint8Array(given)];
    if (given instanceof Blob) return readStream(given.stream());
    if (Symbol.asyncIterator in given || Symbol.iterator in given) return onlyBytes(given as AsyncIterable<Uint8Array>);
    if ('getReader' in given) return readStream(given as ReadableStream<Uint8Array>);
  }
  throw wrongSource(source);
}

function wrongSource(source: unknown): WsdissectError {
  return new WsdissectError('bad-option', `A capture cannot be read from ${nameOf(source)}: give ${TAKES}`);
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === 'string' && name !== '' ? `a value of type ${name}` : 'an object';
}

/** The chunks, each of which is looked at: a stream with an encoding gives strings. */
async function* onlyBytes(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) throw wrongChunk(chunk);
    yield chunk;
  }
}

function wrongChunk(chunk: unknown): WsdissectError {
  const advice = typeof chunk === 'string' ? ': read the stream without an encoding' : '';
  return new WsdissectError('bad-option', `A chunk of the capture is ${nameOf(chunk)}, not a Uint8Array${advice}`);
}

/** The chunks of a web stream. Not every browser's streams can be iterated over. */
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        isOver = true;
        return;
      }
      if (!(value instanceof Uint8Array)) throw wrongChunk(value);
      yield value;
    }
  } finally {
    if (!isOver) await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

async function* readPath(path: string): AsyncGenerator<Uint8Array> {
  const { createReadStream } = await import('../common/node/fs.js');
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT') throw new WsdissectError('no-such-file', `${path}: no such file`, { cause: error });
    if (error.code === 'EISDIR') {
      throw new WsdissectError('is-a-directory', `${path} is a directory: give a file in it`, { cause: error });
    }
    throw new WsdissectError('unreadable', `${path}: ${error.message}`, { cause: error });
  }
}

/** What Node throws of files. Where tests run in a context of their own, its class is not the Error that stands here. */
function isSystemError(error: unknown): error is { readonly code: string; readonly message: string } {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}
