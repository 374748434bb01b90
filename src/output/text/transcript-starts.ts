import { streamName } from '../../events.js';
import { Clock } from '../clock.js';
import type { RecordStart, RecordStarts } from '../records/record-starts.js';
import type { Style } from '../style.js';

const GAP = '  ';
/** Columns of seconds with their fraction: a minute and a half with microseconds, so that most of them stand aligned. */
const SECONDS_WIDTH = 10;
const STREAM_WIDTH = 3;

/**
 * What the lines of a transcript begin with: seconds since the first line, those since the line before, the TCP stream. What has
 * no number is of no time of the conversation.
 */
export class TranscriptStarts implements RecordStarts {
  readonly #style: Style;
  readonly #first = new Clock('relative');
  readonly #before = new Clock('delta');
  #width = 0;

  constructor(style: Style) {
    this.#style = style;
  }

  /** Columns of what the last line began with. */
  get width(): number {
    return this.#width;
  }

  begin({ isNumbered, at, connection }: RecordStart): string {
    const none = (): string => '';
    const times = [this.#first, this.#before].map((clock) => {
      const time = isNumbered ? (clock.show(at, none) ?? '-') : '';
      return time.padStart(SECONDS_WIDTH);
    });
    const words = [...times, streamName(connection).padStart(STREAM_WIDTH)].join(GAP);
    this.#width = words.length + GAP.length;
    return this.#style.label(words) + GAP;
  }

  skip(): void {
    // What is not shown leaves no trace: times are counted from the first line.
  }
}
