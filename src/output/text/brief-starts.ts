import type { PacketTime } from '../../common/packet-time.js';
import { streamName } from '../../events.js';
import type { RecordStart, RecordStarts } from '../records/record-starts.js';
import type { TextOptions } from './text-layout.js';

/** What records begin with that are one line each. */
export interface LineStarts extends RecordStarts {
  /** Columns of what the last line began with. */
  readonly width: number;
}

const GAP = '  ';
const PACKET_WIDTH = 6;
/** Columns of a time that is a number of seconds: a day with microseconds, so that most of them stand aligned. */
const SECONDS_WIDTH = 13;
const STREAM_WIDTH = 3;
const LENGTH = 'length'.padStart(7);
/** Headings of what stands between the direction and the payload, as wide as that. */
const KIND_HEADINGS = { frame: ['F123M', 'opcode', LENGTH].join(GAP), message: ['opcode', LENGTH].join(GAP) };

/** What the lines of one capture begin with: packet, time, stream; on a terminal, the first one with a heading. */
export class BriefStarts implements LineStarts {
  readonly #options: TextOptions;
  readonly #kindHeading: string;
  #isBegun = false;
  #width = 0;

  constructor(options: TextOptions, type: keyof typeof KIND_HEADINGS) {
    this.#options = options;
    this.#kindHeading = KIND_HEADINGS[type];
  }

  get width(): number {
    return this.#width;
  }

  begin(record: RecordStart): string {
    const { style, columns, clock } = this.#options;
    let day = '';
    const isTerminal = Number.isFinite(columns);
    const time = clock.show(record.at, (now) => {
      // In a pipe each line stands for itself; on a terminal the zone is said once.
      if (!isTerminal) return now.time + now.zone;
      day = clock.dayLine(now);
      return now.time;
    });
    const shownTime = time?.padStart(SECONDS_WIDTH);
    const before = [
      packetOf(record).padStart(PACKET_WIDTH),
      ...(shownTime === undefined ? [] : [shownTime]),
      streamName(record.connection).padStart(STREAM_WIDTH),
    ].join(GAP);
    this.#width = before.length;
    const isFirst = !this.#isBegun;
    this.#isBegun = true;
    const heading = isFirst && isTerminal ? style.heading(this.#heading(shownTime?.length)) + '\n' : '';
    return day + heading + before;
  }

  skip(at: PacketTime): void {
    this.#options.clock.skip(at);
  }

  #heading(timeWidth: number | undefined): string {
    return [
      'packet',
      ...(timeWidth === undefined ? [] : ['time'.padEnd(timeWidth)]),
      'str',
      'way',
      this.#kindHeading,
      'payload',
    ].join(GAP);
  }
}

/** Its number; a dash where it is of no packet. */
function packetOf({ at, connection }: RecordStart): string {
  return connection.source === undefined ? String(at.packet) : '-';
}
