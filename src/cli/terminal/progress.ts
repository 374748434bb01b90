import type { RecordType } from '../../output/records/record-field.js';
import { cutToWidth } from '../../output/text/text-width.js';
import type { Io } from './io.js';
import { shownName } from '../input/named-error.js';

const MILLISECONDS_BETWEEN = 200;
/** To the beginning of the line, and clear what stands after it. */
const CLEAR = '\r\u001b[K';

/**
 * A line on the terminal that stderr is: how much of an input is read, and how long the rest will take. It makes room
 * for whatever else is written.
 */
export class Progress {
  readonly #world: Io;
  readonly #type: RecordType;
  #name = '';
  #size = 0;
  #bytes = 0;
  #records = 0;
  #begun = 0;
  #next = 0;
  #isShown = false;

  /**
   * @param world - with a terminal for stderr
   * @param type - the records that are counted
   */
  constructor(world: Io, type: RecordType) {
    this.#world = world;
    this.#type = type;
  }

  /** The world for those who read and write beside the line. */
  get io(): Io {
    const world = this.#world;
    const isShared = world.isTerminal('stdout');
    return {
      ...world,
      read: (name) => this.#read(name),
      write: (bytes) => {
        if (isShared) this.#clear();
        return world.write(bytes);
      },
      report: (text) => {
        this.#clear();
        world.report(text);
      },
    };
  }

  /** More records were read, shown or not. */
  count(records: number): void {
    this.#records += records;
  }

  async *#read(name: string): AsyncGenerator<Buffer> {
    const size = this.#world.size(name);
    if (size === undefined) {
      yield* this.#world.read(name);
      return;
    }
    this.#name = shownName(name);
    this.#size = size;
    this.#bytes = 0;
    this.#records = 0;
    this.#begun = this.#world.now();
    this.#next = this.#begun + MILLISECONDS_BETWEEN;
    try {
      for await (const chunk of this.#world.read(name)) {
        this.#bytes += chunk.length;
        yield chunk;
        this.#show();
      }
    } finally {
      this.#clear();
    }
  }

  #show(): void {
    const now = this.#world.now();
    if (now < this.#next) return;
    this.#next = now + MILLISECONDS_BETWEEN;
    const seconds = (now - this.#begun) / 1000;
    // A file that is still written to may have grown.
    const done = Math.min(this.#bytes / this.#size, 1);
    const parts = [
      `${Math.floor(done * 100)} %`,
      `${megabytes(this.#bytes)} of ${megabytes(this.#size)} MB`,
      `${this.#records} ${this.#type}s`,
      `${megabytes(this.#bytes / seconds)} MB/s`,
      `${duration((seconds * (1 - done)) / done)} left`,
      this.#name,
    ];
    // A line that is wrapped could not be taken away again.
    this.#world.report(CLEAR + cutToWidth(parts.join('  '), this.#world.columns('stderr') - 1));
    this.#isShown = true;
  }

  #clear(): void {
    if (this.#isShown) this.#world.report(CLEAR);
    this.#isShown = false;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** `8 s`, `3:05 min`. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`;
}
