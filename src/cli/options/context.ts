import type { DissectEvent } from '../../events.js';
import type { RecordType } from '../../output/json-record.js';

/** What becomes of an event: it was chosen, it stands near what was chosen, or it is left out. */
export type Shown = 'chosen' | 'around' | 'left-out';

/** Takes what becomes of each event, in their order, and where something was left out between two that are shown. */
export interface ContextListener {
  shown(event: DissectEvent, how: Shown): void;
  /** What is shown next does not follow what was shown before. */
  separate(): void;
}

/** Bytes of payload that wait in case something near them is chosen; of more, the oldest wait no longer. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A record and what came with it: the messages that a frame completes, findings. */
interface Unit {
  readonly events: DissectEvent[];
  readonly bytes: number;
}

/** Shows, with the records that are chosen, so many before and after each. */
export class Context {
  readonly #type: RecordType;
  readonly #records: number;
  readonly #listener: ContextListener;
  readonly #isOurs: (event: DissectEvent) => boolean;
  #before: Unit[] = [];
  #bytes = 0;
  /** As many more are shown after what was chosen. */
  #after = 0;
  #hasShown = false;
  /** Something was left out since. */
  #isParted = false;
  #current: Shown | 'waits' = 'left-out';

  /**
   * @param records - how many before and after
   * @param isOurs - whether a record can be shown at all
   */
  constructor(type: RecordType, records: number, isOurs: (event: DissectEvent) => boolean, listener: ContextListener) {
    this.#type = type;
    this.#records = records;
    this.#isOurs = isOurs;
    this.#listener = listener;
  }

  /** Nothing more is shown after what was chosen. */
  get isOver(): boolean {
    return this.#after === 0;
  }

  /** Takes the next event. @param isChosen - it is shown, whatever is around it */
  event(event: DissectEvent, isChosen: boolean): void {
    if (event.type !== this.#type) {
      this.#accompany(event, isChosen);
    } else if (isChosen) {
      if (this.#isParted && this.#hasShown) this.#listener.separate();
      const before = this.#before;
      this.#before = [];
      this.#bytes = 0;
      for (const unit of before) for (const each of unit.events) this.#show(each, 'around');
      this.#after = this.#records;
      this.#show(event, 'chosen');
    } else if (!this.#isOurs(event)) {
      this.#show(event, 'left-out');
    } else if (this.#after > 0) {
      this.#after--;
      this.#show(event, 'around');
    } else {
      this.#wait(event);
    }
  }

  /** Nothing more comes. */
  end(): void {
    while (this.#before.length > 0) this.#dropOldest();
  }

  /** A message goes with the frame before it, and a finding stays in its place. */
  #accompany(event: DissectEvent, isChosen: boolean): void {
    const isMessage = event.type === 'message' && this.#type === 'frame';
    if (isChosen) {
      this.end();
      this.#listener.shown(event, 'chosen');
    } else if (this.#current === 'waits') {
      const last = this.#before.at(-1);
      if (last === undefined) this.#listener.shown(event, 'left-out');
      else last.events.push(event);
    } else {
      this.#listener.shown(event, isMessage ? this.#current : 'left-out');
    }
  }

  #show(event: DissectEvent, how: Shown): void {
    this.#current = how;
    if (how !== 'left-out') {
      this.#hasShown = true;
      this.#isParted = false;
    }
    this.#listener.shown(event, how);
  }

  #wait(event: DissectEvent): void {
    const bytes = payloadLength(event);
    this.#before.push({ events: [event], bytes });
    this.#bytes += bytes;
    this.#current = 'waits';
    while (this.#before.length > this.#records || (this.#bytes > MOST_BYTES && this.#before.length > 0)) {
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    const unit = this.#before.shift()!;
    this.#bytes -= unit.bytes;
    this.#isParted = true;
    for (const event of unit.events) this.#listener.shown(event, 'left-out');
  }
}

function payloadLength(event: DissectEvent): number {
  if (event.type === 'frame') return event.frame.payload?.length ?? 0;
  return event.type === 'message' ? (event.message.payload?.length ?? 0) : 0;
}
