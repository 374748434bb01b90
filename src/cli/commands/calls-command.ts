import type { Consumer } from '../../consumer.js';
import type { Wants } from '../../conversation.js';
import type { DissectEvent } from '../../events.js';
import { CallEvents, type CallOnConnection } from '../../output/call-events.js';
import { CALL_FIELDS } from '../../output/call-fields.js';
import { orderMember, type RecordOrder } from '../../output/record-order.js';
import { readFields } from '../../output/record-field.js';
import { safeJson } from '../../output/safe-json.js';
import type { Style } from '../../output/style.js';
import { CALL_HEADING, callLine } from '../../output/text-calls.js';
import { EXIT_UNUSABLE } from '../exit-code.js';
import type { CaptureFile } from '../input/capture-files.js';
import { shownName } from '../input/named-error.js';
import type { EventFilter } from '../../filter/event-filter.js';
import type { CallsOptions } from '../options/calls-options.js';
import { contextRefusal, filterOf, invertRefusal } from '../options/filter-options.js';
import { Surroundings } from '../options/context.js';
import { chooseStyle } from '../terminal/color.js';
import { threadsFor } from '../parallel/jobs.js';
import type { Io } from '../terminal/io.js';
import { inputsOf, readCaptures, type NamedInput } from './read-captures.js';

/** Characters that are worth a write of their own. */
const WRITE_LENGTH = 64 * 1024;

/**
 * The command `calls`: each call with its answer, as soon as it is known what became of it.
 *
 * @param files - names of the inputs; none means standard input
 * @returns the exit code
 */
export async function printCalls(io: Io, files: readonly string[], options: CallsOptions): Promise<number> {
  if (files.length === 0 && io.isTerminal('stdin')) {
    io.report('wsdissect: calls: no capture: name a file, or pipe one in\n');
    return EXIT_UNUSABLE;
  }
  const refused = invertRefusal(options, false) ?? contextRefusal(options, false) ?? orderRefusal(options);
  if (refused !== undefined) {
    io.report(`wsdissect: calls: ${refused}\n`);
    return EXIT_UNUSABLE;
  }
  await filterOf(options, 'call', undefined);
  const inputs = await inputsOf(io, files, options);
  const threads = threadsFor(options.jobs, io, inputs);
  if (threads > 1) {
    const { printInParallel } = await import('../parallel/print-in-parallel.js');
    return printInParallel(io, { what: 'call', options }, inputs, threads);
  }
  return printCallsOf(io, inputs, inputs.length === 1, options);
}

/**
 * Reads inputs, or some of them, and prints their calls.
 *
 * @param isOne - there is no other input than these
 * @returns the exit code
 */
export async function printCallsOf(
  io: Io,
  inputs: readonly (CaptureFile & Partial<NamedInput>)[],
  isOne: boolean,
  options: CallsOptions,
): Promise<number> {
  const style = await chooseStyle(options.color, io);
  const open = async (input: NamedInput): Promise<Consumer> => {
    const filter = await filterOf(options, 'call', isOne ? undefined : input.name);
    return new CallPrinter(io, input, { style, isOne, options, filter });
  };
  return readCaptures(io, inputs, options, { open });
}

/** Why there is no `--context` here; `undefined` where there may be. */
function orderRefusal({ context, slowest }: CallsOptions): string | undefined {
  if (context === undefined || slowest === undefined) return undefined;
  return '--slowest puts calls in another order, in which nothing stands around them: leave it or --context out';
}

/** What all inputs of a command line have in common, and the filter of one. */
interface CallPrinting {
  readonly style: Style;
  readonly isOne: boolean;
  readonly options: CallsOptions;
  readonly filter: EventFilter | undefined;
}

/** A call, and where its record stands among those of a set of shards. */
interface PlacedCall {
  readonly call: CallOnConnection;
  readonly order: RecordOrder | undefined;
}

/** Prints the calls of one capture. */
class CallPrinter implements Consumer {
  readonly wants: Wants;
  readonly #io: Io;
  readonly #style: Style;
  readonly #options: CallsOptions;
  readonly #filter: EventFilter | undefined;
  readonly #file: string | undefined;
  readonly #calls = new CallEvents((call) => this.#call(call));
  readonly #context: Surroundings<PlacedCall> | undefined;
  /** The slowest so far, slowest first; those that nobody answered have waited longest. */
  #slowest: CallOnConnection[] = [];
  #text: string;
  /** Of the event that is read. */
  #order: RecordOrder | undefined;

  constructor(io: Io, { name, index }: NamedInput, { style, isOne, options, filter }: CallPrinting) {
    this.#filter = filter;
    this.wants = { frames: false, messages: true, connections: true, decode: options.decode };
    this.#io = io;
    this.#style = style;
    this.#options = options;
    this.#file = isOne ? undefined : name;
    const heading = isOne ? '' : `${index > 0 ? '\n' : ''}==> ${shownName(name)} <==\n`;
    const { context, invert } = options;
    this.#context =
      context === undefined
        ? undefined
        : new Surroundings<PlacedCall>(
            {
              records: context,
              isRecord: () => true,
              isCompanion: () => false,
              isOurs: ({ call: { connection } }) => invert === true || filter?.hasConnection(connection) !== false,
              bytes: () => 0,
            },
            {
              shown: ({ call, order }, how) => {
                if (how !== 'left-out') this.#print(call, order);
              },
              separate: () => {
                if (!options.json) this.#text += '--\n';
              },
            },
          );
    this.#text = options.json ? '' : `${heading}${style.heading(CALL_HEADING)}\n`;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    this.#order = event.order;
    this.#filter?.learn(event);
    this.#calls.event(event);
    return this.#text.length >= WRITE_LENGTH ? this.#write() : undefined;
  }

  pause(): Promise<void> | undefined {
    return this.#write();
  }

  end(): Promise<void> | undefined {
    this.#calls.end();
    this.#context?.end();
    for (const call of this.#slowest) this.#print(call);
    return this.#write();
  }

  #call(call: CallOnConnection): void {
    const { slowest, invert } = this.#options;
    const isChosen = this.#filter === undefined || this.#filter.hasCall(call) !== (invert === true);
    if (this.#context !== undefined) this.#context.event({ call, order: this.#order }, isChosen);
    if (!isChosen || this.#context !== undefined) return;
    if (slowest === undefined) {
      this.#print(call);
      return;
    }
    const at = this.#slowest.findIndex((other) => waited(other) < waited(call));
    this.#slowest.splice(at < 0 ? this.#slowest.length : at, 0, call);
    if (this.#slowest.length > slowest) this.#slowest.pop();
  }

  #print(call: CallOnConnection, order = this.#order): void {
    this.#text += this.#options.json ? `${this.#record(call, order)}\n` : `${callLine(this.#style, call)}\n`;
  }

  #record(call: CallOnConnection, order: RecordOrder | undefined): string {
    const record = safeJson(readFields(CALL_FIELDS, { ...call, file: this.#file }));
    return order === undefined ? record : `${record.slice(0, -1)}${orderMember(order)}}`;
  }

  #write(): Promise<void> | undefined {
    const text = this.#text;
    if (text === '') return undefined;
    this.#text = '';
    return this.#io.write(Buffer.from(text, 'utf8'));
  }
}

/** Seconds that a call waited for its answer; less than none where that is not known. */
function waited({ call }: CallOnConnection): number {
  return call.seconds ?? (call.outcome === 'unanswered' ? Number.POSITIVE_INFINITY : -1);
}
