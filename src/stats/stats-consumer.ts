import { COUNT_LIMITS } from '../common/limits.js';
import type { Consumer } from '../consumer.js';
import type { DissectEvent, Wants } from '../events.js';
import type { DecodeChoice } from '../subprotocol/meaning-reader.js';
import { CaptureStats } from './capture-stats.js';
import type { ConnectionStats } from './connection-stats.js';
import { StatsParts, type StatsChoice, type StatsPiece } from './stats-parts.js';

/** Takes what was counted. */
export interface StatsOutput {
  /** A connection has ended. @returns a promise where there is something to wait for */
  connection(stats: ConnectionStats): Promise<void> | undefined;
  /** The next connection may be long in ending. */
  pause?(): Promise<void> | undefined;
  /** The capture is over. */
  capture(stats: CaptureStats): Promise<void> | undefined;
}

/** Counts what a capture has, each connection in a part of its own. */
export class StatsConsumer implements Consumer {
  readonly wants: Wants;
  readonly #output: StatsOutput;
  readonly #capture: CaptureStats;
  readonly #parts: StatsParts;

  constructor(output: StatsOutput, decode: DecodeChoice, choice: StatsChoice = {}) {
    this.#output = output;
    this.#capture = new CaptureStats(choice.messages !== undefined);
    this.#parts = new StatsParts(decode, choice, {
      names: { left: COUNT_LIMITS.nameBytes },
      calls: { left: COUNT_LIMITS.openCallBytes },
      seconds: (second) => this.messages(second, 1),
    });
    this.wants = this.#parts.wants;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    const piece = this.#parts.event(event);
    return piece === undefined ? undefined : this.piece(piece);
  }

  /** Takes what an event adds, of whichever connection. */
  piece({ open, over, done, finding }: StatsPiece): Promise<void> | undefined {
    if (open !== undefined) this.#capture.reconnecting.open(open);
    if (over !== undefined) this.#capture.reconnecting.over(over);
    if (finding !== undefined) this.#capture.finding(finding, 1);
    if (done === undefined) return undefined;
    this.#capture.add(done);
    return this.#output.connection(done);
  }

  /** Counts messages of a second, of whichever connection. */
  messages(second: number, count: number): void {
    this.#capture.messages(second, count);
  }

  pause(): Promise<void> | undefined {
    return this.#output.pause?.();
  }

  async end(): Promise<void> {
    for (const [, piece] of this.#parts.unended()) await this.piece(piece);
    await this.#output.capture(this.#capture);
  }
}
