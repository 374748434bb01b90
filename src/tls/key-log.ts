import { Allowance } from './allowance.js';
import { SessionCache } from './session-cache.js';

/** What a line of the key log is found by. */
export type KeyLogLabel =
  | 'CLIENT_RANDOM'
  | 'PMS_CLIENT_RANDOM'
  | 'RSA'
  | 'RSA_SESSION'
  | 'CLIENT_EARLY_TRAFFIC_SECRET'
  | 'CLIENT_HANDSHAKE_TRAFFIC_SECRET'
  | 'SERVER_HANDSHAKE_TRAFFIC_SECRET'
  | 'CLIENT_TRAFFIC_SECRET_0'
  | 'SERVER_TRAFFIC_SECRET_0';

/**
 * The TLS secrets of a capture, as the text of an NSS key log gives them, in files or in Decryption Secrets Blocks.
 *
 * Comments, empty lines, CRLF, any order and lines that are no secret are all fine. The text may grow while the
 * capture is read. All connections of a capture share one.
 */
export class KeyLog {
  /** Sessions whose master secret is known, for connections that resume them. */
  readonly sessions = new SessionCache();
  readonly allowance: Allowance;
  readonly #secrets = new Map<string, string>();
  #line = '';
  #tooLong = false;
  #revision = 0;
  #closed = false;
  #hasPremasters = false;

  /** @param waitingBytes - bytes of ciphertext that may wait for secrets, over all connections */
  constructor(waitingBytes: number = DEFAULT_WAITING_BYTES) {
    this.allowance = new Allowance(waitingBytes);
  }

  /** Counts up with every secret, so that who missed one knows when to look again. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether it has premaster secrets, which take the messages of the handshake to make use of. */
  get hasPremasters(): boolean {
    return this.#hasPremasters;
  }

  /** True when nothing more will come: there is no point in waiting for a secret. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Takes the next piece of the text, cut anywhere. Call {@link endText} after the last piece of each file or block. */
  push(chunk: Buffer | string): void {
    const text = typeof chunk === 'string' ? chunk : chunk.toString('latin1');
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#append(text.slice(start, end));
      this.endText();
      start = end + 1;
    }
    this.#append(text.slice(start));
  }

  /** A file or block is over: its last line counts, even without a line end. */
  endText(): void {
    if (!this.#tooLong) this.#read(this.#line);
    this.#line = '';
    this.#tooLong = false;
  }

  /** Nothing more will come, from any file or block. */
  close(): void {
    this.endText();
    this.#closed = true;
  }

  /**
   * A secret.
   *
   * @param id - lower-case hex: the client random; for `RSA` the first 8 bytes of the encrypted premaster secret,
   * for `RSA_SESSION` the session ID
   */
  find(label: KeyLogLabel, id: string): Buffer | undefined {
    const secret = this.#secrets.get(`${label} ${id}`);
    return secret === undefined ? undefined : Buffer.from(secret, 'hex');
  }

  #append(text: string): void {
    if (this.#line.length + text.length > LONGEST_LINE) {
      this.#tooLong = true;
      this.#line = '';
    } else if (!this.#tooLong) {
      this.#line += text;
    }
  }

  #read(line: string): void {
    const secret = SECRET.exec(line);
    if (secret !== null) this.#store(secret[1]!, secret[2]!, secret[3]!);
    const session = RSA_SESSION.exec(line);
    if (session !== null) this.#store('RSA_SESSION', session[1]!, session[2]!);
  }

  #store(label: string, id: string, secret: string): void {
    const key = `${label} ${id.toLowerCase()}`;
    if (this.#secrets.get(key) === secret) return;
    this.#secrets.set(key, secret);
    if (label === 'RSA' || label === 'PMS_CLIENT_RANDOM') this.#hasPremasters = true;
    this.#revision++;
  }
}

const DEFAULT_WAITING_BYTES = 64 * 1024 * 1024;

/** Longer than any line of a key log can be. */
const LONGEST_LINE = 4096;

const HEX = String.raw`[\da-fA-F]`;
// Editors of one system put a byte order mark in front of the first line.
const SECRET = new RegExp(
  String.raw`^(?:\xef\xbb\xbf)?\s*` +
    '(RSA|(?:PMS_)?CLIENT_RANDOM|CLIENT_EARLY_TRAFFIC_SECRET|(?:CLIENT|SERVER)_(?:HANDSHAKE_TRAFFIC_SECRET|TRAFFIC_SECRET_0))' +
    String.raw`[ \t]+(${HEX}{16}|${HEX}{64})[ \t]+((?:${HEX}{2}){8,256})\s*$`,
);
const RSA_SESSION = new RegExp(String.raw`^\s*RSA Session-ID:((?:${HEX}{2}){1,32})[ \t]+Master-Key:(${HEX}{96})\s*$`);
