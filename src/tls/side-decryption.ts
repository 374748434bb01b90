import type { FindingCode } from '../common/finding-codes.js';
import { finding, type FindingLocation } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import type { Limits } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { Side } from '../common/sink.js';
import type { Epochs, Wait } from './epochs.js';
import { HandshakeReader, type HandshakeSink } from './handshake/handshake-reader.js';
import type { PlaintextForwarder } from './plaintext-forwarder.js';
import { RecordOpener } from './records/record-opener.js';
import type { RecordLoss } from './records/record-reader.js';
import * as records from './records/record.js';
import { Tls12Epochs } from './tls12-epochs.js';
import { Tls13Epochs } from './tls13-epochs.js';
import type { TlsSession } from './tls-session.js';

/** What handshake messages that are incomplete may cost. */
export interface HandshakeLimits {
  readonly limits: Limits;
  readonly held: HeldBytes;
}

/** Why a side is not decrypted. */
export type Refusal = 'not-captured' | 'no-secret' | 'wrong-secret' | 'unsupported' | 'malformed';

/** What is said of records that are missing where nothing shows what they were. */
export const MAY_HAVE_CARRIED_DATA = 'records that may have carried data were not captured';

/** Records that may fail before one opens: those of the handshake where only the other secrets are logged. */
const MOST_SKIPPED = 64;

/** Turns the records of one side into plaintext, and keeps account of what could not be. */
export class SideDecryption implements HandshakeSink {
  readonly #side: Side;
  readonly #session: TlsSession;
  readonly #forwarder: PlaintextForwarder;
  readonly #handshake: HandshakeReader;
  #epochs: Epochs | undefined;
  #opener: RecordOpener | undefined;
  /** Content opened already: to prove where a record is, or before it had to wait. */
  #proven: records.Content | undefined;
  /** Bytes of lost records that no opener was told of: there was none yet. */
  #lostBefore = 0;
  #begun = false;
  /** A record of the phase that carries data was opened. */
  #dataOpened = false;
  /** Application data that is missing, not yet passed on. */
  #loss: { length: number | undefined; readonly at: PacketTime } | undefined;
  /** Records are missing or failed, and it is not clear yet whether they carried data. */
  #unsure: PacketTime | undefined;
  #skipped = 0;
  #skippedBytes = 0;
  #skippedEarlyBytes = 0;

  constructor(side: Side, session: TlsSession, forwarder: PlaintextForwarder, { limits, held }: HandshakeLimits) {
    this.#side = side;
    this.#session = session;
    this.#forwarder = forwarder;
    this.#handshake = new HandshakeReader(this, limits.heldBytes, held);
  }

  /** Whether any record was opened under a key. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Bytes of records that failed, where none that carries data was opened at all. */
  get failedBytes(): number {
    return this.#dataOpened ? 0 : this.#skippedBytes;
  }

  /** Records are missing that may have carried data. */
  get isUnsure(): boolean {
    return this.#unsure !== undefined;
  }

  /** Takes a whole record; where it has to wait, it is given again later. */
  record(record: Buffer, at: PacketTime): 'done' | Wait | Refusal {
    if (this.#proven !== undefined) return this.#content(this.#proven, at);
    if (this.#session.version === undefined) {
      if (record[0] === records.ALERT || record[0] === records.HEARTBEAT) return 'done';
      if (record[0] !== records.HANDSHAKE) return 'hello';
      this.#handshake.push(record.subarray(records.HEADER_LENGTH));
      return 'done';
    }
    if (this.#epochs === undefined && this.#session.unsupported !== undefined) return 'unsupported';
    const { epochs, opener } = this.#begin();
    const admission = epochs.admit(record, opener.lossy);
    if (admission === 'open') return this.#open(record, at);
    if (admission === 'plain' && record[0] === records.HANDSHAKE) {
      this.#handshake.push(record.subarray(records.HEADER_LENGTH));
    }
    return admission === 'plain' || admission === 'drop' ? 'done' : admission;
  }

  /** Whether a record stands here, after a gap. */
  proves(record: Buffer, before: Buffer, after: Buffer): boolean {
    if (this.#opener === undefined || this.#epochs?.current === undefined) return looksLikeRecord(record, after);
    this.#opener.follow(before);
    this.#proven = this.#opener.open(record);
    return this.#proven !== undefined;
  }

  /**
   * Bytes of this side are missing.
   *
   * @returns whether the next record cannot be opened although its place is known, and one must be searched for
   */
  lost({ header, bytes }: RecordLoss, at: PacketTime, code: FindingCode = 'tls.gap'): boolean {
    if (bytes === 0) return false;
    this.#handshake.reset();
    const current = this.#epochs?.current;
    if (this.#opener === undefined) this.#lostBefore += bytes ?? Infinity;
    else if (header !== undefined && current !== undefined) this.#opener.lostOne();
    else this.#opener.lost(bytes);
    if (current === undefined || !this.#carriesData) {
      this.#unsure ??= at;
    } else if (header === undefined) {
      this.#lose(undefined, at);
      this.#report(
        code,
        code === 'tls.gap' ? 'records were not captured whole' : 'no record begins where one must',
        at,
      );
    } else if (this.#mayCarryData(header)) {
      this.#lose(current.cipher.contentLength(header.readUInt16BE(3)), at);
      this.#report('tls.gap', `a record of ${header.readUInt16BE(3)} bytes was not captured whole`, at);
    }
    return current?.cipher.chained === true;
  }

  /** The side is over, and no record was found in its last bytes. */
  unmatched(bytes: number, at: PacketTime): void {
    if (!this.begun || bytes === 0) return;
    this.#lose(undefined, at);
    this.#report('tls.gap', `the last ${bytes} bytes could not be matched to a record`, at);
  }

  /** Passes on what is known to be missing, because plaintext or the end of this side comes next. */
  flush(): void {
    if (this.#loss === undefined) return;
    this.#forwarder.gap(this.#side, this.#loss.length, this.#loss.at);
    this.#loss = undefined;
  }

  /** The side is over. What is missing of it may have carried data, and no record that follows tells any more. */
  tellDoubt(): void {
    if (this.#unsure === undefined) return;
    this.#lose(undefined, this.#unsure);
    this.#report('tls.gap', MAY_HAVE_CARRIED_DATA, this.#unsure);
    this.#unsure = undefined;
  }

  /** Nothing more is asked of it. */
  end(): void {
    this.#handshake.reset();
  }

  wants(type: number): boolean {
    return this.#session.wants(type);
  }

  handshakeMessage(message: Buffer): void {
    this.#session.message(this.#side, message);
    this.#epochs?.message(message[0]);
  }

  #begin(): { epochs: Epochs; opener: RecordOpener } {
    if (this.#epochs !== undefined && this.#opener !== undefined) return { epochs: this.#epochs, opener: this.#opener };
    const epochs = new (this.#session.tls13 ? Tls13Epochs : Tls12Epochs)(this.#session, this.#side);
    const opener = new RecordOpener(epochs, this.#session.keys.trials);
    if (this.#lostBefore > 0) opener.lost(this.#lostBefore);
    this.#epochs = epochs;
    this.#opener = opener;
    return { epochs, opener };
  }

  get #carriesData(): boolean {
    return this.#dataOpened || this.#epochs?.phase === 'early';
  }

  /** TLS 1.3 hides the type of a record; before, the header says it. */
  #mayCarryData(header: Buffer): boolean {
    return header[0] === records.APPLICATION_DATA;
  }

  #open(record: Buffer, at: PacketTime): 'done' | Wait | Refusal {
    const content = this.#opener!.open(record);
    return content === undefined ? this.#failed(record, at) : this.#content(content, at);
  }

  #content(content: records.Content, at: PacketTime): 'done' | Wait {
    this.#proven = undefined;
    this.#settleDoubts(at);
    if (content.type === records.APPLICATION_DATA) {
      this.flush();
      if (content.bytes.length > 0) this.#forwarder.bytes(this.#side, content.bytes, at);
    } else if (content.type === records.HANDSHAKE) {
      this.#handshake.push(content.bytes);
    } else if (content.type === records.CHANGE_CIPHER_SPEC) {
      const change = this.#epochs!.changeCipherSpec();
      if (change !== 'drop') {
        this.#proven = content;
        return change;
      }
    }
    return 'done';
  }

  /** A record was opened, so it is known now under which key and with which number this side goes on. */
  #settleDoubts(at: PacketTime): void {
    const { phase, firstData } = this.#epochs!;
    this.#begun = true;
    if (phase !== 'early' && this.#skippedEarlyBytes > 0) {
      this.#lose(undefined, at);
      const name = this.#session.secretName(this.#side, 'early');
      this.#report('tls.no-secrets', `no ${name}: ${this.#skippedEarlyBytes} bytes of early data stayed encrypted`, at);
      this.#skippedEarlyBytes = 0;
    }
    if (phase === 'application') this.#dataOpened = true;
    if (this.#unsure === undefined) return;
    if (phase === 'application' && this.#opener!.found > firstData) {
      this.#lose(undefined, this.#unsure);
      this.#report('tls.gap', 'records were not captured whole, or did not pass their authentication', this.#unsure);
    }
    this.#unsure = undefined;
  }

  #failed(record: Buffer, at: PacketTime): 'done' | Refusal {
    this.#handshake.reset();
    this.#opener!.follow(record);
    if (this.#dataOpened) {
      this.#opener!.lostOne();
      const length = record.length - records.HEADER_LENGTH;
      if (this.#mayCarryData(record)) this.#lose(this.#epochs!.current?.cipher.contentLength(length), at);
      this.#report('tls.bad-record', `a record of ${length} bytes did not pass its authentication`, at);
      return 'done';
    }
    // The number stays as it is: these may be records of another key, for which the key log has no secret.
    this.#opener!.lost(0);
    this.#unsure ??= at;
    this.#skipped++;
    this.#skippedBytes += record.length;
    if (this.#epochs!.phase === 'early') this.#skippedEarlyBytes += record.length;
    return this.#skipped > MOST_SKIPPED ? 'wrong-secret' : 'done';
  }

  #lose(length: number | undefined, at: PacketTime): void {
    if (this.#loss === undefined) this.#loss = { length, at };
    else if (length === undefined || this.#loss.length === undefined) this.#loss.length = undefined;
    else this.#loss.length += length;
  }

  #report(code: FindingCode, message: string, at: PacketTime): void {
    const client = this.#session.client;
    const place: FindingLocation = { packet: at.packet };
    if (client !== undefined) place.direction = client === this.#side ? 'client-to-server' : 'server-to-client';
    this.#forwarder.finding(this.#side, finding(code, message, place));
  }
}

/** Without a key: a header, and after the record another one or nothing. */
function looksLikeRecord(record: Buffer, after: Buffer): boolean {
  if (record[0] === records.CHANGE_CIPHER_SPEC && record.length !== records.HEADER_LENGTH + 1) return false;
  return records.isHeader(after, 0);
}
