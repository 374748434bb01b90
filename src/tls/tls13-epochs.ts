import type { Side } from '../common/sink.js';
import type { Admission, Epoch, Epochs } from './epochs.js';
import { END_OF_EARLY_DATA, FINISHED, KEY_UPDATE } from './handshake/handshake-messages.js';
import { APPLICATION_DATA, HANDSHAKE } from './records/record.js';
import type { TlsSession } from './tls-session.js';
import { PHASES, type Phase } from './ciphers/traffic-secret.js';

/** The keys of one side of TLS 1.3: early data, handshake, application data, and then one after each KeyUpdate. */
export class Tls13Epochs implements Epochs {
  readonly firstData = 0;
  readonly #session: TlsSession;
  readonly #side: Side;
  readonly #epochs = new Map<Phase, Epoch>();
  /** `undefined` before the first protected record. */
  #phase: Phase | undefined;
  /** Secret of the application data in use. */
  #secret: Buffer | undefined;
  /** What comes after the next KeyUpdate. */
  #next: Epoch | undefined;

  constructor(session: TlsSession, side: Side) {
    this.#session = session;
    this.#side = side;
  }

  get phase(): Phase {
    return this.#phase ?? 'handshake';
  }

  get current(): Epoch | undefined {
    return this.#phase && this.#epoch(this.#phase);
  }

  admit(record: Buffer): Admission {
    if (record[0] !== APPLICATION_DATA) {
      // Hellos; alerts before the keys; a ChangeCipherSpec that is there for middleboxes only.
      return record[0] === HANDSHAKE && this.#phase === undefined ? 'plain' : 'drop';
    }
    if (this.#phase === undefined) {
      if (this.#session.betweenHellos) return 'drop';
      const phase = this.#session.ready(0) ? this.#firstPhase() : undefined;
      if (phase === undefined) return 'hello';
      this.#phase = phase;
    }
    return this.current !== undefined || this.later(false).length > 0 ? 'open' : 'secret';
  }

  later(lossy: boolean): Epoch[] {
    if (this.#phase === 'application') {
      const next = lossy ? this.#following() : undefined;
      return next === undefined ? [] : [next];
    }
    const phases = PHASES.slice(PHASES.indexOf(this.phase) + 1);
    return phases.map((phase) => this.#epoch(phase)).filter((epoch) => epoch !== undefined);
  }

  adopt(epoch: Epoch): void {
    if (epoch === this.#next) {
      this.#secret = this.#session.nextSecret13(this.#secret!);
      this.#epochs.set('application', epoch);
      this.#next = undefined;
    }
    this.#phase = epoch.phase;
  }

  changeCipherSpec(): 'drop' {
    return 'drop';
  }

  message(type: number | undefined): void {
    if (type === KEY_UPDATE && this.#phase === 'application') {
      const next = this.#following();
      if (next !== undefined) this.adopt(next);
    } else if (type === FINISHED && this.#phase === 'handshake') {
      this.#phase = 'application';
    } else if (type === END_OF_EARLY_DATA && this.#phase === 'early') {
      this.#phase = 'handshake';
    }
  }

  #firstPhase(): Phase | undefined {
    if (this.#session.role(this.#side) === 'server') return 'handshake';
    const { earlyData } = this.#session;
    if (earlyData === 'waiting') return undefined;
    return earlyData === 'accepted' || earlyData === 'unknown' ? 'early' : 'handshake';
  }

  #epoch(phase: Phase): Epoch | undefined {
    const known = this.#epochs.get(phase);
    if (known !== undefined) return known;
    const secret = this.#session.secret13(this.#side, phase);
    if (secret === undefined) return undefined;
    if (phase === 'application') this.#secret = secret;
    const epoch: Epoch = { cipher: this.#session.cipher13(secret), phase, sequence: 0 };
    this.#epochs.set(phase, epoch);
    return epoch;
  }

  #following(): Epoch | undefined {
    if (this.#secret === undefined) return undefined;
    this.#next ??= {
      cipher: this.#session.cipher13(this.#session.nextSecret13(this.#secret)),
      phase: 'application',
      sequence: 0,
    };
    return this.#next;
  }
}
