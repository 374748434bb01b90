import { createHash } from 'node:crypto';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import { otherSide, type Side } from '../../src/common/sink.js';
import { ACK, FIN, LINKTYPE_RAW, RST, segmentBytes, SYN, type Endpoint } from './segment-bytes.js';

/** What the opening handshake of a {@link Talk} says beside what it must. */
export interface UpgradeFields {
  readonly offered?: string;
  readonly extensions?: string;
  readonly subprotocol?: string;
  readonly target?: string;
  /** More header lines of the request, each with its line end. */
  readonly more?: string;
}

/** 10.0.0.1; further clients are 10.0.1.1, 10.0.2.1 and so on. */
const CLIENT = 0x0a000001;
const PORTS = 40_000;

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** A TCP connection whose packets are written one by one: what a capture of it would hold. Side 0 is the client. */
export class Talk {
  /** The packets so far, each an IPv4 packet. */
  readonly packets: Buffer[];
  readonly #ends: readonly [Endpoint, Endpoint];
  readonly #next: [number, number];

  /**
   * @param number - tells connections apart: each has a client port of its own, and every 40,000 an address
   * @param packets - where the packets go; the same array for connections of one capture
   */
  constructor(number = 0, packets: Buffer[] = []) {
    this.packets = packets;
    this.#ends = [
      { address: CLIENT + 256 * Math.floor(number / PORTS), port: 20_000 + (number % PORTS) },
      { address: 0x0a000002, port: 80 },
    ];
    this.#next = [1000, 5000];
  }

  /** SYN, SYN-ACK, ACK. */
  open(): this {
    this.#put(0, SYN);
    this.#next[0]++;
    this.#put(1, SYN | ACK);
    this.#next[1]++;
    return this.#put(0, ACK);
  }

  /** The opening handshake of RFC 6455 section 4, on a new connection. */
  upgrade(fields: UpgradeFields = {}): this {
    return this.open().send(0, requestText(fields)).send(1, responseText(fields));
  }

  /** A segment with data. */
  send(side: Side, payload: Uint8Array | string): this {
    const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
    this.#put(side, ACK, bytes);
    this.#next[side] += bytes.length;
    return this;
  }

  /** Data in as many segments as it needs. */
  sendAll(side: Side, payload: Uint8Array, segmentLength = 1400): this {
    for (let at = 0; at < payload.length; at += segmentLength)
      this.send(side, payload.subarray(at, at + segmentLength));
    return this;
  }

  /** Data that was sent and not captured. */
  lose(side: Side, length: number): this {
    this.#next[side] += length;
    return this;
  }

  /** Nothing but an acknowledgment of all that the other side sent, captured or not. */
  acknowledge(side: Side): this {
    return this.#put(side, ACK);
  }

  /** Each side sends its FIN and acknowledges the other's. */
  finish(): this {
    for (const side of [0, 1] as const) {
      this.#put(side, FIN | ACK);
      this.#next[side]++;
    }
    return this.#put(0, ACK);
  }

  reset(side: Side): this {
    return this.#put(side, RST | ACK);
  }

  /** The capture, a packet each millisecond. */
  pcap(): Buffer {
    return pcapOf(this.packets);
  }

  #put(side: Side, flags: number, payload?: Uint8Array): this {
    const other = otherSide(side);
    const bytes = segmentBytes({
      from: this.#ends[side],
      to: this.#ends[other],
      sequence: this.#next[side],
      acknowledgment: (flags & ACK) === 0 ? 0 : this.#next[other],
      flags,
      ...(payload === undefined ? {} : { payload }),
    });
    this.packets.push(bytes);
    return this;
  }
}

/** A capture of IP packets, one each millisecond. */
export function pcapOf(packets: readonly Uint8Array[]): Buffer {
  const written = packets.map((bytes, index) => ({
    seconds: 1_700_000_000 + Math.floor(index / 1000),
    nanoseconds: (index % 1000) * 1_000_000,
    bytes,
  }));
  return writePcap(written, { linkType: LINKTYPE_RAW });
}

/** The request of {@link Talk.upgrade}. */
export function requestText({ offered, subprotocol, target = '/', more = '' }: UpgradeFields = {}): string {
  return (
    `GET ${target} HTTP/1.1\r\nHost: example.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n` +
    `${line('Extensions', offered)}${line('Protocol', subprotocol)}${more}\r\n`
  );
}

/** The response of {@link Talk.upgrade}. */
export function responseText({ extensions, subprotocol }: UpgradeFields = {}): string {
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${ACCEPT}\r\n` +
    `${line('Extensions', extensions)}${line('Protocol', subprotocol)}\r\n`
  );
}

function line(name: string, value: string | undefined): string {
  return value === undefined ? '' : `Sec-WebSocket-${name}: ${value}\r\n`;
}
