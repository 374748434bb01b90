import type { Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput } from '../common/held-input.js';
import type { PacketTime } from '../common/packet-time.js';
import type { ConnectionSink, End, Side } from '../common/sink.js';
import { PROXY_HEADER_PREFIX, proxyHeaderLength } from './proxy-header.js';
import { giveEarly } from './reassembly/before-start.js';

const EMPTY = Buffer.alloc(0);

/** What may wait of one side: the longest header of version 1, a byte a chunk. */
const MOST_HELD = 64 * 1024;

/** What is known of the beginning of one side. */
class Beginning {
  /** Its first bytes, as long as they may be a header. */
  prefix: Buffer = EMPTY;
  /** The chunks that these bytes came in. */
  held: HeldInput | undefined = undefined;
  /** Bytes of a header that are still to come. */
  skip = 0;
}

/** Of a side of which nothing has come. */
const NOTHING_YET = 'nothing yet';

/**
 * Takes away the PROXY protocol headers that a load balancer puts before a connection, on either side and whatever
 * follows them: TLS, HTTP or another proxy. Everything else passes through as it came.
 */
export class ProxyProtocol implements ConnectionSink {
  readonly #next: ConnectionSink;
  readonly #total: HeldBytes;
  /** `undefined` from where a side's own bytes begin. */
  #beginning0: Beginning | typeof NOTHING_YET | undefined = NOTHING_YET;
  #beginning1: Beginning | typeof NOTHING_YET | undefined = NOTHING_YET;

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
      const known = this.#of(side);
      if (known === undefined) {
        this.#next.bytes(side, rest, at);
        return;
      }
      // Nearly all sides begin with what is no header, as their first bytes show.
      if (known === NOTHING_YET && rest.length > 0 && proxyHeaderLength(rest) === 'no') {
        this.#begin(side);
        continue;
      }
      const beginning = known === NOTHING_YET ? this.#expect(side) : known;
      const skipped = Math.min(beginning.skip, rest.length);
      beginning.skip -= skipped;
      rest = rest.subarray(skipped);
      if (rest.length === 0) return;
      const before = beginning.prefix.length;
      const prefix = before === 0 ? rest : Buffer.concat([beginning.prefix, rest.subarray(0, PROXY_HEADER_PREFIX)]);
      const length = proxyHeaderLength(prefix);
      if (typeof length === 'number') {
        // What was held is part of the header, as the header was not known to be one before.
        beginning.held?.clear();
        beginning.prefix = EMPTY;
        beginning.skip = length - before;
      } else if (length === 'more' && this.#hold(beginning, side, rest, at)) {
        beginning.prefix = Buffer.from(prefix);
        return;
      } else {
        this.#begin(side);
      }
    }
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    const beginning = this.#of(side);
    const skip = beginning === undefined || beginning === NOTHING_YET ? 0 : beginning.skip;
    if (length !== undefined && length <= skip) {
      if (skip > 0) (beginning as Beginning).skip -= length;
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
    if (this.#beginning0 !== undefined || this.#beginning1 !== undefined) return undefined;
    return this.#next.settled ?? this.#next;
  }

  #hold(beginning: Beginning, side: Side, bytes: Buffer, at: PacketTime): boolean {
    return (beginning.held ??= new HeldInput(this.#total, MOST_HELD)).bytes(side, bytes, at);
  }

  /** No header stands here: the side's own bytes begin. */
  #begin(side: Side): void {
    const beginning = this.#of(side);
    this.#set(side, undefined);
    if (beginning !== undefined && beginning !== NOTHING_YET) beginning.held?.replay(this.#next);
  }

  #expect(side: Side): Beginning {
    const beginning = new Beginning();
    this.#set(side, beginning);
    return beginning;
  }

  #of(side: Side): Beginning | typeof NOTHING_YET | undefined {
    return side === 0 ? this.#beginning0 : this.#beginning1;
  }

  #set(side: Side, beginning: Beginning | undefined): void {
    if (side === 0) this.#beginning0 = beginning;
    else this.#beginning1 = beginning;
  }
}
