import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { CaptureInput } from '../../../src/capture/capture-input.js';
import type { Packet } from '../../../src/capture/packet.js';
import { DEFAULT_LIMITS } from '../../../src/common/limits.js';
import { readRecords, type Reading } from './reading.js';
import { connectionsOf, type TcpTruth } from './tcp-truth.js';

/** A captured packet as a record of its own, so that it can be left out, moved and cut. */
export interface Recorded {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Buffer;
  readonly originalLength: number;
}

/** A fixture, and what is true of it. */
export interface Recording {
  readonly name: string;
  readonly linkType: number;
  readonly packets: readonly Recorded[];
  readonly keyLog: Buffer;
  /** Its TCP connections, byte by byte. */
  readonly tcp: readonly TcpTruth[];
  /** What is read of the recording that it is, or that it was derived from: the tests of the fixtures hold it to the applications' word. */
  readonly truth: Reading;
  /** What is read of it unchanged. */
  readonly unchanged: Reading;
}

const FOLDER = new URL('../../../fixtures/', import.meta.url);
/**
 * Packets with other bytes for the same sequence numbers: which ones are shown depends on what is lost. RSV1 that
 * nothing was agreed on for: where the answer is lost it must be taken for compression. A server that masks: where the
 * handshake is lost it must be taken for the client. What is no WebSocket and holds the
 * very bytes of masked frames: where its beginning is lost nothing tells them apart.
 */
const TWO_TRUTHS =
  /^order-(overlap-(differs|waiting)|keep-alive)|rsv1-without-extension|server-masked|other-(http|lengths)/;
/** In them no packet is read, or no packet is there. */
const WITHOUT_PACKETS = /\.(hex|gz)$|unknown-link|^send\.pcap/;

/** Every fixture of packets that has one truth. */
export function loadRecordings(): Recording[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(pcap|pcapng)$/.test(name))
    .filter((name) => !TWO_TRUTHS.test(name) && !WITHOUT_PACKETS.test(name))
    .sort()
    .map(loadRecording);
}

function loadRecording(name: string): Recording {
  const { linkType, packets, keyLog } = packetsOf(name);
  const unchanged = readRecords(packets, linkType, keyLog);
  const origin = originOf(name);
  const recorded = origin === name ? undefined : packetsOf(origin);
  const truth = recorded === undefined ? unchanged : readRecords(recorded.packets, recorded.linkType, recorded.keyLog);
  const tcp = connectionsOf(packets, linkType, truth, recorded?.packets ?? packets);
  return { name, linkType, packets, keyLog, tcp, truth, unchanged };
}

/** The recording that a fixture was derived from. */
function originOf(name: string): string {
  const stem = name.endsWith('.pcapng') ? name : name.replace(/\.pcap$/, '');
  const sent = JSON.parse(readFileSync(new URL(`${stem}.sent.json`, FOLDER), 'utf8')) as { derivedFrom?: string };
  return sent.derivedFrom === undefined ? name : originOf(sent.derivedFrom);
}

function packetsOf(name: string): Pick<Recording, 'linkType' | 'packets' | 'keyLog'> {
  const packets: Packet[] = [];
  const secrets: Buffer[] = [];
  const keys = new URL(name.replace(/\.pcap(ng)?$/, '.keys.log'), FOLDER);
  if (existsSync(keys)) secrets.push(readFileSync(keys));
  const sink = {
    packet: (packet: Packet) => packets.push(packet),
    secrets: (text: Buffer) => secrets.push(Buffer.from(text), Buffer.from('\n')),
    finding: () => undefined,
  };
  const input = new CaptureInput(sink, DEFAULT_LIMITS);
  input.push(readFileSync(new URL(name, FOLDER)));
  input.end();
  return {
    linkType: packets[0]!.linkType,
    keyLog: Buffer.concat(secrets),
    packets: packets.map(({ at, bytes, originalLength }) => {
      return { seconds: at.seconds, nanoseconds: at.nanoseconds, bytes: Buffer.from(bytes), originalLength };
    }),
  };
}
