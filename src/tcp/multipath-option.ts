/** What a Multipath TCP option says (RFC 8684 section 3), as far as it is needed to put data in order. */
export type MultipathOption =
  | {
      readonly kind: 'capable';
      readonly version: number;
      /** Keys of the sender and of the receiver, where they are in it. */
      readonly senderKey: Buffer | undefined;
      readonly receiverKey: Buffer | undefined;
      /** Bytes of the first data, which come with the keys; 0 where none do. */
      readonly dataLength: number;
    }
  /** `token` names the connection to which the SYN adds a subflow. */
  | { readonly kind: 'join'; readonly token: number | undefined }
  | {
      readonly kind: 'data';
      /** The low 32 bits of the Data ACK. */
      readonly acknowledgment: number | undefined;
      readonly mapping: DataMapping | undefined;
      readonly isEnd: boolean;
    };

/** Which bytes of a subflow are which bytes of the connection. */
export interface DataMapping {
  /** The low 32 bits of the data sequence number of the first byte. */
  readonly dataSequence: number;
  /** Bytes of the subflow before the first one, counted from its SYN. */
  readonly subflowOffset: number;
  /** Bytes that are mapped, and one for a DATA_FIN; 0: the connection has fallen back to plain TCP. */
  readonly length: number;
}

const MP_CAPABLE = 0;
const MP_JOIN = 1;
const DSS = 2;
const KEY = 8;
const KEY_OFFSET = 4;

/** Flags of the DSS option. */
const DATA_FIN = 0x10;
const LONG_SEQUENCE = 0x08;
const HAS_MAPPING = 0x04;
const LONG_ACKNOWLEDGMENT = 0x02;
const HAS_ACKNOWLEDGMENT = 0x01;

/** Decodes an option of kind 30. @returns `undefined` where it is of another subtype, or shorter than it says */
export function decodeMultipathOption(option: Buffer): MultipathOption | undefined {
  if (option.length < 4) return undefined;
  switch (option[2]! >> 4) {
    case MP_CAPABLE:
      return {
        kind: 'capable',
        version: option[2]! & 0xf,
        senderKey: keyAt(option, KEY_OFFSET),
        receiverKey: keyAt(option, KEY_OFFSET + KEY),
        dataLength: option.length < KEY_OFFSET + 2 * KEY + 2 ? 0 : option.readUInt16BE(KEY_OFFSET + 2 * KEY),
      };
    case MP_JOIN:
      // Only the SYN has a token; SYN/ACK and ACK are longer.
      return { kind: 'join', token: option.length === 12 ? option.readInt32BE(4) : undefined };
    case DSS:
      return decodeData(option);
    default:
      return undefined;
  }
}

function keyAt(option: Buffer, offset: number): Buffer | undefined {
  return option.length >= offset + KEY ? Buffer.from(option.subarray(offset, offset + KEY)) : undefined;
}

function decodeData(option: Buffer): MultipathOption | undefined {
  const flags = option[3]!;
  let at = 4;
  let acknowledgment: number | undefined;
  if ((flags & HAS_ACKNOWLEDGMENT) !== 0) {
    if ((flags & LONG_ACKNOWLEDGMENT) !== 0) at += 4;
    if (option.length < at + 4) return undefined;
    acknowledgment = option.readInt32BE(at);
    at += 4;
  }
  if ((flags & HAS_MAPPING) === 0) return { kind: 'data', acknowledgment, mapping: undefined, isEnd: false };
  if ((flags & LONG_SEQUENCE) !== 0) at += 4;
  if (option.length < at + 10) return undefined;
  const mapping = {
    dataSequence: option.readInt32BE(at),
    subflowOffset: option.readInt32BE(at + 4),
    length: option.readUInt16BE(at + 8),
  };
  return { kind: 'data', acknowledgment, mapping, isEnd: (flags & DATA_FIN) !== 0 };
}
