import { CLOSE, CONTINUATION, opcodeName, PING, PONG, TEXT, BINARY, type FrameHeader } from '../websocket/frame.js';
import { extendedLength } from '../websocket/header-bytes.js';

/** What a part of a frame is: parts of one kind have one colour. */
export type FieldKind = 'fin' | 'rsv' | 'opcode' | 'mask' | 'length' | 'key' | 'payload';

/** One field of a frame: where it is, what it holds and what that means. */
export interface Field {
  readonly kind: FieldKind;
  /** As RFC 6455 section 5.2 names it. */
  readonly name: string;
  /** Bits of the frame before it. */
  readonly bit: number;
  /** How many bits it has; a `bigint` for a payload longer than 2^53 bits. */
  readonly bits: number | bigint;
  readonly value: string;
  /** What the value means: begins in lower case, ends without a full stop. */
  readonly meaning: string;
  readonly rfc: string;
}

const FRAMING = 'RFC 6455 5.2';

/** The fields of a header, in the order of the wire (RFC 6455 section 5.2). */
export function headerFields(header: FrameHeader): Field[] {
  const fields: Field[] = [
    {
      kind: 'fin',
      name: 'FIN',
      bit: 0,
      bits: 1,
      value: String(+header.fin),
      meaning: finMeaning(header),
      rfc: FRAMING,
    },
    { kind: 'rsv', name: 'RSV1', bit: 1, bits: 1, value: String(+header.rsv1), ...rsv1Meaning(header) },
    reserved('RSV2', 2, header.rsv2),
    reserved('RSV3', 3, header.rsv3),
    { kind: 'opcode', name: 'opcode', bit: 4, bits: 4, value: String(header.opcode), ...opcodeMeaning(header.opcode) },
    { kind: 'mask', name: 'MASK', bit: 8, bits: 1, value: String(+header.mask), ...maskMeaning(header.mask) },
    ...lengthFields(header),
  ];
  if (header.maskingKey === undefined) return fields;
  const bit = (header.headerLength - 4) * 8;
  const value = header.maskingKey.toString(16).padStart(8, '0');
  const meaning = 'byte i of the payload was sent XOR byte i mod 4 of this key';
  return [...fields, { kind: 'key', name: 'Masking-key', bit, bits: 32, value, meaning, rfc: 'RFC 6455 5.3' }];
}

function finMeaning({ fin, opcode }: FrameHeader): string {
  if (!fin) return 'more frames of this message follow';
  if (opcode === CONTINUATION) return 'the last frame of its message';
  return 'the last frame of its message, and the first: the message is this one frame';
}

function rsv1Meaning({ rsv1, opcode }: FrameHeader): Pick<Field, 'meaning' | 'rfc'> {
  const rfc = 'RFC 7692 6';
  if (opcode === CONTINUATION) {
    return { meaning: 'always 0 here: only the first frame tells whether the message is compressed', rfc };
  }
  if (opcode > BINARY) return { meaning: 'must be 0: only text and binary messages are compressed', rfc };
  return { meaning: rsv1 ? 'the message is compressed (permessage-deflate)' : 'the message is not compressed', rfc };
}

function reserved(name: string, bit: number, isSet: boolean): Field {
  const meaning = isSet ? 'must be 0, unless an extension gives it a meaning' : 'reserved for extensions';
  return { kind: 'rsv', name, bit, bits: 1, value: String(+isSet), meaning, rfc: FRAMING };
}

function opcodeMeaning(opcode: number): Pick<Field, 'meaning' | 'rfc'> {
  const name = opcodeName(opcode);
  switch (opcode) {
    case CONTINUATION:
      return { meaning: `${name}: continues the message that an earlier frame began`, rfc: 'RFC 6455 5.4' };
    case TEXT:
      return { meaning: `${name}: the message is UTF-8`, rfc: 'RFC 6455 5.6' };
    case BINARY:
      return { meaning: `${name}: the message is bytes of any kind`, rfc: 'RFC 6455 5.6' };
    case CLOSE:
      return { meaning: `${name}: the sender sends nothing more, and awaits a close frame`, rfc: 'RFC 6455 5.5.1' };
    case PING:
      return { meaning: `${name}: the receiver answers with a pong of the same payload`, rfc: 'RFC 6455 5.5.2' };
    case PONG:
      return { meaning: `${name}: the answer to a ping, or an unsolicited sign of life`, rfc: 'RFC 6455 5.5.3' };
    default:
      return { meaning: `${name}: it has no meaning, and the receiver must fail the connection`, rfc: FRAMING };
  }
}

function maskMeaning(mask: boolean): Pick<Field, 'meaning' | 'rfc'> {
  const meaning = mask
    ? 'the payload is masked, as every frame of a client must be'
    : 'the payload is not masked, as no frame of a server may be; a client must mask';
  return { meaning, rfc: 'RFC 6455 5.1' };
}

function lengthFields(header: FrameHeader): Field[] {
  const { payloadLength } = header;
  const bytes = `${payloadLength} ${payloadLength === 1 ? 'byte' : 'bytes'} of payload`;
  const extended = extendedLength(header);
  const part = { kind: 'length', rfc: FRAMING } as const;
  if (extended === 0) {
    return [{ ...part, name: 'Payload len', bit: 9, bits: 7, value: String(payloadLength), meaning: bytes }];
  }
  const [form, meaning] =
    extended === 2
      ? (['126', '126 stands for a length in the next 2 bytes'] as const)
      : (['127', '127 stands for a length in the next 8 bytes'] as const);
  return [
    { ...part, name: 'Payload len', bit: 9, bits: 7, value: form, meaning },
    {
      ...part,
      name: 'Extended payload length',
      bit: 16,
      bits: extended * 8,
      value: String(payloadLength),
      meaning: `${bytes}; the most significant byte comes first`,
    },
  ];
}
