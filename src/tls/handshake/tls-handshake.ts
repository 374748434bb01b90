import { fixedNonceLength, Tls12AeadCipher } from '../ciphers/aead-cipher.js';
import { CbcCipher } from '../ciphers/cbc-cipher.js';
import { cipherSuite, type CipherSuite } from '../ciphers/cipher-suites.js';
import { TLS_1_0, TLS_1_2, type ClientHello, type ServerHello } from './handshake-messages.js';
import type { KeyLog } from '../key-log/key-log.js';
import { extendedMasterSecret, keyBlock, MASTER_LENGTH, masterSecret, type PrfHash } from '../ciphers/key-schedule.js';
import type { RecordCipher } from '../records/record.js';

/** The two parts in a handshake. */
export type Role = 'client' | 'server';

/**
 * One handshake as both sides sent it, in whatever order the capture has them. A connection has one, or more with
 * renegotiation.
 */
export class TlsHandshake {
  clientHello: ClientHello | undefined;
  serverHello: ServerHello | undefined;
  /** What an `RSA` line is found by: the first 8 bytes of the encrypted premaster secret, in hex. */
  encryptedPremaster: string | undefined;
  /** The ticket that the server gave, for a later connection. */
  ticket: Buffer | undefined;
  /** Messages up to the ClientKeyExchange, which the extended master secret depends on (RFC 7627 3). */
  readonly transcript: Record<Role, Buffer[]> = { client: [], server: [] };
  #master: Buffer | undefined;

  /** The client random in hex, as the key log has it; `undefined` before the ClientHello. */
  get clientRandom(): string | undefined {
    return this.clientHello?.random.toString('hex');
  }

  /** The suite that the server chose; `undefined` before the ServerHello, and where it is not known. */
  get suite(): CipherSuite | undefined {
    return this.serverHello && cipherSuite(this.serverHello.cipherSuite);
  }

  /** What one side protects its records with, TLS 1.2 and before; `undefined` as long as the secret is missing. */
  cipher(role: Role, keys: KeyLog): RecordCipher | undefined {
    const { clientHello, serverHello, suite } = this;
    if (clientHello === undefined || serverHello === undefined || suite === undefined) return undefined;
    const master = this.#findMaster(clientHello, serverHello, keys);
    if (master === undefined) return undefined;
    const cbc = suite.mode === 'cbc';
    const shape = {
      macLength: suite.macLength,
      keyLength: suite.keyLength,
      ivLength: cbc ? suite.blockLength : fixedNonceLength(suite),
    };
    const sideKeys = keyBlock(this.#prfHash(), master, clientHello.random, serverHello.random, shape)[role];
    if (!cbc) return new Tls12AeadCipher(suite, sideKeys);
    const implicitVector = serverHello.version === TLS_1_0;
    return new CbcCipher(suite, sideKeys, { implicitVector, encryptThenMac: serverHello.encryptThenMac });
  }

  #findMaster(client: ClientHello, server: ServerHello, keys: KeyLog): Buffer | undefined {
    this.#master ??= this.#lookUp(client, server, keys);
    if (this.#master === undefined) return undefined;
    // Each side asks, and the ticket comes between the first time and the second.
    keys.sessions.remember(server.sessionId, this.#master);
    if (this.ticket !== undefined) keys.sessions.remember(this.ticket, this.#master);
    this.transcript.client.length = 0;
    this.transcript.server.length = 0;
    return this.#master;
  }

  #lookUp(client: ClientHello, server: ServerHello, keys: KeyLog): Buffer | undefined {
    const logged = keys.find('CLIENT_RANDOM', client.random.toString('hex'));
    if (logged?.length === MASTER_LENGTH) return logged;
    return this.#derive(client, server, keys) ?? resumed(client, server, keys);
  }

  #derive(client: ClientHello, server: ServerHello, keys: KeyLog): Buffer | undefined {
    const premaster =
      keys.find('PMS_CLIENT_RANDOM', client.random.toString('hex')) ??
      (this.encryptedPremaster === undefined ? undefined : keys.find('RSA', this.encryptedPremaster));
    if (premaster === undefined) return undefined;
    if (!server.extendedMasterSecret) return masterSecret(this.#prfHash(), premaster, client.random, server.random);
    const [hello, ...rest] = this.transcript.client;
    if (hello === undefined) return undefined;
    return extendedMasterSecret(this.#prfHash(), premaster, [hello, ...this.transcript.server, ...rest]);
  }

  #prfHash(): PrfHash {
    return this.serverHello!.version < TLS_1_2 ? 'md5-sha1' : this.suite!.hash;
  }
}

/** The master secret of the session that the server took up again: by its session ID, or by the client's ticket. */
function resumed(client: ClientHello, server: ServerHello, keys: KeyLog): Buffer | undefined {
  const byTicket = keys.sessions.find(client.ticket);
  if (byTicket !== undefined) return byTicket;
  const id = server.sessionId;
  if (!id.equals(client.sessionId)) return undefined;
  return keys.sessions.find(id) ?? keys.find('RSA_SESSION', id.toString('hex'));
}
