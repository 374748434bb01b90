import type { DissectEvent } from '../../events.js';
import type { RecordType } from '../../output/records/record-field.js';

/** What becomes of something: it was chosen, it stands near what was chosen, or it is left out. */
export type Shown = 'chosen' | 'around' | 'left-out';

/** Takes what becomes of each, in their order, and where something was left out between two that are shown. */
export interface ContextListener<Item = DissectEvent> {
  shown(item: Item, how: Shown): void;
  /** What is shown next does not follow what was shown before. */
  separate(): void;
}

/** What is to be known of that of which some is chosen. */
export interface ContextKind<Item> {
  /** How many are shown before and after. */
  readonly records: number;
  /** It is counted, and shown or not by itself. */
  isRecord(item: Item): boolean;
  /** It is shown where the record before it is. */
  isCompanion(item: Item): boolean;
  /** It can be shown at all. */
  isOurs(item: Item): boolean;
  /** Bytes that it keeps while it waits. */
  bytes(item: Item): number;
}

/** Bytes of payload that wait in case something near them is chosen; of more, the oldest wait no longer. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A record and what came with it: the messages that a frame completes, findings. */
interface Unit<Item> {
  readonly items: Item[];
  readonly bytes: number;
}

/** Shows, with the records that are chosen, so many before and after each. */
export class Surroundings<Item> {
  readonly #kind: ContextKind<Item>;
  readonly #listener: ContextListener<Item>;
  #before: Unit<Item>[] = [];
  #bytes = 0;
  /** As many more are shown after what was chosen. */
  #after = 0;
  #hasShown = false;
  /** Something was left out since. */
  #isParted = false;
  #current: Shown | 'waits' = 'left-out';

  constructor(kind: ContextKind<Item>, listener: ContextListener<Item>) {
    this.#kind = kind;
    this.#listener = listener;
  }

  /** Nothing more is shown after what was chosen. */
  get isOver(): boolean {
    return this.#after === 0;
  }

  /** Takes the next one. @param isChosen - it is shown, whatever is around it */
  event(item: Item, isChosen: boolean): void {
    if (!this.#kind.isRecord(item)) {
      this.#accompany(item, isChosen);
    } else if (isChosen) {
      if (this.#isParted && this.#hasShown) this.#listener.separate();
      const before = this.#before;
      this.#before = [];
      this.#bytes = 0;
      for (const unit of before) for (const each of unit.items) this.#show(each, 'around');
      this.#after = this.#kind.records;
      this.#show(item, 'chosen');
    } else if (!this.#kind.isOurs(item)) {
      this.#show(item, 'left-out');
    } else if (this.#after > 0) {
      this.#after--;
      this.#show(item, 'around');
    } else {
      this.#wait(item);
    }
  }

  /** Nothing more comes. */
  end(): void {
    while (this.#before.length > 0) this.#dropOldest();
  }

  /** A message goes with the frame before it, and a finding stays in its place. */
  #accompany(item: Item, isChosen: boolean): void {
    if (isChosen) {
      this.end();
      this.#listener.shown(item, 'chosen');
    } else if (this.#current === 'waits') {
      const last = this.#before.at(-1);
      if (last === undefined) this.#listener.shown(item, 'left-out');
      else last.items.push(item);
    } else {
      this.#listener.shown(item, this.#kind.isCompanion(item) ? this.#current : 'left-out');
    }
  }

  #show(item: Item, how: Shown): void {
    this.#current = how;
    if (how !== 'left-out') {
      this.#hasShown = true;
      this.#isParted = false;
    }
    this.#listener.shown(item, how);
  }

  #wait(item: Item): void {
    const bytes = this.#kind.bytes(item);
    this.#before.push({ items: [item], bytes });
    this.#bytes += bytes;
    this.#current = 'waits';
    while (this.#before.length > this.#kind.records || (this.#bytes > MOST_BYTES && this.#before.length > 0)) {
      this.#dropOldest();
    }
  }

  #dropOldest(): void {
    const unit = this.#before.shift()!;
    this.#bytes -= unit.bytes;
    this.#isParted = true;
    for (const item of unit.items) this.#listener.shown(item, 'left-out');
  }
}

/** {@link Surroundings} of events. */
export class Context extends Surroundings<DissectEvent> {
  /**
   * @param records - how many before and after
   * @param isOurs - whether a record can be shown at all
   */
  constructor(type: RecordType, records: number, isOurs: (event: DissectEvent) => boolean, listener: ContextListener) {
    super(
      {
        records,
        isRecord: (event) => event.type === type,
        isCompanion: (event) => event.type === 'message' && type === 'frame',
        isOurs,
        bytes: payloadLength,
      },
      listener,
    );
  }
}

function payloadLength(event: DissectEvent): number {
  if (event.type === 'frame') return event.frame.payload?.length ?? 0;
  return event.type === 'message' ? (event.message.payload?.length ?? 0) : 0;
}
