/**
 * What `Buffer.subarray` makes its views with. It does more than that, which takes three times as long: too long for what
 * is done for every packet.
 */
const View = (Buffer as unknown as Record<symbol, unknown>)[Symbol.species] as new (
  memory: ArrayBufferLike,
  offset: number,
  length: number,
) => Buffer;

/** Found once: to look it up on a buffer takes as long as to copy a few bytes. */
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is given its `this`
const { set } = Uint8Array.prototype;

/** Copies bytes into other ones, from `offset` on, as `set` does. */
export function copyInto(target: Uint8Array, bytes: Uint8Array, offset: number): void {
  set.call(target, bytes, offset);
}

/**
 * A view of the bytes from `start` to `end`, as `subarray` gives it.
 *
 * @param start - 0 to the number of bytes
 * @param end - `start` to the number of bytes; neither is corrected
 */
export function viewOf(bytes: Buffer, start: number, end: number): Buffer {
  return new View(bytes.buffer, bytes.byteOffset + start, end - start);
}
