import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { CaptureInput } from '../../src/capture/capture-input.js';
import { read } from '../capture/read.js';

const BYTES_IN_A_ROW = 16;

function hexOf(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function printable(row: Buffer): string {
  return row.toString('latin1').replaceAll(/[^\x20-\x7e]/g, '.');
}

/** Words of some bytes in the order of a little-endian machine, as od and hexdump print them. */
function words(row: Buffer, size: number, radix = 16): string {
  const all: string[] = [];
  for (let at = 0; at < row.length; at += size) {
    const padded = Buffer.concat([row.subarray(at, at + size), Buffer.alloc(size)]).subarray(0, size);
    const digits = radix === 16 ? size * 2 : 6;
    all.push(padded.readUIntLE(0, size).toString(radix).padStart(digits, '0'));
  }
  return all.join(' ');
}

function spaced(row: Buffer): string {
  return row.toString('hex').replaceAll(/..(?=.)/g, '$& ');
}

/** One row of each form of dump: offset, then the bytes. */
const FORMS: Record<string, (offset: number, row: Buffer) => string> = {
  xxd: (offset, row) =>
    `${hexOf(offset, 8)}: ${row.toString('hex').replaceAll(/....(?=.)/g, '$& ')}  ${printable(row)}`,
  'xxd -g1': (offset, row) => `${hexOf(offset, 8)}: ${spaced(row)}  ${printable(row)}`,
  'hexdump -C': (offset, row) => `${hexOf(offset, 8)}  ${spaced(row)}  |${printable(row)}|`,
  hexdump: (offset, row) => `${hexOf(offset, 7)} ${words(row, 2)}`,
  od: (offset, row) => `${offset.toString(8).padStart(7, '0')} ${words(row, 2, 8)}`,
  'od -A x -t x1': (offset, row) => `${hexOf(offset, 6)} ${spaced(row)}`,
  'od -A x -t x2': (offset, row) => `${hexOf(offset, 6)} ${words(row, 2)}`,
  'od -A x -t x4': (offset, row) => `${hexOf(offset, 6)} ${words(row, 4)}`,
  'od -A d -t x1z': (offset, row) => `${String(offset).padStart(7, '0')} ${spaced(row)}  >${printable(row)}<`,
  'od -A n -t x1': (_offset, row) => ` ${spaced(row)}`,
  'od -A n -t x2': (_offset, row) => ` ${words(row, 2)}`,
  'od -A n -t x4': (_offset, row) => ` ${words(row, 4)}`,
  'tcpdump -x': (offset, row) => `\t0x${hexOf(offset, 4)}:  ${row.toString('hex').replaceAll(/....(?=.)/g, '$& ')}`,
  'tcpdump -X': (offset, row) =>
    `\t0x${hexOf(offset, 4)}:  ${row.toString('hex').replaceAll(/....(?=.)/g, '$& ')}  ${printable(row)}`,
  'Wireshark, hex dump': (offset, row) => `${hexOf(offset, 4)}   ${spaced(row)}`,
  'Wireshark, hex and text': (offset, row) => `${hexOf(offset, 4)}   ${spaced(row)}   ${printable(row)}`,
  'Wireshark, long offsets': (offset, row) => `${hexOf(offset, 8)}  ${spaced(row)}`,
  'text after the bytes': (_offset, row) => `${spaced(row)}   ${printable(row)}`,
};

function dumpOf(form: string, bytes: Buffer): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_IN_A_ROW) {
    rows.push(FORMS[form]!(at, bytes.subarray(at, at + BYTES_IN_A_ROW)));
  }
  return rows.join('\n') + '\n';
}

/** Bytes of which many dumps look like hex all over: digits and letters up to f, as text. */
const hexText = fc
  .array(fc.constantFrom(...Buffer.from('0123456789abcdef')), { minLength: 5, maxLength: 60 })
  .map((codes) => Buffer.from(codes));
/** One word with nothing beside it is what plain hex looks like too; from five bytes on there is more than one. */
const anyBytes = fc.uint8Array({ minLength: 5, maxLength: 60 }).map((bytes) => Buffer.from(bytes));

describe('a dump', () => {
  test.each(Object.keys(FORMS))('gives no byte that it does not hold: %s', (form) => {
    fc.assert(
      fc.property(fc.oneof(anyBytes, hexText), (bytes) => {
        const { packets } = read(CaptureInput, [Buffer.from(dumpOf(form, bytes))]);
        let from = 0;
        for (const packet of packets) {
          const at = bytes.indexOf(packet.bytes, from);
          expect(at, `${packet.bytes.toString('hex')} of ${dumpOf(form, bytes)}`).toBe(from);
          from = at + packet.bytes.length;
        }
      }),
    );
  });

  it.each(['hexdump', 'od', 'od -A x -t x2', 'od -A x -t x4', 'od -A n -t x2', 'od -A n -t x4', 'tcpdump -x'])(
    'is refused where the order of its words or what it begins with is not known: %s',
    (form) => {
      const { error, packets } = read(CaptureInput, [
        Buffer.from(dumpOf(form, Buffer.from('8187e1a4c61d8cc5f46e80cfa7', 'hex'))),
      ]);
      expect(packets).toEqual([]);
      expect(error?.message).not.toContain('\n');
      expect(error?.message).toMatch(/tshark -T fields -e/);
    },
  );

  it('names the line in which it begins', () => {
    const { error, packets } = read(CaptureInput, [Buffer.from('8105 \n0000   81 87 e1 a4\n')]);
    expect(packets.length).toBe(1);
    expect(error?.message).toMatch(/^line 2 is one of a dump/);
  });

  it.each([
    ['81 87 e1 a4 c6 1d 8c c5 f4 6e 80 cf a7', 'bytes with spaces'],
    ['8187e1a4c61d8cc5f46e80cfa7', 'tshark -e data'],
    ['81:87:e1:a4:c6:1d:8c:c5:f4:6e:80:cf:a7', 'tshark -e tcp.payload of old'],
    ['8187e1a4,c61d8cc5f46e80cfa7', 'several values'],
    ['8187e1a4, c61d8cc5, f46e80cfa7', 'several values, with spaces'],
    ['81:87:e1:a4,c6:1d:8c:c5:f4:6e:80:cf:a7', 'several values with colons'],
    ['0x81 0x87 0xe1 0xa4 0xc6 0x1d 0x8c 0xc5 0xf4 0x6e 0x80 0xcf 0xa7', '0x'],
  ])('is not what this is: %s (%s)', (text) => {
    const { error, packets } = read(CaptureInput, [Buffer.from(`${text}\n`)]);
    expect(error).toBeUndefined();
    expect(packets.map(({ bytes }) => bytes.toString('hex'))).toEqual(['8187e1a4c61d8cc5f46e80cfa7']);
  });
});
