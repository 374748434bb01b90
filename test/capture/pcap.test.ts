import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PcapReader } from '../../src/capture/pcap/pcap.js';
import { writePcap, type PcapFormat, type WrittenPacket } from '../../src/capture/pcap/pcap-writer.js';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { bytewise, cut, cuts, damage, damaged, read } from './read.js';

const LITTLE = Buffer.from(
  'd4c3b2a1 0200 0400 00000000 00000000 00000400 01000000'.replaceAll(' ', '') +
    '80626356 40e20100 03000000 05000000 aabbcc'.replaceAll(' ', '') +
    '81626356 00000000 01000000 01000000 dd'.replaceAll(' ', ''),
  'hex',
);

function file(packets: readonly WrittenPacket[], format: Partial<PcapFormat> = {}): Buffer {
  return writePcap(packets, { linkType: 1, ...format });
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

describe('PcapReader', () => {
  test('gives number, time, lengths, link type and bytes of each packet', () => {
    expect(read(PcapReader, [LITTLE])).toEqual({
      packets: [
        {
          at: { packet: 1, seconds: 1449353856, nanoseconds: 123_456_000, precision: 6 },
          linkType: 1,
          originalLength: 5,
          bytes: hex('aabbcc'),
        },
        {
          at: { packet: 2, seconds: 1449353857, nanoseconds: 0, precision: 6 },
          linkType: 1,
          originalLength: 1,
          bytes: hex('dd'),
        },
      ],
      secrets: [],
      findings: [],
      error: undefined,
    });
  });

  test('reads big-endian files', () => {
    const big = hex('a1b2c3d4000200040000000000000000000400000000006556636280000000070000000200000002abcd');
    const { packets } = read(PcapReader, [big]);
    expect(packets).toEqual([
      {
        at: { packet: 1, seconds: 1449353856, nanoseconds: 7000, precision: 6 },
        linkType: 101,
        originalLength: 2,
        bytes: hex('abcd'),
      },
    ]);
  });

  test.each([
    '4d3cb2a1020004000000000000000000000004000100000001000000ffc99a3b0100000001000000aa',
    'a1b23c4d0002000400000000000000000004000000000001000000013b9ac9ff0000000100000001aa',
  ])('reads nanoseconds as such (%s)', (text) => {
    const { packets } = read(PcapReader, [hex(text)]);
    expect(packets.map((packet) => packet.at)).toEqual([
      { packet: 1, seconds: 1, nanoseconds: 999_999_999, precision: 9 },
    ]);
  });

  test('reads a snap length cut, an empty packet, and times up to the year 2106', () => {
    const { packets } = read(PcapReader, [
      file([
        { seconds: 0xffffffff, nanoseconds: 999_999_000, bytes: hex('aa'), originalLength: 0xffffffff },
        { seconds: 0, nanoseconds: 0, bytes: hex(''), originalLength: 9 },
      ]),
    ]);
    expect(packets.map((packet) => [packet.at.seconds, packet.originalLength, packet.bytes.toString('hex')])).toEqual([
      [0xffffffff, 0xffffffff, 'aa'],
      [0, 9, ''],
    ]);
  });

  test('carries a fraction of more than a second over to the seconds', () => {
    const bytes = Buffer.from(LITTLE);
    bytes.writeUInt32LE(0xffffffff, 28);
    const { packets } = read(PcapReader, [bytes]);
    expect(packets[0]!.at).toEqual({ packet: 1, seconds: 1449353856 + 4294, nanoseconds: 967_295_000, precision: 6 });
  });

  test('trims the frame check sequence that the link type field announces', () => {
    // FCS length 2 words of 16 bits, bit 26 set, LINKTYPE_ETHERNET.
    const { packets } = read(PcapReader, [
      file(
        [
          { seconds: 0, nanoseconds: 0, bytes: hex('0102030405060708') },
          { seconds: 0, nanoseconds: 0, bytes: hex('010203040506'), originalLength: 8 },
          { seconds: 0, nanoseconds: 0, bytes: hex('0102'), originalLength: 8 },
          { seconds: 0, nanoseconds: 0, bytes: hex('0102') },
        ],
        { linkType: 0x24000001 },
      ),
    ]);
    expect(packets.map((packet) => [packet.linkType, packet.bytes.toString('hex'), packet.originalLength])).toEqual([
      [1, '01020304', 4],
      [1, '01020304', 4],
      [1, '0102', 4],
      [1, '', 0],
    ]);
  });

  test('takes no frame check sequence from the upper bits without their flag', () => {
    const [packet] = read(PcapReader, [
      file([{ seconds: 0, nanoseconds: 0, bytes: hex('01020304') }], { linkType: 0x20000001 }),
    ]).packets;
    expect([packet!.linkType, packet!.bytes.length]).toEqual([1, 4]);
  });

  test.each([
    ['1.4', 1, 4],
    ['2.3', 2, 3],
    ['2.5', 2, 5],
    ['3.4', 3, 4],
  ])('refuses version %s', (name, major, minor) => {
    const bytes = Buffer.from(LITTLE);
    bytes.writeUInt16LE(major, 4);
    bytes.writeUInt16LE(minor, 6);
    const { error, packets } = read(PcapReader, [bytes]);
    expect(error?.code).toBe('unsupported-version');
    expect(error?.message).toContain(`version ${name} `);
    expect(packets).toEqual([]);
  });

  test('refuses another magic number', () => {
    expect(read(PcapReader, [Buffer.alloc(24)]).error?.code).toBe('not-a-capture');
  });

  test('refuses a file that ends inside its header, saying how much is there', () => {
    const { error } = read(PcapReader, [LITTLE.subarray(0, 23)]);
    expect(error?.code).toBe('not-a-capture');
    expect(error?.message).toContain('23 of the 24 bytes');
  });

  test('reads a file of no packets without a finding', () => {
    expect(read(PcapReader, [LITTLE.subarray(0, 24)])).toEqual({
      packets: [],
      secrets: [],
      findings: [],
      error: undefined,
    });
  });

  test('reports a packet that is cut at the end, with offset and lengths', () => {
    const { packets, findings } = read(PcapReader, [LITTLE.subarray(0, 42)]);
    expect(packets).toEqual([]);
    expect(findings).toEqual([
      {
        code: 'capture.cut-record',
        severity: 'warning',
        offset: 24,
        message: 'the capture ends inside the record at byte 24: 2 of the 3 bytes of its packet are there',
      },
    ]);
  });

  test('reports a record header that is cut at the end', () => {
    const { packets, findings } = read(PcapReader, [LITTLE.subarray(0, 58)]);
    expect(packets).toHaveLength(1);
    expect(findings).toMatchObject([{ code: 'capture.cut-record', offset: 43 }]);
    expect(findings[0]!.message).toContain('15 of the 16 bytes of its header');
  });

  test('stops at a length over the limit, before its packet is there, and not below it', () => {
    const bytes = Buffer.concat([LITTLE, LITTLE.subarray(43)]);
    bytes.writeUInt32LE(0x7fffffff, 51);
    const { packets, findings } = read(PcapReader, [bytes.subarray(0, 59)]);
    expect(packets).toHaveLength(1);
    expect(findings).toMatchObject([{ code: 'capture.bad-record', severity: 'error', offset: 43 }]);
    expect(findings[0]!.message).toContain('2147483647 bytes, more than the 262144');
    expect(read(PcapReader, [LITTLE], { recordLength: 3 }).findings).toEqual([]);
    expect(read(PcapReader, [LITTLE], { recordLength: 2 }).packets).toEqual([]);
  });

  test('gives nothing of what follows a length over the limit in the same chunk', () => {
    const { packets, findings } = read(PcapReader, [LITTLE], { recordLength: 2 });
    expect(packets).toEqual([]);
    expect(findings).toHaveLength(1);
  });

  test('holds no more than a packet may have when a length is wild', () => {
    const reader = new PcapReader({ packet: () => {}, secrets: () => {}, finding: () => {} }, DEFAULT_LIMITS);
    const wild = Buffer.from(LITTLE.subarray(0, 40));
    wild.writeUInt32LE(0xffffffff, 32);
    reader.push(wild);
    const before = process.memoryUsage().arrayBuffers;
    const chunk = Buffer.alloc(1 << 20);
    for (let i = 0; i < 64; i++) reader.push(chunk);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });
});

describe('PcapReader with the modified record header', () => {
  const packets = [
    { seconds: 1, nanoseconds: 2000, bytes: hex('aabbcc'), originalLength: 5 },
    { seconds: 3, nanoseconds: 4000, bytes: hex('') },
    { seconds: 5, nanoseconds: 6000, bytes: hex('dd') },
  ];

  test.each(['little', 'big'] as const)('reads %s-endian files as it reads classic ones', (byteOrder) => {
    const modified = read(PcapReader, [file(packets, { byteOrder, modified: true })]);
    expect(modified).toEqual(read(PcapReader, [file(packets, { byteOrder })]));
    expect(modified.packets).toHaveLength(3);
  });

  test('counts its own offsets and header length in findings', () => {
    const bytes = file(packets, { modified: true });
    const second = read(PcapReader, [bytes.subarray(0, 24 + 27 + 20)]).findings;
    expect(second).toMatchObject([{ code: 'capture.cut-record', offset: 51 }]);
    expect(second[0]!.message).toContain('20 of the 24 bytes of its header');
    const third = read(PcapReader, [bytes.subarray(0, 24 + 27 - 1)]).findings;
    expect(third[0]!.message).toContain('2 of the 3 bytes of its packet');
  });

  test('stops at a length over the limit', () => {
    const bytes = file(packets, { modified: true });
    bytes.writeUInt32LE(262_145, 51 + 8);
    expect(read(PcapReader, bytewise(bytes))).toMatchObject({
      packets: [{}],
      findings: [{ code: 'capture.bad-record', offset: 51 }],
    });
  });
});

const someFile = fc
  .record({
    packets: fc.array(
      fc.record({
        seconds: fc.nat(),
        nanoseconds: fc.nat({ max: 999_999_999 }),
        bytes: fc.uint8Array({ maxLength: 60 }),
        originalLength: fc.nat({ max: 99 }),
      }),
      { maxLength: 8 },
    ),
    byteOrder: fc.constantFrom('little', 'big'),
    nanosecond: fc.boolean(),
    modified: fc.boolean(),
    linkType: fc.constantFrom(1, 0x24000001),
  })
  .map(({ packets, ...format }) => writePcap(packets, format));

describe('PcapReader, for any file', () => {
  test('gives what was written', () => {
    const packet = fc.record({
      seconds: fc.nat(),
      nanoseconds: fc.nat({ max: 999_999_999 }),
      bytes: fc.uint8Array({ maxLength: 60 }),
    });
    fc.assert(
      fc.property(fc.array(packet), fc.constantFrom('little' as const, 'big' as const), (packets, byteOrder) => {
        const result = read(PcapReader, [file(packets, { byteOrder, nanosecond: true })]);
        expect(result.findings).toEqual([]);
        expect(
          result.packets.map(({ at, bytes }) => ({
            seconds: at.seconds,
            nanoseconds: at.nanoseconds,
            bytes: new Uint8Array(bytes),
          })),
        ).toEqual(packets);
      }),
    );
  });

  test('any chunking gives the same', () => {
    fc.assert(
      fc.property(someFile, damage, cuts, (whole, how, places) => {
        const bytes = damaged(whole, how);
        const result = read(PcapReader, [bytes]);
        expect(read(PcapReader, cut(bytes, places))).toEqual(result);
        expect(read(PcapReader, bytewise(bytes))).toEqual(result);
      }),
    );
  });

  test('every byte is in a packet, or behind the offset of a finding', () => {
    const lengths = fc.array(fc.nat({ max: 30 }), { maxLength: 8 });
    fc.assert(
      fc.property(lengths, fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }), (sizes, modified, kept) => {
        const whole = file(
          sizes.map((size) => ({ seconds: 1, nanoseconds: 0, bytes: Buffer.alloc(size) })),
          { modified },
        );
        const bytes = whole.subarray(0, 24 + Math.floor(kept * (whole.length - 24)));
        const { packets, findings } = read(PcapReader, [bytes]);
        const used = packets.reduce((sum, packet) => sum + (modified ? 24 : 16) + packet.bytes.length, 24);
        expect(findings.map(({ code, offset }) => [code, offset])).toEqual(
          used === bytes.length ? [] : [['capture.cut-record', used]],
        );
      }),
    );
  });
});
