/** What a line of the key log is found by. */
export type KeyLogLabel = (typeof LABELS)[number];

const LABELS = [
  'CLIENT_RANDOM',
  'PMS_CLIENT_RANDOM',
  'RSA',
  'RSA_SESSION',
  'CLIENT_EARLY_TRAFFIC_SECRET',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
] as const;

/** The number of a label, under which its secrets are kept. */
export const LABEL_NUMBERS: ReadonlyMap<string, number> = new Map(LABELS.map((label, number) => [label, number]));

/** The label of a number. */
export function labelOf(number: number): KeyLogLabel {
  return LABELS[number]!;
}

const RSA = LABEL_NUMBERS.get('RSA')!;
const RSA_SESSION = LABEL_NUMBERS.get('RSA_SESSION')!;
const LONGEST_LABEL = 32;

/** Lengths in bytes: an encrypted premaster secret is cut to the first of these, a client random has the other. */
const PREMASTER_ID = 8;
const RANDOM = 32;
const SHORTEST_SECRET = 8;
const LONGEST_SECRET = 256;
const MASTER = 48;

const SESSION_ID = Buffer.from('Session-ID:');
const MASTER_KEY = Buffer.from('Master-Key:');
const SPACE = 0x20;
const TAB = 0x09;
const NO_DIGIT = 0xff;

/** The value of each byte as a hex digit. */
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (let value = 0; value < 16; value++) {
  DIGITS[value.toString(16).charCodeAt(0)] = value;
  DIGITS[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/**
 * Reads lines of an NSS key log: a label, what the secret is found by, the secret. One object reads all lines, as there may
 * be millions.
 */
export class KeyLogLine {
  /** Number of the label of the line that was read last. */
  label = 0;
  readonly #idStore = Buffer.allocUnsafeSlow(RANDOM);
  readonly #secretStore = Buffer.allocUnsafeSlow(LONGEST_SECRET);
  #idLength = 0;
  #secretLength = 0;
  #bytes: Uint8Array = this.#idStore;
  #at = 0;
  #end = 0;

  /** What the secret is found by; valid until the next line is read. */
  get id(): Buffer {
    return this.#idStore.subarray(0, this.#idLength);
  }

  /** The secret; valid until the next line is read. */
  get secret(): Buffer {
    return this.#secretStore.subarray(0, this.#secretLength);
  }

  /** Reads a line, without its line feed. @returns whether it is a secret */
  read(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#skip();
    const labelAt = this.#at;
    const most = Math.min(this.#end, labelAt + LONGEST_LABEL);
    while (this.#at < most && !isSpace(bytes[this.#at]!)) this.#at++;
    const label = LABEL_NUMBERS.get(bytes.toString('latin1', labelAt, this.#at));
    if (label === undefined || label === RSA_SESSION || !this.#blank()) return false;
    if (label === RSA && this.#word(SESSION_ID)) return this.#session();
    this.label = label;
    this.#idLength = this.#hex(this.#idStore);
    if ((this.#idLength !== RANDOM && this.#idLength !== PREMASTER_ID) || !this.#blank()) return false;
    this.#secretLength = this.#hex(this.#secretStore);
    return this.#secretLength >= SHORTEST_SECRET && this.#isOver();
  }

  /** `RSA Session-ID:... Master-Key:...`, of one session of TLS 1.2 that may be resumed. */
  #session(): boolean {
    this.label = RSA_SESSION;
    this.#idLength = this.#hex(this.#idStore);
    if (this.#idLength === 0 || !this.#blank() || !this.#word(MASTER_KEY)) return false;
    this.#secretLength = this.#hex(this.#secretStore);
    return this.#secretLength === MASTER && this.#isOver();
  }

  #word(word: Buffer): boolean {
    for (let i = 0; i < word.length; i++) if (this.#bytes[this.#at + i] !== word[i]) return false;
    this.#at += word.length;
    return true;
  }

  /** At least one space or tab. */
  #blank(): boolean {
    const from = this.#at;
    while (this.#at < this.#end && isBlank(this.#bytes[this.#at]!)) this.#at++;
    return this.#at > from;
  }

  #isOver(): boolean {
    this.#skip();
    return this.#at === this.#end;
  }

  #skip(): void {
    while (this.#at < this.#end && isSpace(this.#bytes[this.#at]!)) this.#at++;
  }

  /** Decodes digits. @returns the bytes that they stand for; 0 where there are too many, or one is left over */
  #hex(into: Buffer): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let length = 0;
    while (at + 1 < this.#end) {
      const high = DIGITS[bytes[at]!]!;
      const low = DIGITS[bytes[at + 1]!]!;
      if ((high | low) > 0x0f) break;
      if (length === into.length) return 0;
      into[length++] = (high << 4) | low;
      at += 2;
    }
    this.#at = at;
    return at < this.#end && DIGITS[bytes[at]!] !== NO_DIGIT ? 0 : length;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

/** Space, tab, and the line ends and page breaks of ASCII. */
function isSpace(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= 0x0d);
}
