import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { skipLinkLayer } from '../../src/link/link-layer.js';
import { formatLinkType } from '../../src/link/link-type-names.js';
import { CUT, NOT_IP, SEVERAL, UNKNOWN_LINK_TYPE } from '../../src/link/no-ip.js';
import { hex } from './hex.js';

const IP = '4500001400000000400600007f0000017f000001';
const MACS = '020000000001 020000000002';
const SNAP = 'aaaa03 000000';

/** Link type, what is in front of the IP packet, header in hex. */
const HEADERS: [linkType: number, what: string, header: string][] = [
  [1, 'Ethernet', `${MACS} 0800`],
  [1, 'Ethernet with the EtherType of IPv6', `${MACS} 86dd`],
  [1, 'a VLAN tag', `${MACS} 8100 0064 0800`],
  [1, 'a service VLAN tag and a VLAN tag', `${MACS} 88a8 0064 8100 00c8 0800`],
  [1, 'three VLAN tags, one of the old kind', `${MACS} 9100 0001 88a8 0002 8100 0003 86dd`],
  [1, 'an 802.3 length and SNAP', `${MACS} 001c ${SNAP} 0800`],
  [1, 'a VLAN tag, an 802.3 length and SNAP', `${MACS} 8100 0064 001c ${SNAP} 86dd`],
  [1, 'SNAP as bridges write it', `${MACS} 001c aaaa03 0000f8 0800`],
  [1, 'an LLC header with the access point of IP', `${MACS} 0017 060603`],
  [1, 'one MPLS label', `${MACS} 8847 00064140`],
  [1, 'three MPLS labels in a multicast', `${MACS} 8848 00064040 00065040 00066140`],
  [1, 'a VN-Tag', `${MACS} 8926 0001 0001 0800`],
  [1, 'an E-Tag', `${MACS} 893f e000 1001 0000 0800`],
  [1, 'a VLAN tag and a VN-Tag', `${MACS} 8926 00010001 8100 0064 86dd`],
  [1, 'Cisco metadata', `${MACS} 8909 01 01 0001 0005 0800`],
  [1, 'Cisco metadata with two options', `${MACS} 8909 01 02 0001 0005 0002 0006 0800`],
  [1, 'a Cisco timestamp', `${MACS} 8988 000000000001 0800`],
  [1, '802.1ah', `${MACS} 88e7 00001234 ${MACS} 0800`],
  [1, '802.1ah after a backbone VLAN, around a VLAN', `${MACS} 88a8 0009 88e7 00001234 ${MACS} 8100 0064 0800`],
  [1, 'NSH around IP', `${MACS} 894f 0f c2 02 01 000001ff`],
  [1, 'NSH around Ethernet', `${MACS} 894f 0fc6 01 03 000001ff ${'00'.repeat(16)} ${MACS} 0800`],
  [1, 'NSH around NSH around MPLS', `${MACS} 894f 0fc2 02 04 000001ff 0fc2 02 05 000001ff 00064140`],
  [1, 'MACsec without encryption', `${MACS} 88e5 00 00 00000001 0800`],
  [1, 'MACsec with the id of the channel', `${MACS} 88e5 20 00 00000001 0200000000010001 8100 0064 0800`],
  [1, 'a jumbo frame with LLC', `${MACS} 8870 ${SNAP} 0800`],
  [1, 'a pseudowire with its control word', `${MACS} 8847 00064140 00000000 ${MACS} 0800`],
  [1, 'a pseudowire without one, and a VLAN tag', `${MACS} 8847 00064140 ${MACS} 8100 0064 0800`],
  [1, 'a whole frame', `${MACS} 6558 ${MACS} 0800`],
  [1, 'PPP', `${MACS} 880b ff03 0021`],
  [163, 'an AVS header', `80211001 00000010 ${'00'.repeat(8)} 0801 0000 ${MACS} 020000000003 0000 ${SNAP} 0800`],
  [192, 'a PPI header and Ethernet', `0000 0800 01000000 ${MACS} 0800`],
  [149, 'an Apple header and Ethernet', `6c000000 01000000 01000000 ${'00'.repeat(96)} ${MACS} 0800`],
  [149, 'an Apple header and raw IP', `6c000000 01000000 0c000000 ${'00'.repeat(96)}`],
  [1, 'PPPoE', `${MACS} 8864 1100 0001 0016 0021`],
  [1, 'PPPoE and IPv6', `${MACS} 8864 1100 0001 0016 0057`],
  [1, 'PPPoE with a compressed protocol', `${MACS} 8864 1100 0001 0015 21`],
  [1, 'PPPoE and MPLS', `${MACS} 8864 1100 0001 001a 0281 00064140`],
  [0, 'NULL of a little-endian machine', '02000000'],
  [0, 'NULL of a big-endian machine', '00000002'],
  [0, 'NULL with the AF_INET6 of NetBSD', '18000000'],
  [0, 'NULL with the AF_INET6 of FreeBSD', '1c000000'],
  [0, 'NULL with the AF_INET6 of macOS', '1e000000'],
  [0, 'NULL with the AF_INET6 of Linux', '0a000000'],
  [0, 'NULL with the AF_INET6 of macOS on a big-endian machine', '0000001e'],
  [108, 'LOOP', '00000002'],
  [108, 'LOOP with the AF_INET6 of OpenBSD', '00000018'],
  [108, 'LOOP in the wrong byte order', '02000000'],
  [12, 'nothing, as old programs say', ''],
  [14, 'nothing, as OpenBSD says', ''],
  [101, 'nothing', ''],
  [228, 'nothing, always IPv4', ''],
  [229, 'nothing, always IPv6', ''],
  [113, 'a Linux cooked header', '0000 0304 0006 000000000000 0000 0800'],
  [113, 'a Linux cooked header and a VLAN tag', '0000 0001 0006 020000000001 0000 8100 0064 0800'],
  [113, 'a Linux cooked header, LLC and SNAP', `0000 0001 0006 020000000001 0000 0004 ${SNAP} 0800`],
  [276, 'a Linux cooked header, version 2', '0800 0000 00000001 0304 00 06 0000000000000000'],
  [276, 'a Linux cooked header, version 2, and a VLAN tag', '8100 0000 00000001 0001 00 06 0200000000010000 0064 86dd'],
  [9, 'PPP', '0021'],
  [9, 'PPP with address and control', 'ff03 0057'],
  [9, 'PPP and MPLS', 'ff03 0283 00064140'],
  [50, 'PPP in HDLC framing', 'ff03 0021'],
  [50, 'Cisco HDLC', '0f00 0800'],
  [104, 'Cisco HDLC, multicast', '8f00 86dd'],
  [51, 'PPPoE with no Ethernet header', '1100 0001 0016 0021'],
  [105, '802.11 data', `0801 0000 ${MACS} 020000000003 0000 ${SNAP} 0800`],
  [105, '802.11 QoS data', `8802 0000 ${MACS} 020000000003 0000 0000 ${SNAP} 0800`],
  [105, '802.11 QoS data with HT control', `8882 0000 ${MACS} 020000000003 0000 0000 00000000 ${SNAP} 86dd`],
  [105, '802.11 data with four addresses', `0803 0000 ${MACS} 020000000003 0000 020000000004 ${SNAP} 0800`],
  [119, 'a Prism header', `44000000 90000000 ${'00'.repeat(136)} 0801 0000 ${MACS} 020000000003 0000 ${SNAP} 0800`],
  [
    119,
    'a Prism header of a big-endian machine',
    `00000044 00000090 ${'00'.repeat(136)} 0801 0000 ${MACS} 020000000003 0000 ${SNAP} 0800`,
  ],
  [127, 'a radiotap header', `0000 0800 00000000 0801 0000 ${MACS} 020000000003 0000 ${SNAP} 0800`],
  [
    127,
    'a radiotap header that says that the 802.11 header is padded',
    `0000 0900 02000000 20 8801 0000 ${MACS} 020000000003 0000 0000 0000 ${SNAP} 0800`,
  ],
  [
    127,
    'a radiotap header with two bitmaps, a timestamp and the flag of padding',
    `0000 1900 03000080 00000000 00000000 0000000000000000 20 8801 0000 ${MACS} 020000000003 0000 0000 0000 ${SNAP} 0800`,
  ],
  [239, 'NFLOG attributes', '02 00 0000  0800 0100 08000001  0500 0a00 00000000  1800 0900'],
  [258, 'an Apple header and Ethernet', `0c000000 01000000 01000000 ${MACS} 0800`],
  [258, 'an Apple header and NULL', '10000000 01000000 00000000 00000000 02000000'],
];

/** Link types that lead to another one. */
const IN_OTHERS = new Set([149, 192, 258]);
const LINK_TYPES = [...new Set(HEADERS.map(([linkType]) => linkType))];

describe('skipLinkLayer', () => {
  test.each(HEADERS)('link type %i: finds the IP packet behind %s', (linkType, _what, header) => {
    expect(skipLinkLayer(linkType, hex(header + IP))).toBe(hex(header).length);
  });

  test.each(HEADERS)('link type %i: a cut anywhere in %s is told', (linkType, _what, header) => {
    const bytes = hex(header);
    for (let length = 0; length < bytes.length; length++) {
      const offset = skipLinkLayer(linkType, bytes.subarray(0, length));
      // An offset at the very end is one too: the IP header that is not there is the next stage's to report.
      // Without its whole header nobody knows whether the type that users may define is Apple's.
      const isInDoubt = linkType === 149 && offset === UNKNOWN_LINK_TYPE;
      expect(offset === CUT || offset === NOT_IP || offset === length || isInDoubt, `${length} bytes: ${offset}`).toBe(
        true,
      );
    }
  });

  test.each<[linkType: number, what: string, bytes: string]>([
    [1, 'MACsec with encryption', `${MACS} 88e5 0c 00 00000001 0800 ${IP}`],
    [1, 'NSH of another version', `${MACS} 894f 4fc2 02 01 000001ff ${IP}`],
    [1, 'NSH around something else', `${MACS} 894f 0fc2 02 07 000001ff ${IP}`],
    [1, 'a pseudowire around ARP', `${MACS} 8847 00064140 00000000 ${MACS} 0806 ${IP}`],
    [1, 'ARP', `${MACS} 0806 0001080006040001`],
    [1, 'a length with another protocol than SNAP', `${MACS} 0026 424203 0000000000`],
    [1, 'SNAP of another organisation', `${MACS} 0026 aaaa03 00000c 010b 0000`],
    [1, 'an EtherType between length and type', `${MACS} 05dd ${IP}`],
    [1, 'MPLS around something that is not IP', `${MACS} 8847 00064140 00000000`],
    [1, 'PPPoE discovery', `${MACS} 8863 1109 0000 0000`],
    [1, 'a PPPoE packet with a code in a session', `${MACS} 8864 11a7 0001 0000`],
    [0, 'another address family', '07000000 00'],
    [0, 'a family in the middle bytes', '00020000 00'],
    [0, 'no family', '00000000 00'],
    [9, 'an LCP packet', 'ff03 c021 01010004'],
    [105, 'an 802.11 beacon', `8000 0000 ${MACS} 020000000003 0000`],
    [105, '802.11 without data', `4801 0000 ${MACS} 020000000003 0000`],
    [105, 'an encrypted 802.11 frame', `0841 0000 ${MACS} 020000000003 0000 ${SNAP} 0800 ${IP}`],
    [105, 'a later fragment of 802.11', `0801 0000 ${MACS} 020000000003 0100 ${SNAP} 0800 ${IP}`],
  ])('link type %i: %s is no IP', (linkType, _what, bytes) => {
    expect(skipLinkLayer(linkType, hex(bytes))).toBe(NOT_IP);
  });

  test('an NFLOG attribute without a length does not hang it', () => {
    expect(skipLinkLayer(239, hex('02000000 0000 0000 0000 0000'))).toBe(CUT);
  });

  test('a type that is not read is told apart from a packet that is no IP', () => {
    expect(skipLinkLayer(147, hex(IP))).toBe(UNKNOWN_LINK_TYPE);
    expect(skipLinkLayer(258, hex('0c000000 01000000 93000000'))).toBe(UNKNOWN_LINK_TYPE);
  });

  test('an Apple header inside an Apple header is not followed', () => {
    const header = '0c000000 01000000 02010000';
    expect(skipLinkLayer(258, hex(header + header))).toBe(UNKNOWN_LINK_TYPE);
  });

  test('whatever the bytes, the result is an offset in them or a reason', () => {
    const anyHeader = fc.constantFrom(...HEADERS).map(([, , header]) => hex(header));
    fc.assert(
      fc.property(
        fc.constantFrom(...LINK_TYPES),
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.tuple(anyHeader, fc.uint8Array({ maxLength: 60 })).map((parts) => Buffer.concat(parts)),
        ),
        (linkType, bytes) => {
          const offset = skipLinkLayer(linkType, bytes);
          const isReason =
            offset === CUT ||
            offset === NOT_IP ||
            offset === SEVERAL ||
            (IN_OTHERS.has(linkType) && offset === UNKNOWN_LINK_TYPE);
          expect(isReason || (offset >= 0 && offset <= bytes.length), String(offset)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('formatLinkType', () => {
  test('gives the number, and the name where it is known', () => {
    expect(formatLinkType(249)).toBe('249 (USBPCAP)');
    expect(formatLinkType(147)).toBe('147 (USER0)');
    expect(formatLinkType(162)).toBe('162 (USER15)');
    expect(formatLinkType(60_000)).toBe('60000');
  });
});
