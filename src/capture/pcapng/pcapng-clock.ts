import { CapturedTime, type PacketTime } from '../../common/packet-time.js';

/** Ticks per second up to which the arithmetic of {@link PcapngClock} is exact in numbers. */
const MOST_TICKS_IN_NUMBERS = 1_000_000_000;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** Turns the 64-bit times of one pcapng interface into moments (draft-ietf-opsawg-pcapng, if_tsresol, if_tsoffset). */
export class PcapngClock {
  readonly #ticksPerSecond: number;
  /** Nanoseconds of a tick; 0 where the ticks are counted with BigInt. */
  readonly #tick: number;
  readonly #exactTicksPerSecond: bigint;
  readonly #offset: number;
  readonly #precision: 6 | 9;

  /**
   * @param resolution - if_tsresol: a negative power of 10, or of 2 where the top bit is set; 6 where it is not given
   * @param offset - if_tsoffset: seconds to add
   */
  constructor(resolution = 6, offset = 0) {
    const exponent = resolution & 0x7f;
    const isDecimal = resolution < 0x80;
    this.#exactTicksPerSecond = (isDecimal ? 10n : 2n) ** BigInt(exponent);
    this.#ticksPerSecond = Number(this.#exactTicksPerSecond);
    this.#tick = isDecimal && this.#ticksPerSecond <= MOST_TICKS_IN_NUMBERS ? 10 ** (9 - exponent) : 0;
    this.#precision = this.#ticksPerSecond <= 1_000_000 ? 6 : 9;
    this.#offset = offset;
  }

  /**
   * The moment of a packet.
   *
   * @param packet - its number
   * @param high - upper 32 bits of its time
   * @param low - lower 32 bits
   */
  moment(packet: number, high: number, low: number): PacketTime {
    if (this.#tick === 0) return this.#oddTime(packet, high, low);
    // Long division by 16 bits at a time: 64 bits do not fit a number, and no step here passes 2^46.
    const divisor = this.#ticksPerSecond;
    const first = Math.floor(high / divisor);
    const upper = (high - first * divisor) * 0x1_0000 + (low >>> 16);
    const second = Math.floor(upper / divisor);
    const lower = (upper - second * divisor) * 0x1_0000 + (low & 0xffff);
    const third = Math.floor(lower / divisor);
    const seconds = first * 0x1_0000_0000 + second * 0x1_0000 + third + this.#offset;
    return new CapturedTime(packet, seconds, (lower - third * divisor) * this.#tick, this.#precision);
  }

  #oddTime(packet: number, high: number, low: number): PacketTime {
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    const perSecond = this.#exactTicksPerSecond;
    const seconds = Number(ticks / perSecond) + this.#offset;
    const nanoseconds = Number(((ticks % perSecond) * NANOSECONDS_PER_SECOND) / perSecond);
    return new CapturedTime(packet, seconds, nanoseconds, this.#precision);
  }
}
