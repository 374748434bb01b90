import { streamName } from '../events.js';
import { sanitize } from '../output/sanitize.js';
import { count } from '../common/words.js';
import { opcodeName } from '../websocket/frame.js';
import { diagram, hexOf } from './diagram.js';
import type { FieldPaint } from './field-paint.js';
import { bitsOf, frameFields, hexOfField, placeOf, sumOfByte } from './frame-fields.js';
import type { Field } from './header-fields.js';
import { payloadText, wrapped, type PayloadOptions } from './payload-text.js';
import { findingsOf, remarkOnCut, remarksOn } from './remarks.js';
import { isWhole, type CutFrame, type ShownFrame } from './shown-frame.js';
import { payloadBytes, type PayloadByte } from './wire-payload.js';

/** How an explanation looks. */
export interface ExplanationOptions extends PayloadOptions {
  readonly fields: FieldPaint;
  /** Bytes of the payload that are unmasked one by one. */
  readonly bytes: number;
}

/** Payload bytes in the diagram: its last row is filled up with more of them. */
const DIAGRAM_PAYLOAD = 8;
/** Bytes of a frame in one line of hex that fits into 80 columns. */
const HEX_BYTES = 24;
const INDENT = '    ';
const MEANING_COLUMN = 17;

/** A frame, explained in lines of at most 80 columns; captured text may be longer. */
export function explanationText(shown: ShownFrame | CutFrame, options: ExplanationOptions): string {
  if (!isWhole(shown)) return cutText(shown, options);
  return firstLine(shown.number, frameTitle(shown), options) + afterFirstLine(shown, options);
}

/** The explanation of a frame without its first line: nothing in it depends on the number of the frame. */
export function afterFirstLine(shown: ShownFrame, options: ExplanationOptions): string {
  const fields = frameFields(shown);
  const sections = [
    place(shown, options) + wireLine(shown, fields, options),
    diagramOf(shown, fields, options),
    fields.map((field) => fieldText(shown, field, options)).join('') + sums(shown, fields, options),
    unmasking(shown, options),
    `${options.style.heading('Payload')}\n${payloadText(options, shown)}`,
    notes(shown, options),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

/** Columns of the terminal that everything fits. */
const COLUMNS = 80;

/** What the first line says of a frame beside its number. Plain data. */
export interface FrameTitle {
  readonly kind: string;
  readonly length: string;
}

/** What the first line says of a frame beside its number. */
export function frameTitle({ frame }: ShownFrame): FrameTitle {
  const mask = frame.mask ? 'masked' : 'unmasked';
  const kind = `${mask} ${opcodeName(frame.opcode)} frame`;
  const length = `${count(frame.headerLength, 'byte')} of header, ${frame.payloadLength} of payload`;
  return { kind, length };
}

/** The first line of an explanation. */
export function firstLine(number: number, { kind, length }: FrameTitle, { style }: ExplanationOptions): string {
  const heading = `Frame ${number}`;
  // A length of 64 bits may take 20 digits: what does not fit stands on the next line.
  const joint = `${heading}: ${kind}, ${length}`.length > COLUMNS ? `,\n    ` : ', ';
  return `${style.heading(heading)}: ${kind}${joint}${length}\n`;
}

function place({ frame, connection, direction }: ShownFrame, { style }: ExplanationOptions): string {
  if (connection === undefined) return line(`begins at byte ${frame.offset} of the input`);
  const { client, server } = connection;
  const fromClient = direction === 'client-to-server';
  const ends = client === undefined || server === undefined ? [] : fromClient ? [client, server] : [server, client];
  const way = ends.length === 0 ? direction.replaceAll('-', ' ') : ends.join(` ${style.arrow} `);
  return line(`packet ${frame.at.packet}, stream ${streamName(connection)}, ${way}`);
}

/** The frame's first bytes as they were on the wire. */
function wireLine(shown: ShownFrame, fields: readonly Field[], options: ExplanationOptions): string {
  const { header, frame } = shown;
  const room = HEX_BYTES - header.length;
  const payload = payloadBytes(frame, room).map((byte) => byte?.wire);
  const bytes = [...header, ...payload];
  const shownHex = bytes.map((byte, index) => options.fields[kindOfByte(fields, index)](hexOf(byte)));
  return `${INDENT}${shownHex.join(' ')}${frame.payloadLength > room ? ' ...' : ''}\n`;
}

/** The field that a byte mostly holds: of the first two, the opcode and the length. */
function kindOfByte(fields: readonly Field[], index: number): Field['kind'] {
  const lastBit = index * 8 + 7;
  return fields.findLast(({ bit }) => bit <= lastBit)!.kind;
}

function diagramOf({ header, frame }: ShownFrame, fields: readonly Field[], options: ExplanationOptions): string {
  const filled = header.length + DIAGRAM_PAYLOAD;
  const payload = payloadBytes(frame, DIAGRAM_PAYLOAD + ((4 - (filled % 4)) % 4)).map((byte) => byte?.wire);
  const hidden =
    typeof frame.payloadLength === 'number'
      ? frame.payloadLength - payload.length
      : frame.payloadLength - BigInt(payload.length);
  return diagram([...header, ...payload], fields, hidden, options.fields);
}

/** A field: its place, bits and hex; below them what it means. */
function fieldText(shown: ShownFrame, field: Field, { fields, style }: ExplanationOptions): string {
  const paint = fields[field.kind];
  const columns = MEANING_COLUMN - INDENT.length;
  // A name that needs more room has a line of its own.
  const isLong = field.name.length >= columns;
  const name = paint(isLong ? `${field.name}\n${' '.repeat(MEANING_COLUMN)}` : field.name.padEnd(columns));
  const place = placeOf(field);
  const meaning = `${field.value}: ${field.meaning} (${field.rfc})`;
  const below = wrapped(meaning, MEANING_COLUMN);
  if (field.kind === 'payload') return `${INDENT}${name}${place}\n${below}`;
  const bits = bitsOf(shown.header, field);
  const hex = hexOfField(shown.header, field);
  const rows = Array.from({ length: Math.ceil(bits.length / ROW_BITS) }, (_, row) => {
    const digits = bits.slice(row * ROW_BITS, (row + 1) * ROW_BITS).replace(/.{8}(?=.)/g, '$& ');
    const part = bits.length <= ROW_BITS ? hex : hex.slice(row * HEX_DIGITS, (row + 1) * HEX_DIGITS);
    return `${paint(digits.padEnd(BITS_COLUMNS))}${style.label('0x')}${paint(part)}\n`;
  });
  const lead = `${INDENT}${name}${place.padEnd(PLACE_COLUMNS)}`;
  const continued = ' '.repeat(MEANING_COLUMN + PLACE_COLUMNS);
  return rows.map((row, index) => (index === 0 ? lead : continued) + row).join('') + below;
}

const ROW_BITS = 32;
const HEX_DIGITS = ROW_BITS / 4;
const PLACE_COLUMNS = 16;
const BITS_COLUMNS = 36;

/** The values of the first two bytes as sums of their fields. */
function sums({ header }: ShownFrame, fields: readonly Field[], { style }: ExplanationOptions): string {
  return ([0, 1] as const)
    .map((index) => {
      const label = style.label(`Byte ${index}`.padEnd(MEANING_COLUMN - INDENT.length));
      return `${INDENT}${label}${wrapped(sumOfByte(header, fields, index), MEANING_COLUMN).trimStart()}`;
    })
    .join('');
}

/** The first bytes of the payload, each with the byte of the key that it is unmasked with. */
function unmasking(shown: ShownFrame, options: ExplanationOptions): string {
  const { frame } = shown;
  if (!frame.mask || frame.payloadLength === 0 || options.bytes === 0) return '';
  const bytes = payloadBytes(frame, options.bytes);
  if (bytes.every((byte) => byte === undefined)) return '';
  const head = `${options.style.heading('Unmasking')} (RFC 6455 5.3): the byte on the wire XOR a byte of the key\n`;
  const rows = bytes.map((byte, index) => unmaskingRow(shown, index, byte, options));
  const hidden = Number(frame.payloadLength) - bytes.length;
  return head + rows.join('') + (hidden > 0 ? line(`... and so on for ${count(hidden, 'more byte')} (--bytes)`) : '');
}

function unmaskingRow(
  { frame }: ShownFrame,
  index: number,
  byte: PayloadByte | undefined,
  { fields }: ExplanationOptions,
): string {
  const place = `byte ${frame.headerLength + index}`.padEnd(10);
  if (byte?.key === undefined) return line(`${place}?? (not there)`);
  const wire = fields.payload(`${hexOf(byte.wire)} ${binary(byte.wire)}`);
  const key = fields.key(`${hexOf(byte.key)} ${binary(byte.key)}`);
  const plain = `${hexOf(byte.plain)} ${binary(byte.plain)}${characterOf(frame.compressed, byte.plain)}`;
  return line(`${place}${wire} ^ ${key} (key byte ${index & 3}) = ${plain}`);
}

function binary(byte: number): string {
  return byte.toString(2).padStart(8, '0');
}

/** The character that a byte is by itself; of compressed bytes and parts of longer characters, none. */
function characterOf(isCompressed: boolean, byte: number): string {
  return isCompressed || byte < 0x20 || byte > 0x7e ? '' : ` ${String.fromCharCode(byte)}`;
}

/** What else is to be known, and what is wrong. */
function notes(shown: ShownFrame, { style }: ExplanationOptions): string {
  const remarks = remarksOn(shown).map((remark) => wrapped(remark, INDENT.length));
  const findings = findingsOf(shown).map(({ severity, code, rfc, message }) => {
    const paint = severity === 'error' ? style.error : style.warning;
    const where = rfc === undefined ? code : `${code}, ${rfc}`;
    return paint(wrapped(sanitize(`${severity}: ${message} (${where})`), INDENT.length).trimEnd()) + '\n';
  });
  const all = [...remarks, ...findings];
  return all.length === 0 ? '' : `${style.heading('Notes')}\n${all.join('')}`;
}

function cutText(cut: CutFrame, { style }: ExplanationOptions): string {
  const first = `${style.heading(`Frame ${cut.number}`)}: the beginning of a frame\n`;
  const where = line(`begins at byte ${cut.offset} of the input`);
  const hex = line(Array.from(cut.bytes, hexOf).join(' '));
  return `${first}${where}${hex}\n${style.heading('Notes')}\n${wrapped(remarkOnCut(cut), INDENT.length)}`;
}

function line(text: string): string {
  return `${INDENT}${text}\n`;
}
