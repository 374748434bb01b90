import { headerFields, type Field } from './header-fields.js';
import type { ShownFrame } from './shown-frame.js';

/** All fields of a frame: those of its header, and the payload where there is one. */
export function frameFields({ frame }: ShownFrame): Field[] {
  const fields = headerFields(frame);
  const { payloadLength, headerLength, mask, compressed } = frame;
  if (payloadLength === 0) return fields;
  const kind = `${mask ? 'masked' : 'as it is'}${compressed ? ', compressed' : ''}`;
  const payload: Field = {
    kind: 'payload',
    name: 'Payload data',
    bit: headerLength * 8,
    bits: typeof payloadLength === 'number' ? payloadLength * 8 : payloadLength * 8n,
    value: `${payloadLength} ${payloadLength === 1 ? 'byte' : 'bytes'}`,
    meaning: kind,
    rfc: mask ? 'RFC 6455 5.3' : 'RFC 6455 5.2',
  };
  return [...fields, payload];
}

/**
 * The bits of a field, from the header's bytes.
 *
 * @returns digits of 0 and 1, as many as the field has bits
 */
export function bitsOf(header: Buffer, { bit, bits }: Field): string {
  let digits = '';
  for (let at = bit; at < bit + Number(bits); at++) digits += String((header[at >>> 3]! >>> (7 - (at & 7))) & 1);
  return digits;
}

/**
 * A field of the header in hex: whole bytes as they are, and of a field inside a byte what it adds to it, so that the
 * fields of a byte add up to its value.
 */
export function hexOfField(header: Buffer, { bit, bits }: Field): string {
  const first = bit >>> 3;
  if (Number(bits) >= 8) return header.toString('hex', first, first + Number(bits) / 8);
  const shift = 8 - (bit & 7) - Number(bits);
  const part = header[first]! & (((1 << Number(bits)) - 1) << shift);
  return part.toString(16).padStart(2, '0');
}

/** Where a field is: `byte 0 bit 4-7`, `bytes 2-5`. */
export function placeOf({ bit, bits }: Field): string {
  const first = bit >>> 3;
  if (bit % 8 === 0 && Number(bits) >= 8) {
    const last = typeof bits === 'bigint' ? BigInt(first) + bits / 8n - 1n : first + bits / 8 - 1;
    return last === first || last === BigInt(first) ? `byte ${first}` : `bytes ${first}-${last}`;
  }
  const inByte = bit & 7;
  return bits === 1 ? `byte ${first} bit ${inByte}` : `byte ${first} bits ${inByte}-${inByte + Number(bits) - 1}`;
}

/**
 * Why the first two bytes have the values that they have: `129 = 128 (FIN) + 1 (opcode)`.
 *
 * @param index - 0 or 1
 */
export function sumOfByte(header: Buffer, fields: readonly Field[], index: 0 | 1): string {
  const parts = fields
    .filter(({ bit, bits }) => bit >>> 3 === index && Number(bits) < 8)
    .map((field) => ({ name: field.name, part: Number.parseInt(hexOfField(header, field), 16) }))
    .filter(({ part }) => part > 0)
    .map(({ name, part }) => `${part} (${name})`);
  const sum = parts.length === 0 ? 'no bit is set' : parts.join(' + ');
  const byte = header[index]!;
  return `0x${byte.toString(16).padStart(2, '0')} = ${byte} = ${sum}`;
}
