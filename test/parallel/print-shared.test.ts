import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { WsdissectError } from '../../src/common/error.js';
import type { Io } from '../../src/cli/terminal/io.js';
import { fakeIo } from '../cli/fake-io.js';
import { Talk } from '../hostile/talk.js';
import { threadsHere } from './threads-here.js';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');
const CAPTURES = readdirSync(FIXTURES).filter((name) => /\.(?:pcap|pcapng|gz|hex)$/.test(name));

const EXPECTED = `checks:
  - filter: { min: 2, match: { type: message, decoded.name: chat } }
  - filter: { count: 3, match: { type: call, outcome: ok, seconds__lt: 1 } }
  - filter: { max: 1, match: { type: frame, opcode: 9 } }
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-shared-'));
  writeFileSync(join(folder, 'expected.yaml'), EXPECTED);
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Times that the input was read. */
  readonly readings: number;
  /** Threads that were started. */
  readonly started: number;
}

/** Runs a command with so many threads: each input is as long as it is, and threads take turns as they like. */
async function print(argv: readonly string[], jobs: number): Promise<Printed> {
  const { io, writes, reports } = fakeIo({ size: 1 });
  let readings = 0;
  const world = {
    ...io,
    read: (name: string) => {
      if (!name.endsWith('.yaml')) readings++;
      return name.endsWith('cut-off') ? untilItBreaks(io.read(name)) : io.read(name);
    },
  };
  let started = 0;
  const here = threadsHere(io, (thread) => nextTurn(thread));
  const threads: NonNullable<Io['threads']> = {
    cores: () => here.cores(),
    start: (data) => {
      started++;
      return here.start(data);
    },
  };
  const named = argv.map((each) => (each === 'EXPECTED' ? join(folder, 'expected.yaml') : each));
  const code = await main([...named, '--jobs', String(jobs)], { ...world, threads });
  return { code, stdout: writes.join(''), stderr: reports.join(''), readings, started };
}

async function* untilItBreaks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
  throw new WsdissectError('unreadable', 'the disk is broken');
}

async function expectSame(argv: readonly string[], jobs: readonly number[] = [2, 3, 8]): Promise<Printed[]> {
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

function keysOf(name: string): string[] {
  const path = join(FIXTURES, name.replace(/\.pcap(?:ng)?(?:\.gz)?$/, '.keys.log'));
  return existsSync(path) ? ['--keylog', path] : [];
}

const LINES = [
  'frames --json --findings all',
  'messages --json --decode auto',
  'connections --json --strict',
  'frames --json --match a --from client',
];

/** Of these each capture has two. */
const MORE_LINES = [
  'frames --time relative --color always',
  'messages --brief --time delta',
  'messages --from client --pretty',
  'connections --headers',
  'frames --brief --opcode text',
  'calls',
  'calls --json --decode auto --slowest 3',
  'calls --json --context 1 --where outcome!="ok"',
  'check --strict --fail-on note --max-payload 8',
  'check --json --expect EXPECTED',
  'export --csv --type frame --where payloadLength>3',
  'export --tsv --type call',
  'export --har',
];

describe('one input with several threads', () => {
  it.each(CAPTURES)('prints what one prints of %s', async (name) => {
    const index = CAPTURES.indexOf(name);
    const more = [0, 2].map((step) => MORE_LINES[(index + step) % MORE_LINES.length]!);
    for (const line of [...LINES, ...more]) {
      const argv = [...line.split(' '), ...keysOf(name), join(FIXTURES, name)];
      await expectSame(argv, line === LINES[0] ? [2, 3, 8] : [3]);
    }
  });
});

/** As good as any: the same numbers each time. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return (state >>> 8) % below;
  };
}

/** All captures of one link type, one after the other: many connections, some between the same ends. */
function joined(damage: (bytes: Buffer) => void): string {
  const parts: Buffer[] = [];
  let header: Buffer | undefined;
  for (const name of CAPTURES.filter((each) => each.endsWith('.pcap'))) {
    const bytes = readFileSync(join(FIXTURES, name));
    header ??= bytes.subarray(0, 24);
    if (bytes.length < 200_000 && bytes.subarray(0, 24).equals(header)) parts.push(bytes.subarray(24));
  }
  const path = join(folder, 'joined.pcap');
  const body = Buffer.concat(parts);
  damage(body);
  writeFileSync(path, Buffer.concat([header!, body]));
  return path;
}

describe('many connections with several threads', () => {
  it('prints what one prints', async () => {
    const path = joined(() => undefined);
    for (const line of LINES) {
      for (const { readings } of await expectSame([...line.split(' '), path])) expect(readings).toBe(1);
    }
    for (const line of MORE_LINES) {
      const [{ readings }] = (await expectSame([...line.split(' '), path], [3])) as [Printed];
      expect(readings).toBe(1);
    }
  });

  it('writes the Parquet file that one writes, and replaces what it began where one has to read again', async () => {
    const path = joined(() => undefined);
    const files: Buffer[] = [];
    for (const [index, input] of [path, join(FIXTURES, 'send.hex')].entries()) {
      for (const jobs of [1, 3]) {
        const parquet = join(folder, `${index}-${jobs}.parquet`);
        const { code } = await print(['export', '--parquet', parquet, '--type', 'frame', input], jobs);
        expect(code).toBe(0);
        files.push(readFileSync(parquet));
      }
      expect(files[2 * index + 1]!.equals(files[2 * index]!)).toBe(true);
    }
  });

  it.each([1, 2, 3, 4, 5, 6])('prints what one prints of damaged ones (%i)', async (seed) => {
    const random = randomOf(seed);
    const path = joined((bytes) => {
      for (let at = random(3000); at < bytes.length; at += 1 + random(3000)) bytes[at]! ^= 1 << random(8);
    });
    await expectSame(['frames', '--json', '--findings', 'all', path]);
    await expectSame(['messages', '--json', path], [3]);
    await expectSame([...MORE_LINES[seed % MORE_LINES.length]!.split(' '), path], [3]);
  });
});

/** A frame of a server with a short text. */
function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)]);
}

/** Neither HTTP nor TLS. */
const NO_PROTOCOL = '220 mail.example.test ESMTP\r\nEHLO there\r\n'.repeat(20);

describe('connections that nobody reads', () => {
  it.each([0, 300])('make no difference, %i of them with ports used again', async (reused) => {
    const packets: Buffer[] = [];
    const first = new Talk(0, packets).upgrade();
    for (let number = 1; number <= 1500; number++) {
      const other = new Talk(number, packets).open().send(0, NO_PROTOCOL).send(1, NO_PROTOCOL).send(0, NO_PROTOCOL);
      first.send(1, textFrame(`after ${number}`));
      if (number <= reused) new Talk(number, packets).upgrade().send(1, textFrame('the same ports'));
      else if (number % 3 === 0) other.finish();
      else if (number % 5 === 0) other.reset(0);
    }
    const path = join(folder, 'strangers.pcap');
    writeFileSync(path, first.pcap());
    await expectSame(['frames', '--json', '--findings', 'all', path]);
  });
});

describe('a limit on all connections together', () => {
  it('has the input read again by one thread, and nothing printed twice', async () => {
    const packets: Buffer[] = [];
    const first = new Talk(0, packets).upgrade();
    for (let number = 1; number <= 5200; number++) {
      new Talk(number, packets).open().send(0, 'GET / HT');
      first.send(1, textFrame(`after ${number}`));
    }
    const path = join(folder, 'unfinished.pcap');
    writeFileSync(path, first.pcap());
    for (const { readings } of await expectSame(['frames', '--json', '--findings', 'all', path])) {
      expect(readings).toBe(2);
    }
  });
});

describe('a thread that fails', () => {
  it('ends the command with its error', async () => {
    const { io } = fakeIo({ size: 1 });
    const broken = {
      post: () => undefined,
      onMessage: () => undefined,
      onEnd: (listener: (error: unknown) => void) => void setImmediate(() => listener(new TypeError('a bug'))),
      terminate: () => undefined,
    };
    const threads = { cores: () => 4, start: () => broken };
    for (const command of ['frames', 'calls', 'check', 'export --csv']) {
      const argv = [...command.split(' '), '--jobs', '2', join(FIXTURES, 'two-connections.pcap')];
      await expect(main(argv, { ...io, threads })).rejects.toThrow('a bug');
    }
  });
});

describe('a capture that cannot be read to its end', () => {
  it('has the calls that were open in the order in which their connections began', async () => {
    const packets: Buffer[] = [];
    const talks = Array.from({ length: 40 }, (_, number) => new Talk(number, packets).upgrade());
    for (const round of [0, 1, 2]) {
      for (const [number, talk] of talks.entries()) {
        if ((number * 7 + round) % 3 !== 0) talk.send(0, Buffer.of(0x89, 0x82, 0, 0, 0, 0, 48 + round, 48));
      }
    }
    const path = join(folder, 'cut-off');
    writeFileSync(path, talks[0]!.pcap());
    for (const line of ['calls', 'calls --json', 'calls --slowest 5']) {
      for (const { code, stdout } of await expectSame([...line.split(' '), path])) {
        expect(code).toBe(2);
        expect(stdout).toContain('unanswered');
      }
    }
    await expectSame(['export', '--csv', '--type', 'call', path]);
    for (const { stderr } of await expectSame(['export', '--har', path]))
      expect(stderr).toContain('not in the HAR file');
  });
});
