import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteQueue } from '../common/byte-queue.js';
import { WsdissectError } from '../common/error.js';

/** What one writer has put by. */
interface Account {
  /** Where it stands in the temporary file: offset and length of each run of bytes, by turns. */
  regions: number[];
  /** Bytes that are not in the file. */
  bytes: ByteQueue;
}

/** Where what was put by stands in the file, by its place, in little memory. */
export interface SpoolIndex {
  /** Where the regions of each begin, and where those of the last one end. */
  readonly starts: Uint32Array;
  /** Offset and length of each region, by turns. */
  readonly regions: Float64Array;
}

const MIB = 1024 * 1024;
/** Bytes that are held in memory over all accounts before they go to the file. */
const HELD = 4 * MIB;
const READ_LENGTH = MIB;
/** Of those that hold nothing in memory. */
const NONE = new ByteQueue();

/**
 * Puts by the bytes of many writers until each of them is wanted, in memory as long as they are few, otherwise in a
 * temporary file. Memory stays bounded, however much is put by.
 */
export class Spool<Key> {
  readonly #most: number;
  readonly #accounts = new Map<Key, Account>();
  #held = 0;
  #file: TemporaryFile | undefined;
  #descriptor: number | undefined;
  #fileLength = 0;

  /**
   * @param most - bytes that are held in memory
   * @param descriptor - an empty file to write to, which stays open; a temporary one where there is none
   */
  constructor(most = HELD, descriptor?: number) {
    this.#most = most;
    this.#descriptor = descriptor;
  }

  /** The file, where there is one. */
  get descriptor(): number | undefined {
    return this.#descriptor;
  }

  /** Puts bytes after what this writer has put by; they are copied. @throws WsdissectError `unwritable` */
  append(key: Key, bytes: Uint8Array): void {
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { regions: [], bytes: NONE };
      this.#accounts.set(key, account);
    }
    if (bytes.length > this.#most) {
      this.#spill();
      this.#write(account, bytes);
      return;
    }
    if (account.bytes === NONE) account.bytes = new ByteQueue();
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
    yield* this.#pieces(account, READ_LENGTH);
  }

  /** All that a writer has put by, what was put by at once in one piece. Nothing may be put by for it meanwhile. */
  *read(key: Key): Generator<Buffer> {
    const account = this.#accounts.get(key);
    if (account !== undefined) yield* this.#pieces(account);
  }

  /** Moves all to the file, and forgets where it stands there. @returns where that is, by the places of keys in a list */
  index(keys: readonly Key[]): SpoolIndex {
    this.#spill();
    const starts = new Uint32Array(keys.length + 1);
    for (const [place, key] of keys.entries())
      starts[place + 1] = starts[place]! + (this.#accounts.get(key)?.regions.length ?? 0);
    const regions = new Float64Array(starts[keys.length]!);
    for (const [place, key] of keys.entries()) regions.set(this.#accounts.get(key)?.regions ?? [], starts[place]);
    this.#accounts.clear();
    return { starts, regions };
  }

  /** Gives the temporary file back. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#accounts.clear();
  }

  #spill(): void {
    for (const account of this.#accounts.values()) {
      if (account.bytes.length === 0) continue;
      const bytes = account.bytes.peek();
      account.bytes = NONE;
      this.#write(account, bytes);
    }
    this.#held = 0;
  }

  #write(account: Account, bytes: Uint8Array): void {
    try {
      this.#descriptor ??= (this.#file = new TemporaryFile()).descriptor;
      for (let at = 0; at < bytes.length;) {
        at += writeSync(this.#descriptor, bytes, at, undefined, this.#fileLength + at);
      }
    } catch (error) {
      throw new WsdissectError('unwritable', `temporary file in ${tmpdir()}: ${(error as Error).message}`);
    }
    // An array that is pushed to takes room for many more.
    if (account.regions.length === 0) account.regions = [this.#fileLength, bytes.length];
    else account.regions.push(this.#fileLength, bytes.length);
    this.#fileLength += bytes.length;
  }

  /** @param most - bytes of a piece */
  *#pieces({ regions, bytes }: Account, most?: number): Generator<Buffer> {
    // What is put by for others meanwhile may move the rest to the file.
    if (regions.length > 0) yield* readRegions(this.#descriptor!, regions, most);
    if (bytes.length > 0) yield bytes.peek();
  }
}

/**
 * Reads what stands in a file.
 *
 * @param regions - offset and length of each region, by turns
 * @param most - bytes of a piece
 */
export function* readRegions(descriptor: number, regions: ArrayLike<number>, most = Infinity): Generator<Buffer> {
  for (let region = 0, count = regions.length; region < count; region += 2) {
    const [offset, length] = [regions[region]!, regions[region + 1]!];
    for (let at = 0; at < length;) {
      const piece = Buffer.allocUnsafe(Math.min(most, length - at));
      const read = readSync(descriptor, piece, 0, piece.length, offset + at);
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
