import type { PacketTime } from '../common/packet-time.js';
import { copyInto } from '../common/view.js';
import type { Epoch, StepObject } from './protocol.js';
import { LAST_BIT, precisionBits, putLarge, ROW, ROW_LENGTH, TIME_BIT } from './step.js';

/** Rows of one thread in an epoch. */
const ROWS = 8192;
/** Rows that one step may take. */
const MOST_OF_STEP = 3;
/** Bytes of the steps of an epoch. */
export const SLAB = 1024 * 1024;
const SHORT = 16;
const ROWS_LENGTH = ROWS * ROW_LENGTH * Int32Array.BYTES_PER_ELEMENT;

/** The steps of one thread in an epoch. */
interface ThreadRows {
  numbers: Int32Array;
  count: number;
  objects: StepObject[];
}

/** Writes the steps of an epoch into shared memory, for all threads. */
export class EpochWriter {
  readonly #threads: ThreadRows[];
  readonly #spareRows: SharedArrayBuffer[] = [];
  readonly #spareSlabs: SharedArrayBuffer[] = [];
  /**
   * Bytes of the epoch that is being written. They go to shared memory all at once: into that, V8 copies what does not lie at
   * a multiple of eight byte by byte.
   */
  readonly #bytes = Buffer.allocUnsafeSlow(SLAB);
  #used = 0;
  #number = 0;
  /** Steps of the capture so far. */
  #steps = 0;

  constructor(threads: number) {
    this.#threads = Array.from({ length: threads }, () => ({ numbers: NO_NUMBERS, count: 0, objects: [] }));
  }

  /** The number of the epoch that is being written. */
  get number(): number {
    return this.#number;
  }

  get isEmpty(): boolean {
    return this.#threads.every(({ count }) => count === 0);
  }

  /** The number of the next step, for something that this thread does itself. */
  nextStep(): number {
    return this.#steps++;
  }

  /** Whether the next step fits. */
  hasRoomFor(thread: number, bytes: number): boolean {
    return this.#threads[thread]!.count + MOST_OF_STEP <= ROWS && this.#used + bytes <= SLAB;
  }

  /** Copies bytes of a step. @returns where they are */
  copy(bytes: Buffer): number {
    const at = this.#used;
    const { length } = bytes;
    if (length > SHORT) copyInto(this.#bytes, bytes, at);
    else for (let i = 0, slab = this.#bytes; i < length; i++) slab[at + i] = bytes[i]!;
    this.#used = at + length;
    return at;
  }

  /** Puts by an object of a step. @returns where it is */
  object(thread: number, object: StepObject): number {
    return this.#threads[thread]!.objects.push(object) - 1;
  }

  /**
   * Writes a step.
   *
   * @param now - the packet that is being read
   * @param time - the step's own packet
   * @param last - the connection's last packet, where it is not the one that is being read
   * @returns where, for {@link mark}
   */
  row(
    thread: number,
    bits: number,
    slot: number,
    first: number,
    second: number,
    now: PacketTime,
    time: PacketTime,
    last: PacketTime | undefined,
  ): number {
    const rows = this.#threads[thread]!;
    if (rows.numbers === NO_NUMBERS) {
      rows.numbers = new Int32Array(this.#spareRows.pop() ?? new SharedArrayBuffer(ROWS_LENGTH));
    }
    const { numbers } = rows;
    const at = rows.count * ROW_LENGTH;
    putTime(numbers, at, now, bits | (time === now ? 0 : TIME_BIT) | (last === undefined ? 0 : LAST_BIT));
    numbers[at + ROW.slot] = slot;
    putLarge(numbers, at + ROW.step, this.#steps++);
    putLarge(numbers, at + ROW.first, first);
    putLarge(numbers, at + ROW.second, second);
    rows.count++;
    if (time !== now) addTime(rows, time);
    if (last !== undefined) addTime(rows, last);
    return at;
  }

  /** Adds a bit to a row of this epoch. */
  mark(thread: number, at: number, bit: number): void {
    const { numbers } = this.#threads[thread]!;
    numbers[at] = numbers[at]! | bit;
  }

  /** Ends the epoch. @returns for each thread its steps; `undefined` where it has none */
  cut(): readonly (Epoch | undefined)[] {
    const used = this.#used;
    const slab = used === 0 ? NO_SLAB : (this.#spareSlabs.pop() ?? new SharedArrayBuffer(SLAB));
    new Uint8Array(slab).set(this.#bytes.subarray(0, used));
    const number = this.#number++;
    this.#used = 0;
    return this.#threads.map((rows) => {
      if (rows.count === 0) return undefined;
      const { numbers, count, objects } = rows;
      rows.numbers = NO_NUMBERS;
      rows.count = 0;
      rows.objects = [];
      return { number, slab, used, rows: numbers.buffer as SharedArrayBuffer, count, objects };
    });
  }

  /** All threads are done with an epoch: its memory is used again. */
  giveBack(epochs: readonly (Epoch | undefined)[]): void {
    for (const epoch of epochs) if (epoch !== undefined) this.#spareRows.push(epoch.rows);
    const slab = epochs.find((epoch) => epoch !== undefined)?.slab;
    if (slab !== undefined && slab !== NO_SLAB) this.#spareSlabs.push(slab);
  }
}

function addTime(rows: ThreadRows, time: PacketTime): void {
  putTime(rows.numbers, rows.count * ROW_LENGTH, time, 0);
  rows.count++;
}

function putTime(numbers: Int32Array, at: number, time: PacketTime, bits: number): void {
  numbers[at] = bits | precisionBits(time);
  putLarge(numbers, at + ROW.packet, time.packet);
  putLarge(numbers, at + ROW.seconds, time.seconds);
  numbers[at + ROW.nanoseconds] = time.nanoseconds;
}

const NO_NUMBERS = new Int32Array(0);
const NO_SLAB = new SharedArrayBuffer(0);
