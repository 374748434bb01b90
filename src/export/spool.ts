import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteQueue } from '../common/byte-queue.js';

/** A run of bytes in the temporary file. */
interface Region {
  readonly offset: number;
  readonly length: number;
}

/** What one writer has put by. */
interface Account {
  readonly regions: Region[];
  /** Bytes that are not in the file. */
  bytes: ByteQueue;
}

const MIB = 1024 * 1024;
/** Bytes that are held in memory over all accounts before they go to the file. */
const HELD = 4 * MIB;
const READ_LENGTH = MIB;

/**
 * Puts by the bytes of many writers until each of them is wanted, in memory as long as they are few, otherwise in a
 * temporary file. Memory stays bounded, however much is put by.
 */
export class Spool<Key> {
  readonly #most: number;
  readonly #accounts = new Map<Key, Account>();
  #held = 0;
  #file: TemporaryFile | undefined;
  #fileLength = 0;

  /** @param most - bytes that are held in memory */
  constructor(most = HELD) {
    this.#most = most;
  }

  /** Puts bytes after what this writer has put by; they are copied. */
  append(key: Key, bytes: Uint8Array): void {
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { regions: [], bytes: new ByteQueue() };
      this.#accounts.set(key, account);
    }
    account.bytes.push(bytes);
    this.#held += bytes.length;
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
    this.#held -= account.bytes.length;
    for (const region of account.regions) yield* this.#read(region);
    if (account.bytes.length > 0) yield account.bytes.peek();
  }

  /** Gives the temporary file back. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#accounts.clear();
  }

  #spill(): void {
    this.#file ??= new TemporaryFile();
    const { descriptor } = this.#file;
    for (const account of this.#accounts.values()) {
      if (account.bytes.length === 0) continue;
      const bytes = account.bytes.peek();
      account.bytes = new ByteQueue();
      account.regions.push({ offset: this.#fileLength, length: bytes.length });
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, undefined, this.#fileLength + at);
      this.#fileLength += bytes.length;
    }
    this.#held = 0;
  }

  *#read({ offset, length }: Region): Generator<Buffer> {
    for (let at = 0; at < length;) {
      const piece = Buffer.allocUnsafe(Math.min(READ_LENGTH, length - at));
      const read = readSync(this.#file!.descriptor, piece, 0, piece.length, offset + at);
      if (read === 0) throw new Error('the temporary file is shorter than what was written to it');
      yield piece.subarray(0, read);
      at += read;
    }
  }
}

/** A file that nobody else can open, and that is gone when it is closed. */
export class TemporaryFile {
  readonly descriptor: number;
  /** Where it still has a name. */
  #directory: string | undefined;

  /** @param remove - removes a directory with what is in it */
  constructor(remove = removeDirectory) {
    const directory = mkdtempSync(join(tmpdir(), 'wsdissect-spool-'));
    try {
      this.descriptor = openSync(join(directory, 'spool'), 'wx+', 0o600);
    } catch (error) {
      remove(directory);
      throw error;
    }
    try {
      remove(directory);
    } catch {
      // Windows lets nobody remove what is open.
      this.#directory = directory;
    }
  }

  close(): void {
    closeSync(this.descriptor);
    if (this.#directory !== undefined) removeDirectory(this.#directory);
    this.#directory = undefined;
  }
}

function removeDirectory(path: string): void {
  rmSync(path, { recursive: true });
}
