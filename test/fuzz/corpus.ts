import { readdirSync, readFileSync } from 'node:fs';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { CaptureInput } from '../../src/capture/capture-input.js';
import type { Packet } from '../../src/capture/packet.js';
import { PacketDecoder } from '../../src/ip/packet-decoder.js';
import { PcapngBuilder } from '../support/pcapng.js';

/** What a capture's mutators may know of it. */
export interface Specimen {
  readonly name: string;
  readonly bytes: Buffer;
  /** Text of the key log that belongs to it. */
  readonly keyLog: Buffer | undefined;
}

const FOLDER = new URL('../../fixtures/', import.meta.url);
/** A mutation of a larger one is hardly ever one that a smaller one does not have. */
const LARGEST = 20_000;

/** Every fixture that is not too large, and some of them in the other formats too. */
export function loadCorpus(): Specimen[] {
  const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).sort();
  const specimens = names
    .filter((name) => /\.(pcap|pcapng|gz|hex|har|netlog\.json)$/.test(name))
    .map((name) => ({ name, bytes: readFileSync(new URL(name, FOLDER)), keyLog: keyLogOf(name, names) }))
    .filter(({ bytes }) => bytes.length <= LARGEST);
  const plain = specimens.filter(({ name }) => name.endsWith('.pcap'));
  return [
    ...specimens,
    ...plain.map((specimen) => ({ ...specimen, name: `${specimen.name} as pcapng`, bytes: toPcapng(specimen.bytes) })),
    ...plain
      .map((specimen) => ({ ...specimen, name: `${specimen.name} as hex`, bytes: toHex(specimen.bytes) }))
      .filter(({ bytes }) => bytes.length > 0),
  ];
}

function keyLogOf(name: string, names: readonly string[]): Buffer | undefined {
  const keys = name.replace(/\.pcap$/, '.keys.log');
  return names.includes(keys) && keys !== name ? readFileSync(new URL(keys, FOLDER)) : undefined;
}

function packetsOf(capture: Buffer): Packet[] {
  const packets: Packet[] = [];
  const sink = { packet: (packet: Packet) => packets.push(packet), secrets: () => undefined, finding: () => undefined };
  const input = new CaptureInput(sink, DEFAULT_LIMITS);
  input.push(capture);
  input.end();
  return packets;
}

function toPcapng(capture: Buffer): Buffer {
  const builder = new PcapngBuilder();
  const packets = packetsOf(capture);
  const blocks = packets.map(({ bytes, at, originalLength }) =>
    builder.packet(bytes, { ticks: BigInt(at.seconds) * 1_000_000n, original: originalLength }),
  );
  return Buffer.concat([builder.section(), builder.interface(packets[0]?.linkType ?? 1), ...blocks]);
}

/** The payloads of all segments, a line each. */
function toHex(capture: Buffer): Buffer {
  const decoder = new PacketDecoder(DEFAULT_LIMITS, () => undefined);
  const lines = packetsOf(capture).map((packet) => decoder.decode(packet)?.payload.toString('hex') ?? '');
  return Buffer.from(lines.filter((line) => line !== '').join('\n'));
}
