import type { Side } from '../common/sink.js';
import type { Admission, Epoch, Epochs, Wait } from './epochs.js';
import { ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT } from './records/record.js';
import type { TlsSession } from './tls-session.js';

/** The keys of one side of TLS 1.2 and before: none, then a new one after each ChangeCipherSpec. */
export class Tls12Epochs implements Epochs {
  readonly phase = 'application';
  /** Number 0 is Finished. */
  readonly firstData = 1;
  readonly #session: TlsSession;
  readonly #side: Side;
  #current: Epoch | undefined;
  #next: Epoch | undefined;
  /** ChangeCipherSpecs so far. */
  #changes = 0;

  constructor(session: TlsSession, side: Side) {
    this.#session = session;
    this.#side = side;
  }

  get current(): Epoch | undefined {
    return this.#current;
  }

  admit(record: Buffer, lossy: boolean): Admission {
    if (this.#current !== undefined) return 'open';
    const type = record[0];
    if (type === CHANGE_CIPHER_SPEC) return this.changeCipherSpec();
    // Where the ChangeCipherSpec may be among the missing records, the next key may be in use already.
    if (lossy && this.#following() !== undefined) return 'open';
    if (type === HEARTBEAT) return 'drop';
    return type === HANDSHAKE || type === ALERT ? 'plain' : lossy ? this.#waitsFor() : 'malformed';
  }

  later(lossy: boolean): Epoch[] {
    const next = lossy ? this.#following() : undefined;
    return next === undefined ? [] : [next];
  }

  adopt(epoch: Epoch): void {
    this.#current = epoch;
    this.#next = undefined;
    this.#changes++;
  }

  changeCipherSpec(): 'drop' | Wait {
    const next = this.#following();
    if (next === undefined) return this.#waitsFor();
    this.adopt(next);
    return 'drop';
  }

  message(): void {
    // Only a ChangeCipherSpec changes keys.
  }

  #waitsFor(): Wait {
    return this.#session.ready(this.#changes) ? 'secret' : 'hello';
  }

  #following(): Epoch | undefined {
    if (this.#next === undefined) {
      const cipher = this.#session.cipher12(this.#side, this.#changes);
      if (cipher !== undefined) this.#next = { cipher, phase: this.phase, sequence: 0 };
    }
    return this.#next;
  }
}
