import type { Finding } from '../../src/common/finding.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import type { PacketTime } from '../../src/common/packet-time.js';
import type { End, Side } from '../../src/common/sink.js';
import { ACK, type TcpSegment } from '../../src/ip/tcp-segment.js';
import { TcpStage } from '../../src/tcp/tcp-stage.js';

/** A moment of a test: packet and second. */
export function moment(packet: number, seconds = 0): PacketTime {
  return { packet, seconds, nanoseconds: 0, precision: 6 };
}

/** What is said of one segment; the rest has harmless values. */
export interface SegmentShape {
  /** Last bytes of the addresses: 1 is the first sender in most tests. */
  from?: number;
  to?: number;
  sourcePort?: number;
  destinationPort?: number;
  sequence?: number;
  acknowledgment?: number;
  flags?: number;
  data?: string;
  /** Bytes on the wire, where the capture holds fewer. */
  length?: number;
  /** Of VLANs and tunnels around it. */
  path?: number;
  urgentPointer?: number;
  window?: number;
  /** TCP options in hex. */
  options?: string;
}

/** A segment of a test between 10.0.0.1:1000 and 10.0.0.2:80. */
export function segment(shape: SegmentShape): TcpSegment {
  const { from = 1, to = 3 - from } = shape;
  const options = Buffer.from(shape.options ?? '', 'hex');
  const payload = Buffer.from(shape.data ?? '', 'latin1');
  return {
    ipVersion: 4,
    path: shape.path ?? 0,
    addresses: Buffer.from([10, 0, 0, from, 10, 0, 0, to]),
    addressOffset: 0,
    sourcePort: shape.sourcePort ?? (from < to ? 1000 : 80),
    destinationPort: shape.destinationPort ?? (from < to ? 80 : 1000),
    sequence: (shape.sequence ?? 0) | 0,
    acknowledgment: (shape.acknowledgment ?? 0) | 0,
    flags: shape.flags ?? ACK,
    window: shape.window ?? 65535,
    urgentPointer: shape.urgentPointer ?? 0,
    bytes: options,
    optionsOffset: 0,
    optionsLength: options.length,
    payload,
    length: shape.length ?? payload.length,
  };
}

/** What came out of the TCP stage, as lines: `0 bytes abc`, `1 gap 5`, `0 end fin`. */
export class TcpRecorder {
  readonly lines: string[] = [];
  readonly findings: Finding[] = [];
  readonly tcp: TcpStage;
  #packet = 0;

  constructor(
    limits: Partial<Limits> = {},
    wanted: (stream: number) => boolean = () => true,
    recognised: (stream: number) => boolean = () => false,
  ) {
    this.tcp = new TcpStage(
      // Bytes come out with their segments, unless a test is about the beginning of a connection.
      { ...DEFAULT_LIMITS, startPackets: 1, ...limits },
      {
        open: (connection) => {
          if (!wanted(connection.stream)) return undefined;
          if (recognised(connection.stream)) connection.recognise();
          const name = connection.stream === 0 ? '' : `${connection.stream}: `;
          return {
            bytes: (side, chunk) => this.#add(`${name}${side} bytes ${chunk.toString('latin1')}`),
            gap: (side, length) => this.#add(`${name}${side} gap ${length}`),
            end: (side: Side, how: End) => this.#add(`${name}${side} end ${how}`),
            finding: (_side, found) => this.findings.push(found),
          };
        },
        finding: (found) => this.findings.push(found),
      },
    );
  }

  #add(line: string): void {
    this.lines.push(line);
  }

  /** Puts in a segment as the next packet, at a second. */
  send(shape: SegmentShape, seconds = 0): this {
    this.tcp.push(segment(shape), moment(++this.#packet, seconds));
    return this;
  }

  /** The capture ends. */
  end(): this {
    this.tcp.end(moment(this.#packet));
    return this;
  }

  /** All bytes of a side, gaps as dots, put together. */
  stream(side: Side): string {
    let text = '';
    for (const line of this.lines) {
      if (line.startsWith(`${side} bytes `)) text += line.slice(8);
      else if (line.startsWith(`${side} gap `)) text += '.'.repeat(Number(line.slice(6)));
    }
    return text;
  }
}
