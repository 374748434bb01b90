/** Bytes of one block of the store. */
const BLOCK_BITS = 16;
const BLOCK = 1 << BLOCK_BITS;
/** Before each secret: its label, the length of what it is found by, its own length in two bytes. */
const ENTRY_HEADER = 4;
const FIRST_SLOTS = 256;

/** Where an entry is in the store of a {@link Generation}, counted from 1; 0 is none. */
type Reference = number;

/** Secrets that are forgotten together: all bytes in a few large blocks, as an object for each would take four times as much. */
class Generation {
  #slots: Uint32Array;
  /** The hash of what is in each slot. */
  #hashes: Int32Array;
  readonly #blocks: Buffer[] = [];
  readonly #spare: Buffer[];
  /** Where each block but the last one ends. */
  readonly #ends: number[] = [];
  #used = BLOCK;
  count = 0;
  /** Bytes of all secrets, those that others took the place of included. */
  bytes = 0;

  /** @param forgotten - a generation whose memory is reused */
  constructor(forgotten?: Generation) {
    this.#slots = forgotten !== undefined ? forgotten.#slots.fill(0) : new Uint32Array(FIRST_SLOTS);
    this.#hashes = forgotten !== undefined ? forgotten.#hashes : new Int32Array(FIRST_SLOTS);
    this.#spare = forgotten !== undefined ? forgotten.#blocks : [];
  }

  find(hash: number, label: number, id: Buffer): Reference {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const reference = this.#slots[slot]!;
      if (reference === 0) return 0;
      if (this.#hashes[slot] === hash && this.#is(reference, label, id)) return reference;
    }
  }

  secret(reference: Reference): Buffer {
    const block = this.#block(reference);
    const at = (reference - 1) & (BLOCK - 1);
    const start = at + ENTRY_HEADER + block[at + 1]!;
    return block.subarray(start, start + block.readUInt16BE(at + 2));
  }

  /** Adds a secret, or puts it in the place of the one that `known` is. */
  set(hash: number, label: number, id: Buffer, secret: Buffer, known: Reference): void {
    if (known !== 0 && this.secret(known).length === secret.length) {
      this.secret(known).set(secret);
      return;
    }
    const reference = this.#append(label, id, secret);
    if (known === 0) {
      this.count++;
      if (this.count * 2 > this.#slots.length) this.#grow();
    }
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== known) slot = (slot + 1) & mask;
    this.#slots[slot] = reference;
    this.#hashes[slot] = hash;
  }

  /** All that was added, in that order, what others took the place of included. */
  *entries(): Generator<readonly [label: number, id: Buffer, secret: Buffer]> {
    for (const [number, block] of this.#blocks.entries()) {
      const end = number === this.#blocks.length - 1 ? this.#used : (this.#ends[number] ?? BLOCK);
      for (let at = 0; at < end;) {
        const id = at + ENTRY_HEADER;
        const secret = id + block[at + 1]!;
        const next = secret + block.readUInt16BE(at + 2);
        yield [block[at]!, block.subarray(id, secret), block.subarray(secret, next)];
        at = next;
      }
    }
  }

  #append(label: number, id: Buffer, secret: Buffer): Reference {
    const length = ENTRY_HEADER + id.length + secret.length;
    if (this.#used + length > BLOCK) {
      if (this.#blocks.length > 0) this.#ends.push(this.#used);
      this.#blocks.push(this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK));
      this.#used = 0;
    }
    const block = this.#blocks.at(-1)!;
    const at = this.#used;
    block[at] = label;
    block[at + 1] = id.length;
    block.writeUInt16BE(secret.length, at + 2);
    block.set(id, at + ENTRY_HEADER);
    block.set(secret, at + ENTRY_HEADER + id.length);
    this.#used += length;
    this.bytes += length;
    return (this.#blocks.length - 1) * BLOCK + at + 1;
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes];
    this.#slots = new Uint32Array(slots.length * 2);
    this.#hashes = new Int32Array(slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let from = 0; from < slots.length; from++) {
      if (slots[from] === 0) continue;
      let slot = hashes[from]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = slots[from]!;
      this.#hashes[slot] = hashes[from]!;
    }
  }

  #is(reference: Reference, label: number, id: Buffer): boolean {
    const block = this.#block(reference);
    const at = (reference - 1) & (BLOCK - 1);
    if (block[at] !== label || block[at + 1] !== id.length) return false;
    return id.compare(block, at + ENTRY_HEADER, at + ENTRY_HEADER + id.length) === 0;
  }

  #block(reference: Reference): Buffer {
    return this.#blocks[(reference - 1) >>> BLOCK_BITS]!;
  }
}

/**
 * TLS secrets by label and client random, no more of them than a limit.
 *
 * Where there are more, the oldest are forgotten, half of the limit at a time: of a key log that a browser has written to
 * for months, the newest lines are those that a capture needs.
 */
export class SecretTable {
  readonly #half: number;
  readonly #seeds = Array.from({ length: LONGEST_ID / 4 + 1 }, () => Math.floor(Math.random() * 2 ** 31) * 2 + 1);
  #new = new Generation();
  #old: Generation | undefined;
  #forgotten = 0;

  /** @param limit - secrets that are kept */
  constructor(limit: number) {
    this.#half = Math.max(1, Math.floor(limit / 2));
  }

  /** Secrets that were forgotten because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** The secrets, in the order in which they came. */
  *entries(): Generator<readonly [label: number, id: Buffer, secret: Buffer]> {
    for (const generation of [this.#old, this.#new]) if (generation !== undefined) yield* generation.entries();
  }

  /** Notes a secret, in the place of one that was there before. @returns whether it is news */
  set(label: number, id: Buffer, secret: Buffer): boolean {
    const hash = this.#hash(label, id);
    const known = this.#new.find(hash, label, id);
    if (known !== 0 && this.#new.secret(known).equals(secret)) return false;
    const old = this.#old?.find(hash, label, id) ?? 0;
    const isNews = known !== 0 || old === 0 || !this.#old!.secret(old).equals(secret);
    // Secrets of one name and changing lengths fill the store too, though they are few.
    const isFull = known === 0 && this.#new.count >= this.#half;
    if (isFull || this.#new.bytes >= this.#half * MOST_BYTES_EACH) {
      this.#turn();
      this.#new.set(hash, label, id, secret, 0);
    } else {
      this.#new.set(hash, label, id, secret, known);
    }
    return isNews;
  }

  /** A secret; a view that is valid until the next {@link set}. */
  find(label: number, id: Buffer): Buffer | undefined {
    const hash = this.#hash(label, id);
    for (const generation of [this.#new, this.#old]) {
      const reference = generation?.find(hash, label, id) ?? 0;
      if (reference !== 0) return generation!.secret(reference);
    }
    return undefined;
  }

  #turn(): void {
    const forgotten = this.#old;
    this.#forgotten += forgotten?.count ?? 0;
    this.#old = this.#new;
    this.#new = new Generation(forgotten);
  }

  /** Seeded, so that no file can be made to put all its secrets into one row of slots. */
  #hash(label: number, id: Buffer): number {
    const seeds = this.#seeds;
    let hash = Math.imul(label + 1, seeds[LONGEST_ID / 4]!);
    for (let i = 0; i < id.length; i += 4) {
      // What is read past the end is `undefined`, and counts as 0.
      const word = id[i]! | (id[i + 1]! << 8) | (id[i + 2]! << 16) | (id[i + 3]! << 24);
      hash = Math.imul(hash ^ word, seeds[i >>> 2]!);
      hash ^= hash >>> 15;
    }
    return hash;
  }
}

/** Bytes of the longest client random, session ID or encrypted premaster secret that a secret is found by. */
const LONGEST_ID = 32;

/** Bytes that one secret takes in the store, where all are as long as those of TLS 1.2. */
const MOST_BYTES_EACH = ENTRY_HEADER + LONGEST_ID + 48;
