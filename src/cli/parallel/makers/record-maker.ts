import type { PacketTime } from '../../../common/packet-time.js';
import type { DissectEvent } from '../../../events.js';
import type { LineStarts } from '../../../output/text/brief-starts.js';
import type { Output } from '../../../output/output.js';
import type { RecordStart, RecordStarts } from '../../../output/records/record-starts.js';
import type { EncodedBytes } from '../../../parallel/encoded-bytes.js';
import type { PartMaker } from '../../../parallel/part-maker.js';
import type { PartWriter } from '../../../parallel/part-writer.js';
import type { Selection } from '../../options/selection.js';

/** Chooses records of some connections, and gives them to an output. */
export class RecordMaker implements PartMaker {
  readonly #output: Pick<Output, 'event' | 'skip'>;
  readonly #selection: Selection | undefined;
  readonly #over: () => void;
  readonly #decided = (event: DissectEvent, isShown: boolean): void => {
    if (isShown) this.#output.event(event);
    else if (event.type !== 'finding') this.#output.skip(event);
  };

  /** @param over - called when a step is over */
  constructor(
    output: Pick<Output, 'event' | 'skip'>,
    selection: Selection | undefined,
    over: () => void = () => undefined,
  ) {
    this.#output = output;
    this.#selection = selection;
    this.#over = over;
  }

  event(event: DissectEvent): void {
    if (this.#selection !== undefined) this.#selection.event(event, this.#decided);
    else if (event.type !== 'finding') this.#output.event(event);
  }

  stepOver(): void {
    this.#selection?.flush(this.#decided);
    this.#over();
  }
}

/** Leaves what records begin with to the thread that puts those of all together. */
export class DeferredStarts implements LineStarts {
  readonly #own: RecordStarts & Partial<LineStarts>;
  readonly #bytes: EncodedBytes;
  readonly #writer: PartWriter;
  #output!: Output;

  /**
   * @param own - those of this thread alone: they are other ones, and as wide
   * @param bytes - what the output has printed goes there
   */
  constructor(own: RecordStarts & Partial<LineStarts>, bytes: EncodedBytes, writer: PartWriter) {
    this.#own = own;
    this.#bytes = bytes;
    this.#writer = writer;
  }

  /** The output of which it is told where its records begin. */
  follow(output: Output): void {
    this.#output = output;
  }

  get width(): number {
    return this.#own.width ?? 0;
  }

  begin(start: RecordStart): string {
    this.take();
    if (this.#own.width !== undefined) this.#own.begin(start);
    this.#writer.start(start);
    return '';
  }

  skip(at: PacketTime): void {
    this.take();
    this.#writer.skipped(at);
  }

  /** Takes what the output has printed. */
  take(): void {
    while (this.#output.length > 0) this.#bytes.add(this.#output.take());
  }
}
