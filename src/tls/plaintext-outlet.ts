import type { Finding } from '../common/finding.js';
import type { Moment } from '../common/moment.js';
import type { ConnectionSink, End, Side } from '../common/sink.js';

/** What is passed on when the first plaintext comes. */
type Pending = (sink: ConnectionSink) => void;

/**
 * Passes plaintext on to the next stage, which is made when there is plaintext for the first time: what was never
 * decrypted is no connection to later stages.
 */
export class PlaintextOutlet implements ConnectionSink {
  readonly #make: () => ConnectionSink;
  readonly #most: number;
  #sink: ConnectionSink | undefined;
  #pending: Pending[] = [];
  #findings: Finding[] = [];

  /** @param most - findings kept for a next stage that is not there yet */
  constructor(make: () => ConnectionSink, most: number) {
    this.#make = make;
    this.#most = most;
  }

  /** Whether there was any plaintext. */
  get open(): boolean {
    return this.#sink !== undefined;
  }

  /** Findings that no next stage took. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  bytes(side: Side, chunk: Buffer, at: Moment): void {
    if (this.#sink === undefined) {
      this.#sink = this.#make();
      for (const pass of this.#pending) pass(this.#sink);
      this.#pending = [];
      this.#findings = [];
    }
    this.#sink.bytes(side, chunk, at);
  }

  gap(side: Side, length: number | undefined, at: Moment): void {
    this.#pass((sink) => sink.gap(side, length, at), false);
  }

  end(side: Side, how: End, at: Moment): void {
    this.#pass((sink) => sink.end(side, how, at), true);
  }

  finding(side: Side, finding: Finding): void {
    if (this.#sink === undefined && this.#findings.length < this.#most) this.#findings.push(finding);
    this.#pass((sink) => sink.finding(side, finding), false);
  }

  #pass(pass: Pending, must: boolean): void {
    if (this.#sink !== undefined) pass(this.#sink);
    else if (must || this.#pending.length < this.#most) this.#pending.push(pass);
  }
}
