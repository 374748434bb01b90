import { finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput, type HeldItem } from '../common/held-input.js';
import type { Limits } from '../common/limits.js';
import { NO_TIME, type PacketTime } from '../common/packet-time.js';
import type { End, Side } from '../common/sink.js';
import { EncryptedSide } from './encrypted/encrypted-side.js';
import type { Wait } from './epochs.js';
import { CLIENT_HELLO, SERVER_HELLO } from './handshake/handshake-messages.js';
import type { PlaintextForwarder } from './plaintext-forwarder.js';
import { ALERT, APPLICATION_DATA, HANDSHAKE, HEADER_LENGTH, MAX_FRAGMENT } from './records/record.js';
import { RecordReader } from './records/record-reader.js';
import { SideDecryption, type Refusal } from './side-decryption.js';
import type { TlsSession } from './tls-session.js';

/** What a half shares with the other one: the connection. */
export interface TlsHalfOwner {
  readonly session: TlsSession;
  readonly forwarder: PlaintextForwarder;
  readonly limits: Limits;
  /** Where what waits is counted, over all connections. */
  readonly held: HeldBytes;
  /** The end of a side has been reached, after everything in front of it. */
  ended(side: Side, how: End, at: PacketTime): void;
}

/** One side of a TLS connection: its bytes in, its plaintext out, and what waits in between. */
export class TlsHalf {
  readonly #side: Side;
  readonly #owner: TlsHalfOwner;
  readonly #reader = new RecordReader();
  /** Made for the first record, and there as long as this side is not refused. */
  #decryption: SideDecryption | undefined;
  /** Takes its place then. */
  #encrypted: EncryptedSide | undefined;
  /** What came while the first record at hand waits for a hello or a secret. */
  #waiting: HeldInput | undefined;
  /** What is counted of the reader: the memory that it takes. */
  #counted = 0;
  #blocked: Wait | undefined;
  /** Hellos and secrets when it was blocked, so that nothing is tried again in vain. */
  #seenChanges = 0;
  #seenRevision = 0;
  #refusal: Refusal | undefined;
  #begun = false;
  /** Nothing more comes in front of a gap or the end, so nothing is waited for. */
  #last = false;
  #at: PacketTime = NO_TIME;
  /** Bytes that came since the boundary of records was lost. */
  #searched = 0;
  #isLimitTold = false;
  #isGapTold = false;

  constructor(side: Side, owner: TlsHalfOwner) {
    this.#side = side;
    this.#owner = owner;
  }

  /** Why this side is not decrypted; `undefined` while it is. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Bytes of records with application data that stayed encrypted, headers included. */
  get encryptedBytes(): number {
    return this.#encrypted?.encryptedBytes ?? 0;
  }

  /** It is not decrypted, and records are missing that may have carried data. */
  get hasLost(): boolean {
    return this.#encrypted?.hasLost === true;
  }

  /** What goes on counting, where this side is not decrypted and all that came is worked through. */
  get encrypted(): EncryptedSide | undefined {
    return this.#encrypted;
  }

  /** Takes the bytes that came next from this side. */
  bytes(chunk: Buffer, at: PacketTime): void {
    this.retry();
    if (this.#blocked === undefined) this.#bytes(chunk, at);
    else this.take({ kind: 'bytes', side: this.#side, bytes: chunk, at });
  }

  /** Takes what came next from this side. */
  take(item: HeldItem): void {
    this.retry();
    if (this.#blocked === undefined) {
      this.#process(item);
    } else if (!this.#wait(item)) {
      this.giveUp();
      this.#process(item);
    }
  }

  /** Goes on with what waits, if something has changed that may help it. */
  retry(): void {
    if (this.#blocked === undefined) return;
    const { changes, keys } = this.#owner.session;
    if (changes === this.#seenChanges && keys.revision === this.#seenRevision) return;
    this.#blocked = undefined;
    this.#drain();
  }

  /** Waits no longer: what is not decrypted by now stays so. */
  giveUp(): void {
    if (this.#blocked === 'hello') {
      const record = this.#reader.find(APPLICATION_DATA);
      if (record === undefined || !this.#owner.session.inferSuite(this.#side, record))
        this.#owner.session.stopWaiting();
      this.retry();
    }
    if (this.#blocked === undefined) return;
    this.#refuse(refusalOf(this.#blocked));
    this.#blocked = undefined;
    this.#drain();
  }

  #drain(): void {
    this.#run();
    this.#settle();
    while (this.#blocked === undefined) {
      const item = this.#waiting?.shift();
      if (item === undefined) return;
      this.#process(item);
    }
  }

  /** Holds what cannot be looked into yet. @returns false where a limit is reached */
  #wait(item: HeldItem): boolean {
    const waiting = (this.#waiting ??= new HeldInput(this.#owner.held, this.#owner.limits.heldBytes));
    if (item.kind === 'bytes') return waiting.bytes(this.#side, item.bytes, item.at);
    if (item.kind === 'gap') return waiting.gap(this.#side, item.length, item.at);
    if (item.kind === 'finding') return waiting.finding(this.#side, item.finding);
    waiting.end(this.#side, item.how, item.at);
    return true;
  }

  #process(item: HeldItem): void {
    if (item.kind === 'finding') {
      this.#owner.forwarder.finding(this.#side, item.finding);
      return;
    }
    if (item.kind === 'bytes') {
      this.#bytes(item.bytes, item.at);
      return;
    }
    this.#at = item.at;
    if (item.kind === 'end') this.#end(item.how);
    else this.#gap(item.length);
  }

  #bytes(chunk: Buffer, at: PacketTime): void {
    this.#at = at;
    if (this.#encrypted !== undefined) {
      this.#encrypted.bytes(chunk);
      this.#tellEncrypted();
      return;
    }
    this.#reader.push(chunk);
    if (this.#reader.seeking) this.#searched += chunk.length;
    this.#run();
    this.#settle();
  }

  /** Works through the records at hand, until there is none or one has to wait. */
  #run(): void {
    while (!this.#isRefused()) {
      if (this.#reader.seeking && !this.#seek(false)) return;
      if (this.#reader.malformed) {
        this.#malformed();
      } else {
        const record = this.#reader.next();
        if (record === undefined || !this.#record(record)) return;
        // A record with which it was found out that this side stays encrypted is the first that is counted.
        if (!this.#isRefused()) this.#reader.consume(record.length);
      }
    }
    this.#encrypted?.run();
    this.#tellEncrypted();
  }

  #isRefused(): boolean {
    return this.#encrypted !== undefined;
  }

  /** Drops the pushed chunk, and counts what is kept of it. */
  #settle(): void {
    if (this.#encrypted !== undefined) return;
    this.#reader.settle();
    this.#countHeld();
    const { held, forwarder } = this.#owner;
    if (held.total <= held.limit || this.#reader.length === 0 || this.#blocked !== undefined) return;
    if (!this.#isLimitTold) {
      this.#isLimitTold = true;
      const message = 'a record that was not whole could not wait for the rest of it';
      forwarder.finding(this.#side, finding('limit.held-bytes', message, { packet: this.#at.packet }));
    }
    this.#lose(0);
    this.#countHeld();
  }

  #countHeld(): void {
    this.#owner.held.add(this.#reader.capacity - this.#counted);
    this.#counted = this.#reader.capacity;
  }

  /** Tells the first of what stays encrypted, or is no TLS, as a gap: nothing of this side comes after it. */
  #tellEncrypted(): void {
    if (this.#isGapTold || (this.encryptedBytes === 0 && this.#refusal !== 'malformed')) return;
    this.#isGapTold = true;
    this.#owner.forwarder.gap(this.#side, undefined, this.#at);
  }

  #seek(last: boolean): boolean {
    const found = this.#reader.seek((record, before, after) => this.#proves(record, before, after), last);
    if (found) this.#searched = 0;
    return found;
  }

  #proves(record: Buffer, before: Buffer, after: Buffer): boolean {
    return this.#decrypting.proves(record, before, after);
  }

  get #decrypting(): SideDecryption {
    const { session, forwarder } = this.#owner;
    return (this.#decryption ??= new SideDecryption(this.#side, session, forwarder, this.#owner));
  }

  /** False where the record has to wait. */
  #record(record: Buffer): boolean {
    if (!this.#begun) this.#begin(record);
    if (this.#owner.session.notCaptured) {
      this.#refuse('not-captured');
      return true;
    }
    const outcome = this.#decrypting.record(record, this.#at);
    if (outcome === 'done') return true;
    if ((outcome === 'hello' || outcome === 'secret') && this.#block(outcome)) return false;
    this.#refuse(refusalOf(outcome));
    return true;
  }

  #block(wait: Wait): boolean {
    const { changes, keys } = this.#owner.session;
    const isFull = !this.#owner.held.hasRoomFor(this.#reader.length);
    if (this.#last || isFull || (wait === 'secret' && keys.closed)) return false;
    this.#blocked = wait;
    this.#seenChanges = changes;
    this.#seenRevision = keys.revision;
    return true;
  }

  #refuse(refusal: Refusal): void {
    if (this.#encrypted !== undefined) return;
    this.#refusal = refusal;
    const decryption = this.#decryption;
    const hasLost = decryption?.isUnsure === true;
    const encrypted = new EncryptedSide(this.#reader, this.#owner.held, this.#counted, hasLost);
    this.#encrypted = encrypted;
    this.#counted = 0;
    if (decryption !== undefined) {
      this.#decryption = undefined;
      decryption.flush();
      decryption.end();
      encrypted.add(decryption.failedBytes);
    }
    this.#tellEncrypted();
  }

  /** The first record of a side that was captured from its beginning is a hello, or an alert that refuses one. */
  #begin(record: Buffer): void {
    this.#begun = true;
    const type = record[0];
    const message = record[HEADER_LENGTH];
    const isHello = type === HANDSHAKE && (message === CLIENT_HELLO || message === SERVER_HELLO || message === 0);
    if (isHello || (type === ALERT && record.length === HEADER_LENGTH + 2)) return;
    this.#owner.session.notCaptured = true;
    this.#owner.session.changes++;
  }

  #gap(length: number | undefined): void {
    this.#runLast();
    if (this.#encrypted !== undefined) {
      this.#encrypted.gap(length);
      this.#tellEncrypted();
      return;
    }
    this.#lose(length);
    this.#countHeld();
  }

  #lose(length: number | undefined): void {
    const loss = this.#reader.gap(length);
    if (this.#decrypting.lost(loss, this.#at)) this.#reader.lose();
  }

  #malformed(): void {
    this.#searched = this.#reader.length;
    if (!this.#begun && this.#reader.length === 1) {
      // A probe, or the end of a record that was begun before the capture.
      this.#lose(0);
      return;
    }
    if (this.#decryption?.begun !== true) {
      this.#refuse('malformed');
      return;
    }
    this.#reader.lose();
    this.#decryption.lost({ bytes: MAX_FRAGMENT }, this.#at, 'tls.malformed');
  }

  #end(how: End): void {
    this.#runLast();
    if (this.#encrypted === undefined) {
      const { rest } = this.#reader;
      const decryption = this.#decrypting;
      if (this.#reader.seeking) decryption.unmatched(this.#searched, this.#at);
      else if (rest.length >= HEADER_LENGTH) decryption.lost({ header: rest, bytes: rest.length }, this.#at);
      else decryption.lost({ bytes: rest.length }, this.#at);
      if (decryption.failedBytes === 0) decryption.tellDoubt();
      decryption.flush();
      if (decryption.failedBytes > 0) this.#refuse('wrong-secret');
      decryption.end();
      this.#decryption = undefined;
    }
    if (this.#encrypted === undefined) {
      this.#reader.clear();
      this.#countHeld();
    } else {
      this.#encrypted.end();
      this.#tellEncrypted();
    }
    this.#owner.ended(this.#side, how, this.#at);
  }

  /** Takes what there is of whole records while the boundary is being searched for. */
  #runLast(): void {
    if (this.#isRefused()) return;
    this.#last = true;
    while (!this.#isRefused() && this.#reader.seeking && this.#seek(true)) this.#run();
    if (!this.#isRefused()) {
      this.#reader.settle();
      this.#countHeld();
    }
    this.#last = false;
  }
}

function refusalOf(outcome: Wait | Refusal): Refusal {
  return outcome === 'hello' ? 'not-captured' : outcome === 'secret' ? 'no-secret' : outcome;
}
