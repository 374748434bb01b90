import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import { fakeIo } from '../cli/fake-io.js';
import { Talk } from '../hostile/talk.js';
import { CAPTURES, expectSame, FIXTURES, joined, keysOf, print, randomOf } from './runs.js';

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
  'explain',
  'explain --json --bytes 3 --strict',
  'follow',
  'follow --pretty --where length>3 --color always',
  'follow --between ..1700000000 --invert --strict',
];

function wordsOf(line: string): string[] {
  return line.split(' ').map((word) => (word === 'EXPECTED' ? join(folder, 'expected.yaml') : word));
}

describe('one input with several threads', () => {
  it.each(CAPTURES)('prints what one prints of %s', async (name) => {
    const index = CAPTURES.indexOf(name);
    const more = [0, 2].map((step) => MORE_LINES[(index + step) % MORE_LINES.length]!);
    for (const line of [...LINES, ...more]) {
      const argv = [...wordsOf(line), ...keysOf(name), join(FIXTURES, name)];
      await expectSame(argv, line === LINES[0] ? [2, 3, 8] : [3]);
    }
  });
});

describe('many connections with several threads', () => {
  it('prints what one prints', async () => {
    const path = joined(join(folder, 'joined.pcap'), () => undefined);
    for (const line of LINES) {
      for (const { readings } of await expectSame([...wordsOf(line), path])) expect(readings).toBe(1);
    }
    for (const line of MORE_LINES) {
      for (const { readings } of await expectSame([...wordsOf(line), path], [3])) expect(readings).toBe(1);
    }
  });

  it('writes the Parquet file that one writes, and replaces what it began where one has to read again', async () => {
    const path = joined(join(folder, 'joined.pcap'), () => undefined);
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
    const path = joined(join(folder, 'joined.pcap'), (bytes) => {
      for (let at = random(3000); at < bytes.length; at += 1 + random(3000)) bytes[at]! ^= 1 << random(8);
    });
    await expectSame(['frames', '--json', '--findings', 'all', path]);
    await expectSame(['messages', '--json', path], [3]);
    await expectSame([...wordsOf(MORE_LINES[seed % MORE_LINES.length]!), path], [3]);
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
      for (const { code, stdout } of await expectSame([...wordsOf(line), path])) {
        expect(code).toBe(2);
        expect(stdout).toContain('unanswered');
      }
    }
    await expectSame(['export', '--csv', '--type', 'call', path]);
    for (const { stderr } of await expectSame(['export', '--har', path]))
      expect(stderr).toContain('not in the HAR file');
  });
});
