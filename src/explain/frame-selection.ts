import type { DissectEvent, FrameEvent } from '../events.js';
import type { Message } from '../message/message.js';
import { headerBytes } from '../websocket/header-bytes.js';
import type { ShownFrame } from './shown-frame.js';

/** Which frames of a capture are explained: all where nothing is said, else those that all parts fit. */
export interface FrameChoice {
  /** Number of the packet that completed the frame, from 1. */
  readonly packet?: number;
  /** Number of the frame among those of all events, from 1. */
  readonly frame?: number;
}

/** Picks the frames to explain from the events of a capture, each with the message that it completed. */
export class FrameSelection {
  readonly #choice: FrameChoice;
  #number = 0;
  #held: { readonly event: FrameEvent; readonly number: number; message: Message | undefined } | undefined;
  #chosen = 0;

  constructor(choice: FrameChoice) {
    this.#choice = choice;
  }

  /** Frames of the capture so far. */
  get seen(): number {
    return this.#number;
  }

  /** Frames that were chosen so far. */
  get chosen(): number {
    return this.#chosen;
  }

  /** Nothing that comes later can be chosen. */
  get isDone(): boolean {
    return this.#choice.frame !== undefined && this.#number > this.#choice.frame;
  }

  /** Takes the next event. @returns the chosen frame before it, once all that belongs to it has come */
  event(event: DissectEvent): ShownFrame | undefined {
    if (event.type === 'message') {
      if (this.#held !== undefined && event.completedBy === this.#held.event.frame) this.#held.message = event.message;
      return undefined;
    }
    if (event.type !== 'frame') return undefined;
    const before = this.end();
    this.#number++;
    if (this.#isChosen(event)) {
      this.#chosen++;
      this.#held = { event, number: this.#number, message: undefined };
    }
    return before;
  }

  /** Nothing more comes. @returns the last chosen frame */
  end(): ShownFrame | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    this.#held = undefined;
    const { event, number, message } = held;
    const { frame, connection, direction } = event;
    return {
      number,
      frame,
      header: headerBytes(frame),
      direction,
      isDirectionByMask: false,
      connection,
      message,
      inflatedBefore: undefined,
      following: 0,
    };
  }

  #isChosen({ frame }: FrameEvent): boolean {
    const { packet, frame: number } = this.#choice;
    return (packet === undefined || frame.at.packet === packet) && (number === undefined || this.#number === number);
  }
}
