const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('');
const TEXT = [...LETTERS, ...'    0123456789'.split('')];

/** Numbers, bytes and texts that look like chance; the same seed gives the same ones. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to `end` - 1. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let value = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % end;
  }

  /** `from` to `to`, both possible. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  /** Letters, digits and spaces. */
  text(length: number): string {
    return Array.from({ length }, () => this.pick(TEXT)).join('');
  }

  /** Letters only. */
  word(length = this.between(3, 10)): string {
    return Array.from({ length }, () => this.pick(LETTERS)).join('');
  }

  /** What applications send: texts, JSON, noise, zeros, numbers that count. */
  payload(length: number): Buffer {
    switch (this.below(5)) {
      case 0:
        return Buffer.from(this.text(length));
      case 1:
        return Buffer.from(JSON.stringify({ [this.word()]: this.text(length) }).slice(0, length));
      case 2:
        return Buffer.alloc(length, this.below(4));
      case 3:
        return Buffer.from(Array.from({ length }, (_, index) => (index & 3 ? 0 : index >> 2)));
      default:
        return this.bytes(length);
    }
  }
}

/** Unsigned numbers in network byte order, from one byte on. */
export function be(bytes: number, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

/** The same, the lowest byte first. */
export function le(bytes: number, value: number): Buffer {
  return be(bytes, value).reverse();
}

/** Bytes and texts put together; a number is one byte. */
export function join(...parts: readonly (Uint8Array | string | number)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part as Uint8Array))),
  );
}

/** A length of some bytes, then what it counts. */
export function prefixed(bytes: number, body: Uint8Array, more = 0): Buffer {
  return join(be(bytes, body.length + more), body);
}

/** Base-128 lengths, the low seven bits first: protobuf, MQTT. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Buffer.from(bytes);
  }
}

/** Who sends, and what: the client is 0. */
export type Exchange = readonly (readonly [side: 0 | 1, bytes: Buffer])[];

/** A conversation of one protocol. */
export type Generator = (random: Random) => Exchange;

/** What is said in turn: `each` gives what the two sides send in one round. */
export function rounds(random: Random, begin: Exchange, each: (index: number) => Exchange, most = 40): Exchange {
  const count = random.between(8, most);
  return [...begin, ...Array.from({ length: count }, (_, index) => each(index)).flat()];
}

/** Lines of text, as one write of one side. */
export function lines(side: 0 | 1, ...text: readonly string[]): readonly [0 | 1, Buffer] {
  return [side, Buffer.from(text.map((line) => `${line}\r\n`).join(''))];
}
