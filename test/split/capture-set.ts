import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePcap, type WrittenPacket } from '../../src/capture/pcap/pcap-writer.js';
import { PcapReader } from '../../src/capture/pcap/pcap.js';
import { read } from '../capture/read.js';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');

/** Packets of one capture. */
export type Packets = readonly WrittenPacket[];

/** The packets of a pcap fixture of Ethernet; none where it is of something else. */
export function packetsOf(name: string): Packets {
  const { packets } = read(PcapReader, [readFileSync(join(FIXTURES, name))]);
  if (packets.some(({ linkType }) => linkType !== 1)) return [];
  return packets.map(({ at, bytes, originalLength }) => {
    return { seconds: at.seconds, nanoseconds: at.nanoseconds, bytes: Buffer.from(bytes), originalLength };
  });
}

/** The names of the pcap fixtures. */
export function fixtureNames(): string[] {
  return readdirSync(FIXTURES).filter((name) => name.endsWith('.pcap'));
}

/** Captures as one: their packets by turns, some seconds apart. */
export function interleave(captures: readonly Packets[], step = 0.3): WrittenPacket[] {
  const all: WrittenPacket[] = [];
  const longest = Math.max(...captures.map(({ length }) => length));
  for (let turn = 0; turn < longest; turn++) {
    for (const packets of captures) if (turn < packets.length) all.push(packets[turn]!);
  }
  return all.map((packet, index) => {
    const time = 1_600_000_000 + index * step;
    return { ...packet, seconds: Math.floor(time), nanoseconds: Math.round((time % 1) * 1e6) * 1000 };
  });
}

/** Other addresses, so that the same capture can be there twice. @param octet - of both addresses of IPv4, the second */
export function readdressed(packets: Packets, octet: number): Packets {
  return packets.map((packet) => {
    const bytes = Buffer.from(packet.bytes);
    // Checksums are not looked at.
    if (bytes.readUInt16BE(12) === 0x0800) bytes[26 + 1] = bytes[30 + 1] = octet;
    return { ...packet, bytes };
  });
}

/** Writes packets into files, each with those up to a place. @returns their names */
export function writeFiles(folder: string, packets: Packets, cuts: readonly number[]): string[] {
  const ends = [...cuts, packets.length];
  return ends.map((end, index) => {
    const path = join(folder, `set.pcap${index === 0 ? '' : index}`);
    writeFileSync(path, writePcap(packets.slice(index === 0 ? 0 : ends[index - 1], end), { linkType: 1 }));
    return path;
  });
}
