import type { WrittenPacket } from '../capture/pcap/pcap-writer.js';
import { ACK, FIN, type Host, MAXIMUM_SEGMENT, PSH, SYN, tcpPacket } from './tcp-packet.js';

/** Which end of a written connection: the client opens it. */
export type Sender = 'client' | 'server';

/** Addresses that no real host has (RFC 5737 section 3, and hardware addresses of local administration). */
const HOSTS: Readonly<Record<Sender, Host>> = {
  client: { hardware: [2, 0, 0, 0, 0, 1], address: [192, 0, 2, 1], port: 49_152 },
  server: { hardware: [2, 0, 0, 0, 0, 2], address: [192, 0, 2, 2], port: 80 },
};

/** Sequence numbers that the two sides begin with: any will do, and round ones are easy to follow. */
const FIRST_SEQUENCE: Readonly<Record<Sender, number>> = { client: 1_000_000, server: 2_000_000 };

const MILLISECOND = 1_000_000;
const SECOND = 1_000_000_000;
/** Segments that are acknowledged together (RFC 9293 section 3.8.6.3). */
const SEGMENTS_PER_ACK = 2;
const NOTHING = Buffer.alloc(0);

/** A TCP connection as it would have been captured: every packet of it, a millisecond apart. */
export class WrittenConnection {
  readonly packets: WrittenPacket[] = [];
  readonly #startSeconds: number;
  readonly #next: Record<Sender, number> = { ...FIRST_SEQUENCE };

  /** @param startSeconds - time of the first packet, in whole seconds since 1970-01-01 UTC */
  constructor(startSeconds: number) {
    this.#startSeconds = startSeconds;
  }

  /** SYN, SYN and ACK, ACK. */
  open(): void {
    this.#packet('client', SYN, NOTHING);
    this.#packet('server', SYN | ACK, NOTHING);
    this.#packet('client', ACK, NOTHING);
  }

  /** Sends bytes, in as many segments as they take; the other side acknowledges all of them. */
  send(from: Sender, bytes: Uint8Array): void {
    let unacknowledged = 0;
    for (let start = 0; start < bytes.length; start += MAXIMUM_SEGMENT) {
      const end = Math.min(start + MAXIMUM_SEGMENT, bytes.length);
      this.#packet(from, end === bytes.length ? PSH | ACK : ACK, bytes.subarray(start, end));
      unacknowledged++;
      if (unacknowledged < SEGMENTS_PER_ACK && end < bytes.length) continue;
      this.#packet(other(from), ACK, NOTHING);
      unacknowledged = 0;
    }
  }

  /** FIN of one side, FIN of the other, and the last ACK. */
  close(from: Sender): void {
    this.#packet(from, FIN | ACK, NOTHING);
    this.#packet(other(from), FIN | ACK, NOTHING);
    this.#packet(from, ACK, NOTHING);
  }

  #packet(from: Sender, flags: number, payload: Uint8Array): void {
    const to = other(from);
    const nanoseconds = this.packets.length * MILLISECOND;
    this.packets.push({
      seconds: this.#startSeconds + Math.floor(nanoseconds / SECOND),
      nanoseconds: nanoseconds % SECOND,
      bytes: tcpPacket({
        from: HOSTS[from],
        to: HOSTS[to],
        sequence: this.#next[from],
        acknowledgment: (flags & ACK) === 0 ? 0 : this.#next[to],
        flags,
        identification: this.packets.length,
        payload,
      }),
    });
    // SYN and FIN take a sequence number each.
    this.#next[from] += payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
  }
}

/** The end across. */
export function other(sender: Sender): Sender {
  return sender === 'client' ? 'server' : 'client';
}
