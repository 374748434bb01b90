import { otherSide, type Side } from '../common/sink.js';
import { versionName, type TlsSummary } from './tls-summary.js';
import { Tls13Cipher } from './ciphers/aead-cipher.js';
import { cipherSuite, cipherSuiteName } from './ciphers/cipher-suites.js';
import * as messages from './handshake/handshake-messages.js';
import { MESSAGE_HEADER } from './handshake/handshake-reader.js';
import type { KeyLog } from './key-log/key-log.js';
import { nextTrafficSecret } from './ciphers/key-schedule.js';
import type { RecordCipher } from './records/record.js';
import { TlsHandshake, type Role } from './handshake/tls-handshake.js';
import { fits, PHASES, secretLabel, TLS_1_3_SUITES, type Phase } from './ciphers/traffic-secret.js';

/** What a TLS connection's later stages may know of it; it fills as the handshake goes on. */
export interface TlsInfo {
  /** The side that sent the ClientHello. */
  readonly client: Side | undefined;
  readonly summary: TlsSummary | undefined;
}

/** What became of the early data that a client may send: `waiting` until the server's answer can be read. */
export type EarlyData = 'none' | 'waiting' | 'accepted' | 'rejected' | 'unknown';

/** What both sides of a connection know together: hellos, version, suite, names, and where the secrets are. */
export class TlsSession implements TlsInfo {
  readonly keys: KeyLog;
  client: Side | undefined;
  /** Set when a side began with no hello: nothing can be matched to a secret then. */
  notCaptured = false;
  /** Counts up with each message that can help the other side on. */
  changes = 0;
  readonly #handshakes: TlsHandshake[] = [];
  readonly #hellos: Record<Role, number> = { client: 0, server: 0 };
  #retried = false;
  #helloRepeated = false;
  #impatient = false;
  #extensions: messages.EncryptedExtensions | undefined;

  constructor(keys: KeyLog) {
    this.keys = keys;
  }

  /** `undefined` until the server's answer. */
  get version(): number | undefined {
    return this.#retried ? messages.TLS_1_3 : this.#answered?.serverHello?.version;
  }

  get tls13(): boolean {
    return this.version === messages.TLS_1_3;
  }

  /** Why the connection cannot be decrypted at all, if so. */
  get unsupported(): string | undefined {
    const { version } = this;
    if (version === undefined) return undefined;
    if (version < messages.TLS_1_0 || version > messages.TLS_1_3) return `${versionName(version)} is not decrypted`;
    const hello = this.#answered?.serverHello;
    const suite = this.#answered?.suite;
    if (hello === undefined || suite?.tls13 === this.tls13) return undefined;
    return `cipher suite ${cipherSuiteName(hello.cipherSuite)} is not decrypted in ${versionName(version)}`;
  }

  get summary(): TlsSummary | undefined {
    const hello = this.#answered?.serverHello;
    if (hello === undefined) return undefined;
    const alpn = this.#extensions?.alpn ?? hello.alpn;
    const { sni } = this;
    return {
      version: versionName(hello.version),
      cipher: cipherSuiteName(hello.cipherSuite),
      ...(alpn === undefined ? {} : { alpn }),
      ...(sni === undefined ? {} : { sni }),
    };
  }

  /** The server's name as the client asked for it; not safe to print. */
  get sni(): string | undefined {
    return this.#handshakes[0]?.clientHello?.sni;
  }

  /** The application protocol that the server chose, as far as that can be read, or else those that the client offers. */
  get alpn(): readonly string[] {
    const chosen = this.summary?.alpn;
    return chosen === undefined ? (this.#handshakes[0]?.clientHello?.alpn ?? []) : [chosen];
  }

  /** The client random in hex; `undefined` before the ClientHello. */
  get clientRandom(): string | undefined {
    return this.#handshakes[0]?.clientRandom;
  }

  /** Whether the records of this side can be given a key: both hellos are there, as far as it needs them. */
  ready(index: number): boolean {
    const handshake = this.#handshakes[index];
    return handshake?.clientHello !== undefined && handshake.serverHello !== undefined;
  }

  /** Whether the client's records up to its second ClientHello are early data that the server told it to drop. */
  get betweenHellos(): boolean {
    return this.#retried && !this.#helloRepeated && this.#hellos.server === 0;
  }

  role(side: Side): Role {
    return side === this.client ? 'client' : 'server';
  }

  /** What a side protects its records with after its nth ChangeCipherSpec, TLS 1.2 and before; counted from 0. */
  cipher12(side: Side, index: number): RecordCipher | undefined {
    return this.#handshakes[index]?.cipher(this.role(side), this.keys);
  }

  /** The traffic secret of a side of TLS 1.3; `undefined` where the key log has none that can be right. */
  secret13(side: Side, phase: Phase): Buffer | undefined {
    const label = secretLabel(this.role(side), phase);
    const { clientRandom } = this;
    const suite = this.#answered?.suite;
    if (label === undefined || clientRandom === undefined || suite === undefined) return undefined;
    const secret = this.keys.find(label, clientRandom);
    return fits(secret, suite) ? secret : undefined;
  }

  cipher13(secret: Buffer): RecordCipher {
    return new Tls13Cipher(this.#answered!.suite!, secret);
  }

  nextSecret13(secret: Buffer): Buffer {
    return nextTrafficSecret(this.#answered!.suite!.hash, secret);
  }

  /** What became of the client's early data, as far as it can be known by now. */
  get earlyData(): EarlyData {
    if (this.#retried) return 'rejected';
    if (this.#handshakes[0]?.clientHello?.earlyData !== true) return 'none';
    if (this.#extensions !== undefined) return this.#extensions.earlyData ? 'accepted' : 'rejected';
    const server = this.client === undefined || this.#impatient ? undefined : otherSide(this.client);
    return server === undefined || this.secret13(server, 'handshake') === undefined ? 'unknown' : 'waiting';
  }

  /** The server's answer about early data does not come: what waits for it goes on without. */
  stopWaiting(): void {
    if (this.#impatient) return;
    this.#impatient = true;
    this.changes++;
  }

  /**
   * Finds out the suite of a connection of TLS 1.3 whose server was not captured, by the secrets that the key log has
   * for it: the suite is the one whose key opens the client's first protected record.
   */
  inferSuite(side: Side, record: Buffer): boolean {
    if (side !== this.client || this.version !== undefined) return false;
    const { clientRandom } = this;
    if (clientRandom === undefined) return false;
    const secrets = PHASES.map((phase) => this.keys.find(secretLabel('client', phase)!, clientRandom));
    for (const code of TLS_1_3_SUITES) {
      const suite = cipherSuite(code);
      const opens = secrets.some(
        (secret) => suite && fits(secret, suite) && new Tls13Cipher(suite, secret).open(record, 0),
      );
      if (!opens) continue;
      this.#next('server', (handshake) => (handshake.serverHello = inferredHello(code)));
      this.changes++;
      return true;
    }
    return false;
  }

  /** What a side's secret is called in the key log, for messages to people. */
  secretName(side: Side, phase: Phase): string {
    return this.tls13 ? (secretLabel(this.role(side), phase) ?? 'secret') : 'CLIENT_RANDOM';
  }

  /** Whether a handshake message of this type says anything that keys depend on. */
  wants(type: number): boolean {
    return WANTED.has(type) || this.keys.hasPremasters;
  }

  /** Takes a handshake message of a side. */
  message(side: Side, message: Buffer): void {
    const type = message[0];
    const body = message.subarray(MESSAGE_HEADER);
    if (type === messages.CLIENT_HELLO) this.#clientHello(side, messages.decodeClientHello(body));
    else if (type === messages.SERVER_HELLO) this.#serverHello(side, messages.decodeServerHello(body));
    else if (this.tls13) this.#message13(type, body);
    else this.#message12(side, type, body);
    if (!this.tls13) this.#keepTranscript(side, message);
  }

  #clientHello(side: Side, hello: messages.ClientHello | undefined): void {
    if (hello === undefined || otherSide(side) === this.client) return;
    this.client = side;
    const last = this.#handshakes[this.#hellos.client - 1];
    // After a HelloRetryRequest the client says it all again, with the same random.
    if (last?.clientHello?.random.equals(hello.random) === true) {
      last.clientHello = hello;
      this.#helloRepeated = true;
    } else this.#next('client', (handshake) => (handshake.clientHello = hello));
    this.changes++;
  }

  #serverHello(side: Side, hello: messages.ServerHello | undefined): void {
    if (hello === undefined || side === this.client) return;
    this.client ??= otherSide(side);
    if (hello.helloRetryRequest) this.#retried = true;
    else this.#next('server', (handshake) => (handshake.serverHello = hello));
    this.changes++;
  }

  #next(role: Role, fill: (handshake: TlsHandshake) => void): void {
    const index = this.#hellos[role];
    if (index === MOST_HANDSHAKES) return;
    this.#hellos[role]++;
    fill((this.#handshakes[index] ??= new TlsHandshake()));
  }

  #message13(type: number | undefined, body: Buffer): void {
    if (type !== messages.ENCRYPTED_EXTENSIONS) return;
    this.#extensions = messages.decodeEncryptedExtensions(body);
    this.changes++;
  }

  #message12(side: Side, type: number | undefined, body: Buffer): void {
    const handshake = this.#handshakes[this.#hellos[this.role(side)] - 1];
    if (handshake === undefined) return;
    if (type === messages.NEW_SESSION_TICKET) handshake.ticket = messages.decodeTicket(body);
    if (type !== messages.CLIENT_KEY_EXCHANGE) return;
    handshake.encryptedPremaster = messages.decodeEncryptedPremaster(body).toString('hex', 0, 8);
    this.changes++;
  }

  #keepTranscript(side: Side, message: Buffer): void {
    const role = this.role(side);
    const handshake = this.#handshakes[this.#hellos[role] - 1];
    const kept = handshake?.transcript[role];
    if (kept === undefined || !this.keys.hasPremasters || message[0] === HELLO_REQUEST) return;
    const last = kept.at(-1)?.[0];
    const over = last === messages.CLIENT_KEY_EXCHANGE || last === SERVER_HELLO_DONE;
    if (!over && kept.length < MOST_MESSAGES) kept.push(Buffer.from(message));
  }

  /** The latest handshake that the server answered. */
  get #answered(): TlsHandshake | undefined {
    return this.#handshakes[this.#hellos.server - 1];
  }
}

/** What is known of a ServerHello that was not captured, when a record has shown its suite. */
function inferredHello(code: number): messages.ServerHello {
  return {
    version: messages.TLS_1_3,
    random: Buffer.alloc(0),
    sessionId: Buffer.alloc(0),
    cipherSuite: code,
    helloRetryRequest: false,
    encryptThenMac: false,
    extendedMasterSecret: false,
    alpn: undefined,
  };
}

const WANTED = new Set([
  messages.CLIENT_HELLO,
  messages.SERVER_HELLO,
  messages.NEW_SESSION_TICKET,
  messages.END_OF_EARLY_DATA,
  messages.ENCRYPTED_EXTENSIONS,
  messages.CLIENT_KEY_EXCHANGE,
  messages.FINISHED,
  messages.KEY_UPDATE,
]);

const HELLO_REQUEST = 0;
const SERVER_HELLO_DONE = 14;

/** No handshake has nearly so many messages. */
const MOST_MESSAGES = 32;

/** Renegotiations that are followed on one connection. */
const MOST_HANDSHAKES = 1000;
