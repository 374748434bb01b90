import { spacedHex } from '../common/words.js';
import { isDump } from './text/hex-line.js';
import { areDecimals } from './text/literal.js';
import { readUint32 } from './pcap/byte-order.js';
import { pcapByteOrder } from './pcap/pcap-header.js';
import { SECTION_HEADER } from './pcapng/pcapng-block.js';
import { textForm, TEXT_LOOKED_AT, type TextForm } from './text-form.js';

/** The formats of a capture. */
export type CaptureFormat = 'pcap' | 'pcapng' | 'hex' | 'har' | 'netlog' | TextForm;

/** Bytes of magic number that every binary format has. */
const MAGIC_LENGTH = 4;
/** Bytes that are looked at for hex; more would not tell more. */
const SNIFFED_LENGTH = 64;
/** Bytes of an unknown format that are shown: as many as the longest magic number in the table has. */
const SHOWN_LENGTH = 8;

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Tells the format of a capture by its first bytes.
 *
 * @param head - the first bytes, as many as there are
 * @param isAll - nothing follows them
 * @returns `undefined` where more bytes are needed, `unknown` where it is not one of the formats
 */
export function sniff(head: Uint8Array, isAll: boolean): CaptureFormat | 'unknown' | undefined {
  if (head.length < MAGIC_LENGTH) return isAll ? formatOf(firstLine(head), head) : undefined;
  if (pcapByteOrder(head) !== undefined) return 'pcap';
  if (readUint32(head, 0, false) === SECTION_HEADER) return 'pcapng';
  // As many bytes as are looked at, whatever the chunks: so the same is said of the same input.
  const line = firstLine(head);
  const isLine = head.indexOf(LINE_FEED, MAGIC_LENGTH) >= 0 && line.every(isHexLineByte);
  if (!isAll && !isLine && head.length < SNIFFED_LENGTH) return undefined;
  const isClear = isAll || head.length >= TEXT_LOOKED_AT || line.every(isHexLineByte) || !isText(line);
  return isClear ? formatOf(line, head) : undefined;
}

/** The first line, as far as it is looked at. */
function firstLine(head: Uint8Array): Uint8Array {
  const lineFeed = head.indexOf(LINE_FEED, MAGIC_LENGTH);
  const end = lineFeed < 0 ? SNIFFED_LENGTH : Math.min(lineFeed, SNIFFED_LENGTH);
  return head.subarray(byteOrderMarkLength(head), end);
}

/** The format of what is neither pcap nor pcapng. */
function formatOf(line: Uint8Array, head: Uint8Array): CaptureFormat | 'unknown' {
  if (line.every(isHexLineByte)) {
    const text = Buffer.from(line).toString('latin1');
    // What is cut off may be part of a number.
    if (areDecimals(line.length < SNIFFED_LENGTH ? text : text.replace(/[^,\s]*$/, ''))) return 'literal';
    return isDump(text) ? 'dump' : 'hex';
  }
  if (!isText(line)) return 'unknown';
  const text = Buffer.from(head.subarray(byteOrderMarkLength(head), TEXT_LOOKED_AT)).toString('latin1');
  if (/^\s*\{\s*"constants"\s*:/.test(text)) return 'netlog';
  return isHar(text) ? 'har' : (textForm(text) ?? 'unknown');
}

/** JSON whose outermost object has a member `log`, as far as it is looked at. */
function isHar(text: string): boolean {
  return /^\s*\{\s*"log"\s*:/.test(text) || (/^\s*\{\s*"/.test(text) && /"log"\s*:\s*\{/.test(text));
}

function isText(line: Uint8Array): boolean {
  return line.every((byte) => byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte >= 0x20);
}

/** Bytes of UTF-8 byte order mark at the beginning: 3 or 0. */
export function byteOrderMarkLength(head: Uint8Array): 0 | 3 {
  return BYTE_ORDER_MARK.every((byte, index) => head[index] === byte) ? 3 : 0;
}

function isHexLineByte(byte: number): boolean {
  return HEX_LINE_BYTES.includes(byte);
}

const HEX_LINE_BYTES = Buffer.from('0123456789abcdefABCDEFxX:, \t\r\n');

/** The time that lines of tcpdump begin with. */
const TCPDUMP = /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{6} /;

/** What begins with bytes that somebody may take for a capture. */
const KNOWN: readonly (readonly [name: string, hex: string])[] = [
  ['a gzip file inside the gzip file', '1f8b'],
  ['a zip archive', '504b0304'],
  ['a bzip2 file inside a compressed one', '425a68'],
  ['an xz file inside a compressed one', 'fd377a585a00'],
  ['a zstd file inside a compressed one', '28b52ffd'],
  ['an lz4 file inside a compressed one', '04224d18'],
  ['a snoop capture, which editcap -F pcap IN OUT converts,', '736e6f6f70000000'],
  ['a Network Monitor capture, which editcap -F pcap IN OUT converts,', '474d4255'],
  ['a Network Monitor 1 capture, which editcap -F pcap IN OUT converts,', '52545353'],
  ['an ELF program', '7f454c46'],
  ['UTF-16 text', 'fffe'],
  ['UTF-16 text', 'feff'],
  ['JSON text', '7b'],
  ['JSON text', '5b'],
  ['XML or HTML text', '3c'],
];

/** One clause on what the input is instead of a capture: its first bytes, and what has such bytes where that is known. */
export function describeUnknown(head: Uint8Array): string {
  const text = Buffer.from(head.subarray(0, SNIFFED_LENGTH)).toString('latin1');
  if (isDump(text)) return 'it looks like a dump with offsets, as xxd, hexdump, od, tcpdump and Wireshark print it';
  if (TCPDUMP.test(text)) return 'it looks like what tcpdump prints';
  const hex = Buffer.from(head.subarray(0, SHOWN_LENGTH)).toString('hex');
  const known = KNOWN.find(([, magic]) => hex.startsWith(magic));
  const bytes = spacedHex(hex);
  return known === undefined ? `it begins with the bytes ${bytes}` : `it looks like ${known[0]} (bytes ${bytes})`;
}
