import type { RecordCipher } from './records/record.js';
import type { Phase } from './ciphers/traffic-secret.js';

/** A run of records of one side under one key. */
export interface Epoch {
  readonly cipher: RecordCipher;
  /** What the key is for; always `application` before TLS 1.3. */
  readonly phase: Phase;
  /** Number of the next record. */
  sequence: number;
}

/** What a record waits for: the other side's hello, or a secret in the key log. */
export type Wait = 'hello' | 'secret';

/**
 * What to do with a record: `open` it under a key, read it as `plain`, or `drop` it; wait; or give up, because a
 * record like this cannot stand here (`malformed`).
 */
export type Admission = 'open' | 'plain' | 'drop' | 'malformed' | Wait;

/** The keys of one side in the order in which they come into use. TLS 1.3 and the versions before it differ here. */
export interface Epochs {
  /** The key in use; `undefined` where there is none yet, or it is not known. */
  readonly current: Epoch | undefined;
  /** What records carry now. */
  readonly phase: Phase;
  /** Number of the first record that can carry application data under its first key. */
  readonly firstData: number;
  /**
   * What to do with the next record.
   *
   * @param lossy - whether records are missing in front of it
   */
  admit(record: Buffer, lossy: boolean): Admission;
  /** Keys that may be in use by now although nothing was seen of it. */
  later(lossy: boolean): readonly Epoch[];
  /** A record was opened with this key, one of {@link later}: it is in use now. */
  adopt(epoch: Epoch): void;
  /** An encrypted ChangeCipherSpec was read. */
  changeCipherSpec(): 'drop' | Wait;
  /** A handshake message of this side was read. */
  message(type: number | undefined): void;
}
