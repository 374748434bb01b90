import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { CAPTURES, FIXTURES, joined, keysOf, print, randomOf } from './runs.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-every-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Expects of any number of threads what one gives, on both streams and in the file that is written, however many are started. */
async function expectAlike(
  line: string,
  input: readonly string[],
  jobs: readonly (number | 'auto')[] = [2, 3, 8],
): Promise<void> {
  const out = join(folder, 'page.html');
  const argv = [...line.split(' ').map((word) => (word === 'OUT' ? out : word)), ...input];
  const given = line.includes('OUT') ? { out } : {};
  const one = await print(argv, 1, given);
  expect(one.file === undefined, line).toBe(!line.includes('OUT'));
  for (const count of jobs) {
    const { code, stdout, stderr, file } = await print(argv, count, given);
    expect([count, code, stderr]).toEqual([count, one.code, one.stderr]);
    expect(stdout === one.stdout, `stdout of ${argv.join(' ')} with ${count}`).toBe(true);
    expect(file?.toString('latin1') === one.file?.toString('latin1'), `file of ${argv.join(' ')}`).toBe(true);
  }
}

/** Of each kind every capture has one, and which it is depends on the capture. */
const KINDS = [
  [
    'follow',
    'follow --findings all --strict',
    'follow --where length>3',
    'follow --where length>3 --context 1',
    'follow --between 2000-01-01T00:00:00Z.. --invert --color always',
    'follow --stream 0 --decode off',
    'follow --pretty --max-payload 7',
  ],
  [
    'report -o OUT --max-messages 20 --max-payload 32',
    'report',
    'report -o OUT',
    'report --where opcode<8 --findings none',
    'report --stream 0 --decode off',
    'report --host *.test --invert',
  ],
  [
    'explain',
    'explain --json --strict',
    'explain --packet 6',
    'explain --frame 2 --color always',
    'explain --stream 0 --bytes 1',
  ],
];
const LINES = KINDS.flat();

describe('--jobs', () => {
  it('is an option of every command that reads captures', () => {
    const reading = COMMANDS.filter(({ options }) => options.some(({ flags }) => flags.includes('--tunnel')));
    expect(reading.length).toBeGreaterThan(8);
    for (const { name, options } of reading) {
      const [found] = options.filter(({ flags }) => flags.includes('--jobs'));
      expect([name, found?.flags, found?.defaultValue]).toEqual([name, '-J, --jobs <number>', 'auto']);
    }
  });

  it.each(['follow', 'report', 'explain', 'split', 'stats', 'diff'])(
    'takes a number or auto, and nothing else: %s',
    async (command) => {
      for (const wrong of ['0', '257', '1.5', 'many']) {
        const { code, stderr } = await print([command, '-J', wrong, join(FIXTURES, 'send.pcap')], 1);
        expect([code, stderr]).toEqual([2, expect.stringContaining('It must be auto, or a number from 1 to 256.')]);
      }
    },
  );

  it.each(CAPTURES)('makes no difference to what is read of %s', async (name) => {
    const index = CAPTURES.indexOf(name);
    for (const [number, kind] of KINDS.entries()) {
      const jobs = number === index % KINDS.length ? [2, 3, 8, 'auto' as const] : [3];
      await expectAlike(kind[index % kind.length]!, [...keysOf(name), join(FIXTURES, name)], jobs);
    }
  });

  it('makes no difference to many connections', async () => {
    const path = joined(join(folder, 'joined.pcap'), () => undefined);
    for (const line of LINES) await expectAlike(line, [path]);
  });

  it.each([1, 2, 3, 4, 5, 6])('makes no difference to damaged captures (%i)', async (seed) => {
    const random = randomOf(seed);
    const path = joined(join(folder, 'damaged.pcap'), (bytes) => {
      for (let at = random(3000); at < bytes.length; at += 1 + random(3000)) bytes[at]! ^= 1 << random(8);
    });
    for (const line of LINES.filter((_, number) => number % 3 === seed % 3)) await expectAlike(line, [path]);
  });
});
