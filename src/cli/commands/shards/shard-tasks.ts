import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WsdissectError } from '../../../common/error.js';
import { EXIT_OK } from '../../exit-code.js';
import { itemsOf, taskOf, type TaskChoice } from '../../options/task.js';
import type { Io } from '../../terminal/io.js';

/** What `split` notes of itself. */
export const ABOUT = 'split.json';
const SHARD = /^shard-\d+$/;

/** The options of a command that may read shards. */
interface ShardOptions {
  readonly task?: TaskChoice;
  readonly join?: boolean;
}

/**
 * Reads what a command line names; with `--task` its part of the shards alone, one after the other, each as one capture.
 *
 * @param read - reads all of the files
 * @returns the exit code
 */
export async function readShards<Options extends ShardOptions>(
  io: Io,
  names: readonly string[],
  options: Options,
  read: (names: readonly string[], options: Options) => Promise<number>,
): Promise<number> {
  if (options.task === undefined) return read(names, options);
  if (options.join === false)
    throw new WsdissectError('bad-option', '--task reads each shard as one capture: leave --no-join out');
  const task = taskOf(io, options.task);
  if (names.length === 0)
    throw new WsdissectError('bad-option', '--task takes a part of what is named: name the shards');
  let exitCode = EXIT_OK;
  for (const shard of itemsOf(
    task,
    names.flatMap((name) => shardsIn(name)),
  )) {
    exitCode = Math.max(exitCode, await read([shard], { ...options, join: true }));
  }
  return exitCode;
}

/** @throws WsdissectError `unreadable` where the split into the directory made more shards than are there */
function checkShards(name: string, there: number): void {
  const path = join(name, ABOUT);
  if (!existsSync(path)) return;
  const { shards } = JSON.parse(readFileSync(path, 'utf8')) as { shards: number };
  if (there >= shards) return;
  const message = `${name}: ${there} of ${shards} shards are there; run split --phase write for all files first`;
  throw new WsdissectError('unreadable', message);
}

/** The shards in a directory that `split` wrote; any other name is itself. */
function shardsIn(name: string): string[] {
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory() !== true) return [name];
  const shards = readdirSync(name).filter((entry) => SHARD.test(entry));
  checkShards(name, shards.length);
  return shards.length === 0 ? [name] : shards.sort((a, b) => (a < b ? -1 : 1)).map((entry) => join(name, entry));
}
