import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A run of bytes in the temporary file. */
interface Region {
  readonly offset: number;
  readonly length: number;
}

/** What one writer has put by. */
interface Account {
  readonly regions: Region[];
  /** Text that is not in the file. */
  text: string;
}

const MIB = 1024 * 1024;
/** Characters that are held in memory over all accounts before they go to the file. */
const HELD = 16 * MIB;
const READ_LENGTH = MIB;

/**
 * Puts by the texts of many writers until each of them is wanted, in memory as long as they are few, otherwise in a
 * temporary file. Memory stays bounded, however much is put by.
 */
export class Spool<Key> {
  readonly #most: number;
  readonly #accounts = new Map<Key, Account>();
  #held = 0;
  #descriptor: number | undefined;
  #fileLength = 0;

  /** @param most - characters that are held in memory */
  constructor(most = HELD) {
    this.#most = most;
  }

  /** Puts a text behind what this writer has put by. */
  append(key: Key, text: string): void {
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { regions: [], text: '' };
      this.#accounts.set(key, account);
    }
    account.text += text;
    this.#held += text.length;
    if (this.#held > this.#most) this.#spill();
  }

  /** Whether a writer has put anything by. */
  has(key: Key): boolean {
    return this.#accounts.has(key);
  }

  /** All that a writer has put by, in pieces; it is forgotten then. */
  *take(key: Key): Generator<Buffer> {
    const account = this.#accounts.get(key);
    if (account === undefined) return;
    this.#accounts.delete(key);
    this.#held -= account.text.length;
    for (const region of account.regions) yield* this.#read(region);
    if (account.text !== '') yield Buffer.from(account.text, 'utf8');
  }

  /** Gives the temporary file back. */
  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#accounts.clear();
  }

  #spill(): void {
    this.#descriptor ??= openTemporary();
    for (const account of this.#accounts.values()) {
      if (account.text === '') continue;
      const bytes = Buffer.from(account.text, 'utf8');
      account.text = '';
      account.regions.push({ offset: this.#fileLength, length: bytes.length });
      for (let at = 0; at < bytes.length;)
        at += writeSync(this.#descriptor, bytes, at, undefined, this.#fileLength + at);
      this.#fileLength += bytes.length;
    }
    this.#held = 0;
  }

  *#read({ offset, length }: Region): Generator<Buffer> {
    for (let at = 0; at < length;) {
      const piece = Buffer.allocUnsafe(Math.min(READ_LENGTH, length - at));
      const read = readSync(this.#descriptor!, piece, 0, piece.length, offset + at);
      if (read === 0) throw new Error('the temporary file is shorter than what was written to it');
      yield piece.subarray(0, read);
      at += read;
    }
  }
}

/** A file without a name, which nobody else can open and which is gone when it is closed. */
function openTemporary(): number {
  const directory = mkdtempSync(join(tmpdir(), 'wsdissect-spool-'));
  try {
    return openSync(join(directory, 'spool'), 'wx+', 0o600);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
