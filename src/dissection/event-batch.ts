import type { DissectEvent, NewEvent } from '../events.js';

/** Events, or bytes of payload in them, after which a batch is handed over though the chunk has more. */
const BATCH_EVENTS = 512;
const BATCH_BYTES = 4 * 1024 * 1024;

/** Events that wait to be taken, each with its place in the order of the capture. */
export class EventBatch {
  #events: DissectEvent[] = [];
  #bytes = 0;
  /** The packet of the last event, and how many events it has. */
  #packet = 0;
  #number = 0;

  /** More is not to be worked on before the events are taken. */
  get isFull(): boolean {
    return this.#events.length >= BATCH_EVENTS || this.#bytes >= BATCH_BYTES;
  }

  /** Gives an event its place: the packet that it came with, and its number among the events of that. */
  place(event: NewEvent, packet: number): void {
    if (packet !== this.#packet) {
      this.#packet = packet;
      this.#number = 0;
    }
    event.packet = packet;
    event.number = this.#number++;
  }

  add(event: DissectEvent): void {
    this.#events.push(event);
    if (event.type === 'frame') this.#bytes += Number(event.frame.payloadLength);
    else if (event.type === 'message') this.#bytes += event.message.payload?.length ?? 0;
  }

  take(): DissectEvent[] {
    const events = this.#events;
    this.#events = [];
    this.#bytes = 0;
    return events;
  }
}
