import { isLossEvent } from '../../check/loss.js';
import type { Selection } from '../options/selection.js';
import type { DissectEvent } from '../../events.js';
import type { Output } from '../../output/output.js';
import type { EpochPart, PartSeen } from '../../parallel/protocol.js';
import type { ConnectionRunner, RunnerListener } from '../../parallel/connection-runner.js';

/** Bytes that are worth a message of their own. */
const PART_LENGTH = 256 * 1024;
/** More than this of one step may be a large payload, of which the length is not known before it is taken. */
const LARGE_STEP = 64 * 1024;

/** Takes a part of what a thread has. It waits where too much is on its way. */
export type PostPart = (part: EpochPart) => void;

/** Prints the records of some connections, each at its place in the order of the capture. */
export class PartPrinter implements RunnerListener {
  readonly #output: Output;
  readonly #selection: Selection | undefined;
  readonly #post: PostPart;
  #runner: ConnectionRunner | undefined;
  #epoch = 0;
  /** Bytes of the output up to the last place that was noted. */
  #noted = 0;
  #order = new Float64Array(FIRST_ORDER);
  #orderLength = 0;
  /** The last of steps in a row that no other thread had one between: what they give is one piece. */
  #lastStep = -2;
  #isRunOpen = false;
  #events: DissectEvent[] = [];
  #seen = new Seen();
  #http2Connections = 0;
  readonly #decided = (event: DissectEvent, isShown: boolean): void => {
    if (isShown) this.#output.event(event);
    else this.#output.skip(event);
  };

  constructor(output: Output, selection: Selection | undefined, post: PostPart) {
    this.#output = output;
    this.#selection = selection;
    this.#post = post;
  }

  /** Works on the steps of an epoch, and gives what comes of it. */
  run(runner: ConnectionRunner, epoch: Parameters<ConnectionRunner['run']>[0]): void {
    this.#runner = runner;
    this.#epoch = epoch.number;
    runner.run(epoch);
    this.#give(true);
  }

  event(event: DissectEvent): void {
    this.#seen.event(event);
    if (this.#selection !== undefined) this.#selection.event(event, this.#decided);
    else if (event.type !== 'finding') this.#output.event(event);
    if (event.type !== 'finding' && (event.type !== 'open' || event.handshake.state !== 'refused')) return;
    this.#note();
    this.#events.push(event);
    this.#put(this.#runner!.step, -this.#events.length);
    this.#isRunOpen = false;
  }

  stepOver(): void {
    this.#selection?.flush(this.#decided);
    // Another thread had a step since, even where this one gives nothing.
    if (this.#runner!.step > this.#lastStep + 1) this.#isRunOpen = false;
    this.#note();
    this.#lastStep = this.#runner!.step;
    if (this.#noted > PART_LENGTH || this.#events.length > MOST_EVENTS) this.#give(false);
  }

  /** Notes what the step has given so far. */
  #note(): void {
    const { length } = this.#output;
    if (length === this.#noted) return;
    if (length - this.#noted > LARGE_STEP) {
      this.#give(false, this.#runner!.step);
      return;
    }
    const { step } = this.#runner!;
    if (this.#isRunOpen && step <= this.#lastStep + 1) {
      this.#order[this.#orderLength - 1] = length;
    } else {
      this.#put(step, length);
      this.#isRunOpen = true;
    }
    this.#noted = length;
  }

  /** @param step - which has given more than was noted */
  #give(isDone: boolean, step?: number): void {
    while (this.#output.length > 0) {
      const bytes = new Uint8Array(this.#output.take());
      if (step !== undefined) this.#put(step, bytes.length);
      const isLast = isDone && this.#output.length === 0;
      this.#send(bytes, isLast);
      if (isLast) return;
    }
    if (isDone || this.#orderLength > 0) this.#send(undefined, isDone);
  }

  #put(step: number, what: number): void {
    if (this.#orderLength === this.#order.length) {
      const larger = new Float64Array(2 * this.#order.length);
      larger.set(this.#order);
      this.#order = larger;
    }
    this.#order[this.#orderLength++] = step;
    this.#order[this.#orderLength++] = what;
  }

  #send(bytes: Uint8Array | undefined, isDone: boolean): void {
    const runner = this.#runner!;
    const { held, keys } = runner;
    const http2Connections = runner.http2Connections - this.#http2Connections;
    this.#http2Connections = runner.http2Connections;
    const order = this.#order.slice(0, this.#orderLength);
    const [events, seen] = [this.#events, this.#seen];
    this.#orderLength = 0;
    this.#isRunOpen = false;
    this.#events = [];
    this.#seen = new Seen();
    this.#noted = 0;
    this.#post({
      epoch: this.#epoch,
      isDone,
      bytes,
      order,
      events,
      news: runner.takeNews(),
      use: {
        peak: held.peak,
        held: held.total,
        trials: keys.trials.taken,
        sessions: keys.sessions.remembered,
        missedSessions: keys.sessions.misses,
      },
      seen: { ...seen.counts, http2Connections },
    });
  }
}

const MOST_EVENTS = 1000;
const FIRST_ORDER = 4096;

/** Counts what goes by. */
class Seen {
  #opened = 0;
  #frames = 0;
  #messages = 0;
  #isLossy = false;

  event(event: DissectEvent): void {
    if (event.type === 'frame') this.#frames++;
    else if (event.type === 'message') this.#messages++;
    else if (event.type === 'open' && event.handshake.state !== 'refused') this.#opened++;
    this.#isLossy ||= isLossEvent(event);
  }

  get counts(): Omit<PartSeen, 'http2Connections'> {
    return { opened: this.#opened, frames: this.#frames, messages: this.#messages, isLossy: this.#isLossy };
  }
}
