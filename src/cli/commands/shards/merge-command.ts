import { closeSync, readSync } from 'node:fs';
import { WsdissectError } from '../../../common/error.js';
import { compareOrder, type RecordOrder } from '../../../output/records/record-order.js';
import { mergeRuns, readRecords, type RecordRun } from '../../../split/merge-runs.js';
import { EXIT_OK } from '../../exit-code.js';
import { openFile, STDIN } from '../../input/input.js';
import { inputName, named } from '../../input/named-error.js';
import type { MergeOptions } from '../../options/split-options.js';
import type { Io } from '../../terminal/io.js';
import { OutputFile } from '../exporting/output-file.js';

const PIECE = 64 * 1024;
/** Bytes that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/**
 * The command `merge`: records of all shards, in the order of the whole set.
 *
 * @param names - files of JSON records; what one task printed of several shards may be one file
 * @returns the exit code
 */
export async function mergeRecords(io: Io, names: readonly string[], options: MergeOptions): Promise<number> {
  if (names.length === 0)
    throw new WsdissectError('bad-option', 'merge: name the files with the records of all shards');
  const runs: RecordRun[] = [];
  for (const name of names) {
    if (name === STDIN) runs.push({ name: inputName(name), chunks: io.read(name) });
    else runs.push(...(await runsOf(io, name)));
  }
  const output = new OutputFile(io, options.output, options.force === true);
  try {
    let waiting: Buffer[] = [];
    let length = 0;
    for await (const record of mergeRuns(runs)) {
      waiting.push(record);
      length += record.length;
      if (length < WRITE_LENGTH) continue;
      await output.write(Buffer.concat(waiting));
      waiting = [];
      length = 0;
    }
    if (length > 0) await output.write(Buffer.concat(waiting));
  } finally {
    output.close();
  }
  return EXIT_OK;
}

/** The runs of a file: each is of one shard, or of several one after the other that happen to be in order. */
async function runsOf(io: Io, name: string): Promise<RecordRun[]> {
  try {
    const starts: number[] = [0];
    let last: RecordOrder | undefined;
    let end = 0;
    for await (const record of readRecords({ name, chunks: io.read(name) })) {
      if (last !== undefined && compareOrder(record.order, last) < 0) starts.push(end);
      last = record.order;
      end = record.end;
    }
    return starts.map((start, index) => ({ name, chunks: piecesOf(name, start, starts[index + 1] ?? end) }));
  } catch (error) {
    if (error instanceof WsdissectError && error.message.startsWith(`${name}: `)) throw error;
    throw named(name, error);
  }
}

/** A part of a file, which is open only while a piece is read: there may be more runs than files that can be open. */
function* piecesOf(name: string, start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, end - at));
    const descriptor = openFile(name);
    let length: number;
    try {
      length = readSync(descriptor, piece, 0, piece.length, at);
    } finally {
      closeSync(descriptor);
    }
    if (length === 0) return;
    yield piece.subarray(0, length);
    at += length;
  }
}
