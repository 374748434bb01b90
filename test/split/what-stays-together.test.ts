import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { PcapngReader } from '../../src/capture/pcapng/pcapng.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { read } from '../capture/read.js';
import { run } from '../cli/fake-io.js';
import { Talk } from '../hostile/talk.js';
import { SYN } from '../hostile/segment-bytes.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { Wire } from '../support/wire.js';

const SHARDS = 5;
const RAW = 101;
const IEEE802_11 = 105;
const IP_HEADER = 20;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-together-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes packets into files of so many, splits them, and says which shards hold each packet, by its number. */
async function shardsOf(
  packets: readonly Buffer[],
  linkType: number,
  perFile: number,
): Promise<{ files: string[]; output: string; holders: Map<number, number[]> }> {
  const files: string[] = [];
  for (let at = 0; at < packets.length; at += perFile) {
    const part = packets.slice(at, at + perFile).map((bytes, index) => {
      return { seconds: 1_700_000_000 + at + index, nanoseconds: 0, bytes };
    });
    files.push(join(folder, `set-${String(files.length).padStart(3, '0')}.pcap`));
    writeFileSync(files.at(-1)!, writePcap(part, { linkType }));
  }
  return { files, ...(await split(files)) };
}

async function split(files: readonly string[]): Promise<{ output: string; holders: Map<number, number[]> }> {
  const output = join(folder, 'out');
  expect(await run(['split', '-q', '--shards', String(SHARDS), '-o', output, ...files])).toMatchObject({
    code: 0,
    stderr: '',
  });
  const holders = new Map<number, number[]>();
  for (let shard = 0; shard < SHARDS; shard++) {
    for (const name of partsOf(output, shard)) {
      const { packets } = read(PcapngReader, [readFileSync(name)]);
      for (const { at, bytes } of packets) {
        if (bytes.length > 0) holders.set(at.packet, [...(holders.get(at.packet) ?? []), shard]);
      }
    }
  }
  return { output, holders };
}

function partsOf(output: string, shard: number): string[] {
  const directory = join(output, `shard-00${shard}`);
  return readdirSync(directory).map((name) => join(directory, name));
}

/** What all shards say, merged, is what one process says. */
async function expectSame(files: readonly string[], output: string, ...options: string[]): Promise<string> {
  const whole = await run(['messages', '-q', '--json', '--join', ...options, ...files]);
  const runs: string[] = [];
  for (let shard = 0; shard < SHARDS; shard++) {
    const { stdout } = await run(['messages', '-q', '--json', '--join', ...options, ...partsOf(output, shard)]);
    runs.push(join(folder, `${shard}.jsonl`));
    writeFileSync(runs.at(-1)!, stdout);
  }
  expect((await run(['merge', ...runs])).stdout).toBe(whole.stdout);
  return whole.stdout;
}

/** A packet of IPv4 in fragments of so many bytes. */
function fragments(packet: Buffer, identification: number, length: number): Buffer[] {
  const body = packet.subarray(IP_HEADER);
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += length) {
    const part = Buffer.concat([packet.subarray(0, IP_HEADER), body.subarray(at, at + length)]);
    part.writeUInt16BE(part.length, 2);
    part.writeUInt16BE(identification, 4);
    part.writeUInt16BE((at + length < body.length ? 0x2000 : 0) | (at / 8), 6);
    parts.push(part);
  }
  return parts;
}

it('fragments of IP are in the shard of their connection, in any order and in other files', async () => {
  const packets: Buffer[] = [];
  const places = new Map<number, number[]>();
  for (let number = 0; number < 8; number++) {
    const talk = new Talk(number).upgrade();
    const opened = talk.packets.splice(0);
    const first = packets.length + 1;
    packets.push(...opened);
    talk.send(0, encodeFrame({ payload: `a message in pieces, ${number}: ${'x'.repeat(200)}`, maskingKey: 7 }));
    const pieces = fragments(talk.packets.splice(0)[0]!, 100 + number, 64);
    packets.push(...(number % 2 === 0 ? pieces : pieces.reverse()), ...talk.finish().packets.splice(0));
    places.set(
      number,
      Array.from({ length: packets.length - first + 1 }, (_, index) => first + index),
    );
  }
  const { files, output, holders } = await shardsOf(packets, RAW, 7);
  const shards = [...places.values()].map((numbers) => {
    const all = new Set(numbers.flatMap((number) => holders.get(number)!));
    expect(all.size).toBe(1);
    return [...all][0];
  });
  expect(new Set(shards).size).toBeGreaterThan(1);
  expect((await expectSame(files, output)).match(/a message in pieces/g)).toHaveLength(8);
});

it('subflows of Multipath TCP are in one shard', async () => {
  const wires = Array.from({ length: 6 }, (_, index) => new Wire([1000, 5000], undefined, 41_000 + index));
  for (const [index, wire] of wires.entries()) {
    // MP_CAPABLE opens the first one, MP_JOIN the others (RFC 8684 sections 3.1 and 3.2).
    wire.put(0, { flags: SYN, options: index === 0 ? '1e040101' : '1e0c10010000000000000000' });
    wire.put(1, { flags: SYN | 0x10 });
    wire.put(0, { data: 'GET / HTTP/1.1\r\n\r\n' });
  }
  const others = Array.from({ length: 8 }, (_, index) =>
    new Wire([1, 1], undefined, 42_000 + index).open().put(0, { data: 'GET / HTTP/1.1\r\n\r\n' }),
  );
  const packets = [...wires, ...others].flatMap((wire) => wire.packets.map(({ bytes }) => bytes));
  const { holders } = await shardsOf(packets, 1, 5);
  const ofSubflows = new Set([...holders].filter(([number]) => number <= 18).flatMap(([, shards]) => shards));
  expect(ofSubflows.size).toBe(1);
  expect(new Set([...holders.values()].flat()).size).toBeGreaterThan(1);
});

it('connections that share an aggregate of 802.11 are in one shard, with all that is in it', async () => {
  const MACS = '020000000001020000000002';
  const subframe = (ip: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from('aaaa030000000800', 'hex'), ip]);
    return Buffer.concat([Buffer.from(MACS + body.length.toString(16).padStart(4, '0'), 'hex'), body]);
  };
  const aggregate = (...ips: readonly Buffer[]): Buffer => {
    const parts = ips
      .map(subframe)
      .map((part, index) => (index === ips.length - 1 ? part : Buffer.concat([part, Buffer.alloc(-part.length & 3)])));
    return Buffer.concat([Buffer.from(`88010000${MACS}02000000000310008000`, 'hex'), ...parts]);
  };
  const talks = Array.from({ length: 6 }, (_, number) => new Talk(number).upgrade());
  const single = talks.flatMap((talk) => talk.packets.splice(0).map((packet) => aggregate(packet)));
  for (const [number, talk] of talks.entries())
    talk.send(0, encodeFrame({ payload: `in an aggregate, ${number}`, maskingKey: 7 }));
  // Two and two stand in one record.
  const shared = [0, 2, 4].map((number) => aggregate(talks[number]!.packets[0]!, talks[number + 1]!.packets[0]!));
  const { files, output, holders } = await shardsOf([...single, ...shared], IEEE802_11, 4);
  for (const [number] of shared.entries()) expect(holders.get(single.length + 1 + number)).toHaveLength(1);
  const perTalk = single.length / talks.length;
  for (const number of [0, 2, 4]) {
    expect(holders.get(number * perTalk + 1)).toEqual(holders.get((number + 1) * perTalk + 1));
  }
  expect((await expectSame(files, output)).match(/in an aggregate/g)).toHaveLength(6);
});

it('TLS secrets of a pcapng are in every shard, and decrypt what each holds', async () => {
  const name = readdirSync('fixtures').find((entry) => /^tls.*\.pcapng$/.test(entry));
  const recorded = read(PcapngReader, [readFileSync(join('fixtures', name!))]);
  expect(recorded.secrets.join('')).toMatch(/CLIENT_RANDOM|TRAFFIC_SECRET/);
  const builder = new PcapngBuilder();
  const [first] = recorded.packets;
  const file = join(folder, 'set-000.pcapng');
  const blocks = [
    builder.section(),
    builder.interface(first!.linkType),
    builder.secrets(0x544c534b, recorded.secrets.join('')),
  ];
  // The same connection from other addresses, so that several shards have one.
  for (let copy = 0; copy < 6; copy++) {
    for (const { bytes } of recorded.packets) {
      const packet = Buffer.from(bytes);
      packet[27] = packet[31] = copy + 1;
      blocks.push(builder.packet(packet));
    }
  }
  writeFileSync(file, Buffer.concat(blocks));
  const { output, holders } = await split([file]);
  expect(new Set([...holders.values()].flat()).size).toBeGreaterThan(1);
  for (let shard = 0; shard < SHARDS; shard++) {
    const secrets = partsOf(output, shard).flatMap((part) => read(PcapngReader, [readFileSync(part)]).secrets);
    expect(secrets.join('')).toContain(recorded.secrets.join('').trim());
  }
  const said = await expectSame([file], output);
  expect(said.split('\n').length).toBeGreaterThan(6);
});
