import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/common/limits.js';
import { threadsFor } from '../../../src/cli/parallel/jobs.js';
import { printInParallel } from '../../../src/cli/parallel/print-in-parallel.js';
import type { FromWorker, ToWorker } from '../../../src/cli/parallel/protocol.js';
import type { Io, Thread } from '../../../src/cli/terminal/io.js';
import type { MessagesOptions } from '../../../src/cli/options/printing-options.js';

type Listener = (message: FromWorker) => void;

/** A thread that says what the test has it say. */
class ScriptedThread implements Thread<ToWorker, FromWorker> {
  readonly heard: ToWorker[] = [];
  say: Listener = () => undefined;
  fail: (error: unknown) => void = () => undefined;
  isTerminated = false;

  post(message: ToWorker): void {
    this.heard.push(message);
  }

  onMessage(listener: Listener): void {
    this.say = listener;
  }

  onEnd(listener: (error: unknown) => void): void {
    this.fail = listener;
  }

  terminate(): void {
    this.isTerminated = true;
  }

  get inputs(): string[] {
    return this.heard.flatMap((message) => (message.say === 'print' ? [message.task.input.name] : []));
  }
}

class World {
  readonly threads: ScriptedThread[] = [];
  stdout = '';
  stderr = '';
  interrupt: () => void = () => undefined;

  readonly io = {
    env: {},
    size: () => 20 * 1024 * 1024,
    isTerminal: () => false,
    columns: () => 80,
    onInterrupt: (listener: () => void) => {
      this.interrupt = listener;
      return () => undefined;
    },
    write: (bytes: Uint8Array) => void (this.stdout += Buffer.from(bytes).toString('latin1')),
    report: (text: string) => (this.stderr += text),
    threads: {
      cores: () => 4,
      start: () => {
        const thread = new ScriptedThread();
        this.threads.push(thread);
        return thread;
      },
    },
  } as unknown as Io;
}

const OPTIONS: MessagesOptions = {
  maxPayload: 0,
  maxMessage: DEFAULT_LIMITS.message,
  color: 'never',
  time: 'utc',
  jobs: 2,
};
const inputs = ['a', 'b', 'c'].map((name) => ({ name }));
const bytes = (text: string): FromWorker => ({ say: 'write', bytes: Buffer.from(text) });
const done = (exitCode: number): FromWorker => ({ say: 'done', exitCode });
const start = (world: World, jobs = 2): Promise<number> =>
  printInParallel(world.io, { what: 'message', options: OPTIONS }, inputs, jobs);

describe('printInParallel', () => {
  it('writes what inputs give in the order of the inputs, and not in that of the threads', async () => {
    const world = new World();
    const exitCode = start(world);
    const [one, two] = world.threads as [ScriptedThread, ScriptedThread];
    two.say(bytes('b1 '));
    two.say({ say: 'report', text: 'found in b ' });
    one.say(bytes('a1 '));
    two.say(bytes('b2 '));
    two.say(done(1));
    two.say(bytes('c1 '));
    one.say({ say: 'report', text: 'found in a ' });
    two.say(done(0));
    one.say(bytes('a2 '));
    one.say(done(0));
    expect(await exitCode).toBe(1);
    expect(world.stdout).toBe('a1 a2 b1 b2 c1 ');
    expect(world.stderr).toBe('found in a found in b ');
    expect([one.inputs, two.inputs]).toEqual([['a'], ['b', 'c']]);
    expect(world.threads.every(({ isTerminated }) => isTerminated)).toBe(true);
    expect(one.heard.filter(({ say }) => say === 'taken')).toHaveLength(2);
  });

  it('puts by more than fits into memory', async () => {
    const world = new World();
    const exitCode = start(world);
    const [one, two] = world.threads as [ScriptedThread, ScriptedThread];
    const large = 'b'.repeat(1024 * 1024);
    for (let i = 0; i < 9; i++) two.say(bytes(large));
    two.say(done(0));
    two.say(done(0));
    one.say(done(0));
    await exitCode;
    expect(world.stdout === large.repeat(9)).toBe(true);
  });

  it('fails where a thread fails', async () => {
    const world = new World();
    const exitCode = start(world);
    world.threads[1]!.fail(new TypeError('a bug'));
    await expect(exitCode).rejects.toThrow('a bug');
    expect(world.threads.every(({ isTerminated }) => isTerminated)).toBe(true);
  });

  it('begins no further input after Ctrl-C, and prints what is known of those that were begun', async () => {
    const world = new World();
    const exitCode = start(world);
    const [one, two] = world.threads as [ScriptedThread, ScriptedThread];
    world.interrupt();
    two.say(bytes('b1 '));
    two.say(done(2));
    one.say(bytes('a1 '));
    one.say(done(2));
    expect(await exitCode).toBe(2);
    expect(world.stdout).toBe('a1 b1 ');
    expect([one.inputs, two.inputs]).toEqual([['a'], ['b']]);
    expect(one.heard.some(({ say }) => say === 'interrupt')).toBe(true);
  });
});

describe('threadsFor', () => {
  const { io } = new World();

  it('is what is asked for, and no more than there are inputs', () => {
    expect(threadsFor(2, io, inputs)).toBe(2);
    expect(threadsFor(8, io, inputs)).toBe(3);
  });

  it('is by itself as many as there are cores where inputs are large', () => {
    expect(threadsFor('auto', io, inputs)).toBe(3);
    expect(threadsFor('auto', { ...io, size: () => 1 }, inputs)).toBe(1);
    expect(threadsFor('auto', { ...io, size: () => undefined }, inputs)).toBe(1);
  });

  it('is one for standard input, and where no threads can be had', () => {
    expect(threadsFor(8, io, [{ name: '-' }, { name: 'a' }])).toBe(1);
    expect(threadsFor(8, { ...io, threads: undefined }, inputs)).toBe(1);
  });
});
