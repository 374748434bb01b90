import { describe, expect, test } from 'vitest';
import { RecordCursor } from '../../src/capture/pcap/record-cursor.js';

const BYTES = Buffer.from('00112233ff445566', 'hex');

function loaded(littleEndian: boolean): RecordCursor {
  const cursor = new RecordCursor(littleEndian);
  cursor.load(BYTES);
  return cursor;
}

describe('a cursor over the records of a chunk', () => {
  test('reads unsigned numbers in the byte order of the file', () => {
    expect(loaded(false).readUInt32(4)).toBe(0xff445566);
    expect(loaded(true).readUInt32(1)).toBe(0xff332211);
  });

  test('moves on where a buffer would be cut, and counts what is left', () => {
    const cursor = loaded(false);
    expect(cursor.slice(4)).toBe(cursor);
    expect(cursor.length).toBe(4);
    expect(cursor.readUInt32(0)).toBe(0xff445566);
  });

  test('gives a view of bytes, and of none, without moving', () => {
    const cursor = loaded(false);
    cursor.slice(2);
    const view = cursor.slice(0, 3) as Buffer;
    expect(view.toString('hex')).toBe('2233ff');
    expect(view.buffer).toBe(BYTES.buffer);
    expect((cursor.slice(0, 0) as Buffer).length).toBe(0);
    expect(cursor.length).toBe(6);
  });

  test('forgets what was there when more is loaded', () => {
    const cursor = loaded(false);
    cursor.slice(8);
    expect(cursor.length).toBe(0);
    cursor.load(BYTES.subarray(4));
    expect(cursor.length).toBe(4);
    expect(cursor.readUInt32(0)).toBe(0xff445566);
  });
});
