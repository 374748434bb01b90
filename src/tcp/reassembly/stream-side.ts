import type { PacketTime } from '../../common/packet-time.js';
import type { End } from '../../common/sink.js';
import type { GivenUpHoles } from './given-up-holes.js';
import type { HeldSegment, HeldSegments } from './held-segments.js';
import type { RecentBytes } from './recent-bytes.js';
import { FREE_FLAGS_SHIFT, SAVED_SPACE, SequenceSpace } from '../sequence-space.js';

/** Data that came on a SYN and is no part of the stream before the other side acknowledges it (RFC 7413 section 3). */
export interface SynData {
  readonly sequence: number;
  readonly length: number;
  readonly bytes: Buffer;
  readonly at: PacketTime;
}

/** A FIN without data, and bytes before it that had not come. */
export interface EarlyEnd {
  readonly sequence: number;
  readonly at: PacketTime;
  /** The side went on after it with bytes before it: a FIN is the last that a side sends. */
  isDoubtful: boolean;
}

/** Ends that are remembered at a time: of a correct peer there is one. */
const MOST_ENDS = 4;

/** What keeps a direction from simply passing on its next bytes. Most have nothing of it before their FIN. */
class SlowPath {
  /** What waits after a hole. */
  held: HeldSegments | undefined = undefined;
  /** Sequence numbers after the last byte, as FINs told them. */
  ends: number[] | undefined = undefined;
  earlyEnd: EarlyEnd | undefined = undefined;
  synData: SynData | undefined = undefined;
  /** Sequence numbers of bytes of urgent data, the lowest first. */
  urgent: number[] | undefined = undefined;
  /** Packets of the connection that came while this direction had a hole. */
  packets = 0;
  /** Holes that were given up. */
  givenUp: GivenUpHoles | undefined = undefined;
  /** The number after the last byte that the snap length cut off. */
  cutEnd: number | undefined = undefined;
  /** Bytes before the first one that was passed on, as the other side's answer to a SYN shows afterwards. */
  missingBefore = 0;
  /** As many bytes before the first one were told to be missing. */
  toldBefore = 0;
  /** A copy that could not be compared was told. */
  toldUncompared = false;
}

/**
 * What one side of a connection sends: beside its sequence numbers, which bytes came, which are due next, which are
 * missing.
 *
 * It is the same object as the {@link SequenceSpace} by which `ConnectionTracker` knows the side: with thousands of
 * interleaved connections, each object on a segment's way is one that the processor has to fetch from memory.
 */
export class StreamSide extends SequenceSpace {
  /** Sequence number of the next byte to pass on; means nothing before `begun`. */
  next = 0;
  begun = false;
  ended = false;
  /** Bytes passed on, gaps included. */
  delivered = 0;
  recent: RecentBytes | undefined = undefined;
  /** What {@link recent} held was forgotten while the connection rested. */
  isForgotten = false;
  /** How it will end, or has ended. */
  how: End = 'capture';
  #slow: SlowPath | undefined = undefined;

  /** Whether all that it may need is the next bytes. */
  get isQuick(): boolean {
    return this.#slow === undefined && this.begun && !this.ended;
  }

  /** Whether nothing waits for what the other side acknowledges. */
  get isQuiet(): boolean {
    return this.#slow === undefined;
  }

  /** What waits after a hole; made when the first segment has to wait. */
  get held(): HeldSegments | undefined {
    return this.#slow?.held;
  }

  set held(held: HeldSegments | undefined) {
    this.#slowPath().held = held;
  }

  /** Sequence numbers after the last byte, as FINs told them; one that the data runs over is none (RFC 9293 3.10.7.4). */
  get ends(): number[] | undefined {
    return this.#slow?.ends;
  }

  set ends(ends: number[] | undefined) {
    if (ends !== undefined || this.#slow !== undefined) this.#slowPath().ends = ends;
  }

  /** A FIN that came before bytes that stand before it. */
  get earlyEnd(): EarlyEnd | undefined {
    return this.#slow?.earlyEnd;
  }

  /** Notes a FIN without data. */
  finishEarly(sequence: number, at: PacketTime): void {
    if (this.ends?.includes(sequence) !== true || sequence === this.next || this.firstHeld !== undefined) return;
    this.#slowPath().earlyEnd ??= { sequence, at, isDoubtful: false };
  }

  /** Nobody confirms the early end, and what the side sent after it contradicts it: it is none. */
  dropEarlyEnd(): void {
    const { sequence } = this.earlyEnd!;
    this.#slowPath().earlyEnd = undefined;
    this.ends = this.ends?.filter((end) => end !== sequence);
    if (this.ends?.length === 0) this.ends = undefined;
    if (this.ends === undefined && this.how === 'fin') this.how = 'capture';
    this.withdraw(sequence);
  }

  get synData(): SynData | undefined {
    return this.#slow?.synData;
  }

  set synData(data: SynData | undefined) {
    this.#slowPath().synData = data;
  }

  /** Sequence numbers of bytes of urgent data, the lowest first. */
  get urgent(): number[] | undefined {
    return this.#slow?.urgent;
  }

  set urgent(urgent: number[] | undefined) {
    this.#slowPath().urgent = urgent;
  }

  /** Packets of the connection that came while this direction had a hole. */
  get packets(): number {
    return this.#slow === undefined ? 0 : this.#slow.packets;
  }

  set packets(packets: number) {
    this.#slowPath().packets = packets;
  }

  /** Holes that were given up. */
  get givenUp(): GivenUpHoles | undefined {
    return this.#slow?.givenUp;
  }

  set givenUp(holes: GivenUpHoles | undefined) {
    if (holes !== undefined || this.#slow !== undefined) this.#slowPath().givenUp = holes;
  }

  /** The number after the last byte that the snap length cut off. */
  get cutEnd(): number | undefined {
    return this.#slow?.cutEnd;
  }

  set cutEnd(end: number | undefined) {
    this.#slowPath().cutEnd = end;
  }

  /** Bytes before the first one that was passed on, as the other side's answer to a SYN shows afterwards. */
  get missingBefore(): number {
    return this.#slow === undefined ? 0 : this.#slow.missingBefore;
  }

  set missingBefore(bytes: number) {
    if (bytes > 0 || this.#slow !== undefined) this.#slowPath().missingBefore = bytes;
  }

  /** As many bytes before the first one were told to be missing. */
  get toldBefore(): number {
    return this.#slow === undefined ? 0 : this.#slow.toldBefore;
  }

  set toldBefore(bytes: number) {
    this.#slowPath().toldBefore = bytes;
  }

  /** A copy that could not be compared was told. */
  get toldUncompared(): boolean {
    return this.#slow?.toldUncompared === true;
  }

  set toldUncompared(isTold: boolean) {
    this.#slowPath().toldUncompared = isTold;
  }

  #slowPath(): SlowPath {
    return (this.#slow ??= new SlowPath());
  }

  /** The first segment that waits after a hole. */
  get firstHeld(): HeldSegment | undefined {
    return this.held?.first;
  }

  /** The first byte that is passed on is the one with a number. */
  begin(sequence: number): void {
    this.begun = true;
    this.next = sequence;
  }

  override anchor(first: number): void {
    super.anchor(first);
    if (!this.begun) return;
    // A later number of the side may have been seen before, and that may have been its end.
    if (this.delivered === 0 && !this.ended) this.next = first;
    else if (this.delivered === 0 || this.initial === undefined)
      this.missingBefore = Math.max(0, (this.next - this.delivered - first) | 0);
  }

  override acknowledge(sequence: number): void {
    super.acknowledge(sequence);
    if (this.anchored || this.delivered === 0 || this.isForgotten) return;
    // An old acknowledgment shows that bytes before the first ones were sent after it.
    const bytes = (this.next - this.delivered - sequence) | 0;
    if (bytes <= this.toldBefore) return;
    this.toldBefore = bytes;
    this.missingBefore = bytes;
  }

  /** Notes where a FIN says that the side ends. One before bytes that were passed on contradicts them. */
  finish(sequence: number): void {
    if (this.ended || ((sequence - this.next) | 0) < 0) return;
    const ends = (this.ends ??= []);
    if (ends.includes(sequence) || ends.length >= MOST_ENDS) return;
    ends.push(sequence);
    if (ends.length > 1) ends.sort((a, b) => (a - b) | 0);
    this.how = 'fin';
  }

  /** Bytes were passed on: an end that they ran over was none. */
  dropPassedEnds(): void {
    const ends = this.ends!;
    while (ends.length > 0 && ((ends[0]! - this.next) | 0) < 0) ends.shift();
    if (ends.length > 0) return;
    this.ends = undefined;
    if (this.how === 'fin') this.how = 'capture';
  }

  /** Numbers from this one on turn out to be of another connection: they prove nothing of what this side sent. */
  withdraw(from: number): void {
    if (!this.begun || ((from - this.next) | 0) <= 0) return;
    if (((this.sent - from) | 0) >= 0) this.sent = this.next;
    if (((this.acknowledgedTo - from) | 0) >= 0) this.acknowledgedTo = this.next;
  }

  /** Bytes that were passed on and that the other side has not acknowledged, where it acknowledges anything. */
  get unacknowledged(): number {
    return this.acknowledged ? Math.max(0, Math.min(this.delivered, (this.next - this.acknowledgedTo) | 0)) : 0;
  }

  /**
   * Bytes that are known to have been sent after the last one passed on, though no segment with them came: the other
   * side acknowledged them, the side's own later numbers prove them, or a FIN stands after them.
   */
  get missingAtEnd(): number {
    if (!this.started) return this.acknowledged ? Math.max(0, (this.acknowledgedTo - this.acknowledgedFrom) | 0) : 0;
    const next = this.begun ? this.next : this.first;
    if (this.ends !== undefined) return Math.max(0, (this.ends.at(-1)! - next) | 0);
    const acknowledged = this.acknowledged ? (this.acknowledgedTo - next) | 0 : 0;
    const missing = Math.max(acknowledged, (this.sent - next) | 0);
    // One more than the data: a FIN that was not captured.
    return missing > 1 ? missing : 0;
  }

  /** Writes all of it that lasts, save `delivered`; what waits for something must be gone. */
  override save(words: Int32Array, at: number): void {
    super.save(words, at);
    const { begun, ended, how, isForgotten, delivered, toldUncompared } = this;
    const flags = [begun, ended, isForgotten || delivered > 0, toldUncompared];
    for (const [index, isSet] of flags.entries()) if (isSet) words[at]! |= 1 << (FREE_FLAGS_SHIFT + index);
    words[at]! |= HOWS.indexOf(how) << (FREE_FLAGS_SHIFT + flags.length);
    words[at + SAVED_SPACE] = this.next;
  }

  override restore(words: Int32Array, at: number): void {
    super.restore(words, at);
    const flags = words[at]! >> FREE_FLAGS_SHIFT;
    this.begun = (flags & 1) !== 0;
    this.ended = (flags & 2) !== 0;
    this.isForgotten = (flags & 4) !== 0;
    if ((flags & 8) !== 0) this.toldUncompared = true;
    this.how = HOWS[flags >> 4]!;
    this.next = words[at + SAVED_SPACE]!;
    // A FIN whose bytes before it were not all there.
    if (!this.ended && this.how === 'fin' && this.finished !== undefined) this.finish((this.finished - 1) | 0);
  }
}

const HOWS: readonly End[] = ['fin', 'rst', 'capture', 'reused', 'limit', 'unknown'];
