import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { hex } from '../link/hex.js';
import { decodeAll, decodeOne, ipv4, packetOf, tcp, texts } from './decode.js';
import { ETHERNET, INNER, MACS, packetIn, TUNNELS } from './encapsulations.js';

const RAW = 101;
const DATA = Buffer.from('hi there');

describe('a segment in a tunnel', () => {
  test.each(TUNNELS)('is found: $what', (tunnel) => {
    const { segment, findings } = decodeOne(packetIn(tunnel));
    expect(findings).toEqual([]);
    expect(segment).toMatchObject({ sourcePort: 50_000, destinationPort: 8008, payload: DATA, length: DATA.length });
  });

  test.each(TUNNELS)('is all or nothing of what was captured, cut at every byte: $what', (tunnel) => {
    const whole = packetIn(tunnel);
    for (let length = 0; length < whole.length; length++) {
      const { segment } = decodeOne(whole.subarray(0, length), whole.length);
      if (segment === undefined) continue;
      expect(segment.length).toBe(DATA.length);
      expect(segment.payload).toEqual(DATA.subarray(0, Math.max(0, DATA.length - (whole.length - length))));
    }
    expect(decodeOne(whole.subarray(0, -1), whole.length).segment).toBeDefined();
  });

  test('has what tshark reads in it, by every tunnel that tshark knows', () => {
    const known = TUNNELS.filter(({ notInTshark }) => notInTshark === undefined);
    const packets = known.map((tunnel, index) => ({ seconds: index, nanoseconds: 0, bytes: packetIn(tunnel) }));
    const file = join(mkdtempSync(join(tmpdir(), 'wsdissect-')), 'tunnels.pcap');
    writeFileSync(file, writePcap(packets, { linkType: RAW }));
    const args = ['-r', file, '-T', 'fields', '-e', 'tcp.srcport', '-e', 'tcp.payload'];
    const output = execFileSync('tshark', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
    const expected = known.map(({ what }) => `${what}: 50000\t${DATA.toString('hex')}`);
    const lines = output.split('\n').slice(0, known.length);
    expect(lines.map((line, index) => `${known[index]!.what}: ${line}`)).toEqual(expected);
  });

  test('of Teredo is found, with authentication and origin before it', () => {
    const segment = tcp(DATA);
    const length = segment.length.toString(16).padStart(4, '0');
    const inner = Buffer.concat([hex(`60000000 ${length} 0640 ${'20010000'.repeat(8)}`), segment]);
    for (const header of [
      '',
      '0001 0000 0000000000000000 00',
      '0000 c000 0a000001',
      '0001 0101 aa bb 0000000000000000 00 0000 c000 0a000001',
    ]) {
      const bytes = Buffer.concat([hex(`0dd8 c000 0000 0000 ${header}`), inner]);
      expect(decodeOne(ipv4(bytes, { protocol: 17 })).segment?.payload, header).toEqual(DATA);
    }
    expect(decodeOne(ipv4(hex('0dd8 c000 0000 0000 6000'), { protocol: 17 }))).toMatchObject({
      segment: undefined,
      findings: [],
    });
  });

  test.each([
    ['a GTP-U echo', 17, 'c000 0868 0010 0000 32010000 00000000'],
    ['an L2TP control message', 17, '06a5 06a5 0014 0000 c802000c 00010000 00000001'],
    ['a TZSP keepalive', 17, 'c000 9090 000c 0000 01040000'],
    ['an acknowledgment of PPTP', 47, '2081 880b 00000001 00000001'],
  ])('is not in %s, which is no loss', (_what, protocol, digits) => {
    const { segment, findings, notLookedInto } = decodeOne(ipv4(hex(digits), { protocol }));
    expect(segment).toBeUndefined();
    expect(findings).toEqual([]);
    expect(notLookedInto).toEqual([]);
  });
});

describe('an 802.11 aggregate', () => {
  const subframe = (ip: Buffer): Buffer => {
    const body = Buffer.concat([hex('aaaa03 000000 0800'), ip]);
    const length = body.length.toString(16).padStart(4, '0');
    return Buffer.concat([hex(`${MACS} ${length}`), body]);
  };
  const aggregate = (...ips: Buffer[]): Buffer => {
    const parts = ips
      .map(subframe)
      .map((part, index) => (index === ips.length - 1 ? part : Buffer.concat([part, Buffer.alloc(-part.length & 3)])));
    return Buffer.concat([hex(`8801 0000 ${MACS} 020000000003 1000 8000`), ...parts]);
  };
  const payloads = ['a', 'bcd', 'efghij'].map((text) => Buffer.from(text));
  const packets = payloads.map((payload) => ipv4(tcp(payload)));

  test('has all its segments, in their order, and those of the next packet are its own', () => {
    const bytes = aggregate(...packets);
    const { all, findings } = decodeAll(
      [bytes, aggregate(packets[0]!)].map((each) => packetOf(each, { linkType: 105 })),
    );
    expect(findings).toEqual([]);
    expect(all.map((segments) => segments.map(({ payload }) => payload))).toEqual([payloads, [payloads[0]]]);
  });

  test('has the segments after one that is no TCP', () => {
    const bytes = aggregate(ipv4(hex('0800'), { protocol: 1 }), packets[1]!);
    const { all, notLookedInto } = decodeAll([packetOf(bytes, { linkType: 105 })]);
    expect(all[0]!.map(({ payload }) => payload)).toEqual([payloads[1]]);
    expect(notLookedInto).toMatchObject([{ carriedBy: 'ip-protocol', number: 1, name: 'ICMP', packets: 1 }]);
  });

  test('gives no part more bytes than are its own', () => {
    const lying = Buffer.from(packets[0]!);
    lying.writeUInt16BE(200, 2);
    const { all } = decodeAll([packetOf(aggregate(lying, packets[1]!), { linkType: 105 })]);
    expect(all[0]!.map(({ payload }) => payload)).toEqual(payloads.slice(0, 2));
  });

  test('in a tunnel is taken apart too', () => {
    const inner = aggregate(...packets);
    const bytes = ipv4(Buffer.concat([hex('c000 9090 0000 0000 0100 0012 01'), inner]), { protocol: 17 });
    const { all } = decodeAll([packetOf(bytes)]);
    expect(all[0]!.map(({ payload }) => payload)).toEqual(payloads);
  });

  test('that is cut tells what is missing, at every byte', () => {
    const whole = aggregate(...packets);
    for (let length = 0; length < whole.length; length++) {
      const packet = packetOf(whole.subarray(0, length), { linkType: 105, originalLength: whole.length });
      const { all, findings } = decodeAll([packet]);
      const seen = all[0]!.map(({ payload }) => payload.toString());
      seen.forEach((text, index) => expect(payloads[index]!.toString().startsWith(text)).toBe(true));
      if (seen.length < 3) expect(texts(findings).length, `${length} bytes`).toBeGreaterThan(0);
    }
  });
});

describe('what is not looked into', () => {
  test('is counted by kind, most packets first', () => {
    const ethernet = (digits: string) => packetOf(hex(`${MACS} ${digits}`), { linkType: 1 });
    const ip = (protocol: number, digits = '00000000') => packetOf(ipv4(hex(digits), { protocol }));
    const { notLookedInto } = decodeAll([
      ethernet('0806 0001'),
      ethernet('0806 0001'),
      ethernet('88e5 0c00 00000001'),
      ethernet('0026 424203 00'),
      ip(50),
      ip(50),
      ip(50),
      ip(17, '0035 c000 0008 0000'),
      ip(17, '1194 1194 0008 0000'),
      ip(17, 'c000 12b5 0010 0000 0000000000000000'),
      packetOf(hex('8841 0000'), { linkType: 105 }),
      packetOf(hex('00'), { linkType: 249 }),
      packetOf(hex('ff03 00fd 00'), { linkType: 9 }),
      packetOf(INNER),
    ]);
    expect(notLookedInto.map(({ packets }) => packets)).toEqual([3, 2, ...Array<number>(8).fill(1)]);
    const line = ({ carriedBy, number, name, mayHoldTcp }: (typeof notLookedInto)[number]) =>
      `${carriedBy} ${number} ${name}${mayHoldTcp ? '!' : ''}`;
    expect(notLookedInto.slice(0, 2).map(line)).toEqual(['ip-protocol 50 ESP (IPsec)!', 'ether-type 2054 ARP']);
    expect(notLookedInto.slice(2).map(line).sort()).toEqual(
      [
        'ether-type 35045 MACsec, encrypted!',
        'ieee80211 1 encrypted frames!',
        'ip-protocol 17 UDP',
        'link-type 249 USBPCAP!',
        'llc 66 spanning tree',
        'ppp 253 PPP compressed or encrypted!',
        'udp-port 4500 ESP in UDP (IPsec)!',
        'udp-port 4789 VXLAN!',
      ].sort(),
    );
  });

  test('is told apart by 4,096 kinds and counted beyond them', () => {
    const packets = Array.from({ length: 5000 }, (_, index) => {
      const type = (0x9300 + index).toString(16);
      return packetOf(hex(`${MACS} ${type}`), { linkType: 1 });
    });
    const { notLookedInto } = decodeAll(packets);
    expect(notLookedInto.length).toBe(4097);
    expect(notLookedInto.reduce((sum, each) => sum + each.packets, 0)).toBe(5000);
  });

  test('is nothing where all packets are TCP', () => {
    expect(
      decodeAll([packetOf(INNER), packetOf(Buffer.concat([hex(ETHERNET), INNER]), { linkType: 1 })]).notLookedInto,
    ).toEqual([]);
  });
});
