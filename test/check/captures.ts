import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { constants, deflateRawSync } from 'node:zlib';
import { dataOf, edited, readFixture, segmentOf, withPayload } from '../../fixtures/derive/packets.js';
import type { Packet } from '../../fixtures/derive/packets.js';
import { FIXTURES } from '../../fixtures/record/scenario.js';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import type { Limits } from '../../src/common/limits.js';
import type { FindingCode } from '../../src/common/finding-codes.js';
import { KeyLogFiles } from '../../src/cli/input/key-log-files.js';
import type { DecodeChoice } from '../../src/subprotocol/meaning-reader.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { dumpForms, ipPacket } from '../support/dumps.js';
import { PcapngBuilder } from '../support/pcapng.js';
import { HTTP2_CAPTURES } from './http2-captures.js';
import { TCP_CAPTURES } from './tcp-captures.js';

/** A capture to be checked, and how to read it. */
export interface Built {
  readonly bytes: Buffer;
  readonly limits?: Partial<Limits>;
  readonly keyLog?: KeyLog;
  readonly stream?: number;
  /** It is joined with a file that is not there. */
  readonly joined?: true;
  readonly want?: { readonly decode: DecodeChoice };
}

/** A HAR file with one connection; without a message, its messages are not noted. */
function har(...messages: unknown[]): Buffer {
  const noted = messages.length === 0 ? {} : { _webSocketMessages: messages };
  return Buffer.from(JSON.stringify({ log: { entries: [{ request: { url: 'ws://example.org/' }, ...noted }] } }));
}

const ETHERNET = 1;
const RAW = 101;

export function fixture(name: string): Buffer {
  return readFileSync(new URL(name, FIXTURES));
}

function pcap(packets: readonly Packet[], linkType = ETHERNET): Buffer {
  return writePcap(packets, { linkType });
}

function bare(...hex: string[]): Buffer {
  const packets = hex.map((digits) => ({ seconds: 0, nanoseconds: 0, bytes: Buffer.from(digits, 'hex') }));
  return pcap(packets, RAW);
}

function keys(name: string): KeyLog {
  const log = new KeyLog();
  log.push(fixture(name).toString());
  log.endText();
  return log;
}

/** The packets of a fixture, changed. */
function changed(name: string, change: (packets: Packet[]) => readonly Packet[]): Buffer {
  return pcap(change(readFixture(name)));
}

const TLS = 'tls13-aes256-gcm';

/** Records of a TLS 1.3 fixture with one packet of the client, counted from the end, changed or left out. */
function brokenTls(change: (packet: Packet) => Packet[]): Built {
  const bytes = changed(`${TLS}.pcap`, (packets) => {
    const index = dataOf(packets, 'client').at(-2)!;
    return packets.flatMap((packet, at) => (at === index ? change(packet) : [packet]));
  });
  return { bytes, keyLog: keys(`${TLS}.keys.log`) };
}

/** The fixture with a compressed message of these bytes in the place of the client's first; nothing follows it. */
function compressedMessage(payload: Buffer): Buffer {
  const frame = encodeFrame({ rsv1: true, payload, maskingKey: 1 });
  return changed('deflate-takeover.pcap', (packets) => {
    const index = dataOf(packets, 'client')[1]!;
    return [...packets.slice(0, index), withPayload(packets[index]!, frame)];
  });
}

/** Captures for the findings that no recorded fixture causes. */
export const BUILT: Partial<Record<FindingCode, () => Built>> = {
  'capture.bad-record': () => ({
    bytes: Buffer.concat([fixture('send.pcap'), Buffer.from('0000000000000000ffffff7fffffff7f', 'hex')]),
  }),
  'capture.bad-block': () => {
    const bytes = fixture('send-both.pcapng');
    bytes.writeUInt32LE(bytes.readUInt32LE(bytes.length - 4) + 4, bytes.length - 4);
    return { bytes };
  },
  'capture.bad-gzip': () => ({ bytes: fixture('send.pcap.gz').subarray(0, -6) }),
  'capture.bad-compression': () => ({ bytes: Buffer.from('28b52ffd00', 'hex') }),
  'capture.packets-dropped': () => {
    const ng = new PcapngBuilder();
    const statistics = ng.statistics(0, [ng.option(5, ng.u64(3n))]);
    return { bytes: Buffer.concat([ng.section(), ng.interface(), statistics]) };
  },
  'capture.other-stream': () => ({ bytes: Buffer.from('81026869\n'), stream: 1 }),
  'capture.read-as': () => ({ bytes: Buffer.from('<Buffer 81 01 61>\n') }),
  'capture.not-ip': () => ({
    bytes: Buffer.from(`\t0x0000:  0001 0800 0604 0001\n${dumpForms.tcpdump(ipPacket(Buffer.of(0x81, 1, 97)))}`),
  }),
  'capture.concatenated': () => ({ bytes: Buffer.concat([fixture('send.pcap'), fixture('send-both.pcap')]) }),
  'capture.missing-file': () => ({ bytes: fixture('send.pcap'), joined: true }),
  'capture.bad-json': () => ({ bytes: Buffer.from('{"log":{"entries":[') }),
  'capture.no-messages': () => ({ bytes: har() }),
  'capture.bad-message': () => ({ bytes: har({ type: 'send', time: 1, opcode: 2, data: '?' }) }),
  'capture.recorded-error': () => ({ bytes: har({ type: 'error', time: 1, opcode: -1, data: 'reset' }) }),
  'link.not-looked-into': () => ({
    bytes: pcap([
      { seconds: 0, nanoseconds: 0, bytes: Buffer.from(`${'02'.repeat(12)}8903${'00'.repeat(40)}`, 'hex') },
    ]),
  }),
  'link.malformed': () => ({ bytes: pcap([{ seconds: 0, nanoseconds: 0, bytes: Buffer.alloc(5) }]) }),
  'ip.malformed': () => ({ bytes: bare('4500002800000000') }),
  'ip.fragment-overlap': () => ({
    bytes: bare(
      `4500002412342000400600000a0000010a000002${'11'.repeat(16)}`,
      `4500002412340001400600000a0000010a000002${'22'.repeat(16)}`,
    ),
  }),
  'tcp.malformed': () => ({ bytes: bare(`4500002800000000400600000a0000010a000002${'00'.repeat(20)}`) }),
  ...TCP_CAPTURES,
  ...HTTP2_CAPTURES,
  'tcp.after-end': () => ({
    bytes: changed('send-both.pcap', (packets) => {
      const last = packets[dataOf(packets, 'client').at(-1)!]!;
      return [...packets, withPayload(last, Buffer.from('late'), 1000)];
    }),
  }),
  'tls.key-log': () => {
    const keyLog = new KeyLog();
    new KeyLogFiles([fileURLToPath(new URL('README.md', FIXTURES))], keyLog).end();
    return { bytes: fixture(`${TLS}.pcap`), keyLog };
  },
  'tls.not-captured': () => ({
    bytes: changed(`${TLS}.pcap`, (packets) => packets.slice(dataOf(packets, 'server')[0]! + 2)),
    keyLog: keys(`${TLS}.keys.log`),
  }),
  'tls.unsupported': () => ({
    // Cipher suite 0x1307 does not exist; it stands behind the session id of the ServerHello.
    bytes: changed(`${TLS}.pcap`, (packets) => {
      const index = dataOf(packets, 'server')[0]!;
      return packets.map((packet, at) =>
        at !== index
          ? packet
          : edited(packet, (bytes) => {
              const sessionId = segmentOf(packet).payload + 43;
              bytes.writeUInt16BE(0x1307, sessionId + 1 + bytes[sessionId]!);
            }),
      );
    }),
    keyLog: keys(`${TLS}.keys.log`),
  }),
  'tls.bad-record': () =>
    brokenTls((packet) => [
      edited(packet, (bytes) => {
        bytes[bytes.length - 1]! ^= 1;
      }),
    ]),
  'tls.gap': () => brokenTls(() => []),
  'tls.malformed': () =>
    brokenTls((packet) => [
      edited(packet, (bytes) => {
        bytes.fill(0xff, segmentOf(packet).payload);
      }),
    ]),
  'limit.encapsulations': () => ({
    bytes: bare(
      `4500003c00000000400400000a0000010a000002` +
        `4500002800000000400600000a0000010a000002${'0050'.repeat(2)}${'00'.repeat(8)}5010ffff00000000`,
    ),
    limits: { encapsulations: 1 },
  }),
  'limit.fragments': () => ({ bytes: fixture('ip-fragments.pcap'), limits: { fragmentedDatagrams: 0 } }),
  'limit.decoded-message': () => ({
    bytes: fixture('socketio-websocket.pcap'),
    limits: { decodedMessage: 1 },
    want: { decode: 'auto' },
  }),
  'limit.secrets': () => ({ bytes: fixture('tls13-dsb.pcapng'), limits: { secrets: 1 } }),
  'limit.out-of-order': () => ({ bytes: fixture('order-reversed-pairs.pcap'), limits: { outOfOrderBytes: 1 } }),
  'limit.connections': () => ({
    bytes: fixture('two-connections.pcap'),
    limits: { connections: 0, halfOpenConnections: 1 },
  }),
  'limit.unrecognised': () => ({ bytes: fixture('nginx.pcap'), limits: { unrecognisedConnections: 0 } }),
  'limit.frame-gaps': () => ({ bytes: fixture('loss-mid-frame.pcap'), limits: { frameGaps: 0 } }),
  'limit.held-bytes': () => ({ bytes: fixture('loss-snaplen.pcap'), limits: { heldBytes: 0 } }),
  'limit.tunnels': () => ({ bytes: fixture('http-connect-proxy.pcap'), limits: { tunnels: 0 } }),
  'limit.http-head': () => ({ bytes: fixture('http-long-header.pcap'), limits: { httpHead: 1000 } }),
  'limit.inflate-ratio': () => {
    const payload = deflateRawSync(Buffer.alloc(128 * 1024), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    return { bytes: compressedMessage(payload), limits: { inflateRatio: 10 } };
  },
  'limit.findings': () => ({ bytes: fixture('violations/handshake-missing-header.pcap'), limits: { findings: 0 } }),
};
