import { CapturedTime, type PacketTime } from '../../common/packet-time.js';
import type { ConnectionSink } from '../../common/sink.js';
import type { TcpSegment } from '../../ip/tcp-segment.js';
import { TcpConnection, type ConnectionKeeper } from '../connection.js';
import type { StreamSide } from '../reassembly/stream-side.js';

/** Rows of one page. */
const PAGE = 4096;
const NONE = -1;

// What stands where in a row of 32-bit numbers.
const CHAINED = 0;
const OLDER = 1;
const NEWER = 2;
const HASH = 3;
const STREAM = 4;
const PORTS = 5;
const FLAGS = 6;
const NANOSECONDS = 7;
const ADDRESSES = 8;
const SIDES = 16;
const SIDE_WORDS = 10;
const WORDS = SIDES + 2 * SIDE_WORDS;

// And in a row of numbers that may be larger.
const PACKET = 0;
const SECONDS = 1;
const DELIVERED = 2;
const DOUBLES = DELIVERED + 2;

const IS_IPV6 = 1;
const IS_RECOGNISED = 2;
const IS_SUSPENDED = 4;
const PRECISION_SHIFT = 4;

/** A page of the table. */
interface Page {
  readonly words: Int32Array;
  readonly doubles: Float64Array;
}

/**
 * Connections of which nothing is kept but their numbers and, for some, a stage that only counts: those that were not
 * recognised, and TLS without keys. A capture may have a hundred thousand of them.
 *
 * They stand in tables of numbers, 180 bytes each. As objects they would cost a kilobyte each, and as much again until
 * it is collected. A segment of one wakes it: it is an object again, until it comes to rest anew.
 */
export class RestingConnections {
  readonly #keeper: ConnectionKeeper;
  readonly #pages: Page[] = [];
  readonly #sinks: (ConnectionSink | null | undefined)[] = [];
  /** The first row of each hash. */
  #heads = new Int32Array(PAGE).fill(NONE);
  /** The first of the rows that are free; the others follow as in a chain. */
  #free = NONE;
  #rows = 0;
  #oldest = NONE;
  #newest = NONE;
  /** How many there are. */
  size = 0;

  constructor(keeper: ConnectionKeeper) {
    this.#keeper = keeper;
  }

  /** Whether there may be one with a hash. */
  has(hash: number): boolean {
    return this.size > 0 && this.#heads[hash & (this.#heads.length - 1)] !== NONE;
  }

  /** Keeps the numbers of a connection: the object is not used any more. */
  add(connection: TcpConnection): void {
    if (this.size >= this.#heads.length) this.#rehash();
    const row = this.#take();
    const { words, doubles } = this.#pages[Math.floor(row / PAGE)]!;
    const at = (row % PAGE) * WORDS;
    const { opened, hash } = connection;
    words[at + HASH] = hash;
    words[at + STREAM] = connection.stream;
    words[at + PORTS] = (connection.port(0) << 16) | connection.port(1);
    words[at + FLAGS] =
      (connection.isIpv6 ? IS_IPV6 : 0) |
      (connection.isRecognised ? IS_RECOGNISED : 0) |
      (connection.isSuspended ? IS_SUSPENDED : 0) |
      (opened.precision << PRECISION_SHIFT);
    words[at + NANOSECONDS] = opened.nanoseconds;
    connection.writeAddresses(words, at + ADDRESSES);
    const more = (row % PAGE) * DOUBLES;
    doubles[more + PACKET] = opened.packet;
    doubles[more + SECONDS] = opened.seconds;
    for (const side of [0, 1] as const) {
      const of = connection.sides[side];
      of.save(words, at + SIDES + side * SIDE_WORDS);
      doubles[more + DELIVERED + side] = of.delivered;
    }
    this.#sinks[row] = connection.sink;
    words[at + CHAINED] = this.#head(hash, row);
    words[at + OLDER] = this.#newest;
    words[at + NEWER] = NONE;
    if (this.#newest === NONE) this.#oldest = row;
    else this.#set(this.#newest, NEWER, row);
    this.#newest = row;
    this.size++;
  }

  /** Wakes a connection between a segment's two ends; `undefined` where none rests. */
  wake(hash: number, segment: TcpSegment): TcpConnection | undefined {
    let row = this.#heads[hash & (this.#heads.length - 1)]!;
    for (; row !== NONE; row = this.#get(row, CHAINED)) {
      if (this.#get(row, HASH) !== hash) continue;
      const connection = this.#read(row);
      if (connection.sideOf(segment) === undefined) continue;
      this.#remove(row);
      return connection;
    }
    return undefined;
  }

  /** Wakes the one that rests longest. */
  wakeOldest(): TcpConnection | undefined {
    return this.#oldest === NONE ? undefined : this.wakeRow(this.#oldest);
  }

  /** All that have something to tell at their end, the one with the lowest number last, to be woken by {@link wakeRow}. */
  listTelling(): Int32Array {
    const rows = new Int32Array(this.size);
    let count = 0;
    for (let row = this.#oldest; row !== NONE; row = this.#get(row, NEWER)) if (this.#sinks[row]) rows[count++] = row;
    return rows.subarray(0, count).sort((a, b) => this.#get(b, STREAM) - this.#get(a, STREAM));
  }

  /** The number of the connection in a row. */
  streamOf(row: number): number {
    return this.#get(row, STREAM);
  }

  /** Wakes the connection in a row. */
  wakeRow(row: number): TcpConnection {
    const connection = this.#read(row);
    this.#remove(row);
    return connection;
  }

  #read(row: number): TcpConnection {
    const { words, doubles } = this.#pages[Math.floor(row / PAGE)]!;
    const at = (row % PAGE) * WORDS;
    const more = (row % PAGE) * DOUBLES;
    const flags = words[at + FLAGS]!;
    const opened: PacketTime = new CapturedTime(
      doubles[more + PACKET]!,
      doubles[more + SECONDS]!,
      words[at + NANOSECONDS]!,
      (flags >> PRECISION_SHIFT) as PacketTime['precision'],
    );
    const ports = words[at + PORTS]!;
    const ends = {
      ipVersion: (flags & IS_IPV6) === 0 ? (4 as const) : (6 as const),
      addresses: addressBytes(words, at + ADDRESSES),
      addressOffset: 0,
      sourcePort: ports >>> 16,
      destinationPort: ports & 0xffff,
    };
    const connection = new TcpConnection(words[at + STREAM]!, opened, words[at + HASH]!, ends, this.#keeper);
    connection.isSettled = true;
    connection.isRecognised = (flags & IS_RECOGNISED) !== 0;
    connection.isSuspended = (flags & IS_SUSPENDED) !== 0;
    connection.sink = this.#sinks[row];
    for (const side of [0, 1] as const) {
      const of: StreamSide = connection.sides[side];
      of.delivered = doubles[more + DELIVERED + side]!;
      of.restore(words, at + SIDES + side * SIDE_WORDS);
    }
    return connection;
  }

  #remove(row: number): void {
    const index = this.#get(row, HASH) & (this.#heads.length - 1);
    if (this.#heads[index] === row) {
      this.#heads[index] = this.#get(row, CHAINED);
    } else {
      let before = this.#heads[index]!;
      while (this.#get(before, CHAINED) !== row) before = this.#get(before, CHAINED);
      this.#set(before, CHAINED, this.#get(row, CHAINED));
    }
    const older = this.#get(row, OLDER);
    const newer = this.#get(row, NEWER);
    if (older === NONE) this.#oldest = newer;
    else this.#set(older, NEWER, newer);
    if (newer === NONE) this.#newest = older;
    else this.#set(newer, OLDER, older);
    this.#sinks[row] = undefined;
    this.#set(row, CHAINED, this.#free);
    this.#free = row;
    this.size--;
  }

  /** A free row. */
  #take(): number {
    if (this.#free !== NONE) {
      const row = this.#free;
      this.#free = this.#get(row, CHAINED);
      return row;
    }
    if (this.#rows % PAGE === 0) {
      this.#pages.push({ words: new Int32Array(PAGE * WORDS), doubles: new Float64Array(PAGE * DOUBLES) });
    }
    return this.#rows++;
  }

  /** Puts a row at the head of its chain. @returns the one that was there */
  #head(hash: number, row: number): number {
    const index = hash & (this.#heads.length - 1);
    const before = this.#heads[index]!;
    this.#heads[index] = row;
    return before;
  }

  #rehash(): void {
    this.#heads = new Int32Array(2 * this.#heads.length).fill(NONE);
    for (let row = this.#oldest; row !== NONE; row = this.#get(row, NEWER)) {
      this.#set(row, CHAINED, this.#head(this.#get(row, HASH), row));
    }
  }

  #get(row: number, word: number): number {
    return this.#pages[Math.floor(row / PAGE)]!.words[(row % PAGE) * WORDS + word]!;
  }

  #set(row: number, word: number, value: number): void {
    this.#pages[Math.floor(row / PAGE)]!.words[(row % PAGE) * WORDS + word] = value;
  }
}

/** Of both ends, as a packet has them; those of IPv4 are the first eight bytes. */
const scratch = Buffer.alloc(32);

function addressBytes(words: Int32Array, at: number): Buffer {
  for (let i = 0; i < scratch.length / 4; i++) scratch.writeInt32BE(words[at + i]!, 4 * i);
  return scratch;
}
