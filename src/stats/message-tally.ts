import type { Direction } from '../common/finding.js';
import { COUNT_LIMITS } from '../common/limits.js';
import type { PacketTime } from '../common/packet-time.js';
import type { MessageCounter } from '../message/message-counter.js';
import { BINARY, CLOSE, TEXT } from '../websocket/frame.js';
import { emptyCounts, type Idle, type SideCounts } from './connection-stats.js';
import type { Amount } from './name-tally.js';
import { nanosecondsSince } from './nanoseconds.js';
import { PeakSecond, type Peak } from './rates.js';
import { PooledHistogram, type ValuePool } from './value-pool.js';

/** Takes the second of each message, of all connections. */
export type SecondSink = (second: number) => void;

/**
 * What one side sent, and how long its messages were. Text and binary messages, which nearly all are, are counted in the
 * object itself.
 */
class SideTally extends PooledHistogram {
  bytes = 0;
  texts = 0;
  textBytes = 0;
  binaries = 0;
  binaryBytes = 0;
  incomplete = 0;
  others: (Amount | undefined)[] | undefined = undefined;

  count(opcode: number, isWhole: boolean, bytes: number): void {
    this.bytes += bytes;
    if (opcode === TEXT) {
      this.texts++;
      this.textBytes += bytes;
    } else if (opcode === BINARY) {
      this.binaries++;
      this.binaryBytes += bytes;
    } else {
      const amount = ((this.others ??= [])[opcode] ??= { messages: 0, bytes: 0 });
      amount.messages++;
      amount.bytes += bytes;
    }
    if (!isWhole) this.incomplete++;
    else if (opcode < CLOSE) this.add(bytes);
  }

  /** All of it, once. */
  takeCounts(): SideCounts {
    const opcodes = [...(this.others ?? [])];
    if (this.texts > 0) opcodes[TEXT] = { messages: this.texts, bytes: this.textBytes };
    if (this.binaries > 0) opcodes[BINARY] = { messages: this.binaries, bytes: this.binaryBytes };
    return { bytes: this.bytes, incomplete: this.incomplete, opcodes, sizes: this.take() };
  }
}

/**
 * Counts the messages of one connection. With thousands of connections in turns each object that a message needs is a
 * wait for memory: there are few of them, and what each message needs stands first.
 */
export class MessageTally implements MessageCounter {
  readonly #seconds: SecondSink;
  readonly #pool: ValuePool;
  #client: SideTally | undefined = undefined;
  #server: SideTally | undefined = undefined;
  readonly #peak = new PeakSecond(COUNT_LIMITS.secondsOfConnection);
  // When the last message came; as numbers, because an object of each packet that is kept until the next one would outlive its
  // batch.
  #lastPacket = 0;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  #lastPrecision: PacketTime['precision'] = 0;
  #idle = -1;
  /** Something was lost since the last message. */
  #isDoubtful = false;
  #idleFrom: PacketTime | undefined = undefined;
  #idleTo: PacketTime | undefined = undefined;
  /** The packets of the last messages of which there are no events. */
  #passedOfClient = -1;
  #passedOfServer = -1;

  /** @param pool - what keeps the sizes of messages */
  constructor(seconds: SecondSink, pool: ValuePool) {
    this.#seconds = seconds;
    this.#pool = pool;
  }

  count(isOfClient: boolean, opcode: number, isWhole: boolean, bytes: number, at: PacketTime): void {
    const side = isOfClient
      ? (this.#client ??= new SideTally(this.#pool))
      : (this.#server ??= new SideTally(this.#pool));
    side.count(opcode, isWhole, bytes);
    if (at.precision === 0) return;
    this.#noteIdle(at);
    this.#peak.add(at.seconds, 1);
    this.#seconds(at.seconds);
  }

  pass(isOfClient: boolean, opcode: number, bytes: number, at: PacketTime): void {
    if (isOfClient) this.#passedOfClient = Math.max(this.#passedOfClient, at.packet);
    else this.#passedOfServer = Math.max(this.#passedOfServer, at.packet);
    this.count(isOfClient, opcode, true, bytes, at);
  }

  gap(): void {
    this.#isDoubtful = true;
  }

  /** The last packets, of each direction, with a message of which there is no event. They are told once. */
  takePassed(): (readonly [Direction, packet: number])[] {
    const passed = [
      ['client-to-server', this.#passedOfClient],
      ['server-to-client', this.#passedOfServer],
    ] as const;
    this.#passedOfClient = this.#passedOfServer = -1;
    return passed.filter(([, packet]) => packet >= 0);
  }

  /** What a side sent: once, when no more messages come. */
  take(side: 'client' | 'server'): SideCounts {
    return (side === 'client' ? this.#client : this.#server)?.takeCounts() ?? emptyCounts();
  }

  get peak(): Peak | undefined {
    return this.#peak.peak;
  }

  /** When the last message came. */
  get last(): PacketTime | undefined {
    if (this.#lastPrecision === 0) return undefined;
    const [packet, seconds] = [this.#lastPacket, this.#lastSeconds];
    return { packet, seconds, nanoseconds: this.#lastNanoseconds, precision: this.#lastPrecision };
  }

  /** The longest time without a message. */
  get idle(): Idle | undefined {
    const [from, to] = [this.#idleFrom, this.#idleTo];
    return from === undefined || to === undefined ? undefined : { nanoseconds: this.#idle, from, to };
  }

  #noteIdle(at: PacketTime): void {
    if (this.#lastPrecision !== 0) {
      const nanoseconds = nanosecondsSince(this.#lastSeconds, this.#lastNanoseconds, at);
      // What came out of order was not after the last one.
      if (nanoseconds < 0) return;
      if (nanoseconds > this.#idle && !this.#isDoubtful) {
        this.#idle = nanoseconds;
        this.#idleFrom = this.last;
        const { packet, seconds, precision } = at;
        this.#idleTo = { packet, seconds, nanoseconds: at.nanoseconds, precision };
      }
    }
    this.#lastPacket = at.packet;
    this.#lastSeconds = at.seconds;
    this.#lastNanoseconds = at.nanoseconds;
    this.#lastPrecision = at.precision;
    this.#isDoubtful = false;
  }
}
