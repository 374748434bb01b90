/** Flags of a TCP header (RFC 9293 section 3.1). */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** LINKTYPE_RAW: packets begin with their IP header. */
export const LINKTYPE_RAW = 101;

/** Bytes of the two headers of {@link segmentBytes}. */
export const HEADERS = 40;

/** One end of a connection. */
export interface Endpoint {
  /** An IPv4 address as a number. */
  readonly address: number;
  readonly port: number;
}

/** What a segment says; sequence numbers are cut to 32 bits. */
export interface SegmentFields {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly sequence: number;
  readonly acknowledgment?: number;
  readonly flags?: number;
  readonly payload?: Uint8Array;
}

/** The bytes of an IPv4 packet with a TCP segment. Checksums are 0, as where the network card fills them in. */
export function segmentBytes(fields: SegmentFields): Buffer {
  const { from, to, payload = EMPTY } = fields;
  const bytes = Buffer.alloc(HEADERS + payload.length);
  bytes[0] = 0x45;
  bytes.writeUInt16BE(bytes.length, 2);
  bytes[8] = 64;
  bytes[9] = 6;
  bytes.writeUInt32BE(from.address, 12);
  bytes.writeUInt32BE(to.address, 16);
  bytes.writeUInt16BE(from.port, 20);
  bytes.writeUInt16BE(to.port, 22);
  bytes.writeUInt32BE(fields.sequence >>> 0, 24);
  bytes.writeUInt32BE((fields.acknowledgment ?? 0) >>> 0, 28);
  bytes[32] = 0x50;
  bytes[33] = fields.flags ?? ACK;
  bytes.writeUInt16BE(0xffff, 34);
  bytes.set(payload, HEADERS);
  return bytes;
}

const EMPTY = new Uint8Array(0);
