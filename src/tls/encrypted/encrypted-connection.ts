import type { Finding } from '../../common/finding.js';
import { finding } from '../../common/finding.js';
import { DISCARD, type ConnectionSink, type Side } from '../../common/sink.js';
import { encryptedFinding, type EncryptedReason } from './encrypted-finding.js';
import type { EncryptedSide } from './encrypted-side.js';
import type { FindingReport } from '../tls-listener.js';

/**
 * A TLS connection of which nothing can be decrypted. It counts what stays encrypted, says so at its end, and keeps next to
 * nothing: a capture may have a hundred thousand of these.
 */
export class EncryptedConnection implements ConnectionSink {
  readonly #side0: EncryptedSide;
  readonly #side1: EncryptedSide;
  readonly #reason: CommonReason;
  readonly #random: string | undefined;
  readonly #listener: FindingReport;
  readonly isCounter = true;
  /** Findings that are told one by one. */
  #findingsLeft: number;
  #untold = 0;
  #ends = 0;

  constructor(
    sides: readonly [EncryptedSide, EncryptedSide],
    reason: EncryptedReason,
    listener: FindingReport,
    findings: number,
  ) {
    [this.#side0, this.#side1] = sides;
    this.#reason = commonOf(reason);
    this.#random = ownCopy(reason.random);
    this.#listener = listener;
    this.#findingsLeft = findings;
  }

  bytes(side: Side, chunk: Buffer): void {
    this.#side(side).bytes(chunk);
  }

  gap(side: Side, length: number | undefined): void {
    this.#side(side).gap(length);
  }

  end(side: Side): void {
    this.#side(side).end();
    this.#ends++;
    if (this.#ends < 2) return;
    const bytes = [this.#side0.encryptedBytes, this.#side1.encryptedBytes] as const;
    const haveLost = [this.#side0.hasLost, this.#side1.hasLost] as const;
    const encrypted = encryptedFinding({ ...this.#reason, random: this.#random }, bytes, haveLost);
    if (encrypted !== undefined) this.#listener.report(encrypted);
    if (this.#untold === 0) return;
    const message = `${this.#untold} more findings on this connection are not listed`;
    this.#listener.report(finding('limit.findings', message));
  }

  #side(side: Side): EncryptedSide {
    return side === 0 ? this.#side0 : this.#side1;
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
    return this.#ends === 2 ? DISCARD : undefined;
  }
}

/** What many connections have in common. */
type CommonReason = Omit<EncryptedReason, 'random'>;

const MOST_COMMON = 256;
/** Reasons that were there before: a hundred thousand connections seldom have more than a few. */
const common = new Map<string, CommonReason>();

function commonOf({ refusals, client, secrets, server, peer, unsupported }: EncryptedReason): CommonReason {
  const reason = { refusals, client, secrets, server, peer, unsupported };
  const key = JSON.stringify(reason);
  const known = common.get(key);
  if (known !== undefined) return known;
  if (common.size >= MOST_COMMON) common.clear();
  common.set(key, reason);
  return reason;
}

/** The text by itself: a part of a longer one would keep all of that. */
function ownCopy(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'latin1').toString('latin1');
}
