/** Types of TLS records (RFC 8446 5.1). */
export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
/** Keeps a connection alive (RFC 6520 3); of no further interest here. */
export const HEARTBEAT = 24;

/** Bytes of a record's header: type, legacy_record_version, length. */
export const HEADER_LENGTH = 5;

/** The longest fragment of any version: 2^14 and 2,048 for what protection may add (RFC 5246 6.2.3). */
export const MAX_FRAGMENT = 16_384 + 2048;

/** Whether the bytes at an offset can be a record header, as far as they are there. */
export function isHeader(bytes: Buffer, offset: number): boolean {
  const there = bytes.length - offset;
  if (there > 0 && (bytes[offset]! < CHANGE_CIPHER_SPEC || bytes[offset]! > HEARTBEAT)) return false;
  if (there > 1 && bytes[offset + 1] !== 3) return false;
  if (there > 2 && bytes[offset + 2]! > 4) return false;
  return there < HEADER_LENGTH || bytes.readUInt16BE(offset + 3) <= MAX_FRAGMENT;
}

/** Bytes of the record whose header is at an offset, header included. */
export function recordLength(bytes: Buffer, offset: number): number {
  return HEADER_LENGTH + bytes.readUInt16BE(offset + 3);
}

/** What a record protected. */
export interface Content {
  readonly type: number;
  /** Decrypted for this record alone: nobody else reads or writes these bytes. */
  readonly bytes: Buffer;
}

/** Opens the records of one side under one key. */
export interface RecordCipher {
  /** Bytes of the shortest possible record, header included. */
  readonly shortest: number;
  /** Whether a record can only be opened when the one before it is at hand (CBC of TLS 1.0). */
  readonly chained: boolean;
  /**
   * Opens a record.
   *
   * @param record - the record with its header
   * @param sequence - its number under this key, from 0
   * @returns `undefined` where it does not pass its authentication
   */
  open(record: Buffer, sequence: number): Content | undefined;
  /** Bytes of content in a record whose fragment is of this length; `undefined` where it cannot be said exactly. */
  contentLength(fragmentLength: number): number | undefined;
  /** Tells a chained cipher what stands in front of the next record; fewer bytes than needed leave it unable to open. */
  follow(before: Buffer): void;
}
