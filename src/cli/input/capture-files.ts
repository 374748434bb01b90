import * as path from 'node:path';
import { readdirSync, statSync, type Stats } from 'node:fs';
import { readChunks } from '../../capture/compression/decompress.js';
import type { JoinedCaptures } from '../../capture/join/joined-captures.js';
import { CaptureInput } from '../../capture/capture-input.js';
import { sniff } from '../../capture/sniff.js';
import { WsdissectError } from '../../common/error.js';
import { DEFAULT_LIMITS } from '../../common/limits.js';
import { weighFrames } from '../../websocket/boundaries/weigh-frames.js';
import { isLive } from './live-name.js';
import { readInput, toInputError } from './input.js';

/** An input to be read, or one of which it is known already that it cannot be. */
export interface CaptureFile {
  readonly name: string;
  readonly error?: WsdissectError;
  /** The files that it consists of, where several are read as one capture. */
  readonly joined?: JoinedCaptures;
}

/** Something in a directory that is to be visited. */
interface Entry {
  readonly path: string;
  readonly isDirectory: boolean;
}

/**
 * The captures that names stand for. A file is itself; a directory is every file in it and below that is a capture by
 * its content, in the order of the names' code units. Directories whose names begin with a dot and `node_modules` are
 * left out, and links to directories are not followed.
 *
 * @param skipped - told how many files of a directory are no captures
 */
export async function findCaptures(
  names: readonly string[],
  skipped: (directory: string, files: number) => void,
): Promise<CaptureFile[]> {
  const found: CaptureFile[] = [];
  for (const name of names) {
    if (isDirectory(name)) found.push(...(await capturesIn(name, skipped)));
    else found.push({ name });
  }
  return found;
}

function isDirectory(name: string): boolean {
  return !isLive(name) && statusOf(name)?.isDirectory() === true;
}

/** What a path is; `undefined` where nothing can be said of it: whoever reads it will say what is wrong. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

async function capturesIn(
  directory: string,
  skipped: (directory: string, files: number) => void,
): Promise<CaptureFile[]> {
  const found: CaptureFile[] = [];
  let others = 0;
  // What is still to be visited, the next one last: directories may be nested as deep as they like.
  const pending: Entry[] = [{ path: directory, isDirectory: true }];
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const { path } = entry;
    try {
      if (entry.isDirectory) pending.push(...entriesOf(path).reverse());
      else if (await isCapture(path)) found.push({ name: path });
      else others++;
    } catch (error) {
      const reason = toInputError(error);
      if (!(reason instanceof WsdissectError)) throw reason;
      found.push({ name: path, error: reason });
    }
  }
  if (found.length > 0) {
    if (others > 0) skipped(directory, others);
    return found;
  }
  return [
    {
      name: directory,
      error: new WsdissectError('not-a-capture', 'no capture is in this directory; name the one that they are in'),
    },
  ];
}

function entriesOf(directory: string): Entry[] {
  return readdirSync(directory, { withFileTypes: true })
    .map((entry) => ({ name: entry.name, path: pathIn(directory, entry.name), isDirectory: entry.isDirectory() }))
    .filter(({ name, isDirectory }) => !isDirectory || (!name.startsWith('.') && name !== 'node_modules'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether the first bytes of a file, decompressed where it is compressed, are those of a capture. */
async function isCapture(path: string): Promise<boolean> {
  // A named pipe would be waited for; a link that leads nowhere is no capture.
  const status = statusOf(path);
  if (status?.isFile() !== true) return false;
  for await (const head of readChunks(readInput(path), () => undefined)) {
    const format = sniff(head, true);
    return (
      format === 'pcap' || format === 'pcapng' || (format !== 'unknown' && isText(head, head.length < status.size))
    );
  }
  return false;
}

/**
 * Many a text begins with a few digits: only one that can be read, as far as it is looked at, counts as a capture.
 *
 * @param isCut - the text goes on: its last line may not be there whole
 */
function isText(head: Buffer, isCut: boolean): boolean {
  let packets = 0;
  const sink = { packet: () => packets++, secrets: () => undefined, finding: () => undefined };
  try {
    const reader = new CaptureInput(sink, DEFAULT_LIMITS, { weighFrames });
    reader.push(head);
    if (!isCut || packets === 0) reader.end();
  } catch (error) {
    if (error instanceof WsdissectError) return false;
    throw error;
  }
  return packets > 0;
}

/**
 * The path of a file in a directory, with slashes on every system: reports and golden files name it, and are to say the
 * same wherever they are written. Windows takes slashes too.
 *
 * @param system - how paths are written
 */
export function pathIn(directory: string, name: string, system: Pick<typeof path, 'join' | 'sep'> = path): string {
  return system.join(directory, name).replaceAll(system.sep, '/');
}
