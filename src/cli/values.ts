import { opcodeName } from '../websocket/frame.js';

/**
 * Parsers of option values. Each throws a RangeError whose message ends the sentence "argument 'x' is invalid. ...".
 */

const WHOLE = /^\d+$/;
const SIZE = /^(\d+)([kKmMgG]?)$/;
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const LARGEST_PORT = 65_535;

/** A whole number of at least 0. */
export function parseWhole(value: string): number {
  const number = Number(value);
  if (!WHOLE.test(value) || !Number.isSafeInteger(number)) throw new RangeError('It must be a whole number.');
  return number;
}

/** A TCP port, 1 to 65535. */
export function parsePort(value: string): number {
  const port = WHOLE.test(value) ? Number(value) : 0;
  if (port < 1 || port > LARGEST_PORT) throw new RangeError(`It must be a port from 1 to ${LARGEST_PORT}.`);
  return port;
}

/** A number of bytes: `4096`, `64k`, `2M`, `1G`; the suffixes count by 1024. */
export function parseSize(value: string): number {
  const match = SIZE.exec(value);
  const bytes = match === null ? Number.NaN : Number(match[1]) * FACTORS[match[2]!.toLowerCase()]!;
  if (!Number.isSafeInteger(bytes)) throw new RangeError('It must be a number of bytes, such as 4096, 64k or 2M.');
  return bytes;
}

const OPCODES: ReadonlyMap<string, number> = new Map(
  [0, 1, 2, 8, 9, 10].map((opcode) => [opcodeName(opcode), opcode] as const),
);
const LARGEST_OPCODE = 15;
const LARGEST_UINT16 = 65_535;
const MASKING_KEY = /^(?:0x)?((?:[0-9a-f]{2}[: ]?){3}[0-9a-f]{2})$/i;

/** An opcode by its name or number, 0 to 15. */
export function parseOpcode(value: string): number {
  const opcode = OPCODES.get(value) ?? (WHOLE.test(value) ? Number(value) : Number.NaN);
  if (opcode >= 0 && opcode <= LARGEST_OPCODE) return opcode;
  throw new RangeError(`It must be ${[...OPCODES.keys()].join(', ')}, or a number from 0 to ${LARGEST_OPCODE}.`);
}

/** The four bytes of a masking key, as hex. */
export function parseMaskingKey(value: string): Buffer {
  const digits = MASKING_KEY.exec(value)?.[1];
  if (digits === undefined) {
    throw new RangeError('A masking key has eight hex digits. Where a text follows, write --mask behind it.');
  }
  return Buffer.from(digits.replace(/[: ]/g, ''), 'hex');
}

/** A number of 16 bits, such as a close code. */
export function parseUint16(value: string): number {
  const number = WHOLE.test(value) ? Number(value) : Number.NaN;
  if (number <= LARGEST_UINT16) return number;
  throw new RangeError(`It must be a number from 0 to ${LARGEST_UINT16}.`);
}

/** In how many bits a payload length is written. */
export function parseLengthForm(value: string): 7 | 16 | 64 {
  if (value === '7' || value === '16' || value === '64') return Number(value) as 7 | 16 | 64;
  throw new RangeError('It must be 7, 16 or 64.');
}
