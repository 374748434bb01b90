import type { Consumer } from '../../../consumer.js';
import type { DissectEvent, Wants } from '../../../events.js';
import type { RecordType } from '../../../output/records/record-field.js';
import type { Output } from '../../../output/output.js';
import type { Frame } from '../../../websocket/frame.js';
import type { Io } from '../../terminal/io.js';
import type { Progress } from '../../terminal/progress.js';
import { Context, type Shown } from '../../options/context.js';
import type { Selection } from '../../options/selection.js';

/** Bytes that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/** What is to be known of an input to print it. */
export interface PrintOptions {
  /** The events that its output needs. */
  readonly wants: Wants;
  /** Printed before the first record, where there are several inputs to tell apart; otherwise empty. */
  readonly heading: string;
  /** More of it may come any time later, so nothing is held back for the sake of alignment. */
  readonly isLive: boolean;
  /** The records that are printed. */
  readonly type: RecordType;
  /** Which of them; all where it is not there. */
  readonly selection?: Selection | undefined;
  /** As many records before and after those of the selection. */
  readonly context?: number | undefined;
  /** Counts down with each record that is printed; at 0 nothing more is read. */
  readonly quota: { left: number };
  readonly progress?: Progress | undefined;
  /** Is told what of the records could not be printed. */
  readonly note?: ((text: string) => void) | undefined;
}

/** Prints the records of one capture as they come. */
export class CapturePrinter implements Consumer {
  readonly wants: Wants;
  isDone = false;
  readonly #io: Io;
  readonly #output: Output;
  readonly #options: PrintOptions;
  #heading: string;
  #lastFrame: Frame | undefined;
  readonly #context: Context | undefined;
  readonly #decided: (event: DissectEvent, isShown: boolean) => void;

  constructor(io: Io, output: Output, options: PrintOptions) {
    this.wants = options.wants;
    this.#io = io;
    this.#output = output;
    this.#options = options;
    this.#heading = options.heading;
    const { selection, context } = options;
    if (selection === undefined || context === undefined) {
      this.#decided = (event, isShown) => this.#print(event, isShown ? 'chosen' : 'left-out');
      return;
    }
    const around = new Context(options.type, context, (event) => selection.hasConnection(event), {
      shown: (event, how) => this.#print(event, how),
      separate: () => output.separate?.(),
    });
    this.#context = around;
    this.#decided = (event, isShown) => {
      // Of what is chosen beyond the number that was asked for, none is shown, nor what is around it.
      if (isShown && quotaIsUsed(options, event)) this.isDone = true;
      else if (!this.isDone) around.event(event, isShown);
    };
  }

  event(event: DissectEvent): Promise<void> | undefined {
    const { selection, progress, type, quota } = this.#options;
    // A connection has its row at its end, and most of a long capture may go by before the first one.
    if (event.type === (type === 'connection' ? 'open' : type)) progress?.count(1);
    if (selection === undefined) {
      this.#print(event, 'chosen');
    } else {
      selection.event(event, this.#decided);
      // What waits is another record than the last one that was asked for.
      if (quota.left === 0 && event.type === 'frame' && this.#isContextOver) this.isDone = true;
    }
    return this.#output.length >= WRITE_LENGTH ? this.#write() : undefined;
  }

  pause(): Promise<void> | undefined {
    this.#options.selection?.flush(this.#decided);
    if (this.#options.isLive) this.#output.flush();
    if (this.#options.quota.left === 0 && this.#isContextOver) this.isDone = true;
    return this.#write();
  }

  end(): Promise<void> | undefined {
    this.#context?.end();
    this.#output.flush();
    const note = this.#output.note?.();
    if (note !== undefined) this.#options.note?.(note);
    return this.#write();
  }

  get #isContextOver(): boolean {
    return this.#context?.isOver !== false;
  }

  #print(event: DissectEvent, how: Shown): void {
    if (this.isDone || (how !== 'around' && this.#isContextOver && this.#isEnough(event))) {
      this.isDone = true;
      return;
    }
    // Which records are shown says nothing of what is missing between them.
    if (how === 'left-out' && event.type !== 'finding') {
      this.#output.skip(event);
      return;
    }
    const { type, quota } = this.#options;
    this.#output.event(event);
    if (event.type === type && how === 'chosen') quota.left--;
    // It keeps its payload: only where it may be the last one.
    if (event.type === 'frame') this.#lastFrame = quota.left > 0 ? undefined : event.frame;
  }

  /** The last frame that is printed still needs the message that it completed. */
  #isEnough(event: DissectEvent): boolean {
    if (this.#options.quota.left > 0) return false;
    return event.type !== 'message' || this.#lastFrame === undefined || event.completedBy !== this.#lastFrame;
  }

  #write(): Promise<void> | undefined {
    return this.#output.length === 0 ? undefined : this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    if (this.#heading !== '') await this.#io.write(Buffer.from(this.#heading, 'utf8'));
    this.#heading = '';
    while (this.#output.length > 0) await this.#io.write(this.#output.take());
  }
}

/** Whether as many records were printed as were asked for, and this is another one. */
function quotaIsUsed({ quota, type }: PrintOptions, event: DissectEvent): boolean {
  return quota.left === 0 && event.type === type;
}
