import { nodeCrypto } from '../common/node/crypto.js';
import type { RecordValue } from '../output/records/record-field.js';
import type { SaidMessage, SaidRecord } from './said.js';

/** What not every source tells: compared where both do. */
export const WHERE_BOTH: readonly string[] = [
  'frames',
  'compressed',
  'client',
  'server',
  'length',
  'closedBy',
  'extensions',
  'missing',
];
/** 32-bit words that are kept of a hash: 128 bits, which nobody can make alike on purpose. */
const WORDS = 4;
const WORD_BYTES = 4;
const SMALLEST = 1024;

/** The record of a message as it is compared. */
export function recordOf({ json }: SaidMessage): SaidRecord {
  const record = JSON.parse(json.toString()) as Record<string, RecordValue>;
  delete record.afterLoss;
  return record;
}

/** What two messages must have in common to be the same. */
export function keyOf(record: SaidRecord): string {
  return JSON.stringify(Object.entries(record).filter(([name]) => !WHERE_BOTH.includes(name)));
}

/** Whether two messages are the same. */
export function areSame(a: SaidMessage, b: SaidMessage): boolean {
  return a.json.equals(b.json) || hashOf(a).equals(hashOf(b));
}

function hashOf(message: SaidMessage): Buffer {
  return nodeCrypto().hash('sha256', keyOf(recordOf(message)), 'buffer');
}

/** Hashes of messages that follow each other, in place of the messages. */
export class SaidKeys {
  readonly #messages: Iterator<SaidMessage>;
  readonly #most: number;
  #next: IteratorResult<SaidMessage>;
  #hashes = new Int32Array(SMALLEST * WORDS);
  #count = 0;

  /** @param next - the first one, which was taken from the others already */
  constructor(messages: Iterator<SaidMessage>, next: IteratorResult<SaidMessage>, most: number) {
    this.#messages = messages;
    this.#next = next;
    this.#most = most;
  }

  /** How many messages there are. */
  get count(): number {
    return this.#count;
  }

  /** Whether none follow. */
  get isWhole(): boolean {
    return this.#next.done === true;
  }

  /** Takes messages until there are as many as may be at once. */
  fill(): void {
    for (; this.#count < this.#most && this.#next.done !== true; this.#next = this.#messages.next()) {
      const hash = hashOf(this.#next.value);
      if ((this.#count + 1) * WORDS > this.#hashes.length) {
        const larger = new Int32Array(this.#hashes.length * 2);
        larger.set(this.#hashes);
        this.#hashes = larger;
      }
      for (let word = 0; word < WORDS; word++)
        this.#hashes[this.#count * WORDS + word] = hash.readInt32LE(word * WORD_BYTES);
      this.#count++;
    }
  }

  /** Forgets the first ones. */
  drop(count: number): void {
    this.#hashes.copyWithin(0, count * WORDS, this.#count * WORDS);
    this.#count -= count;
  }

  /** Whether a message here is the same as one there. */
  isSame(at: number, other: SaidKeys, to: number): boolean {
    for (let word = 0; word < WORDS; word++) {
      if (this.#hashes[at * WORDS + word] !== other.#hashes[to * WORDS + word]) return false;
    }
    return true;
  }
}
