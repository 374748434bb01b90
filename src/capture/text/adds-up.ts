/** Link types of what is recognised by its headers. */
const LINKTYPE_NULL = 0;
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;
const LINKTYPE_LOOP = 108;
const LINKTYPE_LINUX_SLL = 113;
const LINKTYPE_LINUX_SLL2 = 276;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];
const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
/** Hop-by-hop, TCP, UDP, routing, fragment, ICMPv6, no next header, destination options. */
const NEXT_HEADERS: readonly number[] = [0, 6, 17, 43, 44, 58, 59, 60];
/** Bytes that Ethernet pads the shortest frame with at most, and its check sequence. */
const MOST_PADDING = 46 + 4;
/** Address families of IPv4 and IPv6 in the header of loopback captures. */
const FAMILIES: Readonly<Record<number, number>> = { 2: IPV4, 24: IPV6, 28: IPV6, 30: IPV6 };

/**
 * The link type of a packet that is known by its bytes alone: an IP header whose version, lengths and checksum agree, at
 * the beginning or after an Ethernet, Linux cooked or loopback header. `undefined` for all other bytes.
 *
 * @param mayBeCut - the packet may be longer than its bytes
 */
export function linkTypeOf(bytes: Buffer, mayBeCut = false): number | undefined {
  const adds = (type: number | undefined, offset: number): boolean => addsUp(type, bytes, offset, mayBeCut);
  if (bytes.length < IPV4_HEADER) return undefined;
  const version = bytes[0]! >>> 4;
  if (adds(version === 4 ? IPV4 : version === 6 ? IPV6 : undefined, 0)) return LINKTYPE_RAW;
  if (adds(bytes.readUInt16BE(12), 14)) return LINKTYPE_ETHERNET;
  if (VLAN_TAGS.includes(bytes.readUInt16BE(12)) && adds(bytes.readUInt16BE(16), 18)) return LINKTYPE_ETHERNET;
  if (adds(FAMILIES[bytes.readUInt32LE(0)], 4)) return LINKTYPE_NULL;
  if (adds(FAMILIES[bytes.readUInt32BE(0)], 4)) return LINKTYPE_LOOP;
  if (adds(bytes.readUInt16BE(14), 16)) return LINKTYPE_LINUX_SLL;
  if (adds(bytes.readUInt16BE(0), 20)) return LINKTYPE_LINUX_SLL2;
  return undefined;
}

/** Bytes that a packet had on the wire, where its IP header says that more of it were sent than are there. */
export function wireLengthOf(bytes: Buffer, linkType: number): number {
  const offset = IP_OFFSETS[linkType];
  if (offset === undefined || bytes.length < offset + IPV4_HEADER) return bytes.length;
  const total =
    bytes[offset]! >>> 4 === 4 ? bytes.readUInt16BE(offset + 2) : IPV6_HEADER + bytes.readUInt16BE(offset + 4);
  return Math.max(bytes.length, offset + total);
}

const IP_OFFSETS: Readonly<Record<number, number>> = {
  [LINKTYPE_RAW]: 0,
  [LINKTYPE_ETHERNET]: 14,
  [LINKTYPE_NULL]: 4,
  [LINKTYPE_LOOP]: 4,
  [LINKTYPE_LINUX_SLL]: 16,
  [LINKTYPE_LINUX_SLL2]: 20,
};

function addsUp(type: number | undefined, bytes: Buffer, offset: number, mayBeCut: boolean): boolean {
  const there = bytes.length - offset;
  if (type === IPV4) return there >= IPV4_HEADER && isIpv4(bytes, offset, there, mayBeCut);
  return type === IPV6 && there >= IPV6_HEADER && isIpv6(bytes, offset, there, mayBeCut);
}

function isIpv4(bytes: Buffer, offset: number, there: number, mayBeCut: boolean): boolean {
  const headerLength = (bytes[offset]! & 0x0f) * 4;
  if (bytes[offset]! >>> 4 !== 4 || headerLength < IPV4_HEADER || headerLength > there) return false;
  const total = bytes.readUInt16BE(offset + 2);
  return total >= headerLength && fits(total, there, mayBeCut) && checksum(bytes, offset, headerLength) === 0xffff;
}

function isIpv6(bytes: Buffer, offset: number, there: number, mayBeCut: boolean): boolean {
  const total = IPV6_HEADER + bytes.readUInt16BE(offset + 4);
  return bytes[offset]! >>> 4 === 6 && NEXT_HEADERS.includes(bytes[offset + 6]!) && fits(total, there, mayBeCut);
}

function fits(total: number, there: number, mayBeCut: boolean): boolean {
  return total > there ? mayBeCut : there - total <= MOST_PADDING;
}

/** The sum of a header's 16-bit words with the carries added (RFC 1071): 0xffff where its checksum is right. */
function checksum(bytes: Buffer, offset: number, length: number): number {
  let sum = 0;
  for (let at = offset; at < offset + length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
