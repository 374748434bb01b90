import { nodeCrypto } from '../common/node/crypto.js';

/** Sessions that are remembered; the oldest is forgotten first. */
const MOST = 20_000;

/**
 * The master secrets of TLS 1.2 sessions by the session ID or ticket that resumes them (RFC 5246 F.1.4, RFC 5077),
 * because a key log need not name the connection that resumes.
 */
export class SessionCache {
  readonly #masters = new Map<string, Buffer>();
  /** Sessions that were remembered so far. */
  remembered = 0;
  /** Times that it was asked in vain, or forgot a session: another cache, of other connections, may know better. */
  misses = 0;

  /** @param name - session ID or ticket, of any length */
  remember(name: Buffer, master: Buffer): void {
    if (name.length === 0) return;
    this.remembered++;
    this.#masters.set(keyOf(name), master);
    if (this.#masters.size > MOST) {
      const [oldest] = this.#masters.keys();
      this.#masters.delete(oldest!);
      this.misses++;
    }
  }

  find(name: Buffer): Buffer | undefined {
    if (name.length === 0) return undefined;
    const master = this.#masters.get(keyOf(name));
    if (master === undefined) this.misses++;
    return master;
  }
}

/** A ticket can be long, and what it is does not matter. */
function keyOf(name: Buffer): string {
  return name.length <= 32 ? name.toString('latin1') : nodeCrypto().createHash('sha256').update(name).digest('base64');
}
