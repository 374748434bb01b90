/** Below this many bytes, setting up a view of 32-bit words costs more than it saves. */
const WORDWISE_FROM = 256;
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Unmasks payload bytes into another buffer (RFC 6455 section 5.3). The source stays as it is.
 *
 * @param source - masked bytes, from `start` to `end`
 * @param target - where they go, from `offset` on
 * @param key - the masking key, big endian, as an unsigned number
 * @param position - bytes of the payload before `start`: the key goes round every four bytes
 */
export function unmask(
  source: Buffer,
  start: number,
  end: number,
  target: Uint8Array,
  offset: number,
  key: number,
  position: number,
): void {
  const turned = rotate(key, position);
  if (end - start < WORDWISE_FROM) {
    unmaskBytes(source, start, end, target, offset, turned);
    return;
  }
  source.copy(target, offset, start, end);
  const done = unmaskWords(target, offset, end - start, turned);
  unmaskBytes(source, start + done, end, target, offset + done, rotate(turned, done));
}

/** The key as it applies after a number of bytes. */
function rotate(key: number, bytes: number): number {
  const bits = (bytes & 3) << 3;
  return bits === 0 ? key : (key << bits) | (key >>> (32 - bits));
}

function unmaskBytes(
  source: Buffer,
  start: number,
  end: number,
  target: Uint8Array,
  offset: number,
  key: number,
): void {
  const k0 = key >>> 24;
  const k1 = (key >>> 16) & 0xff;
  const k2 = (key >>> 8) & 0xff;
  const k3 = key & 0xff;
  let from = start;
  let to = offset;
  for (const last = end - 3; from < last; from += 4, to += 4) {
    target[to] = source[from]! ^ k0;
    target[to + 1] = source[from + 1]! ^ k1;
    target[to + 2] = source[from + 2]! ^ k2;
    target[to + 3] = source[from + 3]! ^ k3;
  }
  if (from < end) target[to] = source[from]! ^ k0;
  if (from + 1 < end) target[to + 1] = source[from + 1]! ^ k1;
  if (from + 2 < end) target[to + 2] = source[from + 2]! ^ k2;
}

/**
 * Unmasks in place, 32 bits at a time.
 *
 * @returns how many bytes are done, counted from `offset`: all but less than a word
 */
function unmaskWords(target: Uint8Array, offset: number, length: number, key: number): number {
  const start = target.byteOffset + offset;
  // Bytes before the first word of the underlying memory.
  const lead = -start & 3;
  for (let i = 0; i < lead; i++) target[offset + i]! ^= (key >>> (24 - (i << 3))) & 0xff;
  const words = new Int32Array(target.buffer, start + lead, (length - lead) >>> 2);
  const turned = rotate(key, lead);
  const word = LITTLE_ENDIAN ? swap(turned) : turned;
  for (let i = 0; i < words.length; i++) words[i]! ^= word;
  return lead + words.length * 4;
}

function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
