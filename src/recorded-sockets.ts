import type { RecordedTls, SocketItem } from './capture/recorded.js';
import { formatEndpoint } from './common/endpoint.js';
import { finding } from './common/finding.js';
import type { PacketTime } from './common/packet-time.js';
import { DISCARD, type ConnectionSink } from './common/sink.js';
import { Pipeline, type PipelineContext } from './pipeline.js';
import type { TcpConnectionInfo } from './tcp/connection-info.js';
import { cipherSuiteName } from './tls/ciphers/cipher-suites.js';
import type { TlsInfo } from './tls/tls-session.js';

type SocketEnds = Extract<SocketItem, { kind: 'socket' }>['ends'];

/** What the sockets of a recording need to know. */
export interface SocketsContext {
  readonly pipeline: PipelineContext;
  /** The only connection that is read; `undefined` for all. */
  readonly stream: number | undefined;
  /** The number of the next connection. */
  readonly reserveStream: () => number;
}

/** A socket of a recording. */
interface OpenSocket {
  readonly tcp: RecordedConnection;
  sink: ConnectionSink;
}

/** Leads the bytes that a program has noted of its sockets through a pipeline for each. */
export class RecordedSockets {
  readonly #context: SocketsContext;
  readonly #open = new Map<number, OpenSocket>();
  /** Connections so far. */
  connections = 0;
  #isLimitTold = false;

  constructor(context: SocketsContext) {
    this.#context = context;
  }

  item(item: SocketItem, at: PacketTime): void {
    if (item.kind === 'socket') {
      this.#begin(item.id, item.ends, at);
      return;
    }
    const socket = this.#open.get(item.id);
    if (socket === undefined) return;
    socket.tcp.last = at;
    switch (item.kind) {
      case 'tls':
        this.#beginTls(socket, item.tls, at);
        return;
      case 'mixed':
        this.#endMixed(socket, at);
        return;
      case 'bytes':
        socket.sink.bytes(item.side, item.bytes, at);
        socket.sink = socket.sink.settled ?? socket.sink;
        return;
      case 'gap':
        socket.sink.gap(item.side, item.length, at);
        return;
      case 'end':
        this.#end(item.id, 'capture', at);
    }
  }

  /** The recording is over: ends the next connection. @returns false where there is none */
  closeNext(at: PacketTime): boolean {
    for (const id of this.#open.keys()) {
      this.#end(id, 'capture', at);
      return true;
    }
    return false;
  }

  #begin(id: number, ends: SocketEnds, at: PacketTime): void {
    this.connections++;
    const stream = this.#context.reserveStream();
    if (this.#context.stream !== undefined && this.#context.stream !== stream) return;
    this.#end(id, 'capture', at);
    const tcp = new RecordedConnection(stream, at, ends);
    this.#open.set(id, { tcp, sink: new Pipeline(this.#context.pipeline, tcp).start() });
    const { connections } = this.#context.pipeline.limits;
    if (this.#open.size <= connections) return;
    for (const oldest of this.#open.keys()) {
      this.#end(oldest, 'limit', at);
      break;
    }
    if (this.#isLimitTold) return;
    this.#isLimitTold = true;
    const message = `More than ${connections} sockets are open at once: the oldest are not followed any further`;
    this.#context.pipeline.emit({
      type: 'finding',
      finding: finding('limit.connections', message, { packet: at.packet }),
    });
  }

  /** What was said before TLS asked a proxy for it. */
  #beginTls(socket: OpenSocket, tls: RecordedTls, at: PacketTime): void {
    for (const side of [0, 1] as const) socket.sink.end(side, 'capture', at);
    const info: TlsInfo = { client: 0, summary: summaryOf(tls) };
    socket.sink = new Pipeline(this.#context.pipeline, socket.tcp).plaintext(info);
  }

  #endMixed(socket: OpenSocket, at: PacketTime): void {
    for (const side of [0, 1] as const) socket.sink.end(side, 'capture', at);
    socket.sink = DISCARD;
    const message = 'TLS inside TLS, as with an HTTPS proxy, is noted alike for both: what is inside is not read';
    const found = finding('tls.unsupported', message, { packet: at.packet, stream: socket.tcp.stream });
    this.#context.pipeline.emit({ type: 'finding', finding: found });
  }

  #end(id: number, how: 'capture' | 'limit', at: PacketTime): void {
    const socket = this.#open.get(id);
    if (socket === undefined) return;
    this.#open.delete(id);
    for (const side of [0, 1] as const) socket.sink.end(side, how, at);
    socket.sink = DISCARD;
  }
}

function summaryOf({ version, cipherSuite, alpn }: RecordedTls): TlsInfo['summary'] {
  if (version === undefined || cipherSuite === undefined) return undefined;
  const summary = { version, cipher: cipherSuiteName(cipherSuite) };
  return alpn === undefined ? summary : { ...summary, alpn };
}

/** A TCP connection whose packets nobody captured. Side 0 is that of the program, which opened it. */
class RecordedConnection implements TcpConnectionInfo {
  readonly stream: number;
  readonly opened: PacketTime;
  last: PacketTime;
  readonly #ends: SocketEnds;

  constructor(stream: number, opened: PacketTime, ends: SocketEnds) {
    this.stream = stream;
    this.opened = opened;
    this.last = opened;
    this.#ends = ends;
  }

  address(side: 0 | 1): Buffer | undefined {
    return this.#ends?.[side].address;
  }

  endpoint(side: 0 | 1): string | undefined {
    const end = this.#ends?.[side];
    return end && formatEndpoint(end.address, end.port);
  }

  port(side: 0 | 1): number {
    return this.#ends?.[side].port ?? 0;
  }

  hasSpoken(): boolean {
    // Both sides of a socket are noted.
    return true;
  }

  beginning(): boolean {
    return this.#ends !== undefined;
  }

  recognise(): void {
    // It is kept for as long as it lasts, whatever it carries.
  }
}
