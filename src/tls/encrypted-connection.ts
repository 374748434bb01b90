import type { Finding } from '../common/finding.js';
import { finding } from '../common/finding.js';
import { NOWHERE, type ConnectionSink, type Side } from '../common/sink.js';
import { encryptedFinding, type EncryptedReason } from './encrypted-finding.js';
import type { EncryptedSide } from './encrypted-side.js';
import type { TlsListener } from './tls-listener.js';

/**
 * A TLS connection of which nothing can be decrypted. It counts what stays encrypted, says so at its end, and keeps next to
 * nothing: a capture may have a hundred thousand of these.
 */
export class EncryptedConnection implements ConnectionSink {
  readonly #sides: readonly [EncryptedSide, EncryptedSide];
  readonly #reason: EncryptedReason;
  readonly #listener: TlsListener;
  /** Findings that are told one by one. */
  #findingsLeft: number;
  #untold = 0;
  #ends = 0;

  constructor(
    sides: readonly [EncryptedSide, EncryptedSide],
    reason: EncryptedReason,
    listener: TlsListener,
    findings: number,
  ) {
    this.#sides = sides;
    this.#reason = reason;
    this.#listener = listener;
    this.#findingsLeft = findings;
  }

  bytes(side: Side, chunk: Buffer): void {
    this.#sides[side].bytes(chunk);
  }

  gap(side: Side, length: number | undefined): void {
    this.#sides[side].gap(length);
  }

  end(side: Side): void {
    this.#sides[side].end();
    this.#ends++;
    if (this.#ends < 2) return;
    const bytes = [this.#sides[0].encryptedBytes, this.#sides[1].encryptedBytes] as const;
    const encrypted = encryptedFinding(this.#reason, bytes);
    if (encrypted !== undefined) this.#listener.report(encrypted);
    if (this.#untold === 0) return;
    const message = `${this.#untold} more findings on this connection are not listed`;
    this.#listener.report(finding('limit.findings', message));
  }

  finding(_side: Side, found: Finding): void {
    if (this.#findingsLeft === 0) {
      this.#untold++;
      return;
    }
    this.#findingsLeft--;
    this.#listener.report(found);
  }

  /** Once it has ended, nothing more can be said of it. */
  get settled(): ConnectionSink | undefined {
    return this.#ends === 2 ? NOWHERE : undefined;
  }
}
