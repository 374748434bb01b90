import { readFileSync } from 'node:fs';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

/** The records, headers and all, of a fixture that is a little-endian pcap file. */
export function fixturePackets(name: string): Buffer[] {
  const file = readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
  if (file.readUInt32LE(0) !== 0xa1b2c3d4 || file.readUInt32LE(20) !== 1) throw new Error(`${name} is of another kind`);
  const records: Buffer[] = [];
  for (let at = FILE_HEADER; at < file.length;) {
    const end = at + RECORD_HEADER + file.readUInt32LE(at + 8);
    records.push(file.subarray(at, end));
    at = end;
  }
  return records;
}

/** A capture of some records. */
export function toPcap(records: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(FILE_HEADER);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  return Buffer.concat([header, ...records]);
}
