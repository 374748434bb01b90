import { asBuffer } from '../../capture/chunk-input.js';
import { finding, type Finding } from '../../common/finding.js';
import { DEFAULT_LIMITS } from '../../common/limits.js';
import { KeyLogLine, LABEL_NUMBERS, labelOf, type KeyLogLabel } from './key-log-line.js';
import { KeyLogText } from './key-log-text.js';
import { SecretTable } from './secret-table.js';
import { SessionCache } from '../session-cache.js';
import { TrialBudget } from '../trial-budget.js';

/**
 * The TLS secrets of a capture, as the text of an NSS key log gives them, in files or in Decryption Secrets Blocks.
 *
 * Comments, empty lines, CRLF, UTF-16, any order and lines that are no secret are all fine. The text may grow while the
 * capture is read. All connections of a capture share one.
 */
export class KeyLog {
  /**
   * Sessions whose master secret is known, for connections that resume them.
   *
   * @internal
   */
  readonly sessions = new SessionCache();
  /**
   * What finding lost records again may cost, over all connections.
   *
   * @internal
   */
  readonly trials = new TrialBudget();
  readonly #limit: number;
  readonly #secrets: SecretTable;
  readonly #line = new KeyLogLine();
  readonly #text = this.openText();
  #findings: Finding[] = [];
  #revision = 0;
  #complete = false;
  #closed = false;
  #hasPremasters = false;
  #isLimitTold = false;

  /** @param limit - secrets that are kept; where there are more, the oldest are forgotten */
  constructor(limit: number = DEFAULT_LIMITS.secrets) {
    this.#limit = limit;
    this.#secrets = new SecretTable(limit);
  }

  /**
   * Counts up with every secret, so that a caller that missed one knows when to look again.
   *
   * @internal
   */
  get revision(): number {
    return this.#revision;
  }

  /**
   * Whether it has premaster secrets, which take the messages of the handshake to make use of.
   *
   * @internal
   */
  get hasPremasters(): boolean {
    return this.#hasPremasters;
  }

  /**
   * Whether no more text comes: only the capture itself may hold more secrets.
   *
   * @internal
   */
  get complete(): boolean {
    return this.#complete;
  }

  /**
   * True when nothing more will come: there is no point in waiting for a secret.
   *
   * @internal
   */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes the next piece of the text, cut anywhere. Call {@link endText} after the last piece of each file or block. */
  push(chunk: Uint8Array | string): void {
    this.#text.push(typeof chunk === 'string' ? Buffer.from(chunk) : asBuffer(chunk));
  }

  /** A file or block is over: its last line counts, even without a line end. */
  endText(): void {
    this.#text.end();
  }

  /**
   * Begins a text of its own, for files that grow side by side.
   *
   * @internal
   */
  openText(): KeyLogText {
    return new KeyLogText((bytes, start, end) => this.#read(bytes, start, end));
  }

  /** All files are over; the capture may hold more secrets. */
  end(): void {
    this.endText();
    this.#complete = true;
  }

  /**
   * Nothing more will come, from any file or block.
   *
   * @internal
   */
  close(): void {
    this.end();
    this.#closed = true;
  }

  /**
   * Something is wrong with a text: whoever reads the capture tells it.
   *
   * @internal
   */
  report(found: Finding): void {
    this.#findings.push(found);
  }

  /**
   * What was reported since the last call.
   *
   * @internal
   */
  takeFindings(): readonly Finding[] {
    const findings = this.#findings;
    if (findings.length > 0) this.#findings = [];
    return findings;
  }

  /**
   * A secret.
   *
   * @param id - lower-case hex: the client random; for `RSA` the first 8 bytes of the encrypted premaster secret,
   * for `RSA_SESSION` the session ID
   *
   * @internal
   */
  find(label: KeyLogLabel, id: string): Buffer | undefined {
    const secret = this.#secrets.find(LABEL_NUMBERS.get(label)!, Buffer.from(id, 'hex'));
    return secret === undefined ? undefined : Buffer.from(secret);
  }

  /**
   * The secrets as the text of a key log, for another thread; `undefined` where some were forgotten.
   *
   * @internal
   */
  text(): string | undefined {
    if (this.#secrets.forgotten > 0) return undefined;
    const lines: string[] = [];
    for (const [label, id, secret] of this.#secrets.entries()) {
      // The line of an older form stands for the session ID that RSA_SESSION is: see `KeyLogLine`.
      const [name, of, is] = [labelOf(label), id.toString('hex'), secret.toString('hex')];
      lines.push(name === 'RSA_SESSION' ? `RSA Session-ID:${of} Master-Key:${is}\n` : `${name} ${of} ${is}\n`);
    }
    return lines.join('');
  }

  #read(bytes: Buffer, start: number, end: number): boolean {
    const line = this.#line;
    if (!line.read(bytes, start, end)) return false;
    if (!this.#secrets.set(line.label, line.id, line.secret)) return true;
    this.#hasPremasters ||= PREMASTERS.has(line.label);
    this.#revision++;
    if (this.#secrets.forgotten > 0 && !this.#isLimitTold) {
      this.#isLimitTold = true;
      const message = `there are more than ${this.#limit} TLS secrets; the oldest were forgotten`;
      this.report(finding('limit.secrets', message));
    }
    return true;
  }
}

const PREMASTERS = new Set([LABEL_NUMBERS.get('RSA')!, LABEL_NUMBERS.get('PMS_CLIENT_RANDOM')!]);
