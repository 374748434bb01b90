import type { Finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { Moment } from '../common/moment.js';
import { NOWHERE, otherSide, type ConnectionSink, type End, type Side } from '../common/sink.js';
import type { KeyLog } from './key-log.js';
import { PlaintextOutlet } from './plaintext-outlet.js';
import { encryptedFinding } from './encrypted-finding.js';
import { TlsHalf } from './tls-half.js';
import type { TlsListener } from './tls-listener.js';
import { TlsSession } from './tls-session.js';

/** What a TLS connection is read with. */
export interface TlsOptions {
  readonly limits: Limits;
  /** Where everything that waits is counted, over all connections. */
  readonly held: HeldBytes;
  readonly keys: KeyLog;
}

/** A connection that is TLS: its bytes in, its plaintext out to the next stage. */
export class TlsConnection implements ConnectionSink {
  readonly #listener: TlsListener;
  readonly #session: TlsSession;
  readonly #outlet: PlaintextOutlet;
  readonly #halves: readonly [TlsHalf, TlsHalf];
  #ends = 0;
  #ended = 0;

  constructor({ limits, held, keys }: TlsOptions, listener: TlsListener) {
    this.#listener = listener;
    const session = new TlsSession(keys);
    const outlet = new PlaintextOutlet(() => listener.plaintext(session), limits.findings);
    const half = (side: Side): TlsHalf => {
      const ended = (how: End, at: Moment): void => this.#halfEnded(side, how, at);
      return new TlsHalf({ side, session, outlet, limits, held, ended });
    };
    this.#session = session;
    this.#outlet = outlet;
    this.#halves = [half(0), half(1)];
  }

  bytes(side: Side, chunk: Buffer, at: Moment): void {
    this.#halves[side].take({ kind: 'bytes', side, bytes: chunk, at });
    this.#retry();
  }

  gap(side: Side, length: number | undefined, at: Moment): void {
    this.#halves[side].take({ kind: 'gap', side, length, at });
    this.#retry();
  }

  end(side: Side, how: End, at: Moment): void {
    this.#halves[side].take({ kind: 'end', side, how, at });
    this.#retry();
    this.#ends++;
    if (this.#ends < 2) return;
    for (const half of this.#halves) {
      half.giveUp();
      this.#retry();
    }
  }

  finding(side: Side, finding: Finding): void {
    this.#outlet.finding(side, finding);
  }

  /** Of one that was never decrypted nothing more can be said once it has ended, and nothing needs to be kept. */
  get settled(): ConnectionSink | undefined {
    return this.#ended === 2 && !this.#outlet.open ? NOWHERE : undefined;
  }

  /** What one side said can be what the other waits for. */
  #retry(): void {
    for (let seen = -1; seen !== this.#session.changes;) {
      seen = this.#session.changes;
      this.#halves[0].retry();
      this.#halves[1].retry();
    }
  }

  #halfEnded(side: Side, how: End, at: Moment): void {
    this.#ended++;
    if (this.#ended === 2) this.#reportEncrypted(side);
    this.#outlet.end(side, how, at);
  }

  #reportEncrypted(lastSide: Side): void {
    const encrypted = encryptedFinding(this.#session, this.#halves);
    if (encrypted !== undefined && this.#outlet.open) {
      const side = this.#halves[lastSide].refusal === undefined ? otherSide(lastSide) : lastSide;
      this.#outlet.finding(side, encrypted);
    } else if (encrypted !== undefined) {
      this.#listener.report(encrypted);
    } else {
      for (const finding of this.#outlet.findings) this.#listener.report(finding);
    }
  }
}
