import { TUNNEL_PORTS, type TunnelName } from '../../ip/udp-tunnels.js';
import { opcodeName } from '../../websocket/frame.js';
import { nearest } from '../../common/nearest.js';
import type { DecodeChoice } from '../../subprotocol/meaning-reader.js';
import { PROTOCOLS, type ProtocolName } from '../../subprotocol/sub-protocol.js';

/**
 * Parsers of option values. Each throws a RangeError whose message ends the sentence "argument 'x' is invalid. ...".
 */

const WHOLE = /^\d+$/;
const STREAM = /^(\d+)(?:\.(\d+))?$/;
const SIZE = /^(\d+)([kKmMgG]?)$/;
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const LARGEST_PORT = 65_535;

/** A whole number of at least 0. */
export function parseWhole(value: string): number {
  const number = Number(value);
  if (!WHOLE.test(value) || !Number.isSafeInteger(number)) throw new RangeError('It must be a whole number.');
  return number;
}

/** A TCP connection, or one stream of HTTP/2 on it. */
export interface StreamChoice {
  readonly stream: number;
  readonly http2Stream?: number;
}

/** A connection by its number, `0`, or a stream of HTTP/2 on it, `0.5`. */
export function parseStream(value: string): StreamChoice {
  const [, stream, http2Stream] = STREAM.exec(value) ?? [];
  const choice = {
    stream: toWhole(stream ?? ''),
    ...(http2Stream === undefined ? {} : { http2Stream: toWhole(http2Stream) }),
  };
  if (Object.values(choice).every((number) => Number.isSafeInteger(number))) return choice;
  throw new RangeError('It must be a number from 0, or that and a stream of HTTP/2, such as 0.5.');
}

/** A TCP port, 1 to 65535. */
export function parsePort(value: string): number {
  const port = WHOLE.test(value) ? Number(value) : 0;
  if (port < 1 || port > LARGEST_PORT) throw new RangeError(`It must be a port from 1 to ${LARGEST_PORT}.`);
  return port;
}

const TUNNEL = /^udp\/(\d+)=(.+)$/;

/** A UDP port and the tunnel that it stands for: `udp/6082=geneve`. */
export function parseTunnel(value: string): readonly [port: number, tunnel: TunnelName] {
  const [, digits, name] = TUNNEL.exec(value) ?? [];
  const port = Number(digits ?? 0);
  if (port < 1 || port > LARGEST_PORT || name === undefined || !Object.hasOwn(TUNNEL_PORTS, name)) {
    throw new RangeError(`It must be such as udp/6082=geneve, with one of ${Object.keys(TUNNEL_PORTS).join(', ')}.`);
  }
  return [port, name as TunnelName];
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
const PACKETS = /^(\d*)-(\d*)$/;
const LARGEST_UINT16 = 65_535;
const MOST_JOBS = 256;
const MOST_SHARDS = 10_000;
const HEX_ONLY = /^(?:0x)?[0-9a-f: ]*$/i;
const MASKING_KEY = /^(?:0x)?((?:[0-9a-f]{2}[: ]?){3}[0-9a-f]{2})$/i;

/** An opcode by its name or number, 0 to 15. */
export function parseOpcode(value: string): number {
  const opcode = OPCODES.get(value) ?? (WHOLE.test(value) ? Number(value) : Number.NaN);
  if (opcode >= 0 && opcode <= LARGEST_OPCODE) return opcode;
  throw new RangeError(`It must be ${[...OPCODES.keys()].join(', ')}, or a number from 0 to ${LARGEST_OPCODE}.`);
}

/** Opcodes, by their names or numbers, with commas between them. */
export function parseOpcodes(value: string): number[] {
  return value.split(',').map(parseOpcode);
}

/** A number of things of which one wants at least one. */
export function parseCount(value: string): number {
  const count = WHOLE.test(value) ? Number(value) : 0;
  if (count < 1 || !Number.isSafeInteger(count)) throw new RangeError('It must be a whole number of at least 1.');
  return count;
}

/** A number of threads, or `auto`. */
export function parseJobs(value: string): number | 'auto' {
  if (value === 'auto') return value;
  const count = WHOLE.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= MOST_JOBS) return count;
  throw new RangeError(`It must be auto, or a number from 1 to ${MOST_JOBS}.`);
}

/** How many shards a capture set is split into. */
export function parseShards(value: string): number {
  const count = WHOLE.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= MOST_SHARDS) return count;
  throw new RangeError(`It must be a number from 1 to ${MOST_SHARDS}.`);
}

/** Packets from one number to another, both included. */
export interface PacketRange {
  readonly first: number;
  /** Infinite where all packets from the first one on are meant. */
  readonly last: number;
}

/** Packets: `4`, `4-9`, `4-` or `-9`. */
export function parsePackets(value: string): PacketRange {
  const [, from, to] = PACKETS.exec(value) ?? [undefined, value, value];
  const first = from === '' ? 1 : toWhole(from);
  const last = to === '' ? Number.POSITIVE_INFINITY : toWhole(to);
  if (first >= 1 && first <= last && value !== '-') return { first, last };
  throw new RangeError('It must be packets, counted from 1, such as 4, 4-9, 4- or -9.');
}

function toWhole(digits: string): number {
  return WHOLE.test(digits) ? Number(digits) : Number.NaN;
}

/** A regular expression, which is given back as it is. */
export function parsePattern(value: string): string {
  try {
    new RegExp(value, 'u');
    return value;
  } catch (error) {
    throw new RangeError(`It must be a regular expression of JavaScript: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/** The four bytes of a masking key, as hex; a word that is no hex at all is given back as it is. */
export function parseMaskingKey(value: string): Buffer | string {
  const digits = MASKING_KEY.exec(value)?.[1];
  if (digits !== undefined) return Buffer.from(digits.replace(/[: ]/g, ''), 'hex');
  if (!HEX_ONLY.test(value)) return value;
  throw new RangeError('A masking key has eight hex digits. Where a text follows, write --mask after it.');
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

/** Names with commas between them. */
export function parseNames(value: string): string[] {
  const names = value.split(',').map((name) => name.trim());
  if (!names.includes('')) return names;
  throw new RangeError('It must be names with commas between them.');
}

/** `auto`, `off`, or names of protocols with commas between them. */
export function parseDecode(value: string): DecodeChoice {
  if (value === 'auto' || value === 'off') return value;
  return value.split(',').map((word) => parseProtocol(word.trim()));
}

function parseProtocol(word: string): ProtocolName {
  const found = PROTOCOLS.find((name) => name === word.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(word, ['auto', 'off', ...PROTOCOLS]);
  throw new RangeError(
    `It must be auto, off, or names of ${PROTOCOLS.join(', ')}${near === undefined ? '' : `: did you mean ${near}?`}`,
  );
}
