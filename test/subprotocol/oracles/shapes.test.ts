import { decode as decodeMsgpack, encode as encodeMsgpack } from '@msgpack/msgpack';
import { decode as decodeCbor, encode as encodeCbor } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCbor } from '../../../src/subprotocol/values/cbor.js';
import { readMsgpack } from '../../../src/subprotocol/values/msgpack.js';
import { json } from './generators.js';

const scalar = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
);

/** A value as JSON text, with all the digits of a number. Both packages write -0 as the integer 0. */
function textOf(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

describe('MessagePack as @msgpack/msgpack writes it', () => {
  it('is the same JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = Buffer.from(encodeMsgpack(value));
        const read = readMsgpack(bytes)!;
        expect({ value: JSON.parse(read.text) as unknown, isJson: read.isJson, end: read.end }).toEqual({
          ...{ value, isJson: true, end: bytes.length },
        });
      }),
    );
  });

  it('keeps every digit of numbers', () => {
    fc.assert(
      fc.property(scalar, (value) => {
        const bytes = Buffer.from(encodeMsgpack(value, { useBigInt64: true }));
        const read = readMsgpack(bytes)!.text;
        expect(typeof value === 'string' ? (JSON.parse(read) as unknown) : Number(read)).toEqual(
          typeof value === 'string' ? value : Number(textOf(value)),
        );
        if (typeof value === 'bigint') expect(read).toBe(String(value));
      }),
    );
    expect(readMsgpack(Buffer.from('cb8000000000000000', 'hex'))!.text).toBe('-0');
  });

  it('has bytes and extensions that JSON does not have', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const read = readMsgpack(Buffer.from(encodeMsgpack([bytes])))!;
        expect(read.isJson).toBe(false);
        expect(read.text).toBe(`[h'${Buffer.from(bytes).toString('hex')}']`);
      }),
    );
    expect(readMsgpack(Buffer.from(encodeMsgpack(new Date(0))))!.text).toBe("ext(-1, h'00000000')");
  });

  it('reads no bytes that the package refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 30 }), (bytes) => {
        const read = readMsgpack(Buffer.from(bytes));
        if (read?.end !== bytes.length || !read.isJson) return;
        // The package does not tell numbers beyond 2^53 apart, and takes no keys that come twice apart.
        expect(() => decodeMsgpack(bytes)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('CBOR as cborg writes it', () => {
  it('is the same JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = Buffer.from(encodeCbor(value));
        const read = readCbor(bytes)!;
        expect({ value: JSON.parse(read.text) as unknown, isJson: read.isJson, end: read.end }).toEqual({
          ...{ value, isJson: true, end: bytes.length },
        });
      }),
    );
  });

  it('keeps every digit of numbers', () => {
    fc.assert(
      fc.property(scalar, (value) => {
        const read = readCbor(Buffer.from(encodeCbor(value)))!.text;
        if (typeof value === 'bigint') expect(read).toBe(String(value));
        else if (typeof value === 'number') expect(Number(read)).toEqual(Number(textOf(value)));
        else expect(JSON.parse(read)).toEqual(value);
      }),
    );
    expect(readCbor(Buffer.from('f98000', 'hex'))!.text).toBe('-0');
  });

  it('reads no bytes that the package refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 30 }), (bytes) => {
        const read = readCbor(Buffer.from(bytes));
        if (read?.end !== bytes.length || !read.isJson) return;
        expect(() => {
          decodeCbor(bytes, { allowBigInt: true, rejectDuplicateMapKeys: false });
        }).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});
