import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import { main } from '../../src/cli/main.js';
import { WsdissectError } from '../../src/common/error.js';
import type { Io } from '../../src/cli/terminal/io.js';
import { fakeIo, type World } from '../cli/fake-io.js';
import { threadsHere } from './threads-here.js';

export const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');
export const CAPTURES = readdirSync(FIXTURES).filter((name) => /\.(?:pcap|pcapng|gz|hex)$/.test(name));

/** What a command line gave. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What stands in the file that it was to write. */
  readonly file: Buffer | undefined;
  /** Times that the input was read. */
  readonly readings: number;
  /** Threads that were started. */
  readonly started: number;
}

/**
 * Runs a command with so many threads: each input is as long as it is, and threads take turns as they like.
 *
 * @param out - a file that it is to write; what was there is removed
 */
export async function print(
  argv: readonly string[],
  jobs: number | 'auto',
  { out, world: around = {} }: { readonly out?: string; readonly world?: World } = {},
): Promise<Printed> {
  const { io, writes, reports } = fakeIo({ size: 1, ...around });
  let readings = 0;
  const world = {
    ...io,
    read: (name: string) => {
      if (!name.endsWith('.yaml')) readings++;
      return name.endsWith('cut-off') ? untilItBreaks(io.read(name)) : io.read(name);
    },
  };
  let started = 0;
  const here = threadsHere(world, (thread) => nextTurn(thread));
  const threads: NonNullable<Io['threads']> = {
    cores: () => here.cores(),
    start: (data) => {
      started++;
      return here.start(data);
    },
  };
  if (out !== undefined) rmSync(out, { force: true });
  const code = await main([...argv, '--jobs', String(jobs)], { ...world, threads });
  const file = out !== undefined && existsSync(out) ? readFileSync(out) : undefined;
  return { code, stdout: writes.join(''), stderr: reports.join(''), file, readings, started };
}

async function* untilItBreaks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
  throw new WsdissectError('unreadable', 'the disk is broken');
}

/** Expects that a command gives with so many threads, all of which it starts, what it gives with one. */
export async function expectSame(argv: readonly string[], jobs: readonly number[] = [2, 3, 8]): Promise<Printed[]> {
  const one = await print(argv, 1);
  const others: Printed[] = [];
  for (const count of jobs) {
    const several = await print(argv, count);
    expect([several.started, several.code, several.stderr]).toEqual([count - 1, one.code, one.stderr]);
    expect(several.stdout === one.stdout, `stdout of ${argv.join(' ')} with ${count}`).toBe(true);
    others.push(several);
  }
  return others;
}

/** Where a capture has a key log: the option with it. */
export function keysOf(name: string): string[] {
  const path = join(FIXTURES, name.replace(/\.pcap(?:ng)?(?:\.gz)?$/, '.keys.log'));
  return existsSync(path) ? ['--keylog', path] : [];
}

/** As good as any: the same numbers each time. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return (state >>> 8) % below;
  };
}

/** All captures of one link type, one after the other: many connections, some between the same ends. */
export function joined(path: string, damage: (bytes: Buffer) => void): string {
  const parts: Buffer[] = [];
  let header: Buffer | undefined;
  for (const name of CAPTURES.filter((each) => each.endsWith('.pcap'))) {
    const bytes = readFileSync(join(FIXTURES, name));
    header ??= bytes.subarray(0, 24);
    if (bytes.length < 200_000 && bytes.subarray(0, 24).equals(header)) parts.push(bytes.subarray(24));
  }
  const body = Buffer.concat(parts);
  damage(body);
  writeFileSync(path, Buffer.concat([header!, body]));
  return path;
}
