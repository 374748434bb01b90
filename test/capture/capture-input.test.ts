import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaptureInput } from '../../src/capture/capture-input.js';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { bytewise, cut, cuts, damage, damaged, read } from './read.js';

const packets = [
  { seconds: 1, nanoseconds: 2000, bytes: Buffer.from('aabbcc', 'hex') },
  { seconds: 3, nanoseconds: 4000, bytes: Buffer.from('dd', 'hex') },
];

function pcapng(byteOrder: 'little' | 'big'): Buffer {
  const ng = new PcapngBuilder(byteOrder);
  const blocks = packets.map((packet) => ng.packet(packet.bytes, { ticks: BigInt(packet.seconds * 1_000_000 + 2) }));
  return Buffer.concat([ng.section(), ng.interface(), ...blocks]);
}

const CAPTURES: readonly (readonly [string, Buffer])[] = [
  ['pcap, little-endian', writePcap(packets, { linkType: 1 })],
  ['pcap, big-endian', writePcap(packets, { linkType: 1, byteOrder: 'big' })],
  ['pcap, nanoseconds', writePcap(packets, { linkType: 1, nanosecond: true })],
  ['pcap, nanoseconds, big-endian', writePcap(packets, { linkType: 1, nanosecond: true, byteOrder: 'big' })],
  ['pcap, modified', writePcap(packets, { linkType: 1, modified: true })],
  ['pcap, modified, big-endian', writePcap(packets, { linkType: 1, modified: true, byteOrder: 'big' })],
  ['pcapng', pcapng('little')],
  ['pcapng, big-endian', pcapng('big')],
  ['lines of hex', Buffer.from('aabbcc\ndd\n')],
  ['lines of hex after white space', Buffer.from(' \t aa:bb,cc\ndd')],
  ['lines of hex after a byte order mark', Buffer.from('\ufeffaabbcc\ndd')],
  ['lines of hex with 0x', Buffer.from('0xaabbcc\n0xdd\n')],
];

describe('CaptureInput', () => {
  test.each(CAPTURES)('tells %s by its content, in one chunk or byte by byte', (_, file) => {
    const result = read(CaptureInput, [file]);
    expect(result.error).toBeUndefined();
    expect(result.findings).toEqual([]);
    expect(result.packets.map((packet) => packet.bytes.toString('hex'))).toEqual(['aabbcc', 'dd']);
    expect(read(CaptureInput, bytewise(file))).toEqual(result);
    expect(read(CaptureInput, [Buffer.alloc(0), file])).toEqual(result);
  });

  test.each([
    ['a', 'the digit "a" stands alone'],
    ['4', 'the digit "4" stands alone'],
  ])('takes an input as short as %j for hex', (text, message) => {
    expect(read(CaptureInput, [Buffer.from(text)]).error?.message).toContain(message);
  });

  test('reads a single byte of hex without line feed', () => {
    expect(read(CaptureInput, [Buffer.from('8a')]).packets).toMatchObject([{ bytes: Buffer.of(0x8a) }]);
  });

  test.each(['', '\n', ' \r\n\t ', '\n'.repeat(100), '\ufeff', '\ufeff\n'])('says that %j is empty', (text) => {
    expect(read(CaptureInput, [Buffer.from(text)]).error?.code).toBe('empty-input');
    expect(read(CaptureInput, bytewise(Buffer.from(text))).error?.code).toBe('empty-input');
  });

  test.each([
    [
      '736e6f6f7000000000000002',
      'a snoop capture, which editcap -F pcap IN OUT converts, (bytes 73 6e 6f 6f 70 00 00 00)',
    ],
    ['474d42550002', 'a Network Monitor capture'],
    ['1f8b0800', 'a gzip file inside the gzip file'],
    ['7f454c4602', 'an ELF program'],
    ['fffe3800310038003700', 'UTF-16 text'],
    ['3c21444f43', 'XML or HTML text (bytes 3c 21 44 4f 43)'],
    ['1c0001ac', 'it begins with the bytes 1c 00 01 ac'],
    ['ff', 'it begins with the bytes ff;'],
    ['a1b2c3', 'it begins with the bytes a1 b2 c3;'],
  ])('refuses %s, saying what it is and what is read', (hex, message) => {
    for (const chunks of [[Buffer.from(hex, 'hex')], bytewise(Buffer.from(hex, 'hex'))]) {
      const { error } = read(CaptureInput, chunks);
      expect(error?.code).toBe('not-a-capture');
      expect(error?.message).toContain(message);
      expect(error?.message).toContain(
        'pcap, pcapng, HAR and NetLog, compressed with gzip, zstd, xz, lz4 or bzip2 or not, lines of hex',
      );
    }
  });

  test.each(CAPTURES)('knows whether TLS secrets may come with %s', (name, file) => {
    const nowhere = { packet: () => undefined, secrets: () => undefined, finding: () => undefined };
    const input = new CaptureInput(nowhere, DEFAULT_LIMITS);
    expect(input.mayHoldSecrets).toBe(true);
    input.push(file);
    input.end();
    expect(input.mayHoldSecrets).toBe(name.startsWith('pcapng'));
  });

  test('refuses text that begins with what could be hex', () => {
    expect(read(CaptureInput, [Buffer.from('face to face')]).error?.code).toBe('not-a-capture');
    expect(read(CaptureInput, bytewise(Buffer.from('face to face'))).error?.code).toBe('not-a-capture');
  });

  test('refuses a pcapng file without a byte order', () => {
    expect(read(CaptureInput, [Buffer.from('\n\r\r\n\n\n\n\n\n\n\n\n')]).error?.code).toBe('not-a-capture');
  });

  test('any bytes at all throw nothing but a WsdissectError', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void read(CaptureInput, [bytes])));
  });

  test('any chunking of any damaged capture gives the same packets and findings', () => {
    const file = fc.constantFrom(...CAPTURES.map(([, bytes]) => bytes));
    fc.assert(
      fc.property(file, damage, cuts, (whole, how, places) => {
        const bytes = damaged(whole, how);
        expect(read(CaptureInput, cut(bytes, places))).toEqual(read(CaptureInput, [bytes]));
      }),
      { numRuns: 500 },
    );
  });
});
