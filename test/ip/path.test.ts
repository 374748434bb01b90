import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Encapsulation, NETWORK_ID, TUNNEL_KEY, VLAN_ID } from '../../src/link/encapsulation.js';
import { hex } from '../link/hex.js';
import { decodeAll, decodeOne, ipv4, packetOf, tcp } from './decode.js';

const MACS = '020000000001 020000000002';
const INNER = ipv4(tcp(Buffer.from('hi')));

/** The path of a segment after an Ethernet header. */
function pathAfter(header: string): number | undefined {
  const bytes = Buffer.concat([hex(`${MACS} ${header}`), INNER]);
  return decodeAll([packetOf(bytes, { linkType: 1 })]).segments[0]?.path;
}

/** The path of a segment in a tunnel. */
function pathIn(protocol: number, header: string): number | undefined {
  return decodeOne(ipv4(Buffer.concat([hex(header), INNER]), { protocol })).segment?.path;
}

test('plain Ethernet, a priority tag, MPLS and IP in IP have no path', () => {
  expect(pathAfter('0800')).toBe(0);
  expect(pathAfter('8100 e000 0800')).toBe(0);
  expect(pathAfter('8847 00064140')).toBe(0);
  expect(pathIn(4, '')).toBe(0);
  expect(pathIn(47, '0000 0800')).toBe(0);
});

test('VLAN ids, network ids and keys make paths, whatever stands beside them', () => {
  const vlan = pathAfter('8100 0064 0800');
  expect(vlan).not.toBe(0);
  expect(pathAfter('8100 b064 0800')).toBe(vlan);
  expect(pathAfter('88a8 0064 0800')).toBe(vlan);
  expect(pathAfter('8100 0065 0800')).not.toBe(vlan);
  expect(pathAfter('88a8 0064 8100 0065 0800')).not.toBe(pathAfter('88a8 0065 8100 0064 0800'));

  const vxlan = (id: string) => pathIn(17, `c000 12b5 0000 0000 08000000 ${id} ${MACS} 0800`);
  expect(vxlan('00006400')).not.toBe(vxlan('00006500'));
  expect(vxlan('00006400')).toBe(vxlan('000064ff'));
  const gre = (key: string) => pathIn(47, `2000 0800 ${key}`);
  expect(gre('00000001')).not.toBe(gre('00000002'));
});

test('the path of one packet is not that of the next', () => {
  const tagged = Buffer.concat([hex(`${MACS} 8100 0064 0800`), INNER]);
  const plain = Buffer.concat([hex(`${MACS} 0800`), INNER]);
  const { segments } = decodeAll([tagged, plain, tagged].map((bytes) => packetOf(bytes, { linkType: 1 })));
  expect(segments[1]?.path).toBe(0);
  expect(segments[2]?.path).toBe(segments[0]?.path);
});

test('two single tags that differ never have one path', () => {
  const tag = fc.tuple(fc.constantFrom(NETWORK_ID, TUNNEL_KEY), fc.nat(0xff_ffff));
  const path = (kind: number, id: number) => {
    const outer = new Encapsulation();
    outer.add(kind, id);
    return outer.path;
  };
  fc.assert(
    fc.property(tag, fc.nat(0xff_ffff), ([kind, id], other) => {
      expect(path(kind, id) === path(kind, other)).toBe(id === other);
      expect(path(kind, id)).not.toBe(0);
    }),
  );
  const vlans = new Set(Array.from({ length: 4095 }, (_, id) => path(VLAN_ID, id + 1)));
  expect(vlans.size).toBe(4095);
});

test('a segment has its options, window and urgent pointer, as far as they were captured', () => {
  const bytes = ipv4(hex('c3501f48 00000001 00000002 7022 0100 0000 0005 020405b4 01030307 '));
  const { segment } = decodeOne(bytes);
  expect(segment).toMatchObject({ window: 256, urgentPointer: 5, optionsOffset: 40, optionsLength: 8 });
  expect(segment?.bytes.subarray(40, 48)).toEqual(hex('020405b401030307'));
  const cut = decodeOne(bytes.subarray(0, 43), 48).segment;
  expect(cut).toMatchObject({ optionsOffset: 40, optionsLength: 3 });
});
