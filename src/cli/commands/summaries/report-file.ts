import type { WsdissectError } from '../../../common/error.js';
import { count } from '../../../common/words.js';
import type { Consumer } from '../../../consumer.js';
import type { SeenInCapture } from '../../../dissection/capture-witness.js';
import type { DissectEvent, MessageEvent } from '../../../events.js';
import { NothingFound } from '../../../output/nothing-found.js';
import type { CheckLine } from '../../../report/lines.js';
import { RecordStream } from '../../../report/record-stream.js';
import { ReportData } from '../../../report/report-data.js';
import type { ReportLimits } from '../../../report/report-state.js';
import type { DecodeChoice } from '../../../subprotocol/meaning-reader.js';
import { packageVersion } from '../../about.js';
import { inputName } from '../../input/named-error.js';
import type { EventFilter } from '../../../filter/event-filter.js';
import { reportPage } from '../../report-page.js';
import type { Io } from '../../terminal/io.js';
import { FilteredConsumer } from '../reading/filtered-consumer.js';
import { OutputFile } from '../exporting/output-file.js';

/** How a report is written. */
export interface ReportFileOptions extends ReportLimits {
  /** The file; `undefined` for standard output. */
  readonly path: string | undefined;
  readonly force: boolean;
  readonly isOne: boolean;
  readonly isCheck?: boolean;
  /** Threads beside this one that compress what is on the page; none where this is not given. */
  readonly others?: number;
  readonly decode: DecodeChoice;
  /** The options that choose what is on the page, as on the command line. */
  readonly chosen?: readonly string[];
}

/** What of a capture is to be on the page. */
export interface ReportChoice {
  readonly filter: EventFilter;
  readonly isInverted: boolean;
}

/** A report on captures as one HTML file. It is written as the captures are read. */
export class ReportFile {
  readonly #file: OutputFile;
  readonly #stream: RecordStream;
  readonly #data: ReportData;
  readonly #decode: DecodeChoice;
  readonly #after: string;
  #before: string | undefined;
  #nothing: NothingFound | undefined;

  /** @throws WsdissectError for a file that cannot be written */
  constructor(io: Io, { path, force, decode, others, ...options }: ReportFileOptions) {
    const [before, after] = reportPage();
    this.#before = before;
    this.#after = after;
    this.#decode = decode;
    this.#file = new OutputFile(io, path, force);
    this.#stream = new RecordStream(others);
    this.#data = new ReportData(this.#stream, { ...options, version: packageVersion() });
  }

  /**
   * What the events of a capture are given to.
   *
   * @param choice - what of it is to be on the page; all where this is not given
   */
  capture({ name }: { readonly name: string }, choice?: ReportChoice): Consumer {
    const wants = { frames: true, messages: true, connections: true, decode: this.#decode };
    const nothing = new NothingFound({ ...wants, connections: false });
    this.#nothing = nothing;
    const capture = this.#data.capture(
      inputName(name),
      choice &&
        (
          ({ filter, isInverted }) =>
          (event: MessageEvent) =>
            filter.has(event) !== isInverted
        )(choice),
    );
    const consumer = {
      wants,
      event: (event: DissectEvent): Promise<void> | undefined => {
        capture.event(event);
        return this.#write(this.#stream.take());
      },
      end: (): Promise<void> | undefined => {
        capture.end();
        return this.#write(this.#stream.take());
      },
    };
    // Calls are found in all messages of a connection: which of them are shown is decided where they are written.
    const chosen =
      choice === undefined
        ? consumer
        : new FilteredConsumer(consumer, { ...choice, type: undefined, decode: this.#decode });
    return {
      wants: chosen.wants,
      event: (event: DissectEvent): Promise<void> | undefined => {
        nothing.event(event);
        return chosen.event(event);
      },
      end: () => chosen.end(),
    };
  }

  /** A capture is read, as far as it can be. */
  captureEnd(seen: SeenInCapture | undefined, error: WsdissectError | undefined): void {
    const why = seen === undefined ? undefined : this.#nothing?.explain(seen);
    this.#data.captureEnd({ seen, why, error });
  }

  /** What a check says of a capture. */
  check(line: CheckLine): void {
    this.#data.check(line);
  }

  /** Writes the rest. @returns what is not on the page, as words; none where all is */
  async end(): Promise<string | undefined> {
    this.#data.end();
    await this.#write(await this.#stream.end());
    await this.#file.write(Buffer.from(this.#after, 'utf8'));
    const { messages, cut, connections, notChosen = 0 } = this.#data.leftOut;
    const parts = [
      notChosen > 0 ? `${count(notChosen, 'message')} not chosen` : '',
      messages > 0 ? `${count(messages, 'message')} (--max-messages)` : '',
      cut > 0 ? `the rest of ${count(cut, 'long message')} (--max-payload)` : '',
      connections > 0 ? count(connections, 'connection') : '',
    ].filter((part) => part !== '');
    return parts.length === 0 ? undefined : parts.join(', ');
  }

  close(): void {
    this.#file.close();
  }

  #write(pieces: Buffer[] | Promise<Buffer[]>): Promise<void> | undefined {
    if (!Array.isArray(pieces)) return pieces.then((taken) => this.#write(taken));
    // Most events only fill a block.
    if (pieces.length === 0) return undefined;
    const before = this.#before;
    this.#before = undefined;
    return this.#writeAll(before === undefined ? pieces : [Buffer.from(before, 'utf8'), ...pieces]);
  }

  async #writeAll(pieces: readonly Buffer[]): Promise<void> {
    for (const piece of pieces) await this.#file.write(piece);
  }
}
