import { CapturedTime, type PacketTime } from '../common/packet-time.js';
import type { ConnectionRef, DissectEvent } from '../events.js';
import type { RecordStart } from '../output/records/record-starts.js';
import type { ConnectionRunner } from './connection-runner.js';
import type { SentBytes } from './part-buffers.js';
import type { EpochPart, PartObject, PartSeen } from './protocol.js';
import { precisionBits, precisionOf } from './step.js';

/** Bytes that are worth a message of their own. */
const PART_LENGTH = 256 * 1024;
/** More than this of one step may be a large payload, of which the length is not known before it is taken. */
const LARGE_STEP = 64 * 1024;
/** What is worth a message of its own, however few the bytes are. */
const MOST_OBJECTS = 1000;
const MOST_STARTS = 8192;
const FIRST_ORDER = 4096;

/** Numbers of a start: see {@link PartWriter.start}. */
const START_LENGTH = 5;
const NUMBERED_BIT = 1;
const SERVER_BIT = 2;
const SKIPPED_BIT = 4;

/** How parts go to the thread that puts them together. */
export interface PartPost {
  /** Copies bytes. It waits where too much is on its way. */
  carry(bytes: Uint8Array): SentBytes;
  post(part: EpochPart): void;
}

/** Bytes that a thread has made. */
export interface ByteSource {
  /** How many of them wait; of a large piece that is not made yet, about how many. */
  readonly length: number;
  /** Takes the next of them: a view that is valid until the next call. */
  take(): Uint8Array;
}

/** Gathers what a thread makes of its connections, each at its place in the order of the capture, and sends it in parts. */
export class PartWriter {
  readonly #source: ByteSource;
  readonly #seen: () => PartSeen;
  readonly #fractions: () => readonly number[];
  readonly #post: PartPost;
  #runner!: ConnectionRunner;
  #epoch = 0;
  /** Where what comes stands, in place of the step that is worked on. */
  #place: number | undefined;
  /** Bytes up to the last place that was noted. */
  #noted = 0;
  #order = new Float64Array(FIRST_ORDER);
  #orderLength = 0;
  /** The last of steps in a row that no other thread had one between: what they give is one piece. */
  #lastStep = -2;
  #isRunOpen = false;
  #objects: PartObject[] = [];
  #starts = new Float64Array(FIRST_ORDER);
  #startsLength = 0;
  #connections: ConnectionRef[] = [];
  readonly #indices = new Map<ConnectionRef, number>();

  /**
   * @param source - has the bytes
   * @param seen - what was seen since it was last asked
   * @param fractions - of totals over all connections, how much was taken at most
   */
  constructor(source: ByteSource, seen: () => PartSeen, fractions: () => readonly number[], post: PartPost) {
    this.#source = source;
    this.#seen = seen;
    this.#fractions = fractions;
    this.#post = post;
  }

  /** Steps of this runner are worked on from now on. */
  begin(runner: ConnectionRunner, epoch: number): void {
    this.#runner = runner;
    this.#epoch = epoch;
  }

  /** The number of the step of which something is made. */
  get step(): number {
    return this.#place ?? this.#runner.step;
  }

  /** What comes stands where this step was. To be called at the end alone, with numbers that grow. */
  moveTo(step: number): void {
    this.note();
    this.#place = step;
    this.#isRunOpen = false;
  }

  /** All of the epoch is worked on. */
  end(): void {
    this.note();
    this.#give(true);
  }

  /** What stands here is an object: a finding, a connection that was refused, or something that is made of an event. */
  object(object: PartObject): void {
    this.note();
    this.#objects.push(object);
    this.#put(this.step, 1 - 2 * this.#objects.length);
    this.#isRunOpen = false;
  }

  /** A record begins here: what it begins with is made where the records of all threads are put together. */
  start({ isNumbered, at, connection, direction }: RecordStart): void {
    this.note();
    const bits = (isNumbered ? NUMBERED_BIT : 0) | (direction === 'server-to-client' ? SERVER_BIT : 0);
    let index = this.#indices.get(connection);
    if (index === undefined) {
      index = this.#connections.push(plainRef(connection)) - 1;
      this.#indices.set(connection, index);
    }
    this.#start(bits, at, index);
  }

  /** A record is left out, and counted. */
  skipped(at: PacketTime): void {
    this.note();
    this.#start(SKIPPED_BIT, at, 0);
  }

  /** A step is over. */
  stepOver(): void {
    const { step } = this;
    // Another thread had a step since, even where this one gives nothing.
    if (step > this.#lastStep + 1) this.#isRunOpen = false;
    this.note();
    this.#lastStep = step;
    const isMuch = this.#objects.length > MOST_OBJECTS || this.#startsLength > MOST_STARTS * START_LENGTH;
    if (this.#noted > PART_LENGTH || isMuch) this.#give(false);
  }

  #start(bits: number, at: PacketTime, index: number): void {
    if (this.#startsLength + START_LENGTH > this.#starts.length) this.#starts = larger(this.#starts);
    const row = this.#startsLength;
    const starts = this.#starts;
    starts[row] = bits | precisionBits(at);
    starts[row + 1] = index;
    starts[row + 2] = at.packet;
    starts[row + 3] = at.seconds;
    starts[row + 4] = at.nanoseconds;
    this.#startsLength = row + START_LENGTH;
    this.#put(this.step, -2 - (2 * row) / START_LENGTH);
    this.#isRunOpen = false;
  }

  /** Notes what the step has given so far, and sends it where it is much. */
  note(): void {
    const { length } = this.#source;
    if (length === this.#noted) return;
    const { step } = this;
    if (length - this.#noted > LARGE_STEP) {
      this.#give(false, step);
      return;
    }
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
    while (this.#source.length > 0) {
      const bytes = this.#source.take();
      if (step !== undefined) this.#put(step, bytes.length);
      const isLast = isDone && this.#source.length === 0;
      this.#send(bytes, isLast);
      if (isLast) return;
    }
    if (isDone || this.#orderLength > 0) this.#send(undefined, isDone);
  }

  #put(step: number, what: number): void {
    if (this.#orderLength === this.#order.length) this.#order = larger(this.#order);
    this.#order[this.#orderLength++] = step;
    this.#order[this.#orderLength++] = what;
  }

  #send(bytes: Uint8Array | undefined, isDone: boolean): void {
    const runner = this.#runner;
    const { held, keys } = runner;
    const order = this.#order.slice(0, this.#orderLength);
    const starts = this.#startsLength === 0 ? undefined : this.#starts.slice(0, this.#startsLength);
    const [objects, connections] = [this.#objects, this.#connections];
    this.#orderLength = 0;
    this.#startsLength = 0;
    this.#isRunOpen = false;
    this.#objects = [];
    this.#connections = [];
    this.#indices.clear();
    this.#noted = 0;
    const sent = bytes === undefined ? undefined : this.#post.carry(bytes);
    this.#post.post({
      epoch: this.#epoch,
      isDone,
      bytes: sent?.bytes,
      buffer: sent?.buffer,
      order,
      objects,
      starts,
      connections,
      news: runner.takeNews(),
      use: {
        peak: held.peak,
        held: held.total,
        trials: keys.trials.taken,
        sessions: keys.sessions.remembered,
        missedSessions: keys.sessions.misses,
        fractions: this.#fractions(),
      },
      seen: this.#seen(),
    });
  }
}

/** Where a record begins, as a part has it; or, where it is left out, only when it was. */
export function readStart(
  { starts, connections }: Pick<EpochPart, 'starts' | 'connections'>,
  index: number,
): RecordStart & { readonly isSkipped: boolean } {
  const row = index * START_LENGTH;
  const numbers = starts!;
  const bits = numbers[row]!;
  return {
    isNumbered: (bits & NUMBERED_BIT) !== 0,
    isSkipped: (bits & SKIPPED_BIT) !== 0,
    at: new CapturedTime(numbers[row + 2]!, numbers[row + 3]!, numbers[row + 4]!, precisionOf(bits)),
    connection: connections[numbers[row + 1]!]!,
    direction: (bits & SERVER_BIT) === 0 ? 'client-to-server' : 'server-to-client',
  };
}

/** The same as data that another thread can be given. */
export function plainRef({ stream, client, server, http2Stream, source }: ConnectionRef): ConnectionRef {
  const over = http2Stream === undefined ? {} : { http2Stream };
  return { stream, client, server, ...over, ...(source === undefined ? {} : { source }) };
}

function larger(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(2 * numbers.length);
  twice.set(numbers);
  return twice;
}

/** Whether the thread that reads is to be told of an event as it is. */
export function isOfReader(event: DissectEvent): boolean {
  return event.type === 'finding' || (event.type === 'open' && event.handshake.state === 'refused');
}
