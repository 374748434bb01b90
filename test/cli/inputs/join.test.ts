import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePcap, type PcapFormat, type WrittenPacket } from '../../../src/capture/pcap/pcap-writer.js';
import { PcapReader } from '../../../src/capture/pcap/pcap.js';
import { read } from '../../capture/read.js';
import { fixture } from '../../export/har.js';
import { main } from '../../../src/cli/main.js';
import { fakeIo, run } from '../fake-io.js';

const hasMergecap = spawnSync('mergecap', ['--version']).status === 0;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-join-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** The packets of a pcap fixture. */
function packetsOf(name: string): WrittenPacket[] {
  return read(PcapReader, [readFileSync(fixture(name))]).packets.map(({ at, bytes, originalLength }) => ({
    seconds: at.seconds,
    nanoseconds: at.nanoseconds,
    bytes,
    originalLength,
  }));
}

const ETHERNET: PcapFormat = { linkType: 1 };

function put(name: string, packets: readonly WrittenPacket[], format: PcapFormat = ETHERNET): string {
  const path = join(folder, name);
  const bytes = writePcap(packets, format);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(bytes) : bytes);
  return path;
}

/** What mergecap makes of files. */
function merged(options: readonly string[], files: readonly string[]): string {
  const path = join(folder, 'merged.pcapng');
  rmSync(path, { force: true });
  expect(spawnSync('mergecap', [...options, '-w', path, ...files]).status).toBe(0);
  return path;
}

/** Packets without their link layer, as Linux' cooked mode has them. */
function cooked(packets: readonly WrittenPacket[]): WrittenPacket[] {
  return packets.map((packet) => {
    const rest = Buffer.from(packet.bytes).subarray(14);
    const header = Buffer.from('0000' + '0304' + '0006' + '000000000000' + '0000' + '0800', 'hex');
    return { ...packet, bytes: Buffer.concat([header, rest]), originalLength: header.length + rest.length };
  });
}

const COMMANDS = ['frames', 'messages', 'connections'];

describe('a rotation', () => {
  const splits = fc.uniqueArray(fc.integer({ min: 1, max: 32 }), { minLength: 1, maxLength: 5 });

  it.runIf(hasMergecap)(
    'gives the records of mergecap -a, whatever formats and link types its files have',
    async () => {
      const packets = packetsOf('deflate-takeover.pcap');
      const shapes = fc.array(fc.constantFrom('micro', 'nano', 'big', 'gzip', 'cooked'), {
        minLength: 6,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(splits, shapes, fc.constantFrom(...COMMANDS), async (places, formats, command) => {
          const bounds = [0, ...places.toSorted((a, b) => a - b), packets.length];
          const files = bounds.slice(1).map((end, index) => {
            const part = packets.slice(bounds[index], end);
            const name = `part${index}.pcap`;
            switch (formats[index]) {
              case 'nano':
                return put(name, part, { linkType: 1, nanosecond: true });
              case 'big':
                return put(name, part, { linkType: 1, byteOrder: 'big' });
              case 'gzip':
                return put(`${name}.gz`, part);
              case 'cooked':
                return put(name, cooked(part), { linkType: 113 });
              default:
                return put(name, part);
            }
          });
          const joined = await run([command, '--json', '--join', ...files]);
          const one = await run([command, '--json', merged(['-a'], files)]);
          expect(joined.stdout).toBe(one.stdout);
          expect(joined.stdout).not.toBe('');
          expect([joined.code, joined.stderr]).toEqual([0, '']);
        }),
        { numRuns: 25 },
      );
    },
  );

  it('is one capture by itself where the names are of dumpcap, in any order of the names, and is told', async () => {
    const packets = packetsOf('two-connections.pcap');
    const parts = [packets.slice(0, 5), packets.slice(5, 9), packets.slice(9)];
    const files = parts.map((part, index) => put(`c_0000${index + 8}_2026010100000${index}.pcap`, part));
    const whole = await run(['--json', put('whole.pcap', packets)]);
    for (const names of [files, files.toReversed(), [folder]]) {
      if (names[0] === folder) rmSync(join(folder, 'whole.pcap'));
      const joined = await run(['--json', ...names]);
      expect(joined.stdout).toBe(whole.stdout);
      expect(joined.stderr).toBe(
        `wsdissect: 3 files of a rotation, ${files[0]} to ${files[2]}: read as one capture; --no-join reads each by itself\n`,
      );
    }
    expect((await run(['--json', '-q', ...files])).stderr).toBe('');
    const apart = await run(['--json', '--no-join', '-q', ...files]);
    expect(apart.stdout).toContain('"file":');
    expect(apart.stdout).not.toBe(whole.stdout);
  });

  it.each([
    ['tcpdump -C', ['t.pcap', 't.pcap1', 't.pcap2']],
    ['tcpdump -W', ['t.pcap0', 't.pcap1', 't.pcap2']],
    ['tcpdump -W, the ring around once', ['t.pcap08', 't.pcap09', 't.pcap00']],
    ['tcpdump -z gzip', ['t.pcap.gz', 't.pcap1.gz', 't.pcap2.gz']],
    [
      'dumpcap -b nametimenum:2',
      ['d_20260101000000_00001.pcapng', 'd_20260101000001_00002.pcapng', 'd_20260101000002_00003.pcapng'],
    ],
    ['dumpcap without an extension', ['d_00001_20260101000000', 'd_00002_20260101000000', 'd_00003_20260101000001']],
  ])('is known by the names of %s', async (_, names) => {
    const packets = packetsOf('two-connections.pcap');
    const parts = [packets.slice(0, 5), packets.slice(5, 9), packets.slice(9)];
    parts.forEach((part, index) => put(names[index]!, part));
    const files = readdirSync(folder).map((name) => join(folder, name));
    const whole = await run(['--json', put('whole.pcap', packets)]);
    expect((await run(['--json', ...files])).stdout).toBe(whole.stdout);
  });

  it('is none where names, times or link types do not fit', async () => {
    const packets = packetsOf('send.pcap');
    const [a, b, c] = [0, 100, 50].map((more) => packets.map((one) => ({ ...one, seconds: one.seconds + more })));
    const others = [put('a.pcap', a!), put('b.pcap', b!), put('chat1.pcap', c!)];
    const byName = await run(['--json', '--findings', 'none', ...others]);
    expect([byName.stdout.match(/"file":/g)?.length, byName.stderr]).toEqual([others.length, '']);
    const jumbled = [put('x.pcap0', a!), put('x.pcap1', b!), put('x.pcap2', a!), put('x.pcap3', c!)];
    const byTime = await run(['--json', ...jumbled]);
    expect(byTime.stdout).toContain('"file":');
    expect(byTime.stderr).toContain('named as one rotation, but their times do not follow on');
    const mixed = [put('y.pcap0', a!), put('y.pcap1', cooked(b!), { linkType: 113 })];
    expect((await run(['--json', ...mixed])).stderr).toContain('named as one rotation, but their link types differ');
    const joined = await run(['--json', '--join', ...mixed]);
    expect([joined.code, joined.stdout.includes('"file":')]).toEqual([0, false]);
  });

  it('is never joined by itself in check', async () => {
    const packets = packetsOf('send.pcap');
    const files = [put('x.pcap0', packets), put('x.pcap1', packets)];
    const apart = await run(['check', '--json', ...files]);
    expect(apart.stdout).toContain(JSON.stringify(files[1]));
    expect(apart.stderr).toBe('');
    const joined = await run(['check', '--json', '--join', ...files]);
    expect(joined.stdout).toContain(`${files[0]!} and 1 more`);
  });

  it('of which a number is missing, or a file is damaged or not there, has a gap that is told', async () => {
    const packets = packetsOf('deflate-takeover.pcap');
    const parts = [0, 5, 10, 15, 20].map((at, index) =>
      put(`x.pcap${index}`, packets.slice(at, index === 4 ? 99 : at + 5)),
    );
    rmSync(parts[1]!);
    const without = await run(['--json', ...parts.filter((_, index) => index !== 1)]);
    expect(without.stderr).toContain(
      'packets are missing here: number 1 of the rotation, after this file, is not there',
    );
    expect(without.code).toBe(0);
    expect((await run(['--json', '--strict', ...parts.filter((_, index) => index !== 1)])).code).toBe(1);

    const absent = await run(['connections', '--join', ...parts]);
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain(`${basename(parts[1]!)}: packets are missing here: no such file`);
    expect(absent.stderr.trim().split('\n').at(-1)).toBe(`wsdissect: ${parts[1]!}: no such file; check its path`);
    expect(absent.stdout).toMatch(/10 \/ 12|missing bytes/);

    writeFileSync(parts[1]!, 'Not a capture at all, however long it may be.\n'.repeat(9));
    const noise = await run(['connections', '--join', ...parts]);
    expect([noise.code, noise.stdout]).toEqual([2, absent.stdout]);
    expect(noise.stderr).toContain(`${parts[1]!}: not a capture`);

    writeFileSync(parts[1]!, writePcap(packets.slice(5, 10), ETHERNET).subarray(0, -3));
    const cut = await run(['connections', '--join', ...parts]);
    expect(cut.stderr).toContain(`${parts[1]!}: the capture ends inside the record at byte`);
    expect(cut.code).toBe(0);
  });

  it('of which no file can be read is told file by file, and nothing else', async () => {
    const { code, stdout, stderr } = await run([
      '--json',
      '-q',
      '--join',
      join(folder, 'a.pcap'),
      join(folder, 'b.pcap'),
    ]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('is not read on where no more is wanted', async () => {
    const packets = packetsOf('two-connections.pcap');
    const files = [put('x.pcap0', packets.slice(0, 20)), put('x.pcap1', packets.slice(20))];
    const { stdout, code } = await run(['--json', '-q', '-c', '1', ...files]);
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 1]);
  });

  it('keeps the secrets of a file for those after it', async () => {
    const whole = readFileSync(fixture('tls13-dsb.pcapng'));
    const path = join(folder, 'secrets.pcapng');
    writeFileSync(path, whole);
    copyFileSync(fixture('send.pcap'), join(folder, 'after.pcap'));
    const { stdout, code } = await run(['--json', '-q', '--join', path, join(folder, 'after.pcap')]);
    const alone = await run(['--json', path]);
    expect(code).toBe(0);
    // All but the numbers of packets and streams.
    const contents = (text: string): string[] =>
      text
        .trim()
        .split('\n')
        .map((line) => line.slice(line.indexOf('"direction"')));
    expect(contents(stdout).slice(1)).toEqual(contents(alone.stdout));
  });

  it('may mix lines of hex with captures: each is a stream of its own', async () => {
    const { stdout } = await run([
      '--json',
      '-q',
      '--join',
      fixture('send.hex').pathname,
      fixture('send.pcap').pathname,
    ]);
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { stream: number; packet: number });
    expect(records.map(({ stream }) => stream)).toEqual([0, 1]);
    expect(records[1]!.packet).toBeGreaterThan(records[0]!.packet);
  });
});

describe('Ctrl-C while several files are read', () => {
  it.each(['--join', '--sort'])('with %s ends the reading, which is told once', async (option) => {
    const packets = packetsOf('two-connections.pcap');
    const files = [0, 1, 2].map((number) =>
      put(
        `x${number}.pcap`,
        packets.map((one) => ({ ...one, seconds: one.seconds + number * 100 })),
      ),
    );
    let listener: (() => void) | undefined;
    const world = fakeIo({ tick: 100, onWrite: () => listener?.() });
    world.io.onInterrupt = (given) => {
      listener = given;
      return () => (listener = undefined);
    };
    const code = await main(['frames', '--json', '-q', option, ...files], world.io);
    expect(code).toBe(2);
    expect(world.reports.join('')).toBe(
      `wsdissect: ${files[0]!} and 2 more: stopped by Ctrl-C: the rest was not read\n`,
    );
    expect(world.writes.join('')).toContain('"type":"frame"');
  });
});

describe('--sort', () => {
  it.runIf(hasMergecap)('gives the records of mergecap for captures that overlap', async () => {
    const packets = packetsOf('two-connections.pcap');
    const owners = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: packets.length, maxLength: packets.length });
    // Times that are equal, and some that go back.
    const steps = fc.array(fc.constantFrom(0, 0, 1, 2, 5, -1), {
      minLength: packets.length,
      maxLength: packets.length,
    });
    await fc.assert(
      fc.asyncProperty(owners, steps, fc.constantFrom(...COMMANDS), async (owner, step, command) => {
        let seconds = 1_000_000;
        const timed = packets.map((packet, index) => ({
          ...packet,
          seconds: (seconds += step[index]!),
          nanoseconds: 0,
        }));
        const files = [0, 1, 2, 3].map((number) =>
          put(
            `tap${number}.pcap`,
            timed.filter((_, index) => owner[index] === number),
            { linkType: 1, nanosecond: number === 2 },
          ),
        );
        const sorted = await run([command, '--json', '--sort', ...files]);
        const one = await run([command, '--json', merged([], files)]);
        expect(sorted.stdout).toBe(one.stdout);
        expect(sorted.code).toBe(one.code);
      }),
      { numRuns: 40 },
    );
  });

  it('of files that follow each other has no more than one of them open', async () => {
    const packets = packetsOf('send.pcap');
    const files = Array.from({ length: 20 }, (_, index) =>
      put(
        `x${index}.pcap`,
        packets.map((one) => ({ ...one, seconds: index * 1000 + 1 })),
      ),
    );
    const { JoinedCaptures } = await import('../../../src/capture/join/joined-captures.js');
    const { readBatches } = await import('../../../src/dissect.js');
    let open = 0;
    let most = 0;
    const parts = files.map((name, index) => ({
      name,
      first: { packet: 1, seconds: index * 1000 + 1, nanoseconds: 0, precision: 6 as const },
      read: function* () {
        most = Math.max(most, ++open);
        yield readFileSync(name);
        open--;
      },
    }));
    let seen = 0;
    const witness = { seen: ({ packets: all }: { packets: number }) => (seen = all) };
    const batches = readBatches(new JoinedCaptures(parts, { sorted: true }), {}, witness);
    while ((await batches.next()).done !== true);
    expect([seen, most]).toEqual([20 * packets.length, 1]);
  });

  it('is refused beside --no-join', async () => {
    const { code, stderr } = await run([
      '--sort',
      '--no-join',
      fixture('send.pcap').pathname,
      fixture('send.hex').pathname,
    ]);
    expect([code, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toContain('--sort reads several files as one capture');
  });

  it('tells what is wrong with a file, without a number that its packets do not have', async () => {
    const packets = packetsOf('send.pcap');
    const good = put('a.pcap', packets);
    writeFileSync(join(folder, 'b.pcap'), writePcap(packets, ETHERNET).subarray(0, -1));
    const { stderr, code } = await run(['--json', '--sort', good, join(folder, 'b.pcap'), join(folder, 'none.pcap')]);
    expect(code).toBe(2);
    expect(stderr).toContain('b.pcap: the capture ends inside the record');
    expect(stderr).toContain('none.pcap: packets are missing here: no such file');
  });
});
