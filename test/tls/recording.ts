import { duplexPair, type Duplex } from 'node:stream';
import { connect, TLSSocket, type ConnectionOptions, type TLSSocketOptions } from 'node:tls';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import type { Finding } from '../../src/common/finding.js';
import type { PacketTime } from '../../src/common/packet-time.js';
import type { ConnectionSink, End, Side } from '../../src/common/sink.js';
import { KeyLog } from '../../src/tls/key-log/key-log.js';
import type { TlsInfo } from '../../src/tls/tls-session.js';
import { TlsStage } from '../../src/tls/tls-stage.js';

/** What a side of a recorded connection sent; the client is side 0. */
export interface Sent {
  readonly side: Side;
  readonly bytes: Buffer;
}

/** A TLS connection as the wire had it, and its key log. */
export interface Recording {
  readonly wire: Sent[];
  keyLog: string;
}

/** Drives both ends of a connection; called when the handshake is complete. */
export type Talk = (client: TLSSocket, server: TLSSocket) => Promise<void>;

/** Records what node's own TLS client and server say to each other in memory. */
export async function record(
  serverOptions: TLSSocketOptions,
  clientOptions: ConnectionOptions,
  talk: Talk,
): Promise<Recording> {
  const recording: Recording = { wire: [], keyLog: '' };
  const [clientEnd, clientTap] = duplexPair();
  const [serverEnd, serverTap] = duplexPair();
  relay(recording, 0, clientTap, serverTap);
  relay(recording, 1, serverTap, clientTap);
  const server = new TLSSocket(serverEnd, { isServer: true, ...serverOptions });
  const client = connect({ socket: clientEnd, rejectUnauthorized: false, servername: 'localhost', ...clientOptions });
  client.on('keylog', (line: Buffer) => (recording.keyLog += line.toString('latin1')));
  await Promise.all([event(client, 'secureConnect'), event(server, 'secure')]);
  await talk(client, server);
  const closed = Promise.all([event(client, 'close'), event(server, 'close')]);
  client.on('data', () => undefined);
  server.on('data', () => undefined);
  client.end();
  server.end();
  await closed;
  return recording;
}

function relay(recording: Recording, side: Side, from: Duplex, to: Duplex): void {
  from.on('data', (bytes: Buffer) => {
    recording.wire.push({ side, bytes: Buffer.from(bytes) });
    to.write(bytes);
  });
  from.on('end', () => to.end());
}

function event(socket: TLSSocket, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once(name, () => resolve());
  });
}

/** Sends bytes and waits until the other end has all of them. */
export async function send(from: TLSSocket, to: TLSSocket, bytes: Buffer): Promise<void> {
  let left = bytes.length;
  const arrived = new Promise<void>((resolve) => {
    const take = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left > 0) return;
      to.off('data', take);
      resolve();
    };
    to.on('data', take);
  });
  from.write(bytes);
  await arrived;
}

/** What a stage passed on and reported. */
export class Collected implements ConnectionSink {
  tls: TlsInfo | undefined;
  made = 0;
  readonly events: string[] = [];
  readonly plaintext: [Buffer[], Buffer[]] = [[], []];
  readonly moments: number[] = [];
  readonly findings: Finding[] = [];
  readonly reported: Finding[] = [];

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    this.plaintext[side].push(chunk);
    this.moments.push(at.packet);
    if (this.events.at(-1) !== `bytes ${side}`) this.events.push(`bytes ${side}`);
  }

  gap(side: Side, length: number | undefined): void {
    this.events.push(`gap ${side} ${length ?? '?'}`);
  }

  end(side: Side, how: End): void {
    this.events.push(`end ${side} ${how}`);
  }

  finding(side: Side, finding: Finding): void {
    this.events.push(`finding ${side} ${finding.code}`);
    this.findings.push(finding);
  }

  /** All plaintext of a side. */
  text(side: Side): string {
    return Buffer.concat(this.plaintext[side]).toString('latin1');
  }
}

/** A stage and what it gives. */
export function stageWith(
  keys: KeyLog,
  options: { limits?: Partial<Limits>; held?: HeldBytes; beginning?: (side: Side) => boolean } = {},
): { stage: TlsStage; got: Collected } {
  const got = new Collected();
  const stage = new TlsStage(
    {
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      held: options.held ?? new HeldBytes(DEFAULT_LIMITS.heldTotal),
      keys,
    },
    {
      isUnproven: false,
      report: (finding) => got.reported.push(finding),
      lastingReport: { report: (finding) => got.reported.push(finding) },
      beginning: options.beginning ?? (() => true),
      endpoint: () => undefined,
      recognised: () => undefined,
      plaintext: (tls) => {
        got.made++;
        got.tls = tls;
        return got;
      },
    },
  );
  return { stage, got };
}

/** The moment of a packet. */
export function moment(packet: number): PacketTime {
  return { packet, seconds: 0, nanoseconds: 0, precision: 6 };
}

/** A complete key log with this text. */
export function keyLogOf(text: string): KeyLog {
  const keys = new KeyLog();
  keys.push(text);
  keys.endText();
  return keys;
}

/** Gives a whole wire to a stage, and both ends. */
export function replay(wire: readonly Sent[], keys: KeyLog, options?: Parameters<typeof stageWith>[1]): Collected {
  const { stage, got } = stageWith(keys, options);
  wire.forEach(({ side, bytes }, index) => stage.bytes(side, bytes, moment(index + 1)));
  stage.end(0, 'fin', moment(wire.length + 1));
  stage.end(1, 'fin', moment(wire.length + 1));
  return got;
}
