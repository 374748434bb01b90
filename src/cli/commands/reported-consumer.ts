import type { Consumer } from '../../consumer.js';
import type { Wants } from '../../conversation.js';
import type { DissectEvent } from '../../events.js';
import { inputName } from '../input/named-error.js';
import type { Io } from '../terminal/io.js';
import { Notices } from '../terminal/notices.js';
import { isLossEvent } from './loss.js';

/** What the exit code depends on. */
export interface Told {
  isLossy: boolean;
  isUnreadable: boolean;
}

/** A consumer with findings reported to stderr, and losses noticed, as its events go by. */
export class ReportedConsumer implements Consumer {
  readonly wants: Wants;
  readonly #io: Io;
  readonly #consumer: Consumer;
  readonly #notices: Notices;
  readonly #isQuiet: boolean;
  readonly #told: Told;

  /** @param name - name of the input */
  constructor(io: Io, consumer: Consumer, name: string, { quiet = false }: { readonly quiet?: boolean }, told: Told) {
    this.wants = consumer.wants;
    this.#io = io;
    this.#consumer = consumer;
    this.#notices = new Notices(inputName(name));
    this.#isQuiet = quiet;
    this.#told = told;
  }

  get isDone(): boolean {
    return this.#consumer.isDone === true;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    const waiting = this.#consumer.event(event);
    if (this.#consumer.isDone === true) return waiting;
    this.#told.isLossy ||= isLossEvent(event);
    if (event.type === 'finding' && !this.#isQuiet) this.#notices.add(event.finding);
    return waiting;
  }

  async pause(): Promise<void> {
    await this.#consumer.pause?.();
    this.#report();
  }

  async end(): Promise<void> {
    await this.#consumer.end();
    this.#notices.end();
    this.#report();
  }

  #report(): void {
    const lines = this.#notices.take();
    if (lines !== '') this.#io.report(lines);
  }
}
