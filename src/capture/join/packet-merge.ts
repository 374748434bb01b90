import type { Finding } from '../../common/finding.js';
import { CapturedTime, type PacketTime } from '../../common/packet-time.js';
import { RecordedPacket } from '../recorded.js';
import { CapturedPacket, type CaptureSink, type Packet } from '../packet.js';
import type { JoinContext, JoinedCaptures, JoinedFile } from './joined-captures.js';
import { OpenedFile } from './opened-file.js';

/** What a file says beside its packets, with how many of those of its piece stand before it. */
type Note = { readonly after: number } & (
  { readonly found: Finding } | { readonly keyLog: Buffer; readonly isLast: boolean }
);

/**
 * Merges the packets of several files by their times, as mergecap does: the next packet is always the earliest of those
 * that come next in each file; of equal times the one of the file that was named last, and one without a time at once.
 *
 * A file is opened when its first packet may be the next one, so those that follow each other are not open together.
 * Of each open file no more is held than the packets of one piece.
 */
export class PacketMerge {
  readonly #joined: JoinedCaptures;
  readonly #context: JoinContext;
  /** Files that are not open yet, with their places, the earliest first. */
  readonly #closed: { readonly file: JoinedFile; readonly place: number }[];
  /** In the order in which the files were named. */
  readonly #open: OrderedFile[] = [];
  #packets = 0;

  constructor(joined: JoinedCaptures, context: JoinContext) {
    this.#joined = joined;
    this.#context = context;
    this.#closed = joined.files
      .map((file, place) => ({ file, place }))
      .sort((a, b) => compareTimes(a.file.first, b.file.first) || a.place - b.place);
  }

  async *read(): AsyncGenerator<boolean> {
    try {
      const { isStopped, stopped } = this.#joined.options;
      for (;;) {
        if (isStopped?.() === true) {
          if (this.#open.length + this.#closed.length > 0) stopped?.();
          return;
        }
        const empty = this.#open.find((file) => file.isEmpty);
        if (empty !== undefined) {
          if (empty.isOver) {
            this.#open.splice(this.#open.indexOf(empty), 1);
            continue;
          }
          await empty.fill(this.#context.sink);
          yield true;
        } else if (!this.#openNext() && !this.#emit()) return;
      }
    } finally {
      for (const file of this.#open) await file.close();
    }
  }

  /** Opens the files whose first packet may be the next one. @returns whether there was one */
  #openNext(): boolean {
    const next = this.#closed[0];
    if (next === undefined) return false;
    const earliest = this.#earliest();
    if (earliest !== undefined && compareTimes(next.file.first, earliest.time) > 0) return false;
    this.#closed.shift();
    const opened = new OrderedFile(next.file, next.place, this.#joined, this.#context);
    const at = this.#open.findIndex(({ place }) => place > next.place);
    this.#open.splice(at < 0 ? this.#open.length : at, 0, opened);
    return true;
  }

  /** The file with the earliest packet; of several the last. A packet without a time is before all others. */
  #earliest(): OrderedFile | undefined {
    let earliest: OrderedFile | undefined;
    for (const file of this.#open) {
      if (file.seconds === NO_SECONDS) return file;
      if (earliest === undefined || isAtOnceOrBefore(file, earliest)) earliest = file;
    }
    return earliest;
  }

  /** Passes packets on until a file has none left or another is to be opened. @returns false where there is none */
  #emit(): boolean {
    const { sink } = this.#context;
    const limit = this.#closed[0]?.file.first;
    for (;;) {
      const earliest = this.#earliest();
      if (earliest === undefined) return false;
      if (limit !== undefined && compareTimes(limit, earliest.time) <= 0) return true;
      earliest.take(++this.#packets, sink);
      if (earliest.isEmpty) return true;
    }
  }
}

/** Seconds of a packet that has no time. */
const NO_SECONDS = -1;

function isAtOnceOrBefore(a: OrderedFile, b: OrderedFile): boolean {
  return a.seconds === b.seconds ? a.nanoseconds <= b.nanoseconds : a.seconds < b.seconds;
}

/** A file that is merged. What comes before its next packet has been given to the sink. */
class OrderedFile {
  readonly place: number;
  /** Nothing more comes than what it has given. */
  isOver = false;
  /** When its next packet was captured. */
  seconds = NO_SECONDS;
  nanoseconds = 0;
  readonly #joined: JoinedCaptures;
  readonly #opened: OpenedFile;
  #packets: Packet[] = [];
  #notes: Note[] = [];
  #next = 0;

  constructor(file: JoinedFile, place: number, joined: JoinedCaptures, context: JoinContext) {
    this.place = place;
    this.#joined = joined;
    const queue: CaptureSink = {
      packet: (packet) => void this.#packets.push(packet),
      // A view of what may be gone by then.
      secrets: (keyLog, isLast) =>
        void this.#notes.push({ after: this.#packets.length, keyLog: Buffer.from(keyLog), isLast }),
      finding: (found) => void this.#notes.push({ after: this.#packets.length, found }),
    };
    this.#opened = new OpenedFile(file, queue, context, 0);
  }

  /** All that was read of it has had its turn. */
  get isEmpty(): boolean {
    return this.#next >= this.#packets.length;
  }

  /** The time of its next packet; `undefined` where that has none. */
  get time(): PacketTime | undefined {
    return this.seconds === NO_SECONDS ? undefined : this.#packets[this.#next]!.at;
  }

  /** Reads on. */
  async fill(sink: CaptureSink): Promise<void> {
    this.#packets = [];
    this.#next = 0;
    this.isOver = !(await this.#opened.readPiece(this.#joined.options));
    this.#advance(sink);
  }

  /** Gives the next packet, with its number among those of all files. */
  take(number: number, sink: CaptureSink): void {
    const packet = this.#packets[this.#next++]!;
    const { at, linkType, originalLength, bytes } = packet;
    const time = new CapturedTime(number, at.seconds, at.nanoseconds, at.precision);
    // What a HAR file has noted is no packet, and has no number.
    if (packet instanceof RecordedPacket) sink.packet(new RecordedPacket(at.packet === 0 ? at : time, packet.item));
    else sink.packet(new CapturedPacket(time, linkType, originalLength, bytes));
    this.#advance(sink);
  }

  close(): Promise<void> {
    return this.#opened.close();
  }

  /** Gives what stands before the next packet, and looks at its time. */
  #advance(sink: CaptureSink): void {
    if (this.#notes.length > 0) this.#passNotes(sink);
    const packet = this.#packets[this.#next];
    const hasTime = packet !== undefined && packet.at.precision !== 0;
    this.seconds = hasTime ? packet.at.seconds : NO_SECONDS;
    this.nanoseconds = hasTime ? packet.at.nanoseconds : 0;
  }

  #passNotes(sink: CaptureSink): void {
    while (this.#notes.length > 0 && this.#notes[0]!.after <= this.#next) {
      const note = this.#notes.shift()!;
      if ('keyLog' in note) {
        sink.secrets(note.keyLog, note.isLast);
      } else {
        // Its packets have other numbers here.
        const found = { ...note.found };
        delete found.packet;
        sink.finding(found);
      }
    }
  }
}

/** Which of two times is the earlier one, as a comparison; what has no time is before all others. */
function compareTimes(a: PacketTime | undefined, b: PacketTime | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}
