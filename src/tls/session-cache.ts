import { nodeCrypto } from '../common/node/crypto.js';

/** Sessions that are remembered; the oldest is forgotten first. */
const MOST = 20_000;

/**
 * The master secrets of TLS 1.2 sessions by the session ID or ticket that resumes them (RFC 5246 F.1.4, RFC 5077),
 * because a key log need not name the connection that resumes.
 */
export class SessionCache {
  readonly #masters = new Map<string, Buffer>();

  /** @param name - session ID or ticket, of any length */
  remember(name: Buffer, master: Buffer): void {
    if (name.length === 0) return;
    this.#masters.set(keyOf(name), master);
    if (this.#masters.size > MOST) {
      const [oldest] = this.#masters.keys();
      this.#masters.delete(oldest!);
    }
  }

  find(name: Buffer): Buffer | undefined {
    return name.length === 0 ? undefined : this.#masters.get(keyOf(name));
  }
}

/** A ticket can be long, and what it is does not matter. */
function keyOf(name: Buffer): string {
  return name.length <= 32 ? name.toString('latin1') : nodeCrypto().createHash('sha256').update(name).digest('base64');
}
