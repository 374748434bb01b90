import { COUNT_LIMITS } from '../../../common/limits.js';
import { WatchedAllotment } from '../../../common/watched-allotment.js';
import type { Consumer } from '../../../consumer.js';
import type { DissectEvent, Wants } from '../../../events.js';
import type { PartMaker } from '../../../parallel/part-maker.js';
import { plainRef, type PartWriter } from '../../../parallel/part-writer.js';
import { StatsParts, type StatsPiece } from '../../../stats/stats-parts.js';
import type { ChosenStats } from '../../commands/summaries/stats-choice.js';
import type { StatsOptions } from '../../options/stats-options.js';
import { SecondsLog } from './seconds-log.js';

/** What comes of the connections of a thread: what an event adds, or the seconds of the messages of an epoch. */
export type SharedStatsPiece = StatsPiece & { readonly seconds?: Float64Array };

/** Counts what some connections have. */
export class StatsMaker implements PartMaker {
  readonly counter: Wants['counter'];
  readonly #names = new WatchedAllotment(COUNT_LIMITS.nameBytes);
  readonly #calls = new WatchedAllotment(COUNT_LIMITS.openCallBytes);
  readonly #seconds = new SecondsLog();
  readonly #parts: StatsParts;
  readonly #consumer: Consumer;
  #writer!: PartWriter;

  constructor({ decode }: StatsOptions, { choice, filtered }: ChosenStats) {
    const totals = {
      names: this.#names,
      calls: this.#calls,
      seconds: (second: number) => this.#seconds.add(this.#writer.step, second),
    };
    this.#parts = new StatsParts(decode, choice, totals, () => this.#writer.step);
    this.counter = this.#parts.wants.counter;
    this.#consumer = filtered({
      wants: this.#parts.wants,
      event: (event) => this.#piece(this.#parts.event(event)),
      end: () => undefined,
    });
  }

  /** Where the pieces go to. */
  set writer(writer: PartWriter) {
    this.#writer = writer;
  }

  get fractions(): readonly number[] {
    return [this.#names.fraction, this.#calls.fraction];
  }

  event(event: DissectEvent): void {
    void this.#consumer.event(event);
  }

  stepOver(): void {
    this.#seconds.stepOver(this.#writer.step);
  }

  epochOver(): void {
    const seconds = this.#seconds.take();
    if (seconds !== undefined) this.#writer.object({ piece: { seconds } satisfies SharedStatsPiece });
  }

  end(): void {
    for (const [begun, piece] of this.#parts.unended()) {
      this.#writer.moveTo(begun);
      this.#piece(piece);
    }
  }

  #piece(piece: StatsPiece | undefined): undefined {
    if (piece === undefined) return;
    const { done } = piece;
    const plain = done === undefined ? piece : { ...piece, done: { ...done, connection: plainRef(done.connection) } };
    this.#writer.object({ piece: plain });
  }
}
