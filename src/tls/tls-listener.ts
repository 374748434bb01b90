import type { Finding } from '../common/finding.js';
import type { ConnectionSink, Side } from '../common/sink.js';
import type { TlsInfo } from './tls-session.js';

/** Takes what is found out about a connection. */
export interface FindingReport {
  report(finding: Finding): void;
}

/** What `TlsStage` asks and tells of one connection. */
export interface TlsListener extends FindingReport {
  /** Whether the first byte that comes from a side is the first that it sent. */
  beginning(side: Side): boolean;
  /** `address:port` of a side; `undefined` where only the payloads are known. */
  endpoint(side: Side): string | undefined;
  /** The connection turns out to be TLS. */
  recognised(): void;
  /**
   * Makes the stage after TLS, when there is something for it for the first time.
   *
   * @param tls - `undefined` where the connection is plain
   */
  plaintext(tls: TlsInfo | undefined): ConnectionSink;
  /** Whether the plaintext may be frames, and nothing in it has proven so: findings that it was given are not told. */
  readonly isUnproven: boolean;
  /** Takes what is found out about a connection that no later stage learns of. */
  report(finding: Finding): void;
  /** The same, for a connection of which nothing else is to be kept. */
  readonly lastingReport: FindingReport;
}
