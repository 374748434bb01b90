import type { Finding } from '../common/finding.js';
import { CapturedTime, type PacketTime } from '../common/packet-time.js';
import { RecordedPacket } from './recorded.js';
import { CapturedPacket, type CaptureSink, type Packet } from './packet.js';
import type { JoinContext, JoinedCaptures, JoinedFile } from './joined-captures.js';
import { OpenedFile } from './opened-file.js';

/** What a file gave that has not had its turn. */
type Item =
  { readonly packet: Packet } | { readonly found: Finding } | { readonly keyLog: Buffer; readonly isLast: boolean };

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
      while (this.#joined.options.isStopped?.() !== true) {
        const empty = this.#open.find((file) => file.isEmpty);
        if (empty !== undefined) {
          if (empty.isOver) {
            this.#open.splice(this.#open.indexOf(empty), 1);
            continue;
          }
          await empty.fill();
          empty.pass(this.#context.sink);
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

  /** The file with the earliest packet; of several the last. */
  #earliest(): OrderedFile | undefined {
    let earliest: OrderedFile | undefined;
    for (const file of this.#open) {
      if (earliest === undefined || compareTimes(file.time, earliest.time) <= 0) earliest = file;
      // mergecap does not look any further.
      if (file.time === undefined) break;
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
      earliest.pass(sink);
      if (earliest.isEmpty) return true;
    }
  }
}

/** A file that is merged. */
class OrderedFile {
  readonly place: number;
  /** Nothing more comes than what it has given. */
  isOver = false;
  readonly #joined: JoinedCaptures;
  readonly #opened: OpenedFile;
  #items: Item[] = [];
  #next = 0;

  constructor(file: JoinedFile, place: number, joined: JoinedCaptures, context: JoinContext) {
    this.place = place;
    this.#joined = joined;
    const queue: CaptureSink = {
      packet: (packet) => void this.#items.push({ packet }),
      // A view of what may be gone by then.
      secrets: (keyLog, isLast) => void this.#items.push({ keyLog: Buffer.from(keyLog), isLast }),
      finding: (found) => void this.#items.push({ found }),
    };
    this.#opened = new OpenedFile(file, queue, context, 0);
  }

  get isEmpty(): boolean {
    return this.#next >= this.#items.length;
  }

  /** The time of its next packet; `undefined` where it has none. */
  get time(): PacketTime | undefined {
    const item = this.#items[this.#next];
    return item !== undefined && 'packet' in item && item.packet.at.precision !== 0 ? item.packet.at : undefined;
  }

  /** Reads on. */
  async fill(): Promise<void> {
    this.#items = [];
    this.#next = 0;
    this.isOver = !(await this.#opened.readPiece(this.#joined.options));
  }

  /** Gives the next packet, with its number among those of all files. */
  take(number: number, sink: CaptureSink): void {
    const item = this.#items[this.#next++];
    if (item === undefined || !('packet' in item)) return;
    const { at, linkType, originalLength, bytes } = item.packet;
    const time = new CapturedTime(number, at.seconds, at.nanoseconds, at.precision);
    if (item.packet instanceof RecordedPacket) {
      // What a HAR file has noted is no packet, and has no number.
      sink.packet(new RecordedPacket(at.packet === 0 ? at : time, item.packet.item));
      return;
    }
    sink.packet(new CapturedPacket(time, linkType, originalLength, bytes));
  }

  /** Gives what stands before its next packet. */
  pass(sink: CaptureSink): void {
    for (; ; this.#next++) {
      const item = this.#items[this.#next];
      if (item === undefined || 'packet' in item) return;
      if ('keyLog' in item) {
        sink.secrets(item.keyLog, item.isLast);
      } else {
        // Its packets have other numbers here.
        const found = { ...item.found };
        delete found.packet;
        sink.finding(found);
      }
    }
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}

/** Which of two times is the earlier one, as a comparison; what has no time is before all others. */
function compareTimes(a: PacketTime | undefined, b: PacketTime | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
}
