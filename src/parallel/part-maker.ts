import { isLossEvent } from '../check/loss.js';
import type { DissectEvent, Wants } from '../events.js';
import type { PartSeen } from './protocol.js';

/**
 * What a thread makes of the events of its connections: the part of a consumer that needs to know nothing of the connections of
 * other threads. What it makes goes to the consumer itself by way of a `PartWriter`.
 */
export interface PartMaker {
  /** Findings, and connections that were refused, are among what it makes: they are passed on in no other way. */
  readonly hasAll?: boolean;
  /** What counts messages as they come: see `Wants`. */
  readonly counter?: Wants['counter'];
  event(event: DissectEvent): void;
  /** All that comes of a step has come. */
  stepOver?(): void;
  /** All steps of an epoch are over. */
  epochOver?(): void;
  /** Nothing more comes, be it that the capture cannot be read any further. */
  end?(): void;
}

/** Counts what goes by. */
export class Seen {
  #opened = 0;
  #frames = 0;
  #messages = 0;
  #isLossy = false;

  event(event: DissectEvent): void {
    if (event.type === 'frame') this.#frames++;
    else if (event.type === 'message') this.#messages++;
    else if (event.type === 'open' && event.handshake.state !== 'refused') this.#opened++;
    this.#isLossy ||= isLossEvent(event);
  }

  /** What has gone by since this was last asked. */
  take(): Omit<PartSeen, 'http2Connections'> {
    const seen = { opened: this.#opened, frames: this.#frames, messages: this.#messages, isLossy: this.#isLossy };
    this.#opened = 0;
    this.#frames = 0;
    this.#messages = 0;
    this.#isLossy = false;
    return seen;
  }
}
