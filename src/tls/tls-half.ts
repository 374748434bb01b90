import { finding } from '../common/finding.js';
import type { HeldBytes } from '../common/held-bytes.js';
import { HeldInput, type HeldItem } from '../common/held-input.js';
import type { Limits } from '../common/limits.js';
import { NO_MOMENT, type Moment } from '../common/moment.js';
import type { End, Side } from '../common/sink.js';
import type { Wait } from './epochs.js';
import { CLIENT_HELLO, SERVER_HELLO } from './handshake-messages.js';
import type { PlaintextOutlet } from './plaintext-outlet.js';
import { ALERT, APPLICATION_DATA, HANDSHAKE, HEADER_LENGTH, isHeader, MAX_FRAGMENT } from './record.js';
import { RecordReader } from './record-reader.js';
import { SideDecryption, type Refusal } from './side-decryption.js';
import type { TlsSession } from './tls-session.js';

/** What a half is made with. */
export interface TlsHalfOptions {
  readonly side: Side;
  readonly session: TlsSession;
  readonly outlet: PlaintextOutlet;
  readonly limits: Limits;
  /** Where what waits is counted, over all connections. */
  readonly held: HeldBytes;
  /** Called when the end of this side has been reached, after everything in front of it. */
  readonly ended: (how: End, at: Moment) => void;
}

/** One side of a TLS connection: its bytes in, its plaintext out, and what waits in between. */
export class TlsHalf {
  readonly #side: Side;
  readonly #session: TlsSession;
  readonly #outlet: PlaintextOutlet;
  readonly #ended: (how: End, at: Moment) => void;
  readonly #reader = new RecordReader();
  readonly #limits: Limits;
  /** There as long as this side is not refused: of one that is, no more than its length is told. */
  #decryption: SideDecryption | undefined;
  readonly #held: HeldBytes;
  /** What came while the first record at hand waits for a hello or a secret. */
  #waiting: HeldInput | undefined;
  /** Bytes of the reader that are counted as waiting. */
  #counted = 0;
  #blocked: Wait | undefined;
  /** Hellos and secrets when it was blocked, so that nothing is tried again in vain. */
  #seenChanges = 0;
  #seenRevision = 0;
  #refusal: Refusal | undefined;
  #begun = false;
  /** Nothing more comes in front of a gap or the end, so nothing is waited for. */
  #last = false;
  #at: Moment = NO_MOMENT;
  #encryptedBytes = 0;
  /** Bytes that came since the boundary of records was lost. */
  #searched = 0;
  /** Length of a record that stays encrypted and is not there whole. */
  #unfinished = 0;
  #isLimitTold = false;

  constructor({ side, session, outlet, limits, held, ended }: TlsHalfOptions) {
    this.#side = side;
    this.#session = session;
    this.#outlet = outlet;
    this.#ended = ended;
    this.#decryption = new SideDecryption(side, session, outlet, { limits, held });
    this.#held = held;
    this.#limits = limits;
  }

  /** Why this side is not decrypted; `undefined` while it is. */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Bytes of records with application data that stayed encrypted, headers included. */
  get encryptedBytes(): number {
    return this.#encryptedBytes;
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
    const { changes, keys } = this.#session;
    if (changes === this.#seenChanges && keys.revision === this.#seenRevision) return;
    this.#blocked = undefined;
    this.#drain();
  }

  /** Waits no longer: what is not decrypted by now stays so. */
  giveUp(): void {
    if (this.#blocked === 'hello') {
      const record = this.#reader.find(APPLICATION_DATA);
      if (record === undefined || !this.#session.inferSuite(this.#side, record)) this.#session.stopWaiting();
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
    const waiting = (this.#waiting ??= new HeldInput(this.#held, this.#limits.heldBytes));
    if (item.kind === 'bytes') return waiting.bytes(this.#side, item.bytes, item.at);
    if (item.kind === 'gap') return waiting.gap(this.#side, item.length, item.at);
    if (item.kind === 'finding') return waiting.finding(this.#side, item.finding);
    waiting.end(this.#side, item.how, item.at);
    return true;
  }

  #process(item: HeldItem): void {
    if (item.kind === 'finding') {
      this.#outlet.finding(this.#side, item.finding);
      return;
    }
    this.#at = item.at;
    if (item.kind === 'bytes') {
      this.#reader.push(item.bytes);
      if (this.#reader.seeking) this.#searched += item.bytes.length;
      this.#run();
      this.#settle();
    } else if (item.kind === 'gap') {
      this.#gap(item.length);
    } else {
      this.#end(item.how);
    }
  }

  /** Works through the records at hand, until there is none or one has to wait. */
  #run(): void {
    for (;;) {
      if (!this.#countUnfinished()) return;
      if (this.#reader.seeking && !this.#seek(false)) return;
      if (this.#reader.malformed) {
        this.#malformed();
      } else if (this.#decryption === undefined) {
        if (!this.#passRecord()) return;
      } else {
        const record = this.#reader.next();
        if (record === undefined || !this.#record(record)) return;
        this.#reader.consume(record.length);
      }
    }
  }

  /** Passes over a record that stays encrypted, without waiting for all of it. @returns false where none has begun */
  #passRecord(): boolean {
    if (this.#reader.length < HEADER_LENGTH) return false;
    const isData = this.#reader.rest[0] === APPLICATION_DATA;
    const length = this.#reader.pass();
    if (isData) this.#unfinished = length;
    return true;
  }

  /** Counts a record that stays encrypted once it has come whole. @returns false where more of it is to come */
  #countUnfinished(): boolean {
    if (this.#unfinished === 0) return true;
    if (this.#reader.skipping) return false;
    this.#countEncrypted(this.#unfinished);
    this.#unfinished = 0;
    return true;
  }

  /** Lets go of the pushed chunk, and counts what is kept of it. */
  #settle(): void {
    this.#reader.settle();
    this.#count();
    if (this.#held.total <= this.#held.limit || this.#reader.length === 0 || this.#blocked !== undefined) return;
    if (!this.#isLimitTold) {
      this.#isLimitTold = true;
      const message = 'a record that was not whole could not wait for the rest of it';
      this.#outlet.finding(this.#side, finding('limit.held-bytes', message, { packet: this.#at.packet }));
    }
    this.#lose(0);
    this.#count();
  }

  #count(): void {
    this.#held.add(this.#reader.length - this.#counted);
    this.#counted = this.#reader.length;
  }

  #seek(last: boolean): boolean {
    const found = this.#reader.seek((record, before, after) => this.#proves(record, before, after), last);
    if (found) this.#searched = 0;
    return found;
  }

  #proves(record: Buffer, before: Buffer, after: Buffer): boolean {
    return this.#decryption === undefined ? isHeader(after, 0) : this.#decryption.proves(record, before, after);
  }

  /** False where the record has to wait. */
  #record(record: Buffer): boolean {
    if (!this.#begun) this.#begin(record);
    if (this.#session.notCaptured) this.#refuse('not-captured');
    if (this.#decryption !== undefined) {
      const outcome = this.#decryption.record(record, this.#at);
      if (outcome === 'done') return true;
      if ((outcome === 'hello' || outcome === 'secret') && this.#block(outcome)) return false;
      this.#refuse(refusalOf(outcome));
    }
    if (record[0] === APPLICATION_DATA) this.#countEncrypted(record.length);
    return true;
  }

  #block(wait: Wait): boolean {
    const { changes, keys } = this.#session;
    const isFull = !this.#held.hasRoomFor(this.#reader.length);
    if (this.#last || isFull || (wait === 'secret' && keys.closed)) return false;
    this.#blocked = wait;
    this.#seenChanges = changes;
    this.#seenRevision = keys.revision;
    return true;
  }

  #refuse(refusal: Refusal): void {
    const decryption = this.#decryption;
    if (decryption === undefined) return;
    this.#refusal = refusal;
    this.#decryption = undefined;
    decryption.flush();
    decryption.end();
    if (decryption.failedBytes > 0) this.#countEncrypted(decryption.failedBytes);
  }

  #countEncrypted(bytes: number): void {
    // Nothing of this side comes after it, so one gap says it all.
    if (this.#encryptedBytes === 0) this.#outlet.gap(this.#side, undefined, this.#at);
    this.#encryptedBytes += bytes;
  }

  /** The first record of a side that was captured from its beginning is a hello, or an alert that refuses one. */
  #begin(record: Buffer): void {
    this.#begun = true;
    const type = record[0];
    const message = record[HEADER_LENGTH];
    const isHello = type === HANDSHAKE && (message === CLIENT_HELLO || message === SERVER_HELLO || message === 0);
    if (isHello || (type === ALERT && record.length === HEADER_LENGTH + 2)) return;
    this.#session.notCaptured = true;
    this.#session.changes++;
  }

  #gap(length: number | undefined): void {
    this.#runLast();
    this.#lose(length);
    this.#count();
  }

  #lose(length: number | undefined): void {
    this.#unfinished = 0;
    const loss = this.#reader.gap(length);
    if (this.#decryption?.lost(loss, this.#at) === true) this.#reader.lose();
  }

  #malformed(): void {
    this.#searched = this.#reader.length;
    this.#reader.lose();
    if (this.#decryption === undefined) return;
    if (this.#decryption.begun) this.#decryption.lost({ bytes: MAX_FRAGMENT }, this.#at, 'tls.malformed');
    else this.#refuse('malformed');
  }

  #end(how: End): void {
    this.#runLast();
    if (this.#decryption !== undefined) {
      const { rest } = this.#reader;
      if (this.#reader.seeking) this.#decryption.unmatched(this.#searched, this.#at);
      else if (rest.length >= HEADER_LENGTH) this.#decryption.lost({ header: rest, bytes: rest.length }, this.#at);
      else this.#decryption.lost({ bytes: rest.length }, this.#at);
      this.#decryption.flush();
      if (this.#decryption.failedBytes > 0) this.#refuse('wrong-secret');
    }
    this.#decryption?.end();
    this.#decryption = undefined;
    this.#reader.clear();
    this.#count();
    this.#ended(how, this.#at);
  }

  /** Takes what there is of whole records while the boundary is being searched for. */
  #runLast(): void {
    this.#last = true;
    while (this.#reader.seeking && this.#seek(true)) this.#run();
    this.#reader.settle();
    this.#count();
    this.#last = false;
  }
}

function refusalOf(outcome: Wait | Refusal): Refusal {
  return outcome === 'hello' ? 'not-captured' : outcome === 'secret' ? 'no-secret' : outcome;
}
