import type { HeldBytes } from '../common/held-bytes.js';
import { finding as makeFinding, type Finding } from '../common/finding.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import { DISCARD, otherSide, type ConnectionSink, type End, type Side } from '../common/sink.js';
import { EncryptedConnection } from './encrypted/encrypted-connection.js';
import { encryptedFinding, encryptedReason } from './encrypted/encrypted-finding.js';
import type { KeyLog } from './key-log/key-log.js';
import { PlaintextForwarder } from './plaintext-forwarder.js';
import { TlsHalf, type TlsHalfOwner } from './tls-half.js';
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
export class TlsConnection implements ConnectionSink, TlsHalfOwner {
  readonly session: TlsSession;
  readonly forwarder: PlaintextForwarder;
  readonly limits: Limits;
  readonly held: HeldBytes;
  readonly #listener: TlsListener;
  readonly #halves: readonly [TlsHalf, TlsHalf];
  #encrypted: EncryptedConnection | undefined;
  #ends = 0;
  #ended = 0;

  constructor({ limits, held, keys }: TlsOptions, listener: TlsListener) {
    this.#listener = listener;
    this.session = new TlsSession(keys);
    this.forwarder = new PlaintextForwarder(() => listener.plaintext(this.session), limits, held);
    this.limits = limits;
    this.held = held;
    this.#halves = [new TlsHalf(0, this), new TlsHalf(1, this)];
  }

  bytes(side: Side, chunk: Buffer, at: PacketTime): void {
    if (this.#encrypted !== undefined) {
      this.#encrypted.bytes(side, chunk);
      return;
    }
    this.#halves[side].bytes(chunk, at);
    this.#retry();
  }

  gap(side: Side, length: number | undefined, at: PacketTime): void {
    if (this.#encrypted !== undefined) {
      this.#encrypted.gap(side, length);
      return;
    }
    this.#halves[side].take({ kind: 'gap', side, length, at });
    this.#retry();
  }

  end(side: Side, how: End, at: PacketTime): void {
    if (this.#encrypted !== undefined) {
      this.#encrypted.end(side);
      return;
    }
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
    (this.#encrypted ?? this.forwarder).finding(side, finding);
  }

  get settled(): ConnectionSink | undefined {
    if (this.forwarder.open) return undefined;
    // Of one that was never decrypted nothing more can be said once it has ended, and nothing needs to be kept.
    if (this.#ended === 2) return DISCARD;
    return this.#ends === 0 ? (this.#encrypted ??= this.#giveUp()) : undefined;
  }

  ended(side: Side, how: End, at: PacketTime): void {
    this.#ended++;
    if (this.#ended === 2) this.#reportEncrypted(side);
    this.forwarder.end(side, how, at);
    if (this.#ended < 2) return;
    const { firstLoss } = this.forwarder;
    if (!this.forwarder.open) this.forwarder.close();
    else if (firstLoss !== undefined && this.#listener.isUnproven) this.#listener.report(firstLoss);
  }

  /** What takes the rest of a connection of which neither side can be decrypted. */
  #giveUp(): EncryptedConnection | undefined {
    const [one, other] = [this.#halves[0].encrypted, this.#halves[1].encrypted];
    if (one === undefined || other === undefined) return undefined;
    const reason = encryptedReason(this.session, [this.#halves[0].refusal, this.#halves[1].refusal], (side) =>
      this.#listener.endpoint(side),
    );
    const encrypted = new EncryptedConnection([one, other], reason, this.#listener.lastingReport, this.limits.findings);
    for (const found of this.forwarder.close()) encrypted.finding(0, found);
    return encrypted;
  }

  /** What one side said can be what the other waits for. */
  #retry(): void {
    for (let seen = -1; seen !== this.session.changes;) {
      seen = this.session.changes;
      this.#halves[0].retry();
      this.#halves[1].retry();
    }
  }

  #reportEncrypted(lastSide: Side): void {
    const [half0, half1] = this.#halves;
    const reason = encryptedReason(this.session, [half0.refusal, half1.refusal], (side) =>
      this.#listener.endpoint(side),
    );
    const bytes = [half0.encryptedBytes, half1.encryptedBytes] as const;
    const encrypted = encryptedFinding(reason, bytes, [half0.hasLost, half1.hasLost]);
    if (this.forwarder.open) {
      const side = this.#halves[lastSide].refusal === undefined ? otherSide(lastSide) : lastSide;
      if (encrypted !== undefined) this.forwarder.finding(side, encrypted);
      return;
    }
    const { untold } = this.forwarder;
    // That the connection is not shown is told once: by what stayed encrypted, or else by what is missing.
    const isToldAnyway = ({ code }: Finding): boolean => code === 'tls.gap' && encrypted !== undefined;
    for (const found of this.forwarder.close()) if (!isToldAnyway(found)) this.#listener.report(found);
    if (encrypted !== undefined) this.#listener.report(encrypted);
    if (untold === 0) return;
    const message = `${untold} more findings on this connection are not listed`;
    this.#listener.report(makeFinding('limit.findings', message));
  }
}
