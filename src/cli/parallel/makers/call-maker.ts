import { COUNT_LIMITS } from '../../../common/limits.js';
import { WatchedAllotment } from '../../../common/watched-allotment.js';
import type { DissectEvent } from '../../../events.js';
import { EncodedBytes } from '../../../parallel/encoded-bytes.js';
import type { PartMaker } from '../../../parallel/part-maker.js';
import type { PartWriter } from '../../../parallel/part-writer.js';
import { CallLines, type CallLine, type CallPrinting } from '../../commands/printing/call-lines.js';
import { BegunConnections } from './begun-connections.js';

/** Makes the lines of the calls of some connections. */
export class CallMaker implements PartMaker {
  readonly bytes = new EncodedBytes();
  readonly open = new WatchedAllotment(COUNT_LIMITS.openCallBytes);
  readonly #lines: CallLines;
  readonly #isInOrder: boolean;
  readonly #begun = new BegunConnections(() => this.#writer.step);
  #writer!: PartWriter;

  constructor(printing: CallPrinting) {
    const { slowest, context } = printing.options;
    this.#isInOrder = slowest === undefined && context === undefined;
    this.#lines = new CallLines({ ...printing, open: this.open }, (line) => this.#line(line));
  }

  /** Where the lines go to. */
  set writer(writer: PartWriter) {
    this.#writer = writer;
  }

  event(event: DissectEvent): void {
    this.#begun.event(event);
    this.#lines.event(event);
  }

  end(): void {
    this.#lines.end((connection) => this.#writer.moveTo(this.#begun.stepOf(connection)));
  }

  #line(line: CallLine): void {
    if (this.#isInOrder) this.bytes.addText(line.text);
    else this.#writer.object({ piece: line });
  }
}
