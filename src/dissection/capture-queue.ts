import type { CaptureSink, Packet } from '../capture/packet.js';
import type { Finding } from '../common/finding.js';

/** What a capture says beside its packets, with how many packets of the queue stand before it. */
export type CaptureNote = { readonly after: number } & (
  { readonly found: Finding } | { readonly keyLog: Buffer; readonly isLast: boolean }
);

/**
 * What a capture gave and was not read yet. All of it waits in the order of the file, so that no chunking changes the events.
 */
export class CaptureQueue implements CaptureSink {
  #packets: Packet[] = [];
  #next = 0;
  /** Findings and secrets of the capture, each with the packets of the queue that stand before it. */
  readonly #notes: CaptureNote[] = [];

  packet(packet: Packet): void {
    this.#packets.push(packet);
  }

  secrets(keyLog: Buffer, isLast: boolean): void {
    this.#notes.push({ after: this.#packets.length, keyLog, isLast });
  }

  finding(found: Finding): void {
    this.#notes.push({ after: this.#packets.length, found });
  }

  /** Takes out a note that stands before the next packet. */
  takeNote(): CaptureNote | undefined {
    const note = this.#notes[0];
    return note !== undefined && note.after <= this.#next ? this.#notes.shift() : undefined;
  }

  /** Takes out the next packet; `undefined` where none waits. */
  takePacket(): Packet | undefined {
    if (this.#next < this.#packets.length) return this.#packets[this.#next++];
    if (this.#next > 0) {
      this.#packets = [];
      this.#next = 0;
    }
    return undefined;
  }
}
