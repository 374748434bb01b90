import { count } from '../common/words.js';
import { formatTime, type PacketTime } from '../common/packet-time.js';
import type { SeenInCapture } from '../dissection/capture-witness.js';
import { describeKind } from '../link/describe-kind.js';
import type { BeginLine, CheckLine, InputEndLine } from './lines.js';
import { ReportCapture, type MessageChoice } from './report-capture.js';
import { ReportState, type LineSink, type ReportLimits } from './report-state.js';

/** How a report is made. */
export interface ReportDataOptions extends ReportLimits {
  /** Version of wsdissect. */
  readonly version: string;
  /** Captures are checked as well. */
  readonly isCheck?: boolean;
  /** There is one input, and no record has its name. */
  readonly isOne: boolean;
  /** The options that choose what is on the page, as on the command line. */
  readonly chosen?: readonly string[];
}

/** How an input was read. */
export interface InputEnd {
  readonly seen: SeenInCapture | undefined;
  readonly why: string | undefined;
  readonly error: Error | undefined;
}

/** Violations of one capture that a page lists. */
const MOST_VIOLATIONS = 1000;

/** The data of a page: events of captures go in, and lines come out. */
export class ReportData {
  readonly #state: ReportState;
  readonly #isOne: boolean;

  /** @param lines - where the lines go */
  constructor(lines: LineSink, { version, isCheck, isOne, chosen = [], ...limits }: ReportDataOptions) {
    this.#state = new ReportState(lines, limits);
    this.#isOne = isOne;
    const line: BeginLine = {
      ...{ type: 'report', version, ...limits },
      ...(isCheck === true ? { isCheck } : {}),
      ...(chosen.length > 0 ? { chosen } : {}),
    };
    this.#state.lines.line(line);
  }

  /**
   * An input begins.
   *
   * @param isChosen - which of its messages are to be on the page; all where this is not given
   */
  capture(name: string, isChosen?: MessageChoice): ReportCapture {
    this.#state.lines.line({ type: 'input', name });
    return new ReportCapture(this.#state, this.#isOne ? undefined : name, isChosen);
  }

  /** An input is read. */
  captureEnd({ seen, why, error }: InputEnd): void {
    const line: InputEndLine = {
      type: 'input-end',
      ...(seen === undefined ? {} : seenMembers(seen)),
      why,
      error: error?.message,
    };
    this.#state.lines.line(line);
  }

  /** What a check says of an input. */
  check(line: CheckLine): void {
    const more = line.violations.length - MOST_VIOLATIONS;
    if (more <= 0) this.#state.lines.line(line);
    else
      this.#state.lines.line({
        ...line,
        violations: line.violations.slice(0, MOST_VIOLATIONS),
        unlisted: [...line.unlisted, { code: count(more, 'more violation'), count: more }],
      });
  }

  /** What of the captures is not on the page. */
  get leftOut(): ReportState['leftOut'] {
    return this.#state.leftOut;
  }

  /** No more captures come. */
  end(): void {
    const { lines, summary, leftOut } = this.#state;
    lines.line(summary.line(leftOut));
  }
}

function seenMembers(seen: SeenInCapture): Partial<InputEndLine> {
  const time = (at: PacketTime): string | undefined => formatTime(at);
  const { packets, tcpConnections, isLines, first, last, notLookedInto, recorded } = seen;
  return {
    packets: recorded === undefined ? packets : undefined,
    tcpConnections,
    isLines: isLines || undefined,
    first: time(first),
    last: time(last),
    notLookedInto: notLookedInto.map((kind) => ({ what: describeKind(kind), packets: kind.packets })),
  };
}
