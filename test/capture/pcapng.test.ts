import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PcapngReader } from '../../src/capture/pcapng/pcapng.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { bytewise, cut, cuts, damage, damaged, read } from './read.js';

const ng = new PcapngBuilder();
const bytes = Buffer.from('0102030405', 'hex');
const KEYS = 'CLIENT_RANDOM 00 11\n';
const TLSK = 0x544c534b;

function readAll(...blocks: readonly Uint8Array[]): ReturnType<typeof read> {
  return read(PcapngReader, [Buffer.concat(blocks)]);
}

function codes(result: ReturnType<typeof read>): string[] {
  return result.findings.map((found) => found.code);
}

function texts(result: ReturnType<typeof read>): string[] {
  return result.packets.map((packet) => packet.bytes.toString('hex'));
}

describe('PcapngReader', () => {
  test('gives number, time, lengths, link type and bytes of a packet, from literal bytes', () => {
    const file = Buffer.from(
      (
        '0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000' +
        '01000000 14000000 6500 0000 00000400 14000000' +
        '06000000 24000000 00000000 30250500 00b1d1f7 03000000 09000000 aabbcc00 24000000'
      ).replaceAll(' ', ''),
      'hex',
    );
    const ticks = 0x00052530_f7d1b100;
    expect(read(PcapngReader, [file])).toEqual({
      packets: [
        {
          at: {
            packet: 1,
            seconds: Math.floor(ticks / 1e6),
            nanoseconds: (ticks % 1e6) * 1000,
            precision: 6,
          },
          linkType: 101,
          originalLength: 9,
          bytes: Buffer.from('aabbcc', 'hex'),
        },
      ],
      secrets: [],
      findings: [],
      error: undefined,
    });
  });

  test('reads sections of both byte orders, each with its own interfaces, and numbers packets over all of them', () => {
    const big = new PcapngBuilder('big');
    const result = readAll(
      ng.section(),
      ng.interface(1),
      ng.interface(113),
      ng.packet(bytes, { interface: 1 }),
      big.section(),
      big.interface(276),
      big.packet(bytes, { ticks: 1_000_001n }),
      ng.section(),
      ng.interface(0),
      ng.packet(bytes),
    );
    expect(result.findings).toEqual([]);
    expect(result.packets.map((packet) => [packet.at.packet, packet.at.seconds, packet.linkType])).toEqual([
      [1, 0, 113],
      [2, 1, 276],
      [3, 0, 0],
    ]);
  });

  test('reads old packet blocks', () => {
    const result = readAll(ng.section(), ng.interface(), ng.oldPacket(bytes, { ticks: 2_000_000n, original: 7 }));
    expect(result.findings).toEqual([]);
    expect(result.packets).toMatchObject([{ at: { seconds: 2, precision: 6 }, originalLength: 7, bytes }]);
  });

  test('reads simple packet blocks: no time, and the snap length of the first interface', () => {
    const result = readAll(
      ng.section(),
      ng.interface(1, 3),
      ng.simplePacket(bytes.subarray(0, 3), 9),
      ng.simplePacket(bytes, 2),
    );
    expect(result.findings).toEqual([]);
    expect(result.packets.map(({ at, bytes, originalLength }) => [at.precision, bytes.length, originalLength])).toEqual(
      [
        [0, 3, 9],
        [0, 2, 2],
      ],
    );
  });

  test('gives TLS secrets and passes over those of other kinds', () => {
    const result = readAll(ng.section(), ng.secrets(TLSK, KEYS), ng.secrets(0x57474b4c, 'wireguard'));
    expect(result.secrets).toEqual([KEYS]);
    expect(result.findings).toEqual([]);
  });

  test('reports secrets that pass the end of their block', () => {
    const result = readAll(ng.section(), ng.secrets(TLSK, KEYS, 21), ng.block(10, Buffer.alloc(4)));
    expect(result.secrets).toEqual([]);
    expect(codes(result)).toEqual(['capture.bad-block', 'capture.bad-block']);
  });

  test('skips other blocks, even those longer than a block may be, without holding them', () => {
    const file = Buffer.concat([
      ng.section(),
      ng.interface(),
      ng.block(0x0bad, Buffer.alloc(5000)),
      ng.block(0x8000_0001, Buffer.alloc(0)),
      ng.packet(bytes),
    ]);
    for (const chunks of [[file], bytewise(file)]) {
      const result = read(PcapngReader, chunks, { blockLength: 100 });
      expect(result.findings).toEqual([]);
      expect(texts(result)).toEqual(['0102030405']);
    }
  });

  test('numbers custom and journal blocks as Wireshark does', () => {
    const skipped = [0xbad, 0x4000_0bad, 9, 4].map((type) => ng.block(type, Buffer.alloc(8)));
    const result = readAll(ng.section(), ng.interface(), ...skipped, ng.packet(bytes));
    expect(result.packets[0]!.at.packet).toBe(4);
  });
});

describe('PcapngReader on interfaces', () => {
  test.each([
    [3, 1_449_000_123_456_789n, 1_449_000_123_456, 789_000_000, 6],
    [6, 1_449_000_123_456_789n, 1_449_000_123, 456_789_000, 6],
    [9, 1_449_000_123_456_789_012n, 1_449_000_123, 456_789_012, 9],
    [9, 0xffff_ffff_ffff_ffffn, 18_446_744_073, 709_551_615, 9],
    [0, 1_449_000_123n, 1_449_000_123, 0, 6],
    [7, 14_490_001_234_567_890n, 1_449_000_123, 456_789_000, 9],
    [10, 14_490_001_234_567_890_12n, 144_900_012, 345_678_901, 9],
    [12, 1_449_123_456_789_012_345n, 1_449_123, 456_789_012, 9],
    [127, 0xffff_ffff_ffff_ffffn, 0, 0, 9],
    [0x80, 77n, 77, 0, 6],
    [0x81, 3n, 1, 500_000_000, 6],
    [0x93, 0x80001n, 1, 1907, 6],
    [0x94, 0x100001n, 1, 953, 9],
    [0xa0, 0x00000002_c0000000n, 2, 750_000_000, 9],
    [0xff, 0xffff_ffff_ffff_ffffn, 0, 0, 9],
  ])('if_tsresol %i: %i ticks are %i s and %i ns', (resolution, ticks, seconds, nanoseconds, precision) => {
    const result = readAll(
      ng.section(),
      ng.interface(1, 0, [
        ng.option(2, Buffer.from('eth0')),
        ng.option(9, Buffer.of(resolution)),
        ng.option(0, Buffer.alloc(0)),
      ]),
      ng.packet(bytes, { ticks }),
    );
    expect(result.packets[0]!.at).toEqual({ packet: 1, seconds, nanoseconds, precision });
  });

  test('times are exact for any number of ticks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (exponent, ticks) => {
        const result = readAll(
          ng.section(),
          ng.interface(1, 0, [ng.option(9, Buffer.of(exponent))]),
          ng.packet(bytes, { ticks }),
        );
        const perSecond = 10n ** BigInt(exponent);
        expect(result.packets[0]!.at).toMatchObject({
          seconds: Number(ticks / perSecond),
          nanoseconds: Number((ticks % perSecond) * (1_000_000_000n / perSecond)),
        });
      }),
    );
  });

  test.each([
    ['little', -5n, -4],
    ['big', 1n << 40n, 2 ** 40 + 1],
  ] as const)('adds if_tsoffset (%s-endian)', (byteOrder, offset, seconds) => {
    const builder = new PcapngBuilder(byteOrder);
    const result = readAll(
      builder.section(),
      builder.interface(1, 0, [builder.option(14, builder.u64(offset))]),
      builder.packet(bytes, { ticks: 1_500_000n }),
    );
    expect(result.packets[0]!.at).toMatchObject({ seconds, nanoseconds: 500_000_000 });
  });

  test.each([
    [4, '01', 1],
    [32, '01', 1],
    [16, '010203', 3],
    [0, '0102030405', 5],
    [7, '', 0],
  ])('trims the frame check sequence of if_fcslen %i, in bytes or bits', (value, kept, wireLength) => {
    const result = readAll(
      ng.section(),
      ng.interface(1, 0, [ng.option(13, Buffer.of(value))]),
      ng.packet(bytes),
      ng.packet(bytes.subarray(0, 1), { original: 5 }),
    );
    expect(result.packets[0]).toMatchObject({ bytes: Buffer.from(kept, 'hex'), originalLength: wireLength });
    expect(result.packets[1]).toMatchObject({ originalLength: wireLength });
  });

  test('takes the length of the frame check sequence from the flags of a packet where they tell it', () => {
    const flagged = (flags: number) => ng.packet(bytes, { options: [ng.option(2, ng.u32(flags))] });
    const result = readAll(
      ng.section(),
      ng.interface(1, 0, [ng.option(13, Buffer.of(4))]),
      flagged(2 << 5),
      flagged(1),
      ng.packet(bytes, { options: [ng.option(1, Buffer.from('note'))] }),
    );
    expect(texts(result)).toEqual(['010203', '01', '01']);
  });

  test('does not follow an option past the end of its block, or past the end of the options', () => {
    const cutOption = Buffer.concat([ng.u16(2), ng.u16(200), Buffer.from('eth0')]);
    const result = readAll(
      ng.section(),
      ng.interface(1, 0, [cutOption, ng.option(9, Buffer.of(9))]),
      ng.interface(1, 0, [ng.option(0, Buffer.alloc(0)), ng.option(9, Buffer.of(9))]),
      ng.interface(1, 0, [ng.option(9, Buffer.of(9, 9))]),
      ng.packet(bytes),
      ng.packet(bytes, { interface: 1 }),
      ng.packet(bytes, { interface: 2 }),
    );
    expect(result.findings).toEqual([]);
    expect(result.packets.map((packet) => packet.at.precision)).toEqual([6, 6, 6]);
  });

  test('reports the packets that were dropped, once for each interface, by its latest statistics', () => {
    const dropped = (id: number, system: bigint, nic: bigint) =>
      ng.statistics(id, [ng.option(4, ng.u64(99n)), ng.option(5, ng.u64(nic)), ng.option(7, ng.u64(system))]);
    const result = readAll(
      ng.section(),
      ng.interface(),
      ng.interface(),
      ng.interface(),
      dropped(0, 0n, 0n),
      dropped(1, 1n, 2n),
      dropped(1, 3n, 4n),
      dropped(77, 1n, 1n),
      ng.statistics(2, []),
      ng.block(5, ng.u16(0)),
    );
    expect(result.findings.map(({ code, message }) => [code, message])).toEqual([
      ['capture.packets-dropped', '7 packets of interface 1 were dropped while capturing, as the capture itself says'],
    ]);
  });

  test('counts the drops that stand with single packets', () => {
    const result = readAll(
      ng.section(),
      ng.interface(),
      ng.packet(bytes, { options: [ng.option(4, ng.u64(2n))] }),
      ng.oldPacket(bytes, { drops: 3 }),
      ng.oldPacket(bytes, { drops: 0xffff }),
      ng.section(),
    );
    expect(result.findings.map((found) => found.message)).toEqual([
      '5 packets of interface 0 were dropped while capturing, as the capture itself says',
    ]);
  });

  test('remembers no more interfaces than are allowed', () => {
    const file = Buffer.concat([
      ng.section(),
      ng.interface(),
      ng.interface(),
      ng.interface(),
      ng.packet(bytes, { interface: 1 }),
      ng.packet(bytes, { interface: 2 }),
    ]);
    const result = read(PcapngReader, [file], { interfaces: 2 });
    expect(result.packets.map((packet) => packet.at.packet)).toEqual([1]);
    expect(codes(result)).toEqual(['capture.bad-block', 'capture.bad-block']);
  });
});

describe('PcapngReader on damage', () => {
  test.each([
    ['an interface that is not described', ng.packet(bytes, { interface: 1 }), 'interface 1, which is not described'],
    ['more bytes than the block has', ng.packet(bytes, { captured: 9 }), 'holds 9 captured bytes and has room for 8'],
    ['no room for its fields', ng.block(6, Buffer.alloc(16)), 'too short for a packet'],
    ['no room for its fields (old)', ng.block(2, Buffer.alloc(16)), 'too short for a packet'],
    ['no room for its fields (simple)', ng.block(3, Buffer.alloc(0)), 'too short for a packet'],
    ['less than its length (simple)', ng.simplePacket(bytes, 9), 'holds 9 captured bytes and has room for 8'],
  ])('reports a packet block with %s, counts it and goes on', (_, block, message) => {
    const result = readAll(ng.section(), ng.interface(), block, ng.packet(bytes));
    expect(result.findings).toMatchObject([{ code: 'capture.bad-block', severity: 'error', offset: 48 }]);
    expect(result.findings[0]!.message).toContain(message);
    expect(result.packets.map((packet) => packet.at.packet)).toEqual([2]);
  });

  test('reports a simple packet before any interface', () => {
    expect(codes(readAll(ng.section(), ng.simplePacket(bytes)))).toEqual(['capture.bad-block']);
  });

  test('keeps the numbers of the interfaces after one whose description is too short', () => {
    const result = readAll(
      ng.section(),
      ng.block(1, ng.u32(1)),
      ng.interface(113),
      ng.packet(bytes),
      ng.packet(bytes, { interface: 1 }),
    );
    expect(codes(result)).toEqual(['capture.bad-block', 'capture.bad-block']);
    expect(result.packets).toMatchObject([{ at: { packet: 2 }, linkType: 113 }]);
  });

  test('does not use a block whose lengths differ, and goes on where a sound block follows', () => {
    const bad = ng.block(6, ng.packet(bytes).subarray(8, -4), 99);
    const result = readAll(ng.section(), ng.interface(), bad, ng.packet(bytes), ng.packet(bytes));
    expect(result.packets.map((packet) => packet.at.packet)).toEqual([2, 3]);
    expect(result.findings.map((found) => found.message)).toEqual([
      'the block at byte 48 has 40 bytes by its first length and 99 by its second one; it is not used',
    ]);
  });

  test('keeps the numbers of the interfaces after one whose block has two lengths', () => {
    const bad = ng.block(1, ng.interface(1).subarray(8, -4), 24);
    const result = readAll(ng.section(), bad, ng.interface(113), ng.packet(bytes), ng.packet(bytes, { interface: 1 }));
    expect(result.packets).toMatchObject([{ linkType: 113 }]);
    expect(codes(result)).toEqual(['capture.bad-block', 'capture.bad-block']);
  });

  test.each([
    ['a block whose lengths differ too', ng.block(6, Buffer.alloc(24), 99)],
    ['no block', Buffer.alloc(40, 'y')],
  ])('stops where %s follows a block whose lengths differ', (_, next) => {
    const bad = ng.block(6, Buffer.alloc(24), 99);
    const result = readAll(ng.section(), ng.interface(), bad, next, ng.packet(bytes));
    expect(result.packets).toEqual([]);
    expect(result.findings).toMatchObject([{ offset: 48 }, { code: 'capture.bad-block', offset: 84 }]);
    expect(result.findings[1]!.message).toContain('the capture is not read from there on');
  });

  test.each([0, 8, 11, 13, 30])('stops at a block that says it has %i bytes', (length) => {
    const block = ng.packet(bytes);
    block.writeUInt32LE(length, 4);
    const result = readAll(ng.section(), ng.interface(), block, ng.packet(bytes));
    expect(result.packets).toEqual([]);
    expect(result.findings).toMatchObject([{ code: 'capture.bad-block', offset: 48 }]);
    expect(result.findings[0]!.message).toContain(`says that it has ${length} bytes`);
  });

  test('passes over a packet block that is longer than a block may be', () => {
    const file = Buffer.concat([ng.section(), ng.interface(), ng.packet(Buffer.alloc(100)), ng.packet(bytes)]);
    for (const chunks of [[file], bytewise(file)]) {
      const result = read(PcapngReader, chunks, { blockLength: 131 });
      expect(result.packets).toMatchObject([{ at: { packet: 2 } }]);
      expect(result.findings).toMatchObject([{ code: 'capture.bad-block', offset: 48 }]);
    }
    expect(read(PcapngReader, [file], { blockLength: 132 }).findings).toEqual([]);
  });

  test('passes over a packet that is longer than a packet may be', () => {
    const file = Buffer.concat([ng.section(), ng.interface(), ng.packet(bytes), ng.packet(bytes.subarray(1))]);
    const result = read(PcapngReader, [file], { recordLength: 4 });
    expect(result.packets.map((packet) => packet.at.packet)).toEqual([2]);
    expect(codes(result)).toEqual(['capture.bad-block']);
  });

  test.each([
    ['version 2', ng.section(2), 'version 2.0'],
    ['no known byte order', ng.block(0x0a0d0d0a, Buffer.alloc(16)), 'an unknown byte order'],
    ['a header that is too short', ng.block(0x0a0d0d0a, ng.u32(0x1a2b3c4d)), 'too short'],
    ['two lengths', ng.block(0x0a0d0d0a, ng.section().subarray(8, -4), 24), '28 bytes by its first length'],
  ])('stops at a later section of %s', (_, section, message) => {
    const result = readAll(ng.section(), ng.interface(), ng.packet(bytes), section, ng.interface(), ng.packet(bytes));
    expect(result.error).toBeUndefined();
    expect(result.packets).toHaveLength(1);
    expect(result.findings).toMatchObject([{ code: 'capture.bad-block', offset: 88 }]);
    expect(result.findings[0]!.message).toContain(message);
  });

  test.each([
    ['version 0.1', ng.section(0, 1), 'unsupported-version', 'version 0.1 is not read'],
    ['no known byte order', ng.block(0x0a0d0d0a, Buffer.alloc(16)), 'not-a-capture', 'an unknown byte order'],
    ['another block', ng.interface(), 'not-a-capture', 'does not begin with a section header'],
    ['two lengths', ng.block(0x0a0d0d0a, ng.section().subarray(8, -4), 24), 'not-a-capture', 'first length'],
    ['less than a section header', ng.section().subarray(0, 20), 'not-a-capture', '20 of the 28 bytes'],
    ['less than a block', ng.section().subarray(0, 7), 'not-a-capture', '7 of the at least 12 bytes'],
  ])('refuses a file that begins with %s', (_, file, code, message) => {
    const { error } = readAll(file);
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(message);
  });

  test('refuses a section header that is longer than a block may be', () => {
    expect(read(PcapngReader, [ng.section()], { blockLength: 24 }).error?.code).toBe('not-a-capture');
  });

  test.each([
    ['inside a block', 39, '39 of its 40 bytes'],
    ['inside the first 12 bytes of a block', 11, '11 of its at least 12 bytes'],
  ])('reports a capture that ends %s', (_, there, message) => {
    const result = readAll(ng.section(), ng.interface(), ng.packet(bytes).subarray(0, there));
    expect(result.packets).toEqual([]);
    expect(result.findings).toMatchObject([{ code: 'capture.cut-record', severity: 'warning', offset: 48 }]);
    expect(result.findings[0]!.message).toContain(message);
  });

  test('reports a capture that ends inside a block that it skips', () => {
    const skipped = ng.block(4, Buffer.alloc(100)).subarray(0, 110);
    expect(readAll(ng.section(), skipped).findings).toMatchObject([{ code: 'capture.cut-record', offset: 28 }]);
  });

  test('lists findings up to the limit and counts the rest', () => {
    const bad = Array.from({ length: 10 }, () => ng.packet(bytes));
    const result = read(PcapngReader, [Buffer.concat([ng.section(), ...bad])], { findings: 3 });
    expect(codes(result)).toEqual([...Array<string>(3).fill('capture.bad-block'), 'limit.findings']);
    expect(result.findings[3]!.message).toBe('7 more findings about the capture file are not listed');
  });

  test('holds no more than a block may have when a length is wild', () => {
    const sink = { packet: () => {}, secrets: () => {}, finding: () => {} };
    const chunk = Buffer.alloc(1 << 20);
    for (const type of [6, 0xbad]) {
      const reader = new PcapngReader(sink, DEFAULT_LIMITS);
      const wild = Buffer.concat([ng.section(), ng.interface(), ng.u32(type), ng.u32(0xffff_fffc)]);
      const before = process.memoryUsage().arrayBuffers;
      reader.push(wild);
      for (let i = 0; i < 64; i++) reader.push(chunk);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
    }
  });
});

describe('PcapngReader, for any file', () => {
  const someBlock = fc.constantFrom('little' as const, 'big' as const).chain((byteOrder) => {
    const builder = new PcapngBuilder(byteOrder);
    const packetBytes = fc.uint8Array({ maxLength: 20 });
    return fc.oneof(
      fc.constant(Buffer.concat([builder.section(), builder.interface(1, 8), builder.interface(113)])),
      packetBytes.map((data) => builder.packet(data, { interface: data.length & 1 })),
      packetBytes.map((data) => builder.oldPacket(data, { drops: data.length })),
      packetBytes.map((data) => builder.simplePacket(data)),
      packetBytes.map((data) => builder.block(0xbad, data)),
      fc.constant(builder.secrets(TLSK, KEYS)),
      fc.nat().map((count) => builder.statistics(0, [builder.option(5, builder.u64(BigInt(count)))])),
    );
  });
  const someFile = fc
    .array(someBlock, { maxLength: 12 })
    .map((blocks) => Buffer.concat([ng.section(), ng.interface(), ...blocks]));

  test('any chunking gives the same, and damage throws nothing but a WsdissectError', () => {
    fc.assert(
      fc.property(someFile, damage, cuts, (whole, how, places) => {
        const file = damaged(whole, how);
        const limits = { blockLength: 64, findings: 5 };
        const result = read(PcapngReader, [file], limits);
        expect(read(PcapngReader, cut(file, places), limits)).toEqual(result);
        expect(read(PcapngReader, bytewise(file), limits)).toEqual(result);
      }),
      { numRuns: 500 },
    );
  });
});
