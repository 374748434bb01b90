import type { Consumer } from '../../../consumer.js';
import type { PacketWitness, SeenInCapture } from '../../../dissection/capture-witness.js';
import type { DissectEvent, Wants } from '../../../events.js';
import { isLive } from '../../input/live-name.js';
import { inputName, shownName } from '../../input/named-error.js';
import type { PartSeen } from '../../../parallel/protocol.js';
import type { Io } from '../../terminal/io.js';
import { KeyLogHint } from '../../terminal/key-log-hint.js';
import { Notices, type FindingsChoice } from '../../terminal/notices.js';
import { isLossEvent } from '../../../check/loss.js';
import { NothingFound } from '../../../output/nothing-found.js';

/** What the exit code depends on. */
export interface Told {
  isLossy: boolean;
  isUnreadable: boolean;
}

/** Which findings go to stderr. */
export interface ReportOptions {
  readonly findings?: FindingsChoice;
  /** None. */
  readonly quiet?: true;
  /** Findings are records on stdout. */
  readonly hasFindingRecords?: boolean;
  /** Files with secrets of TLS that are read. */
  readonly keylog?: readonly string[];
  /** It says itself where there is nothing to show. */
  readonly isOwnTeller?: boolean;
}

/** On a terminal a summary, so that records can be seen; elsewhere each, for whoever searches them. */
function findingsChoice(io: Io, { findings, quiet, hasFindingRecords }: ReportOptions): FindingsChoice {
  if (quiet === true || hasFindingRecords === true) return 'none';
  return findings ?? (io.isTerminal('stderr') ? 'summary' : 'all');
}

/** A consumer with findings reported to stderr, and losses noticed, as its events go by. */
export class ReportedConsumer implements Consumer {
  readonly wants: Wants;
  readonly #io: Io;
  readonly #consumer: Consumer;
  readonly #notices: Notices;
  readonly #name: string;
  readonly #nothing: NothingFound | undefined;
  readonly #hint: KeyLogHint | undefined;
  readonly #told: Told;

  /** @param name - name of the input */
  constructor(io: Io, consumer: Consumer, name: string, options: ReportOptions, told: Told) {
    this.wants = consumer.wants;
    this.#io = io;
    this.#consumer = consumer;
    const choice = findingsChoice(io, options);
    this.#notices = new Notices(inputName(name), choice, isLive(name));
    this.#hint = choice === 'none' ? undefined : new KeyLogHint({ keylog: options.keylog, env: io.env });
    this.#told = told;
    this.#name = name;
    const isSilent = options.quiet === true || options.isOwnTeller === true;
    this.#nothing = isSilent ? undefined : new NothingFound(consumer.wants);
  }

  get packets(): PacketWitness | undefined {
    return this.#consumer.packets;
  }

  get isDone(): boolean {
    return this.#consumer.isDone === true;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    const waiting = this.#consumer.event(event);
    if (this.#consumer.isDone !== true) this.tell(event);
    return waiting;
  }

  /** Reports an event that is not given to the consumer. */
  tell(event: DissectEvent): void {
    this.#nothing?.event(event);
    this.#told.isLossy ||= isLossEvent(event);
    if (event.type === 'finding') {
      this.#notices.add(event.finding);
      this.#hint?.add(event.finding);
    }
  }

  /** Another thread has seen events that are not given to {@link event}. */
  count(seen: PartSeen): void {
    this.#nothing?.count(seen);
    this.#told.isLossy ||= seen.isLossy;
  }

  async pause(): Promise<void> {
    await this.#consumer.pause?.();
    this.#report();
  }

  async end(): Promise<void> {
    await this.#consumer.end();
    this.#notices.end();
    this.#report();
    const hint = this.#hint?.take();
    if (hint !== undefined) this.#io.report(`wsdissect: ${shownName(this.#name)}: ${hint}\n`);
  }

  /** The input was read to its end: where it gave nothing, says why. */
  seen(seen: SeenInCapture): void {
    const why = this.#nothing?.explain(seen);
    if (why !== undefined) this.#io.report(`wsdissect: ${shownName(this.#name)}: ${why}\n`);
  }

  #report(): void {
    const lines = this.#notices.take();
    if (lines !== '') this.#io.report(lines);
  }
}
