import type { PacketTime } from '../common/packet-time.js';
import type { Epoch, StepObject } from './protocol.js';
import { LAST_BIT, precisionBits, ROW_LENGTH, TIME_BIT } from './step.js';

/** Rows of one thread in an epoch. */
const ROWS = 8192;
/** Rows that one step may take. */
const MOST_OF_STEP = 3;
/** Bytes of the steps of an epoch. */
export const SLAB = 1024 * 1024;
const SHORT = 16;

/** The steps of one thread in an epoch. */
interface ThreadRows {
  numbers: Float64Array;
  count: number;
  objects: StepObject[];
}

/** What the step is about, besides its row. */
export interface StepTimes {
  /** The packet that is being read. */
  readonly now: PacketTime;
  /** The step's own packet. */
  readonly time: PacketTime;
  /** The connection's last packet, where it is not the one that is being read. */
  readonly last: PacketTime | undefined;
}

/** Writes the steps of an epoch into shared memory, for all threads. */
export class EpochWriter {
  readonly #threads: ThreadRows[];
  readonly #spareRows: SharedArrayBuffer[] = [];
  readonly #spareSlabs: SharedArrayBuffer[] = [];
  #slab: Buffer | undefined;
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
    const slab = (this.#slab ??= Buffer.from(this.#spareSlabs.pop() ?? new SharedArrayBuffer(SLAB)));
    const at = this.#used;
    const { length } = bytes;
    if (length > SHORT) slab.set(bytes, at);
    else for (let i = 0; i < length; i++) slab[at + i] = bytes[i]!;
    this.#used = at + length;
    return at;
  }

  /** Puts by an object of a step. @returns where it is */
  object(thread: number, object: StepObject): number {
    return this.#threads[thread]!.objects.push(object) - 1;
  }

  /** Writes a step. @returns where, for {@link mark} */
  row(thread: number, bits: number, slot: number, first: number, second: number, times: StepTimes): number {
    const rows = this.#threads[thread]!;
    if (rows.numbers === NO_NUMBERS) {
      rows.numbers = new Float64Array(
        this.#spareRows.pop() ?? new SharedArrayBuffer(ROWS * ROW_LENGTH * Float64Array.BYTES_PER_ELEMENT),
      );
    }
    const { numbers } = rows;
    const { now, time, last } = times;
    const at = rows.count * ROW_LENGTH;
    numbers[at] = bits | precisionBits(now) | (time === now ? 0 : TIME_BIT) | (last === undefined ? 0 : LAST_BIT);
    numbers[at + 1] = slot;
    numbers[at + 2] = this.#steps++;
    numbers[at + 3] = now.packet;
    numbers[at + 4] = now.seconds;
    numbers[at + 5] = now.nanoseconds;
    numbers[at + 6] = first;
    numbers[at + 7] = second;
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
    const slab = (this.#slab?.buffer as SharedArrayBuffer | undefined) ?? NO_SLAB;
    const number = this.#number++;
    this.#slab = undefined;
    this.#used = 0;
    return this.#threads.map((rows) => {
      if (rows.count === 0) return undefined;
      const { numbers, count, objects } = rows;
      rows.numbers = NO_NUMBERS;
      rows.count = 0;
      rows.objects = [];
      return { number, slab, rows: numbers.buffer as SharedArrayBuffer, count, objects };
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
  const at = rows.count * ROW_LENGTH;
  rows.numbers[at] = precisionBits(time);
  rows.numbers[at + 3] = time.packet;
  rows.numbers[at + 4] = time.seconds;
  rows.numbers[at + 5] = time.nanoseconds;
  rows.count++;
}

const NO_NUMBERS = new Float64Array(0);
const NO_SLAB = new SharedArrayBuffer(0);
