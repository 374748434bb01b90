import type { Allotment } from '../../../common/limits.js';
import type { ConnectionRef, DissectEvent } from '../../../events.js';
import type { EventFilter } from '../../../filter/event-filter.js';
import { CallEvents, type CallOnConnection } from '../../../output/call-events.js';
import { CALL_FIELDS } from '../../../output/records/call-fields.js';
import { readFields } from '../../../output/records/record-field.js';
import { orderMember, type RecordOrder } from '../../../output/records/record-order.js';
import { safeJson } from '../../../output/json/safe-json.js';
import type { Style } from '../../../output/style.js';
import { callLine } from '../../../output/text/text-calls.js';
import type { CallsOptions } from '../../options/calls-options.js';
import { filterOf } from '../../options/filter-options.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';

/** What is printed of a call, and what decides whether it is. Plain data. */
export interface CallLine {
  readonly isChosen: boolean;
  /** It can be shown at all, near one that is chosen. */
  readonly isOurs: boolean;
  /** Seconds that it waited for its answer; less than none where that is not known. */
  readonly waited: number;
  /** With its line end. */
  readonly text: string;
}

/** How calls are chosen and printed. */
export interface CallPrinting {
  readonly style: Style;
  readonly options: CallsOptions;
  readonly filter: EventFilter | undefined;
  /** Name for the records, where there is more than one input. */
  readonly file: string | undefined;
  /** Bytes that open calls may take. */
  readonly open?: Allotment | undefined;
}

/** How the calls of an input are chosen and printed. @param file - its name, where there are others */
export async function callPrinting(io: Io, options: CallsOptions, file: string | undefined): Promise<CallPrinting> {
  const style = await chooseStyle(options.color, io);
  return { style, options, filter: await filterOf(options, 'call', file), file };
}

/** Makes a line of each call. It needs to know nothing of other connections, so several threads can make the lines of theirs. */
export class CallLines {
  readonly #printing: CallPrinting;
  readonly #take: (line: CallLine) => void;
  readonly #calls: CallEvents;
  /** Of the event that is read. */
  #order: RecordOrder | undefined;

  /** @param take - takes each line as soon as it is known what became of its call */
  constructor(printing: CallPrinting, take: (line: CallLine) => void) {
    this.#printing = printing;
    this.#take = take;
    this.#calls = new CallEvents((call) => this.#call(call), printing.open);
  }

  event(event: DissectEvent): void {
    this.#order = event.order;
    this.#printing.filter?.learn(event);
    this.#calls.event(event);
  }

  /** Nothing more comes. @param next - is told whose calls come next */
  end(next?: (connection: ConnectionRef) => void): void {
    this.#calls.end(next);
  }

  /** A record with its place among those of a set of shards: that of the event that is read. */
  placed(record: string): string {
    return this.#order === undefined ? record : `${record.slice(0, -2)}${orderMember(this.#order)}}\n`;
  }

  #call(call: CallOnConnection): void {
    const { filter, options } = this.#printing;
    const { invert, context } = options;
    const isChosen = filter === undefined || filter.hasCall(call) !== (invert === true);
    if (!isChosen && context === undefined) return;
    const isOurs = invert === true || filter?.hasConnection(call.connection) !== false;
    this.#take({ isChosen, isOurs, waited: waited(call), text: this.#text(call) });
  }

  #text(call: CallOnConnection): string {
    const { style, options, file } = this.#printing;
    if (!options.json) return `${callLine(style, call)}\n`;
    const record = safeJson(readFields(CALL_FIELDS, { ...call, file }));
    // With --slowest they are printed when all are known.
    return options.slowest === undefined ? this.placed(`${record}\n`) : `${record}\n`;
  }
}

function waited({ call }: CallOnConnection): number {
  return call.seconds ?? (call.outcome === 'unanswered' ? Number.POSITIVE_INFINITY : -1);
}
