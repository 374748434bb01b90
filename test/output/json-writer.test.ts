import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonWriter } from '../../src/output/json/json-writer.js';
import { unmask } from '../../src/websocket/unmask.js';

const CHARACTERS = [
  'a',
  'Z',
  '0',
  ' ',
  '"',
  '\\',
  '\n',
  '\u0000',
  '\u001b',
  '\u007f',
  'é',
  '\u009b',
  '日',
  '🎌',
  '\u202e',
];
const texts = fc
  .array(fc.constantFrom(...CHARACTERS), { maxLength: 60 })
  .map((characters) => Buffer.from(characters.join('')));
const ascii = texts.map((bytes) => bytes.filter((byte) => byte < 0x80)).map((bytes) => Buffer.from(bytes));
const keys = fc.nat(2 ** 32 - 1);

function written(write: (writer: JsonWriter) => boolean): string | undefined {
  const writer = new JsonWriter();
  writer.ascii('x');
  const isDone = write(writer);
  const text = Buffer.concat([...writer.pieces()].map((piece) => Buffer.from(piece))).toString('utf8');
  if (!isDone) expect(text).toBe('x');
  return isDone ? text.slice(1) : undefined;
}

/** Writes text that stands masked between other bytes. */
function writtenMasked(bytes: Buffer, key: number): string | undefined {
  const { length } = bytes;
  const around = Buffer.alloc(length + 7, 0xee);
  unmask(bytes, 0, length, around, 3, key, 0);
  return written((writer) => writer.maskedAscii(around, 3, 3 + length, key));
}

describe('text', () => {
  it('is JSON of what was written, whatever characters stand side by side', () => {
    fc.assert(
      fc.property(texts, (bytes) => {
        const text = written((writer) => writer.utf8(bytes))!;
        expect(JSON.parse(text)).toBe(bytes.toString('utf8'));
        expect(text).not.toMatch(/[\0-\x1f\x7f-\x9f\u202e]/);
      }),
    );
  });

  it('that is masked is written as without its mask', () => {
    fc.assert(
      fc.property(ascii, keys, (bytes, key) => {
        expect(writtenMasked(bytes, key)).toBe(written((writer) => writer.utf8(bytes)));
      }),
    );
  });

  it('in base64 that is masked is written as without its mask', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), keys, (payload, key) => {
        const around = Buffer.alloc(payload.length + 7, 0xee);
        unmask(Buffer.from(payload), 0, payload.length, around, 3, key, 0);
        const text = written((writer) => {
          writer.maskedBase64(around, 3, 3 + payload.length, key);
          return true;
        });
        expect(text).toBe(JSON.stringify(Buffer.from(payload).toString('base64')));
      }),
    );
  });

  it('that is masked is left alone where it is not all ASCII', () => {
    fc.assert(
      fc.property(ascii, fc.constantFrom('é', '日', '\xff'), ascii, keys, (before, other, after, key) => {
        const bytes = Buffer.concat([before, Buffer.from(other, other === '\xff' ? 'latin1' : 'utf8'), after]);
        expect(writtenMasked(bytes, key)).toBeUndefined();
      }),
    );
  });
});
