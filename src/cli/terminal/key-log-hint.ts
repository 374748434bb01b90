import type { Finding } from '../../common/finding.js';

/** What is known of key logs where a connection stayed encrypted. */
export interface KeyLogUse {
  /** The files that were read. */
  readonly keylog?: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What to do about connections that stayed encrypted for want of a secret: one line, told once. */
export class KeyLogHint {
  readonly #use: KeyLogUse;
  #isNeeded = false;

  constructor(use: KeyLogUse) {
    this.#use = use;
  }

  add({ code }: Finding): void {
    this.#isNeeded ||= code === 'tls.no-secrets';
  }

  /** @returns `undefined` where there is nothing to say */
  take(): string | undefined {
    if (!this.#isNeeded) return undefined;
    this.#isNeeded = false;
    const { keylog = [], env } = this.#use;
    const written = env['SSLKEYLOGFILE'];
    if (written !== undefined && written !== '' && !keylog.includes(written)) {
      return 'SSLKEYLOGFILE is set and was not used: --keylog "$SSLKEYLOGFILE" takes the secrets from it';
    }
    if (keylog.length > 0) return undefined;
    return '--keylog FILE takes the secrets of TLS from a file that the client or server wrote, as for SSLKEYLOGFILE';
  }
}
