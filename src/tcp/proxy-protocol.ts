import type { Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput } from '../common/held-input.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, End, Side } from '../common/sink.js';
import { PROXY_HEADER_PREFIX, proxyHeaderLength } from './proxy-header.js';
import { giveEarly } from './before-start.js';

/** What may wait of one side: the longest header of version 1, a byte a chunk. */
const MOST_HELD = 64 * 1024;

/** What is known of the beginning of one side. */
interface Beginning {
  /** Its first bytes, as long as they may be a header. */
  prefix: Buffer;
  /** The chunks that these bytes came in. */
  held: HeldInput | undefined;
  /** Bytes of a header that are still to come. */
  skip: number;
}

/**
 * Takes away the PROXY protocol headers that a load balancer puts before a connection, on either side and whatever
 * follows them: TLS, HTTP or another proxy. Everything else passes through as it came.
 */
export class ProxyProtocol implements ConnectionSink {
  readonly #next: ConnectionSink;
  readonly #total: HeldBytes;
  /** `undefined` from where a side's own bytes begin. */
  readonly #beginnings: [Beginning | undefined, Beginning | undefined] = [newBeginning(), newBeginning()];

  /**
   * @param next - takes what follows the headers
   * @param total - where everything that waits is counted
   */
  constructor(next: ConnectionSink, total: HeldBytes) {
    this.#next = next;
    this.#total = total;
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    for (let rest = chunk; ;) {
      const beginning = this.#beginnings[side];
      if (beginning === undefined) {
        this.#next.bytes(side, rest, at);
        return;
      }
      const skipped = Math.min(beginning.skip, rest.length);
      beginning.skip -= skipped;
      rest = rest.subarray(skipped);
      if (rest.length === 0) return;
      const known = beginning.prefix.length;
      const prefix = known === 0 ? rest : Buffer.concat([beginning.prefix, rest.subarray(0, PROXY_HEADER_PREFIX)]);
      const length = proxyHeaderLength(prefix);
      if (typeof length === 'number') {
        // What was held is part of the header, as the header was not known to be one before.
        beginning.held?.clear();
        beginning.prefix = EMPTY;
        beginning.skip = length - known;
      } else if (length === 'more' && this.#hold(beginning, side, rest, at)) {
        beginning.prefix = Buffer.from(prefix);
        return;
      } else {
        this.#begin(side);
      }
    }
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    const skip = this.#beginnings[side]?.skip ?? 0;
    if (length !== undefined && length <= skip) {
      this.#beginnings[side]!.skip -= length;
      return;
    }
    this.#begin(side);
    this.#next.gap(side, length === undefined ? undefined : length - skip, at);
  }

  end(side: Side, how: End, at: PacketTime): void {
    this.#begin(side);
    this.#next.end(side, how, at);
  }

  finding(side: Side, finding: Finding): void {
    this.#next.finding(side, finding);
  }

  early(side: Side, chunk: Buffer, at: PacketTime, missing: number): void {
    giveEarly(this.#next, side, chunk, at, missing);
  }

  get settled(): ConnectionSink | undefined {
    if (this.#beginnings[0] !== undefined || this.#beginnings[1] !== undefined) return undefined;
    return this.#next.settled ?? this.#next;
  }

  #hold(beginning: Beginning, side: Side, bytes: Buffer, at: PacketTime): boolean {
    return (beginning.held ??= new HeldInput(this.#total, MOST_HELD)).bytes(side, bytes, at);
  }

  /** No header stands here: the side's own bytes begin. */
  #begin(side: Side): void {
    const held = this.#beginnings[side]?.held;
    this.#beginnings[side] = undefined;
    held?.replay(this.#next);
  }
}

const EMPTY = Buffer.alloc(0);

function newBeginning(): Beginning {
  return { prefix: EMPTY, held: undefined, skip: 0 };
}
