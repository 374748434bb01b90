import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Bytes that wait to be written, over all shards. */
const WAITING = 64 * 1024 * 1024;
const FEWEST = 16 * 1024;

/** Digits of the number of a shard and of a file in their names. */
const SHARD_DIGITS = 3;
const FILE_DIGITS = 5;
const UNUSUAL = /[^\w.-]/g;
const LONGEST_NAME = 100;

/** The directory of a shard. */
function shardFolder(directory: string, shard: number): string {
  return join(directory, `shard-${String(shard).padStart(SHARD_DIGITS, '0')}`);
}

/** How a file is called in each shard and among the indexes. @param index - its place in the set, from 0 */
export function partName(index: number, name: string): string {
  const base = basename(name).replace(UNUSUAL, '_').slice(0, LONGEST_NAME);
  return `${String(index + 1).padStart(FILE_DIGITS, '0')}-${base}`;
}

/**
 * The parts of one file in all shards, while they are written: they stand in a directory of their own, and get their names
 * when all of them are there. What is written a second time takes the place of what was there.
 */
export class ShardFiles {
  readonly #directory: string;
  readonly #part: string;
  readonly #temporary: string;
  readonly #shards: number;
  readonly #waiting: Buffer[][];
  readonly #lengths: number[];
  readonly #most: number;

  /** @param part - of {@link partName} */
  constructor(directory: string, part: string, shards: number) {
    this.#directory = directory;
    this.#part = part;
    this.#shards = shards;
    this.#temporary = join(directory, temporaryName(part));
    this.#waiting = Array.from({ length: shards }, () => []);
    this.#lengths = Array.from({ length: shards }, () => 0);
    this.#most = Math.max(FEWEST, Math.floor(WAITING / shards));
    mkdirSync(this.#temporary, { recursive: true });
  }

  /** Takes the next bytes of a shard's part. */
  write(shard: number, bytes: Buffer): void {
    this.#waiting[shard]!.push(bytes);
    this.#lengths[shard]! += bytes.length;
    if (this.#lengths[shard]! >= this.#most) this.#flush(shard);
  }

  /** All is written: the parts get their names. */
  finish(): void {
    for (let shard = 0; shard < this.#shards; shard++) this.#flush(shard);
    for (let shard = 0; shard < this.#shards; shard++) {
      const folder = shardFolder(this.#directory, shard);
      mkdirSync(folder, { recursive: true });
      renameSync(this.#pathOf(shard), join(folder, `${this.#part}.pcapng`));
    }
    // What a task that was killed has left of the same file, too.
    for (const name of readdirSync(this.#directory)) {
      if (name.startsWith(`.${this.#part}.`)) rmSync(join(this.#directory, name), { recursive: true, force: true });
    }
  }

  /** Nothing of it is kept. */
  discard(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }

  /** A file that is open only while it is written to: there may be more shards than a process may have files open. */
  #flush(shard: number): void {
    const descriptor = openSync(this.#pathOf(shard), 'a');
    try {
      const bytes = Buffer.concat(this.#waiting[shard]!);
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    } finally {
      closeSync(descriptor);
    }
    this.#waiting[shard] = [];
    this.#lengths[shard] = 0;
  }

  #pathOf(shard: number): string {
    return join(this.#temporary, String(shard));
  }
}

/** Writes a file so that it is there whole or not at all. */
export function writeWhole(directory: string, name: string, text: string): void {
  mkdirSync(directory, { recursive: true });
  const temporary = join(directory, temporaryName(name));
  const descriptor = openSync(temporary, 'w');
  try {
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, join(directory, name));
}

/** Two attempts at the same task may run at once, on two machines. */
function temporaryName(name: string): string {
  return `.${name}.${process.pid}-${Math.random().toString(36).slice(2)}`;
}
