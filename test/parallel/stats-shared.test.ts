import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Talk } from '../hostile/talk.js';
import { CAPTURES, expectSame, FIXTURES, joined, keysOf, randomOf } from './runs.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-stats-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const LINES = ['stats --json', 'stats --findings all --strict'];

/** Of these each capture has two. */
const MORE_LINES = [
  'stats --json --where length>3',
  'stats --decode off',
  'stats --json --host *.test --invert',
  'stats --where opcode==1 --invert',
  'stats --json --url /chat',
  'stats --json --between 2000-01-01T00:00:00Z.. --decode json',
];

function wordsOf(line: string): string[] {
  return line.split(' ').filter((word) => word !== '');
}

describe('stats of one input with several threads', () => {
  it.each(CAPTURES)('prints what one prints of %s', async (name) => {
    const index = CAPTURES.indexOf(name);
    const more = [0, 3].map((step) => MORE_LINES[(index + step) % MORE_LINES.length]!);
    for (const line of [...LINES, ...more]) {
      const argv = [...wordsOf(line), ...keysOf(name), join(FIXTURES, name)];
      await expectSame(argv, line === LINES[0] ? [2, 3, 8] : [3]);
    }
  });

  it('prints what one prints of many connections, reading them once', async () => {
    const path = joined(join(folder, 'joined.pcap'), () => undefined);
    for (const line of [...LINES, ...MORE_LINES]) {
      for (const { readings, stdout } of await expectSame([...wordsOf(line), path])) {
        expect(readings).toBe(1);
        expect(stdout).not.toBe('');
      }
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('prints what one prints of damaged ones (%i)', async (seed) => {
    const random = randomOf(seed);
    const path = joined(join(folder, 'joined.pcap'), (bytes) => {
      for (let at = random(3000); at < bytes.length; at += 1 + random(3000)) bytes[at]! ^= 1 << random(8);
    });
    await expectSame(['stats', '--json', path]);
    await expectSame(['stats', '--strict', path], [3]);
    await expectSame([...wordsOf(MORE_LINES[seed % MORE_LINES.length]!), path], [3]);
  });
});

/** A frame of a server with a short text. */
function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.of(0x81, text.length), Buffer.from(text)]);
}

/** Sets when packets were captured. */
function withTimes(pcap: Buffer, secondOf: (packet: number) => number): Buffer {
  const bytes = Buffer.from(pcap);
  for (let at = 24, packet = 0; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8), packet++) {
    bytes.writeUInt32LE(secondOf(packet), at);
  }
  return bytes;
}

describe('messages in seconds', () => {
  it.each([
    ['that pass', (packet: number) => 1_700_000_000 + Math.floor(packet / 40)],
    ['that go back and forth', (packet: number) => 1_700_000_000 + ((packet * 7) % 11)],
    ['that are far from each other', (packet: number) => 1_700_000_000 + ((packet * 7919) % 5000)],
  ])('have the same peak and the same bins where there are several threads: seconds %s', async (_, secondOf) => {
    const packets: Buffer[] = [];
    const talks = Array.from({ length: 12 }, (__, number) => new Talk(number, packets).upgrade());
    for (let round = 0; round < 60; round++) {
      for (const [number, talk] of talks.entries()) {
        if ((number * 5 + round) % 3 === 0) continue;
        const frames = Array.from({ length: 1 + ((number + round) % 4) }, (__, index) => textFrame(`${index}`));
        talk.send(1, Buffer.concat(frames));
        if (round % 9 === number) talk.send(0, Buffer.of(0x89, 0x80, 0, 0, 0, 0));
      }
    }
    const path = join(folder, 'seconds.pcap');
    writeFileSync(path, withTimes(talks[0]!.pcap(), secondOf));
    for (const line of [...LINES, ...MORE_LINES]) {
      for (const { readings } of await expectSame([...wordsOf(line), path])) expect(readings).toBe(1);
    }
  });
});

describe('statistics of a capture that cannot be read to its end', () => {
  it('have the connections that had not ended in the order in which they began', async () => {
    const packets: Buffer[] = [];
    const talks = Array.from({ length: 40 }, (_, number) => new Talk(number, packets).upgrade());
    for (const [number, talk] of talks.entries()) if (number % 3 !== 0) talk.send(1, textFrame(`${number}`));
    for (const talk of talks.slice(5, 15)) talk.finish();
    const path = join(folder, 'cut-off');
    writeFileSync(path, talks[0]!.pcap());
    for (const line of ['stats --json', 'stats', 'stats --json --where length>1', 'stats --host nobody']) {
      for (const { code, readings } of await expectSame([...wordsOf(line), path]))
        expect([code, readings]).toEqual([2, 1]);
    }
  });
});

describe('clients that come back', () => {
  it('are found in whichever thread their connections are', async () => {
    const packets: Buffer[] = [];
    for (let round = 0; round < 8; round++) {
      const talks = Array.from({ length: 9 }, (_, number) => new Talk(9 * round + number, packets).upgrade());
      for (const [number, talk] of talks.entries()) {
        if (number % 2 === 0) talk.send(1, textFrame('x'));
        talk.finish();
      }
    }
    const path = join(folder, 'reconnects.pcap');
    writeFileSync(path, new Talk(0, packets).pcap());
    for (const { stdout } of await expectSame(['stats', '--json', path])) {
      const { reconnects } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { reconnects: { count: number } };
      expect(reconnects.count).toBeGreaterThan(4);
    }
  });
});
