import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { otherSide, type Side } from '../../src/common/sink.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
import { ACK, segmentBytes, SYN, type Endpoint } from '../hostile/segment-bytes.js';
import { requestText, responseText } from '../hostile/talk.js';

/** A segment with every number of its own; what is not given is what a correct peer would send next. */
export interface WireSegment {
  readonly sequence?: number;
  readonly acknowledgment?: number;
  readonly flags?: number;
  readonly data?: string | Uint8Array;
  readonly window?: number;
  readonly urgentPointer?: number;
  /** TCP options in hex, a multiple of 4 bytes. */
  readonly options?: string;
  readonly vlan?: number;
  /** Seconds since the packet before; a millisecond where it is not given. */
  readonly after?: number;
}

const ETHERNET = 1;
const ADDRESSES = Buffer.from('02000000000202000000000108', 'hex').subarray(0, 12);

/** Packets of one or more connections between two hosts, each number of which a test may choose. Side 0 is the client. */
export class Wire {
  readonly packets: { seconds: number; nanoseconds: number; bytes: Buffer }[] = [];
  readonly ends: readonly [Endpoint, Endpoint];
  readonly vlan: number | undefined;
  /** The next sequence number of each side. */
  readonly next: [number, number];
  #time = 1_700_000_000_000;

  constructor(next: readonly [number, number] = [1000, 5000], vlan?: number, port = 40_000) {
    this.next = [...next];
    this.vlan = vlan;
    this.ends = [
      { address: 0x0a000001, port },
      { address: 0x0a000002, port: 80 },
    ];
  }

  /** Puts in a segment. Where its sequence number is not given, the side goes on after it. */
  put(side: Side, segment: WireSegment = {}): this {
    const { flags = ACK, sequence = this.next[side], options = '' } = segment;
    const payload = Buffer.from(segment.data ?? '');
    const bytes = segmentBytes({
      from: this.ends[side],
      to: this.ends[otherSide(side)],
      sequence,
      acknowledgment: segment.acknowledgment ?? ((flags & ACK) === 0 ? 0 : this.next[otherSide(side)]),
      flags,
      payload: Buffer.concat([Buffer.from(options, 'hex'), payload]),
    });
    bytes[32] = (5 + options.length / 8) << 4;
    bytes.writeUInt16BE(segment.window ?? 0xffff, 34);
    bytes.writeUInt16BE(segment.urgentPointer ?? 0, 38);
    if (segment.urgentPointer !== undefined) bytes[33]! |= 0x20;
    if (segment.sequence === undefined) this.next[side] += payload.length + (flags & 1) + ((flags & SYN) === 0 ? 0 : 1);
    const vlan = segment.vlan ?? this.vlan;
    const tag = vlan === undefined ? [] : [0x81, 0x00, vlan >> 8, vlan & 0xff];
    this.#time += (segment.after ?? 0.001) * 1000;
    this.packets.push({
      seconds: Math.floor(this.#time / 1000),
      nanoseconds: (this.#time % 1000) * 1_000_000,
      bytes: Buffer.concat([ADDRESSES, Buffer.from([...tag, 0x08, 0x00]), bytes]),
    });
    return this;
  }

  /** The three packets that open a connection. */
  open(): this {
    return this.put(0, { flags: SYN })
      .put(1, { flags: SYN | ACK })
      .put(0);
  }

  /** The opening handshake on it. */
  upgrade(): this {
    return this.put(0, { data: requestText() }).put(1, { data: responseText() });
  }

  /** A text message of a side. */
  text(side: Side, text: string, segment: WireSegment = {}): this {
    return this.put(side, { ...segment, data: frame(side, text) });
  }

  /** Both sides send their FIN. */
  finish(): this {
    return this.put(0, { flags: ACK | 1 })
      .put(1, { flags: ACK | 1 })
      .put(0);
  }

  pcap(): Buffer {
    return writePcap(this.packets, { linkType: ETHERNET });
  }

  /** What is read of the packets. */
  read(): Promise<Reading> {
    return readCapture(this.pcap());
  }
}

/** The bytes of a text message. */
export function frame(side: Side, text: string): Buffer {
  return encodeFrame(side === 0 ? { payload: text, maskingKey: 0x12345678 } : { payload: text });
}

/** The texts of the whole messages of a reading: `c` or `s` for who sent it, then the text, by side. */
export function textsOf({ messages }: Reading): string[] {
  return messages
    .filter(({ message }) => message.status === 'ok')
    .map(({ direction, message }) => `${direction === 'client-to-server' ? 'c' : 's'} ${message.payload?.toString()}`)
    .sort((a, b) => Number(a[0] === 's') - Number(b[0] === 's'));
}
