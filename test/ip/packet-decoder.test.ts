import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hex } from '../link/hex.js';
import { ACK, FIN, PSH, SYN, URG } from '../../src/ip/tcp-segment.js';
import { decodeAll, decodeOne, ipv4, ipv6Fragment, packetOf, pattern, tcp, texts } from './decode.js';

const IPV4 = '4500002a 12344000 4006 0000 7f000001 7f000001';
const IPV6_ADDRESSES = '20010db8000000000000000000000001 20010db8000000000000000000000002';
const TCP = 'c3501f48 80000001 fffffffe 5018 0100 0000 0000';
const HI = '6869';
const MACS = '020000000001 020000000002';

describe('a TCP segment', () => {
  test('has all fields of its header', () => {
    const { segment, findings } = decodeOne(hex(IPV4 + TCP + HI));
    expect(findings).toEqual([]);
    expect(segment).toMatchObject({
      ipVersion: 4,
      addressOffset: 12,
      sourcePort: 50_000,
      destinationPort: 8008,
      sequence: -0x7fffffff,
      acknowledgment: -2,
      flags: PSH | ACK,
      window: 256,
      payload: Buffer.from('hi'),
      length: 2,
    });
    expect(segment?.addresses.subarray(12, 20)).toEqual(hex('7f0000017f000001'));
  });

  test('has nine flags', () => {
    const segment = `c3501f48 00000001 00000000 5f23 0100 0000 0000`;
    expect(decodeOne(hex(`45000028 12344000 4006 0000 7f000001 7f000001 ${segment}`)).segment?.flags).toBe(
      0x100 | URG | SYN | FIN,
    );
  });

  test('with TCP options begins behind them', () => {
    const segment = 'c3501f48 00000001 00000000 8010 0100 0000 0000 0101080a0000000100000002';
    const { segment: found } = decodeOne(hex(`45000036 12344000 4006 0000 7f000001 7f000001 ${segment} ${HI}`));
    expect(found?.payload).toEqual(Buffer.from('hi'));
  });

  test('behind IPv4 options begins where the header length says', () => {
    const { segment } = decodeOne(hex(`4600002e 12344000 4006 0000 7f000001 7f000001 01010101 ${TCP} ${HI}`));
    expect(segment).toMatchObject({ sourcePort: 50_000, payload: Buffer.from('hi'), addressOffset: 12 });
  });

  test('ends with its IP packet: Ethernet padding is no payload', () => {
    const bytes = hex(`${MACS} 0800 45000028 12344000 4006 0000 7f000001 7f000001 ${TCP} 000000000000`);
    const { segments, findings } = decodeAll([packetOf(bytes, { linkType: 1 })]);
    expect(segments[0]).toMatchObject({ length: 0, payload: Buffer.alloc(0), addressOffset: 26 });
    expect(findings).toEqual([]);
  });

  test('of a packet with total length 0 reaches to the end of the capture, and further if the snap length cut it', () => {
    const bytes = hex(`45000000 12344000 4006 0000 7f000001 7f000001 ${TCP} ${HI}`);
    expect(decodeOne(bytes).segment).toMatchObject({ length: 2, payload: Buffer.from('hi') });
    expect(decodeOne(bytes, 70_040).segment).toMatchObject({ length: 70_000, payload: Buffer.from('hi') });
  });

  test('in IPv6 with payload length 0 reaches to the end of the capture', () => {
    const bytes = hex(`60000000 0000 06 40 ${IPV6_ADDRESSES} ${TCP} ${HI}`);
    expect(decodeOne(bytes).segment).toMatchObject({ length: 2, payload: Buffer.from('hi') });
  });

  test('that the snap length cut has the length of the wire and the payload of the capture', () => {
    const bytes = hex(`450005dc 12344000 4006 0000 7f000001 7f000001 ${TCP} ${HI}`);
    const { segment, findings } = decodeOne(bytes, 1500);
    expect(segment).toMatchObject({ length: 1460, payload: Buffer.from('hi') });
    expect(findings).toEqual([]);
  });

  test('that the snap length cut in its options still has its lengths', () => {
    const segment = 'c3501f48 00000001 00000000 8010 0100 0000 0000 0101';
    const { segment: found, findings } = decodeOne(
      hex(`450005dc 12344000 4006 0000 7f000001 7f000001 ${segment}`),
      1500,
    );
    expect(found).toMatchObject({ sequence: 1, length: 1448, payload: Buffer.alloc(0) });
    expect(findings).toEqual([]);
  });

  test('in IPv6 has both addresses, one behind the other', () => {
    const { segment } = decodeOne(hex(`60000000 0016 06 40 ${IPV6_ADDRESSES} ${TCP} ${HI}`));
    expect(segment).toMatchObject({ ipVersion: 6, addressOffset: 8, sourcePort: 50_000, payload: Buffer.from('hi') });
  });

  test.each([
    ['hop-by-hop options', '00', '0600 050200000100', 8],
    ['a routing header', '2b', '0602 0400 00000000 20010db8000000000000000000000003', 24],
    ['destination options', '3c', '0600 010400000000', 8],
    ['a mobility header', '87', '0600 000000000000', 8],
    ['an authentication header', '33', '0604 0000 00000001 00000001 000000000000000000000000', 24],
    ['an atomic fragment', '2c', '0600 0000 12345678', 8],
    ['several extension headers', '00', '3c00 050200000100 2c00 010400000000 0600 0000 00000007', 24],
  ])('in IPv6 stands behind %s', (_what, next, header, length) => {
    const payloadLength = (22 + length).toString(16).padStart(4, '0');
    const { segment, findings } = decodeOne(
      hex(`60000000 ${payloadLength} ${next} 40 ${IPV6_ADDRESSES} ${header} ${TCP} ${HI}`),
    );
    expect(findings).toEqual([]);
    expect(segment).toMatchObject({ sourcePort: 50_000, payload: Buffer.from('hi'), length: 2 });
  });

  test('in IPv4 stands behind an authentication header', () => {
    const header = '0604 0000 00000001 00000001 000000000000000000000000';
    const { segment } = decodeOne(hex(`45000042 12344000 4033 0000 7f000001 7f000001 ${header} ${TCP} ${HI}`));
    expect(segment?.payload).toEqual(Buffer.from('hi'));
  });
});

describe('what is not TCP', () => {
  test.each([
    ['UDP', '4500001c 00010000 4011 0000 7f000001 7f000001 c3501f48 0008 0000'],
    ['ICMP', '4500001c 00010000 4001 0000 7f000001 7f000001 0800000000010001'],
    ['ESP in IPv6', `60000000 0008 32 40 ${IPV6_ADDRESSES} 0000000100000001`],
    ['no next header', `60000000 0000 3b 40 ${IPV6_ADDRESSES}`],
    [
      'the hop-by-hop header, which IPv4 does not have',
      '4500001c 00010000 4000 0000 7f000001 7f000001 0600000000000000',
    ],
  ])('%s is left out without a word', (_what, bytes) => {
    expect(decodeOne(hex(bytes))).toMatchObject({ segment: undefined, findings: [] });
  });

  test('a packet that is no IP is left out without a word', () => {
    const arp = packetOf(hex(`${MACS} 0806 0001080006040001`), { linkType: 1 });
    expect(decodeAll([arp])).toMatchObject({ segments: [undefined], findings: [] });
  });
});

describe('damage', () => {
  test.each([
    ['ip.malformed: No byte of the IP header was captured', '', 101],
    ['link.malformed: A link-layer header runs past the end', `${MACS} 08`, 1],
    ['ip.malformed: No byte of the IP header was captured', `${MACS} 0800`, 1],
    ['ip.malformed: IP version 5', '55000014', 101],
    ['ip.malformed: Only 4 bytes of the IPv4 header are there', '45000014', 101],
    ['ip.malformed: IPv4 header length of 16, less than 20', '44000014 00000000 4006 0000 7f000001 7f000001', 101],
    [
      'ip.malformed: Only 20 of 24 bytes of the IPv4 header are there',
      '46000018 00000000 4006 0000 7f000001 7f000001',
      101,
    ],
    [
      'ip.malformed: IPv4 total length of 19, less than its header',
      '45000013 00000000 4006 0000 7f000001 7f000001',
      101,
    ],
    ['ip.malformed: Only 8 of 40 bytes of the IPv6 header are there', '60000000 0014 06 40', 101],
    [
      'ip.malformed: Only 4 bytes of an extension header are there',
      `60000000 0004 00 40 ${IPV6_ADDRESSES} 06000000`,
      101,
    ],
    [
      'ip.malformed: Only 8 of 16 bytes of an extension header are there',
      `60000000 0008 3c 40 ${IPV6_ADDRESSES} 0601000000000000`,
      101,
    ],
    [
      'tcp.malformed: Only 4 of 20 bytes of the TCP header are there',
      '45000018 00000000 4006 0000 7f000001 7f000001 c3501f48',
      101,
    ],
    [
      'tcp.malformed: TCP data offset of 16, less than 20 bytes',
      `45000028 00000000 4006 0000 7f000001 7f000001 c3501f48 00000001 00000000 4010 0100 0000 0000`,
      101,
    ],
    [
      'tcp.malformed: TCP data offset of 24 in a segment of 20 bytes',
      `45000028 00000000 4006 0000 7f000001 7f000001 c3501f48 00000001 00000000 6010 0100 0000 0000`,
      101,
    ],
  ])('%s', (text, bytes, linkType) => {
    const { segments, findings } = decodeAll([packetOf(hex(bytes), { linkType, number: 7 })]);
    expect(segments).toEqual([undefined]);
    expect(texts(findings)).toEqual([text]);
    expect(findings[0]).toMatchObject({ packet: 7, severity: 'warning' });
  });

  test('says so where the snap length made it', () => {
    const { findings } = decodeOne(hex('450005dc 00000000 4006 0000 7f000001 7f000001 c3501f48'), 1500);
    expect(texts(findings)).toEqual([
      "tcp.malformed: Only 4 of 20 bytes of the TCP header are there; the snap length left 24 of the packet's 1500 bytes",
    ]);
  });

  test('is listed ten times and then counted', () => {
    const packets = Array.from({ length: 25 }, (_, i) => packetOf(hex('55'), { number: i + 1 }));
    const { findings } = decodeAll(packets);
    expect(findings.map(({ packet }) => packet)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, undefined]);
    expect(findings.at(-1)).toMatchObject({ code: 'ip.malformed', message: '15 more of these are not listed' });
  });

  test('of an original length less than what was captured does not matter', () => {
    expect(decodeOne(hex(IPV4 + TCP + HI), 3).segment).toMatchObject({ length: 2, payload: Buffer.from('hi') });
  });
});

describe('an unknown link type', () => {
  test('is reported at its first packet, and at the end with the number of packets', () => {
    const packets = [249, 147, 249, 249].map((linkType, i) => packetOf(hex('00'), { linkType, number: i + 1 }));
    const { findings } = decodeAll(packets);
    expect(findings.map(({ packet, message }) => [packet, message])).toEqual([
      [1, 'Packets of link type 249 (USBPCAP) are not read'],
      [2, 'Packets of link type 147 (USER0) are not read'],
      [undefined, '4 packets of link type 249 (USBPCAP), 147 (USER0) were not read'],
    ]);
  });

  test('of one packet is reported once', () => {
    const { findings } = decodeAll([packetOf(hex('00'), { linkType: 249 })]);
    expect(texts(findings)).toEqual(['link.unknown-type: Packets of link type 249 (USBPCAP) are not read']);
  });
});

test('whatever the bytes, no packet makes it throw, and no payload reaches beyond the packet', () => {
  const start = fc.constantFrom(
    ipv4(tcp(pattern(40))),
    ipv4(tcp(pattern(40)), { more: true }),
    ipv4(pattern(16), { offset: 60 }),
    ipv4(pattern(60), { protocol: 47 }),
    ipv6Fragment(tcp(pattern(4)), { offset: 0, more: true }),
    ipv6Fragment(pattern(16), { offset: 24, more: false, protocol: 60 }),
  );
  const mutated = fc
    .tuple(start, fc.array(fc.tuple(fc.nat(99), fc.nat(255)), { maxLength: 6 }), fc.nat(100))
    .map(([bytes, changes, length]) => {
      const copy = Buffer.from(bytes);
      for (const [at, value] of changes) copy[at % copy.length] = value;
      return copy.subarray(0, Math.max(1, length));
    });
  const anyBytes = fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes));
  const anyPacket = fc.record({
    bytes: fc.oneof(mutated, anyBytes),
    linkType: fc.constantFrom(101, 101, 101, 0, 1, 9, 50, 51, 105, 113, 119, 127, 239, 258, 276),
    originalLength: fc.nat(70_000),
  });
  fc.assert(
    fc.property(fc.array(anyPacket, { maxLength: 20 }), (recipes) => {
      const packets = recipes.map(({ bytes, ...fields }, i) => packetOf(bytes, { ...fields, number: i + 1 }));
      const { segments } = decodeAll(packets);
      for (const segment of segments) {
        if (segment === undefined) continue;
        expect(segment.length).toBeGreaterThanOrEqual(segment.payload.length);
        const { addresses, addressOffset, ipVersion } = segment;
        expect(addressOffset + (ipVersion === 4 ? 8 : 32)).toBeLessThanOrEqual(addresses.length);
      }
    }),
    { numRuns: 1000 },
  );
});
