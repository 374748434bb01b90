import { expect, it } from 'vitest';
import { readRecords } from '../fuzz/loss/reading.js';
import { loadRecordings, type Recorded } from '../fuzz/loss/recording.js';
import { ACK, FIN, SYN } from '../hostile/segment-bytes.js';

const IP = 14;
const TCP = 34;
const PUSH = 0x08;

/** A packet of Ethernet, IPv4 without options and TCP that is there whole. */
function isPlain({ bytes, originalLength }: Recorded): boolean {
  const isWhole = bytes.length === originalLength && (bytes.readUInt16BE(IP + 6) & 0x3fff) === 0;
  return isWhole && bytes.readUInt16BE(IP - 2) === 0x0800 && bytes[IP] === 0x45 && bytes[IP + 9] === 6;
}

function packet(like: Recorded, head: Buffer, body: Buffer): Recorded {
  head.writeUInt16BE(head.length - IP + body.length, IP + 2);
  const bytes = Buffer.concat([head, body]);
  return { ...like, bytes, originalLength: bytes.length };
}

/** The same bytes in segments of so many. */
function inSegments(one: Recorded, size: number): Recorded[] {
  const { bytes } = one;
  const start = TCP + (bytes[TCP + 12]! >> 4) * 4;
  const data = bytes.subarray(start, IP + bytes.readUInt16BE(IP + 2));
  if (data.length <= size || (bytes[TCP + 13]! & SYN) !== 0) return [one];
  return Array.from({ length: Math.ceil(data.length / size) }, (_, index) => {
    const head = Buffer.from(bytes.subarray(0, start));
    head.writeInt32BE((head.readInt32BE(TCP + 4) + index * size) | 0, TCP + 4);
    const isLast = (index + 1) * size >= data.length;
    // What ends the stream stands after its last byte.
    if (!isLast) head[TCP + 13]! &= ~(PUSH | FIN);
    return packet(one, head, data.subarray(index * size, (index + 1) * size));
  });
}

/** The same in IP fragments with so many bytes. */
function inFragments(one: Recorded, size: number, id: number): Recorded[] {
  const { bytes } = one;
  const data = bytes.subarray(TCP, IP + bytes.readUInt16BE(IP + 2));
  if (data.length <= size) return [one];
  return Array.from({ length: Math.ceil(data.length / size) }, (_, index) => {
    const head = Buffer.from(bytes.subarray(0, TCP));
    head.writeUInt16BE(id & 0xffff, IP + 4);
    const isLast = (index + 1) * size >= data.length;
    head.writeUInt16BE(((index * size) >> 3) | (isLast ? 0 : 0x2000), IP + 6);
    return packet(one, head, data.subarray(index * size, (index + 1) * size));
  });
}

/** The same with sequence numbers that begin anew after the first bytes of each side. */
function wrapped(packets: readonly Recorded[]): Recorded[] {
  const firsts = new Map<string, number>();
  const ends = (bytes: Buffer): readonly [string, string] => [
    `${bytes.readUInt32BE(IP + 12)}:${bytes.readUInt16BE(TCP)}`,
    `${bytes.readUInt32BE(IP + 16)}:${bytes.readUInt16BE(TCP + 2)}`,
  ];
  for (const { bytes } of packets) {
    const name = ends(bytes).join();
    const sequence = bytes.readInt32BE(TCP + 4);
    const first = firsts.get(name) ?? sequence;
    firsts.set(name, ((sequence - first) | 0) < 0 ? sequence : first);
  }
  return packets.map((one) => {
    const bytes = Buffer.from(one.bytes);
    const shift = (name: string): number => -100 - (firsts.get(name) ?? 0);
    const [source, destination] = ends(bytes);
    const [own, other] = [`${source},${destination}`, `${destination},${source}`];
    bytes.writeInt32BE((bytes.readInt32BE(TCP + 4) + shift(own)) | 0, TCP + 4);
    if ((bytes[TCP + 13]! & ACK) !== 0) bytes.writeInt32BE((bytes.readInt32BE(TCP + 8) + shift(other)) | 0, TCP + 8);
    return { ...one, bytes };
  });
}

const WAYS: readonly [name: string, change: (packets: readonly Recorded[]) => readonly Recorded[]][] = [
  ['in segments of 1 byte', (packets) => packets.flatMap((one) => inSegments(one, 1))],
  ['in segments of 7 bytes', (packets) => packets.flatMap((one) => inSegments(one, 7))],
  ['in fragments of 24 bytes', (packets) => packets.flatMap((one, index) => inFragments(one, 24, index + 1))],
  [
    'in fragments that come from the last to the first',
    (packets) => packets.flatMap((one, index) => inFragments(one, 64, index + 1).reverse()),
  ],
  ['with numbers that begin anew', wrapped],
  [
    'with numbers that begin anew, in segments of 13 bytes',
    (all) => wrapped(all).flatMap((one) => inSegments(one, 13)),
  ],
];

const FIXTURES = [
  'terminal-attack.pcap',
  'send-both.pcap',
  'http-pipelined.pcap',
  'http-connect-407.pcap',
  'http-socks5.pcap',
  'deflate-fragments.pcap',
  'tls13-chacha20.pcap',
  'tls12-cbc-sha256.pcap',
  'h2c-hypercorn.pcap',
  'port-reuse.pcap',
  'violations/length-too-large.pcap',
];

/** What does not hang on how the packets were cut. */
function withoutPlaces(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, inner: unknown) =>
      ['packet', 'time', 'endTime', 'duration'].includes(name) ? undefined : inner,
    ),
  );
}

const recordings = loadRecordings().filter(({ name, packets }) => FIXTURES.includes(name) && packets.every(isPlain));

it('has all fixtures', () => {
  expect(recordings.map(({ name }) => name).sort()).toEqual([...FIXTURES].sort());
});

it.each(WAYS)('%s a recording says the same', (_name, change) => {
  for (const { name, packets, linkType, keyLog, unchanged } of recordings) {
    const { frames, messages, connections } = readRecords(change(packets), linkType, keyLog);
    const said = { name, frames, messages, connections };
    const { frames: f, messages: m, connections: c } = unchanged;
    expect(withoutPlaces(said)).toEqual(withoutPlaces({ name, frames: f, messages: m, connections: c }));
  }
});
