import { createHash } from 'node:crypto';
import { otherSide, type Side } from '../../src/common/sink.js';
import { ACK, FIN, RST, SYN } from '../hostile/segment-bytes.js';
import { requestText, responseText } from '../hostile/talk.js';
import { Wire, type WireSegment } from './wire.js';

const KEYS = ['4343434343434343', '5353535353535353'] as const;
const digestOf = (side: Side): Buffer => createHash('sha256').update(Buffer.from(KEYS[side], 'hex')).digest();
const TOKEN = digestOf(1).toString('hex', 0, 4);
/** The data sequence number of the first byte of each side (RFC 8684 section 3.1). */
const FIRST = ([0, 1] as const).map((side) => digestOf(side).readBigUInt64BE(24) + 1n);

const STARTS = [
  [1000, 5000],
  [70_000, 0xffff_fff0],
  [0x7fff_ff00, 12],
] as const;

/** Number of a subflow. */
export type Flow = 0 | 1 | 2;

/** How bytes are sent; they have a mapping of their own where nothing else is said. */
export interface Sent {
  /** Bytes that the mapping covers, where they are more than are sent. */
  readonly mapped?: number;
  /** No mapping is sent: one before it covers the bytes. */
  readonly isUnmapped?: boolean;
  /** The mapping begins so many bytes before these. */
  readonly into?: number;
  readonly isInfinite?: boolean;
  readonly isLast?: boolean;
  readonly after?: number;
}

/** A Multipath TCP connection; subflows are opened, closed and reset at will. */
export class MultipathTalk {
  readonly flows = STARTS.map((start, flow) => new Wire(start, undefined, flow === 0 ? 40_000 : 50_000 + flow));
  /** All packets, in the order of the wire. */
  readonly all = new Wire();
  readonly #sent: [number, number] = [0, 0];
  readonly #isLong: boolean;
  #now = 0;

  constructor(isLong = false) {
    this.#isLong = isLong;
  }

  open(): this {
    this.put(0, 0, { flags: SYN, options: '1e040101' });
    this.put(0, 1, { flags: SYN | ACK, options: `1e0c0101${KEYS[1]}` });
    return this.put(0, 0, { options: `1e140101${KEYS[0]}${KEYS[1]}` });
  }

  upgrade(flow: Flow = 0): this {
    return this.send(flow, 0, requestText()).send(flow, 1, responseText());
  }

  join(flow: Flow = 1): this {
    this.put(flow, 0, { flags: SYN, options: `1e0c1001${TOKEN}6e6e6e6e` });
    this.put(flow, 1, { flags: SYN | ACK, options: `1e1010010000000000000000${'11'.repeat(4)}` });
    return this.put(flow, 0, { options: `1e181000${'22'.repeat(20)}` });
  }

  /** Sends the next bytes of a side over a subflow. */
  send(flow: Flow, side: Side, data: string | Uint8Array, sent: Sent = {}): this {
    const { length } = Buffer.from(data as Uint8Array);
    this.put(flow, side, { data, options: this.#options(flow, side, length, sent), after: sent.after ?? 0.001 });
    this.#sent[side] += length;
    return this;
  }

  /** The same bytes once more, over another subflow. */
  again(flow: Flow, side: Side, data: Uint8Array, sent: Sent = {}): this {
    this.#sent[side] -= data.length;
    return this.send(flow, side, data, sent);
  }

  /** Nothing of what came so far was captured. */
  captureFromHere(): this {
    this.all.packets.length = 0;
    return this;
  }

  /** The last packet was not captured. */
  lose(): this {
    this.all.packets.pop();
    return this;
  }

  /** Both sides end the whole connection, and then its subflows. */
  end(flow: Flow): this {
    for (const side of [0, 1] as const) {
      const options = this.#options(flow, side, 0, { isLast: true });
      this.put(flow, side, { options });
    }
    return this.close(flow);
  }

  close(flow: Flow): this {
    return this.put(flow, 0, { flags: ACK | FIN })
      .put(flow, 1, { flags: ACK | FIN })
      .put(flow, 0);
  }

  reset(flow: Flow): this {
    return this.put(flow, 0, { flags: ACK | RST });
  }

  put(flow: Flow, side: Side, segment: WireSegment = {}): this {
    this.flows[flow]!.put(side, segment);
    const packet = this.flows[flow]!.packets.pop()!;
    this.#now += (segment.after ?? 0.001) * 1e6;
    this.all.packets.push({
      ...packet,
      seconds: 1_700_000_000 + Math.floor(this.#now / 1e6),
      nanoseconds: Math.round(this.#now % 1e6) * 1000,
    });
    return this;
  }

  #options(flow: Flow, side: Side, length: number, sent: Sent): string {
    const acknowledgment = this.#number(otherSide(side), 0);
    const flags = (this.#isLong ? 0x0a : 0) | (sent.isUnmapped === true ? 1 : 5) | (sent.isLast === true ? 0x10 : 0);
    const into = sent.into ?? 0;
    const offset = length === 0 ? 0 : this.flows[flow]!.next[side] - STARTS[flow][side] - into;
    const mapped = sent.isInfinite === true ? 0 : (sent.mapped ?? length) + (sent.isLast === true ? 1 : 0);
    const mapping =
      sent.isUnmapped === true
        ? ''
        : `${this.#number(side, -into)}${hex(offset)}${mapped.toString(16).padStart(4, '0')}0000`;
    const option = `20${flags.toString(16).padStart(2, '0')}${acknowledgment}${mapping}`;
    return `1e${(option.length / 2 + 2).toString(16).padStart(2, '0')}${option}`;
  }

  #number(side: Side, more: number): string {
    const number = BigInt.asUintN(64, FIRST[side]! + BigInt(this.#sent[side] + more))
      .toString(16)
      .padStart(16, '0');
    return this.#isLong ? number : number.slice(8);
  }
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
