import type { ConnectionRef, DissectEvent, FrameEvent, MessageEvent } from '../events.js';
import type { Message } from '../message/message.js';
import { CLOSE, type Frame, type FrameHeader } from '../websocket/frame.js';
import type { FindingRedactor } from './finding-redactor.js';
import { frameWith, type PayloadRedactor } from './payload-redactor.js';

/** An event on its way to the consumer. */
export interface Waiting {
  event: DissectEvent;
  /** The frame as it was captured, as long as it is not known what its message says. */
  frame: Frame | undefined;
}

/**
 * Redacts frames. One with a payload waits for the message that it is a part of: what the rules name may begin in one frame and
 * end in another.
 */
export class FrameRedactor {
  readonly #payloads: PayloadRedactor;
  readonly #findings: FindingRedactor;
  /** Frames as they were captured, and what became of them. */
  readonly #frames = new WeakMap<FrameHeader, Frame>();
  /** Bytes of payload that wait. */
  waitingBytes = 0;

  constructor(payloads: PayloadRedactor, findings: FindingRedactor) {
    this.#payloads = payloads;
    this.#findings = findings;
  }

  /** Takes a frame. @param open - the frames of its direction that wait */
  take(event: FrameEvent, ref: ConnectionRef, open: Waiting[]): Waiting {
    const { frame } = event;
    const isOpen = frame.payload !== undefined && frame.payload.length > 0;
    const waiting: Waiting = { event: { ...event, connection: ref }, frame: isOpen ? frame : undefined };
    if (isOpen) {
      open.push(waiting);
      this.waitingBytes += frame.payload.length;
    } else if (frame.findings.length > 0) {
      waiting.event = { ...event, connection: ref, frame: this.#changed(frame, frame.payload) };
    }
    return waiting;
  }

  /**
   * It is known what the frames of a message say.
   *
   * @param waiting - the frames of its direction that wait
   * @returns those that still do
   */
  settle(waiting: readonly Waiting[], { message, completedBy }: MessageEvent, payload: Buffer | undefined): Waiting[] {
    const isControl = message.opcode >= CLOSE;
    const own = waiting.filter(({ frame }) => frame!.opcode >= CLOSE === isControl);
    // A message is given up when the first frame of the next one is there.
    if (completedBy === undefined && own.length > message.frames) own.pop();
    const places = payload === undefined ? undefined : placesIn(message, own);
    for (const [index, each] of own.entries()) {
      const place = places?.[index];
      if (place === undefined) this.#fill(each, message.status === 'ok');
      else this.#settleFrame(each, payload!.subarray(place, place + each.frame!.payload!.length));
    }
    return waiting.filter((each) => !own.includes(each));
  }

  #settleFrame(waiting: Waiting, payload: Buffer): void {
    const { frame, event } = waiting;
    waiting.frame = undefined;
    if (frame === undefined) return;
    this.waitingBytes -= frame.payload!.length;
    waiting.event = { ...(event as FrameEvent), frame: this.#changed(frame, payload) };
  }

  /**
   * What is in a frame is not known: nothing of it is shown.
   *
   * @param isCounted - its message was not replaced whole as well
   */
  #fill(waiting: Waiting, isCounted: boolean): void {
    const { frame } = waiting;
    if (frame === undefined) return;
    const { payload, opcode } = frame;
    const filled = isCounted ? this.#payloads.whole(payload!, opcode) : this.#payloads.filled(payload!, opcode);
    this.#settleFrame(waiting, filled);
  }

  /** What is in these frames will not be known. */
  fillAll(frames: Waiting[]): void {
    for (const each of frames.splice(0)) this.#fill(each, true);
  }

  #changed(frame: Frame, payload: Buffer | undefined): Frame {
    let changed = this.#frames.get(frame);
    if (changed === undefined) {
      const isSame = payload === frame.payload && frame.findings.length === 0;
      changed = isSame ? frame : frameWith(frame, payload, this.#findings.findings(frame.findings));
      this.#frames.set(frame, changed);
    }
    return changed;
  }

  /** A header that a message names. */
  headerOf(header: FrameHeader, message: Message, payload: Buffer | undefined): FrameHeader {
    return 'payload' in header ? this.frameOf(header as Frame, message, payload) : header;
  }

  /** A frame that a message names, which may not have been an event. */
  frameOf(frame: Frame, message: Message, payload: Buffer | undefined): Frame {
    const known = this.#frames.get(frame);
    if (known !== undefined) return known;
    const isAll =
      message.frames === 1 && frame.payload !== undefined && message.payload?.equals(frame.payload) === true;
    if (isAll) return this.#changed(frame, payload);
    const { payload: own } = frame;
    return this.#changed(frame, own === undefined || own.length === 0 ? own : this.#payloads.filled(own, frame.opcode));
  }
}

/** Where in a message the payloads of its frames stand; `undefined` where they are not the message byte for byte. */
function placesIn({ payload, status, compressed }: Message, frames: readonly Waiting[]): number[] | undefined {
  if (payload === undefined || status !== 'ok' || compressed) return undefined;
  const places: number[] = [];
  let at = 0;
  for (const { frame } of frames) {
    const { payload: own } = frame!;
    if (!payload.subarray(at, at + own!.length).equals(own!)) return undefined;
    places.push(at);
    at += own!.length;
  }
  return at === payload.length ? places : undefined;
}
