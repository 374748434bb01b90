import type { Direction } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import type { ConnectionRef } from '../../events.js';
import { heading, type TextOptions } from '../text/text-layout.js';

/** Where a record of text begins. */
export interface RecordStart {
  /** It is counted; what is not goes with another record. */
  readonly isNumbered: boolean;
  readonly at: PacketTime;
  readonly connection: ConnectionRef;
  readonly direction: Direction;
}

/**
 * What the records of one capture begin with. It depends on the records before, those of other connections too: a number, the
 * time since another one, a line between them. All else of a record is its own, and may be made in another thread.
 */
export interface RecordStarts {
  /** The text that a record begins with. */
  begin(start: RecordStart): string;
  /** A record is left out, and counted. */
  skip(at: PacketTime): void;
}

/** Records are numbered, and each has a heading, with an empty line before it. */
export class NumberedHeadings implements RecordStarts {
  readonly #options: TextOptions;
  #number = 0;
  #isBegun = false;

  constructor(options: TextOptions) {
    this.#options = options;
  }

  begin({ isNumbered, at, connection, direction }: RecordStart): string {
    const title = isNumbered ? `#${++this.#number}` : 'message';
    const between = this.#isBegun ? '\n' : '';
    this.#isBegun = true;
    return between + heading(this.#options, title, at, connection, direction);
  }

  skip(at: PacketTime): void {
    this.#number++;
    this.#options.clock.skip(at);
  }
}
