import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { fakeIo } from '../cli/fake-io.js';
import { CAPTURES, FIXTURES, joined, keysOf, print, randomOf, type Printed } from './runs.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-diff-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Expects of any number of threads what one gives. @param started - threads beside the main one, for two and more */
async function expectSame(argv: readonly string[], started: number, jobs = [2, 3, 8]): Promise<Printed> {
  const one = await print(argv, 1);
  expect(one.started).toBe(0);
  for (const count of jobs) {
    const several = await print(argv, count);
    expect([several.code, several.stderr, several.started]).toEqual([one.code, one.stderr, started]);
    expect(several.stdout === one.stdout, `stdout of ${argv.join(' ')} with ${count}`).toBe(true);
  }
  return one;
}

const LINES = [
  'diff',
  'diff --json',
  'diff --latency 20%',
  'diff --findings all --strict --stream 0',
  'diff --json --latency 0%',
];

describe('diff in two threads', () => {
  it.each(CAPTURES)('says what one thread says of %s and the next capture', async (name) => {
    const index = CAPTURES.indexOf(name);
    const next = CAPTURES[(index + 1) % CAPTURES.length]!;
    const line = LINES[index % LINES.length]!;
    const argv = [...line.split(' '), ...keysOf(name), join(FIXTURES, name), join(FIXTURES, next)];
    await expectSame(argv, 1, index % 5 === 0 ? [2, 3, 8] : [2]);
  });

  it.each([1, 2, 3, 4])('says what one thread says of damaged captures (%i)', async (seed) => {
    const random = randomOf(seed);
    const whole = joined(join(folder, 'whole.pcap'), () => undefined);
    const damaged = joined(join(folder, 'damaged.pcap'), (bytes) => {
      for (let at = random(30_000); at < bytes.length; at += 1 + random(30_000)) bytes[at]! ^= 1 << random(8);
    });
    for (const line of LINES) await expectSame([...line.split(' '), whole, damaged], 1, [2, 3]);
    await expectSame(['diff', '--findings', 'all', damaged, whole], 1, [2]);
  });

  it('reads a golden file on either side', async () => {
    const capture = join(FIXTURES, 'ping-pong.pcap');
    const golden = join(folder, 'golden.jsonl');
    await main(['check', '--golden', golden, '--update', capture], fakeIo().io);
    const other = join(FIXTURES, 'two-connections.pcap');
    expect((await expectSame(['diff', golden, capture], 1)).code).toBe(0);
    expect((await expectSame(['diff', capture, golden], 1)).code).toBe(0);
    await expectSame(['diff', '--json', golden, other], 1);
    await expectSame(['diff', '--json', other, golden], 1);
    // What is wrong with either is told as in one thread: that of the first one first.
    writeFileSync(join(folder, 'broken.jsonl'), '{"type":"message","connection":0,\n');
    const broken = join(folder, 'broken.jsonl');
    for (const argv of [
      [broken, capture],
      [capture, broken],
      ['--latency', '5%', capture, golden],
      ['--latency', '5%', golden, broken],
    ]) {
      expect((await expectSame(['diff', ...argv], 1)).code).toBe(2);
    }
  });

  it('leaves out what is ignored', async () => {
    const ignore = join(folder, 'ignore.yaml');
    writeFileSync(ignore, 'ignore:\n  - pattern: "[0-9]+"\n');
    const [one, other] = [join(FIXTURES, 'two-connections.pcap'), join(FIXTURES, 'ping-pong.pcap')];
    await expectSame(['diff', '--json', '--ignore', ignore, one, other], 1);
  });

  it('tells of a capture that cannot be read what one thread tells', async () => {
    const capture = join(FIXTURES, 'send.pcap');
    const cut = join(folder, 'cut-off');
    copyFileSync(capture, cut);
    for (const pair of [
      [capture, cut],
      [cut, capture],
      [cut, cut],
    ]) {
      const { code, stderr } = await expectSame(['diff', ...pair], 1);
      expect(code).toBe(2);
      expect(stderr).toContain('the disk is broken');
    }
  });

  it('reads in one thread what can be read only once', async () => {
    const capture = join(FIXTURES, 'send.pcap');
    await expectSame(['diff', capture, '-'], 0, [2]);
  });

  it('ends with the error of a thread that fails', async () => {
    const broken = {
      post: () => undefined,
      onMessage: () => undefined,
      onEnd: (listener: (error: unknown) => void) => void setImmediate(() => listener(new TypeError('a bug'))),
      terminate: () => undefined,
    };
    const { io } = fakeIo({ size: 1 });
    const capture = join(FIXTURES, 'send.pcap');
    const threads = { cores: () => 4, start: () => broken };
    await expect(main(['diff', '--jobs', '2', capture, capture], { ...io, threads })).rejects.toThrow('a bug');
  });
});
