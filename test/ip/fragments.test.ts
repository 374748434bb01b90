import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Packet } from '../../src/capture/packet.js';
import { decodeAll, ipv4, ipv6Fragment, packetOf, pattern, tcp, texts } from './decode.js';

const PAYLOAD = pattern(3000);
const DATAGRAM = tcp(PAYLOAD);

/** Cuts a datagram at these bytes, each a multiple of 8. */
function fragmentsOf(datagram: Buffer, cuts: number[], id = 0x1234, protocol = 6): Buffer[] {
  const ends = [...cuts, datagram.length];
  return ends.map((end, i) => {
    const offset = ends[i - 1] ?? 0;
    return ipv4(datagram.subarray(offset, end), { id, offset, more: end < datagram.length, protocol });
  });
}

function numbered(buffers: Buffer[], seconds: number[] = []): Packet[] {
  return buffers.map((bytes, i) => packetOf(bytes, { number: i + 1, seconds: seconds[i] ?? 0 }));
}

describe('fragments of IPv4', () => {
  const fragments = fragmentsOf(DATAGRAM, [1480, 2960]);

  test('make a segment when the last one is there', () => {
    const { segments, findings } = decodeAll(numbered(fragments));
    expect(segments.slice(0, 2)).toEqual([undefined, undefined]);
    expect(segments[2]).toMatchObject({
      ipVersion: 4,
      sourcePort: 50_000,
      sequence: 1,
      payload: PAYLOAD,
      length: 3000,
    });
    expect(segments[2]!.addresses.subarray(segments[2]!.addressOffset).subarray(0, 8)).toEqual(
      Buffer.from([10, 0, 0, 1, 10, 0, 0, 2]),
    );
    expect(findings).toEqual([]);
  });

  test('of several datagrams may be mixed', () => {
    const others = fragmentsOf(tcp(pattern(2000, 9)), [800], 0x1235);
    const { segments } = decodeAll(numbered([fragments[2]!, others[1]!, fragments[0]!, others[0]!, fragments[1]!]));
    expect(segments[3]?.payload).toEqual(pattern(2000, 9));
    expect(segments[4]?.payload).toEqual(PAYLOAD);
  });

  test('of another protocol with the same identification are of another datagram', () => {
    const others = fragmentsOf(pattern(100), [80], 0x1234, 17);
    const { segments, findings } = decodeAll(
      numbered([fragments[0]!, others[0]!, fragments[1]!, others[1]!, fragments[2]!]),
    );
    expect(segments[4]?.payload).toEqual(PAYLOAD);
    expect(findings).toEqual([]);
  });

  test('in Ethernet padding are as long as they say', () => {
    const header = Buffer.from('0200000000010200000000020800', 'hex');
    const small = fragmentsOf(tcp(Buffer.from('hello, world')), [24]);
    const packets = small.map((bytes) =>
      packetOf(Buffer.concat([header, bytes, Buffer.alloc(18, 0xee)]), { linkType: 1 }),
    );
    expect(decodeAll(packets).segments[1]?.payload.toString()).toBe('hello, world');
  });

  test('that come late and again are not taken for a new datagram', () => {
    const { segments, findings } = decodeAll(numbered([...fragments, ...fragments.slice(1)]));
    expect(segments.filter((segment) => segment !== undefined)).toHaveLength(1);
    expect(findings).toEqual([]);
  });

  test('with an identification that is used again make the next datagram', () => {
    const next = fragmentsOf(tcp(pattern(3000, 5)), [1480, 2960]);
    const { segments, findings } = decodeAll(numbered([...fragments, ...next]));
    expect(segments[5]?.payload).toEqual(pattern(3000, 5));
    expect(findings).toEqual([]);
  });

  test('are known for late copies as long as 64 other datagrams do not come between', () => {
    const others = Array.from({ length: 64 }, (_, i) => fragmentsOf(tcp(pattern(100, i)), [80], i)).flat();
    expect(decodeAll(numbered([...fragments, ...others.slice(2), fragments[1]!])).findings).toEqual([]);
    const { findings } = decodeAll(numbered([...fragments, ...others, fragments[1]!]));
    expect(texts(findings)).toEqual([
      'ip.fragments-missing: 1480 bytes came of the datagram with identification 0x1234',
    ]);
  });

  test('that overlap with the same bytes are whole without a finding', () => {
    const overlap = ipv4(DATAGRAM.subarray(800, 2400), { offset: 800, more: true });
    const { segments, findings } = decodeAll(numbered([fragments[0]!, fragments[2]!, overlap, fragments[1]!]));
    expect(segments[3]?.payload).toEqual(PAYLOAD);
    expect(findings).toEqual([]);
  });

  test('that overlap with other bytes keep the first copy and are reported', () => {
    const other = Buffer.from(DATAGRAM.subarray(1472, 2960));
    other.fill(0xff, 0, 8);
    const { segments, findings } = decodeAll(
      numbered([fragments[0]!, ipv4(other, { offset: 1472, more: true }), fragments[2]!]),
    );
    expect(segments[2]?.payload).toEqual(PAYLOAD);
    expect(texts(findings)).toEqual([
      'ip.fragment-overlap: Fragment of bytes 1472 to 2959 differs from what came before; the first copy is kept',
    ]);
    expect(findings[0]?.packet).toBe(2);
  });

  test('that never come are reported at the end', () => {
    const { segments, findings } = decodeAll(numbered([fragments[0]!, fragments[2]!]));
    expect(segments).toEqual([undefined, undefined]);
    expect(texts(findings)).toEqual([
      'ip.fragments-missing: 1540 of 3020 bytes came of the datagram with identification 0x1234',
    ]);
    expect(findings[0]?.packet).toBe(2);
  });

  test('of UDP that never come are nobody’s loss', () => {
    expect(decodeAll(numbered(fragmentsOf(pattern(100), [80], 1, 17).slice(1))).findings).toEqual([]);
  });

  test('do not join those of more than a minute before', () => {
    const { segments, findings } = decodeAll(numbered([fragments[0]!, ...fragments.slice(1)], [0, 61, 61]));
    expect(segments).toEqual([undefined, undefined, undefined]);
    expect(findings.map(({ code, packet }) => [code, packet])).toEqual([
      ['ip.fragments-missing', 1],
      ['ip.fragments-missing', 3],
    ]);
  });

  test('join those of a minute before', () => {
    expect(decodeAll(numbered(fragments, [0, 60, 120])).segments[2]?.payload).toEqual(PAYLOAD);
  });

  test('do not join those of more than 65,536 packets before', () => {
    const packets = fragmentsOf(DATAGRAM, [1480]).map((bytes, i) => packetOf(bytes, { number: 1 + i * 65_537 }));
    expect(decodeAll(packets).segments[1]).toBeUndefined();
    const nearer = fragmentsOf(DATAGRAM, [1480]).map((bytes, i) => packetOf(bytes, { number: 1 + i * 65_536 }));
    expect(decodeAll(nearer).segments[1]?.payload).toEqual(PAYLOAD);
  });

  test('are complete with an empty last one', () => {
    const datagram = tcp(pattern(60));
    const packets = numbered([ipv4(datagram, { more: true }), ipv4(Buffer.alloc(0), { offset: 80 })]);
    expect(decodeAll(packets).segments[1]?.payload).toEqual(pattern(60));
  });
});

describe('fragments that the snap length cut', () => {
  const [first, second] = fragmentsOf(DATAGRAM, [1480]) as [Buffer, Buffer];

  test('at the end of the datagram leave the payload short and the length true', () => {
    const cut = packetOf(second.subarray(0, 120), { originalLength: second.length });
    const { segments, findings } = decodeAll([packetOf(first), cut]);
    expect(segments[1]).toMatchObject({ length: 3000, payload: PAYLOAD.subarray(0, 1480 - 20 + 100) });
    expect(findings).toEqual([]);
  });

  test('in its middle end the payload there: what was captured behind the hole is not joined to it', () => {
    const cut = packetOf(first.subarray(0, 120), { originalLength: first.length });
    for (const packets of [
      [cut, packetOf(second)],
      [packetOf(second), cut],
    ]) {
      expect(decodeAll(packets).segments[1]).toMatchObject({ length: 3000, payload: PAYLOAD.subarray(0, 80) });
    }
  });

  test('and come again are no overlap', () => {
    const cut = packetOf(first.subarray(0, 120), { originalLength: first.length });
    const { segments, findings } = decodeAll([cut, packetOf(first), cut, packetOf(second), packetOf(second)]);
    expect(segments[3]).toMatchObject({ length: 3000, payload: PAYLOAD.subarray(0, 80) });
    expect(findings).toEqual([]);
  });

  test('before the end of the TCP header are reported', () => {
    const cut = packetOf(first.subarray(0, 30), { originalLength: first.length });
    const { segments, findings } = decodeAll([packetOf(second), cut]);
    expect(segments[1]).toBeUndefined();
    expect(texts(findings)).toEqual([
      "tcp.malformed: Only 10 of 20 bytes of the TCP header are there; the snap length left 30 of the packet's 1500 bytes",
    ]);
  });
});

describe('fragments that contradict', () => {
  const [first, second] = fragmentsOf(DATAGRAM, [1480]) as [Buffer, Buffer];
  test.each([
    ['Fragment that ends at byte 65688 of its datagram, which none can have', ipv4(pattern(200), { offset: 65_488 })],
    ['Fragment of 9 bytes; all but the last have a multiple of 8', ipv4(pattern(9), { offset: 1480, more: true })],
    ['Fragment that ends at byte 3032 of a datagram of 3020 bytes', ipv4(pattern(32), { offset: 3000, more: true })],
    ['Fragment that ends at byte 1488 of a datagram of 3020 bytes', ipv4(pattern(8), { offset: 1480 })],
  ])('are left out: %s', (message, bad) => {
    const { segments, findings } = decodeAll(numbered([second, bad, first]));
    expect(segments[2]?.payload).toEqual(PAYLOAD);
    expect(texts(findings)).toEqual([`ip.malformed: ${message}`]);
  });

  test('are left out: a last one that ends before another', () => {
    const { findings } = decodeAll(numbered([first, ipv4(pattern(8), { offset: 800 }), second]));
    expect(texts(findings)).toEqual(['ip.malformed: Last fragment that ends at byte 808, before another one']);
  });
});

describe('limits of fragments', () => {
  test('the oldest datagram is given up where too many are open', () => {
    const parts = [1, 2, 3].map((id) => fragmentsOf(DATAGRAM, [1480], id) as [Buffer, Buffer]);
    const packets = numbered([...parts.map(([first]) => first), ...parts.slice(1).map(([, second]) => second)]);
    const { segments, findings } = decodeAll(packets, { fragmentedDatagrams: 2 });
    expect(segments.slice(3).map((segment) => segment?.payload)).toEqual([PAYLOAD, PAYLOAD]);
    expect(texts(findings)).toEqual([
      'limit.fragments: 1480 bytes came of the datagram with identification 0x0001, which is given up',
    ]);
  });

  test('the oldest datagrams are given up where too many bytes are held', () => {
    const parts = [1, 2, 3].map((id) => fragmentsOf(DATAGRAM, [1480], id) as [Buffer, Buffer]);
    const packets = numbered([...parts.map(([first]) => first), parts[2]![1]]);
    const { segments, findings } = decodeAll(packets, { fragmentBytes: 4096 });
    expect(segments[3]?.payload).toEqual(PAYLOAD);
    expect(findings.map(({ code, packet }) => [code, packet])).toEqual([
      ['limit.fragments', 1],
      ['limit.fragments', 2],
    ]);
  });

  test('the places of fragments count where the snap length left none of their bytes', () => {
    const packets = Array.from({ length: 20 }, (_, i) => {
      const bytes = ipv4(pattern(8), { offset: i * 16, more: true });
      return packetOf(bytes.subarray(0, 20), { number: i + 1, originalLength: bytes.length });
    });
    expect(decodeAll(packets, { fragmentBytes: 320 }).findings.map(({ code }) => code)).toEqual([
      'ip.fragments-missing',
    ]);
    expect(decodeAll(packets, { fragmentBytes: 319 }).findings.map(({ code }) => code)).toEqual(['limit.fragments']);
  });

  test('datagrams that are no TCP are given up without a word', () => {
    const packets = numbered([1, 2].map((id) => fragmentsOf(pattern(100), [80], id, 17)[0]!));
    expect(decodeAll(packets, { fragmentedDatagrams: 1 }).findings).toEqual([]);
  });
});

describe('fragments of IPv6', () => {
  const first = ipv6Fragment(DATAGRAM.subarray(0, 1480), { offset: 0, more: true });
  const second = ipv6Fragment(DATAGRAM.subarray(1480), { offset: 1480, more: false });

  test('make a segment in any order', () => {
    for (const packets of [
      [first, second],
      [second, first],
    ]) {
      const { segments, findings } = decodeAll(numbered(packets));
      expect(segments[1]).toMatchObject({ ipVersion: 6, sourcePort: 50_000, payload: PAYLOAD, length: 3000 });
      expect(findings).toEqual([]);
    }
  });

  test('may hold further extension headers, which the fragment at the beginning names', () => {
    const datagram = Buffer.concat([Buffer.from('0600010400000000', 'hex'), DATAGRAM]);
    const parts = [
      ipv6Fragment(datagram.subarray(1480), { offset: 1480, more: false, protocol: 59 }),
      ipv6Fragment(datagram.subarray(0, 1480), { offset: 0, more: true, protocol: 60 }),
    ];
    expect(decodeAll(numbered(parts)).segments[1]?.payload).toEqual(PAYLOAD);
  });

  test('with another identification of 32 bits are of another datagram', () => {
    const other = ipv6Fragment(pattern(1480), { id: 0x92345678, offset: 0, more: true });
    const { segments, findings } = decodeAll(numbered([other, first, second]));
    expect(segments[2]?.payload).toEqual(PAYLOAD);
    expect(texts(findings)).toEqual([
      'ip.fragments-missing: 1480 bytes came of the datagram with identification 0x92345678',
    ]);
  });

  test('that hold a header in front of TCP and never come are reported', () => {
    const part = ipv6Fragment(pattern(80), { offset: 0, more: true, protocol: 60 });
    expect(decodeAll(numbered([part])).findings.map(({ code }) => code)).toEqual(['ip.fragments-missing']);
  });
});

test('any cutting, order and duplication of fragments gives the same datagram', () => {
  const shuffledCopies = fc
    .record({
      length: fc.integer({ min: 0, max: 4000 }),
      cuts: fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 40 }),
      spans: fc.array(fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 60 })), { maxLength: 10 }),
      version: fc.constantFrom(4, 6),
    })
    .chain(({ length, cuts, spans, version }) => {
      const payload = pattern(length, 3);
      const datagram = tcp(payload);
      const ends = [...cuts.map((cut) => cut * 8).filter((cut) => cut < datagram.length), datagram.length].sort(
        (a, b) => a - b,
      );
      const ranges = ends.map((end, i): [number, number] => [ends[i - 1] ?? 0, end]);
      for (const [at, units] of spans) {
        if (at * 8 < datagram.length) ranges.push([at * 8, Math.min(datagram.length, (at + units) * 8)]);
      }
      const parts = ranges.map(([offset, end]) => {
        const fields = { offset, more: end < datagram.length };
        return version === 4
          ? ipv4(datagram.subarray(offset, end), fields)
          : ipv6Fragment(datagram.subarray(offset, end), fields);
      });
      const copies = [...parts, ...parts];
      return fc.shuffledSubarray(copies, { minLength: copies.length }).map((packets) => ({ payload, packets }));
    });
  fc.assert(
    fc.property(shuffledCopies, ({ payload, packets }) => {
      const { segments, findings } = decodeAll(numbered(packets));
      const whole = segments.filter((segment) => segment !== undefined);
      expect(whole.length).toBeGreaterThan(0);
      for (const segment of whole) expect(segment.payload.equals(payload)).toBe(true);
      expect(findings.filter(({ code }) => code !== 'ip.fragments-missing')).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
