import { expect, test } from 'vitest';
import { hex } from '../link/hex.js';
import { decodeOne, ipv4, pattern, tcp, texts } from './decode.js';

const ETHERNET = '020000000001 020000000002 0800';
const INNER = ipv4(tcp(Buffer.from('hi')));

const IP_IN_IP = 4;
const UDP = 17;
const GRE = 47;

test.each([
  ['IP in IP', IP_IN_IP, ''],
  ['IP in IP, as for version 6', 41, ''],
  ['GRE', GRE, '0000 0800'],
  ['GRE with checksum, key and sequence number', GRE, 'b000 0800 00000000 00000001 00000002'],
  ['GRE around MPLS', GRE, '0000 8847 00064140'],
  ['GRE around Ethernet', GRE, `2000 6558 00000001 ${ETHERNET}`],
  ['ERSPAN, version 1', GRE, `0000 88be ${ETHERNET}`],
  ['ERSPAN, version 2', GRE, `1000 88be 00000001 1064000100000000 ${ETHERNET}`],
  ['ERSPAN, version 3', GRE, `1000 22eb 00000001 206400010000000000000000 ${ETHERNET}`],
  [
    'ERSPAN, version 3 with a platform header',
    GRE,
    `1000 22eb 00000001 206400010000000000000001 0000000000000000 ${ETHERNET}`,
  ],
  ['VXLAN', UDP, `c000 12b5 0000 0000 08000000 00000100 ${ETHERNET}`],
  ['Geneve', UDP, `c000 17c1 0000 0000 0000 6558 00000100 ${ETHERNET}`],
  ['Geneve with options, around IP', UDP, 'c000 17c1 0000 0000 0200 0800 00000100 0102030405060708'],
])('%s: the inner segment is found', (_what, protocol, header) => {
  const { segment, findings } = decodeOne(ipv4(Buffer.concat([hex(header), INNER]), { protocol }));
  expect(findings).toEqual([]);
  expect(segment).toMatchObject({ sourcePort: 50_000, destinationPort: 8008, payload: Buffer.from('hi'), length: 2 });
  expect(segment?.addressOffset).toBe(20 + hex(header).length + 12);
});

test.each([
  ['UDP to another port', UDP, 'c000 1f48 0000 0000 08000000 00000100'],
  ['UDP to the port of VXLAN without its flag', UDP, `c000 12b5 0000 0000 00000000 00000100 ${ETHERNET}`],
  ['UDP to the port of Geneve of another version', UDP, `c000 17c1 0000 0000 4000 6558 00000100 ${ETHERNET}`],
  ['Geneve around no EtherType', UDP, `c000 17c1 0000 0000 0000 0001 00000100 ${ETHERNET}`],
  ['GRE with source routing', GRE, '4000 0800 00000000'],
  ['GRE of PPTP without a payload', GRE, '2081 880b 00000001 00000001'],
  ['GRE around something else than IP', GRE, '0000 0806'],
  ['GRE around no EtherType', GRE, '0000 0001'],
])('%s is no tunnel', (_what, protocol, header) => {
  const bytes = ipv4(Buffer.concat([hex(header), INNER]), { protocol });
  expect(decodeOne(bytes)).toMatchObject({ segment: undefined, findings: [] });
});

test('a tunnel header that is cut is reported', () => {
  const { findings } = decodeOne(ipv4(hex('b000 0800 00000000'), { protocol: GRE }));
  expect(texts(findings)).toEqual(['ip.malformed: The header of a tunnel runs past the end']);
});

test('an inner packet never reaches beyond the outer one', () => {
  const long = Buffer.concat([ipv4(tcp(pattern(100))).subarray(0, 45), pattern(95)]);
  const outer = ipv4(long.subarray(0, 45), { protocol: IP_IN_IP });
  const { segment } = decodeOne(Buffer.concat([outer, pattern(95)]));
  expect(segment).toMatchObject({ length: 100, payload: pattern(5) });
});

test('headers in one another without end are given up', () => {
  let bytes = INNER;
  for (let i = 0; i < 31; i++) bytes = ipv4(bytes, { protocol: IP_IN_IP });
  expect(decodeOne(bytes).segment?.payload).toEqual(Buffer.from('hi'));
  const { segment, findings } = decodeOne(ipv4(bytes, { protocol: IP_IN_IP }));
  expect(segment).toBeUndefined();
  expect(texts(findings)).toEqual(['limit.encapsulations: More than 32 nested IP headers']);
});
