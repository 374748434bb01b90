import type { Finding } from '../../src/common/finding.js';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import type { PacketTime } from '../../src/common/packet-time.js';
import type { ConnectionSink, End, Side } from '../../src/common/sink.js';
import type { HandshakeListener } from '../../src/http/handshake-listener.js';
import type { Handshake } from '../../src/http/handshake.js';
import { OpeningHandshake } from '../../src/http/opening-handshake.js';

/** What a sink was given for one side: text of the bytes, `<gap 5>`, `<end fin>`; chunks apart. */
export class SinkRecord implements ConnectionSink {
  readonly what: string;
  readonly chunks: [string[], string[]] = [[], []];
  readonly findings: Finding[] = [];

  constructor(what: string) {
    this.what = what;
  }

  bytes(side: Side, chunk: Buffer): void {
    this.chunks[side].push(chunk.toString('latin1'));
  }

  gap(side: Side, length: number | undefined): void {
    this.chunks[side].push(`<gap ${length ?? '?'}>`);
  }

  end(side: Side, how: End): void {
    this.chunks[side].push(`<end ${how}>`);
  }

  finding(_side: Side, finding: Finding): void {
    this.findings.push(finding);
  }

  get isOver(): boolean {
    return this.chunks.every((chunks) => chunks.at(-1)?.startsWith('<end ') === true);
  }

  text(side: Side): string {
    return this.chunks[side].join('');
  }
}

/** Feeds an OpeningHandshake and keeps what it tells. */
export class Recorder implements HandshakeListener {
  readonly log: string[] = [];
  readonly sinks: SinkRecord[] = [];
  readonly handshakes: Handshake[] = [];
  readonly findings: Finding[] = [];
  readonly held: HeldBytes;
  readonly stage: OpeningHandshake;
  /** A sink was opened before the one before it had its two ends. */
  overlaps = false;
  /** What is followed may be WebSocket, and nothing has shown that it is. */
  isUnproven = false;
  #packet = 0;

  constructor(options: { begun?: [boolean, boolean]; assume?: boolean; limits?: Partial<Limits> } = {}) {
    const begun = options.begun ?? [true, true];
    this.held = new HeldBytes(options.limits?.heldTotal ?? DEFAULT_LIMITS.heldTotal);
    this.stage = new OpeningHandshake(
      {
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        held: this.held,
        scheme: 'ws',
        beginning: (side) => begun[side],
        ...(options.assume === undefined ? {} : { isAssumed: options.assume }),
      },
      this,
    );
  }

  follow(handshake: Handshake): ConnectionSink {
    return this.#open(`follow ${handshake.state}`, handshake);
  }

  learned(handshake: Handshake): void {
    this.log.push(`learned ${handshake.state}`);
    this.handshakes.push(handshake);
  }

  refused(handshake: Handshake): void {
    this.log.push(`refused ${handshake.httpStatus ?? 'without answer'}`);
    this.handshakes.push(handshake);
  }

  http2(client: Side): ConnectionSink {
    return this.#open(`http2 ${client}`);
  }

  tunnel(client: Side): ConnectionSink {
    return this.#open(`tunnel ${client}`);
  }

  finding(_side: Side, finding: Finding): void {
    this.findings.push(finding);
  }

  /** The handshake that was told last. */
  get handshake(): Handshake {
    return this.handshakes.at(-1)!;
  }

  get sink(): SinkRecord {
    return this.sinks.at(-1)!;
  }

  send(side: Side, ...chunks: (string | Buffer)[]): this {
    for (const chunk of chunks) this.stage.bytes(side, asBuffer(chunk), this.#at());
    return this;
  }

  gap(side: Side, length: number | undefined): this {
    this.stage.gap(side, length, this.#at());
    return this;
  }

  end(side: Side, how: End = 'fin'): this {
    this.stage.end(side, how, this.#at());
    return this;
  }

  #open(what: string, handshake?: Handshake): SinkRecord {
    this.log.push(what);
    if (handshake !== undefined) this.handshakes.push(handshake);
    if (this.sinks.length > 0 && !this.sink.isOver) this.overlaps = true;
    const sink = new SinkRecord(what);
    this.sinks.push(sink);
    return sink;
  }

  #at(): PacketTime {
    this.#packet++;
    return { packet: this.#packet, seconds: 0, nanoseconds: 0, precision: 6 };
  }
}

/** A request with the key of RFC 6455 section 1.3. */
export function upgradeRequest(...more: string[]): string {
  return head(
    'GET /chat HTTP/1.1',
    'Host: server.example.com',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    ...more,
  );
}

/** The answer to {@link upgradeRequest}. */
export function upgradeResponse(...more: string[]): string {
  return head(
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    ...more,
  );
}

/** Lines of a head, with the empty line. */
export function head(...lines: string[]): string {
  return lines.map((line) => `${line}\r\n`).join('') + '\r\n';
}

export function codes(findings: readonly Finding[]): string[] {
  return findings.map(({ code }) => code);
}

function asBuffer(chunk: string | Buffer): Buffer {
  return typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
}
