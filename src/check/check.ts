import { chunksOf, type CaptureSource } from '../capture/capture-source.js';
import { WsdissectError } from '../common/error.js';
import { count } from '../common/words.js';
import { PartedConsumer, readInto, type Part } from '../consumer.js';
import type { DissectOptions } from '../dissection/dissect-options.js';
import type { DissectEvent, Wants } from '../events.js';
import type { RecordType } from '../output/records/record-field.js';
import { CheckedConnection, type CheckedEvent, type CheckedPartOptions } from './checked-connection.js';
import type { Condition } from './expectations/condition.js';
import { ExpectationCount, type Expectation } from './expectations/expectation.js';
import type { GoldenFile } from './golden/golden-file.js';
import { GoldenRecorder } from './golden/golden.js';
import type { CaptureReport, Claim } from './report.js';
import { RuleSelection, type RuleOptions } from './rules/rule-selection.js';
import { Violations } from './rules/violations.js';

/** What a capture is checked for, and how it is read. */
export interface CheckOptions extends RuleOptions {
  /** How to read the capture. Of `want` only `decode` counts: everything is checked. */
  readonly dissect?: DissectOptions;
  /** Name of the capture, for the report; `capture` where it is not given. */
  readonly file?: string;
  /** Records name the capture: several are checked, and expectations and the golden file tell them apart by name. */
  readonly isOneOfMany?: boolean;
  /** A capture without a WebSocket connection passes too. */
  readonly allowEmpty?: boolean;
  /** What says of an event that something is missing there; the capture then fails. */
  readonly isLoss?: (event: DissectEvent) => boolean;
  /** From {@link parseExpectations}. */
  readonly expectations?: readonly Expectation[];
  readonly golden?: GoldenFile;
  /** Takes what was said, as lines of a golden file, in place of comparing it; `undefined` where it is too much. */
  readonly takeGolden?: (lines: readonly string[] | undefined) => void;
  /** Bytes of a payload that a violation shows; 32 where this is not given. */
  readonly maxPayload?: number;
}

/** Bytes of a payload that show what it is. */
const SHOWN_PAYLOAD = 32;

/**
 * Checks a capture against the rules of the RFCs, expectations and a golden file.
 *
 * @param source - pcap, pcapng, any of them gzipped, or lines of hex; a string is a path
 * @returns what was found; also for a capture that cannot be read: see {@link CaptureReport.error}
 * @throws WsdissectError `bad-option` for a rule that does not exist, and for a source that is none
 */
export async function check(source: CaptureSource, options: CheckOptions = {}): Promise<CaptureReport> {
  const chunks = chunksOf(source);
  const capture = new CheckedCapture(options);
  let error: WsdissectError | undefined;
  try {
    await readInto(capture, chunks, options.dissect ?? {});
  } catch (thrown) {
    if (!(thrown instanceof WsdissectError)) throw thrown;
    error = thrown;
  }
  return capture.report(error);
}

/** Everything that is checked about one capture. */
export class CheckedCapture extends PartedConsumer<CheckedEvent> {
  readonly wants: Wants;
  readonly #options: CheckOptions;
  readonly #rules: RuleSelection;
  readonly #file: string;
  readonly #violations: Violations;
  readonly #expectations: readonly ExpectationCount[];
  readonly #golden: GoldenRecorder | undefined;
  /** The records that are looked at. */
  readonly #types: ReadonlySet<RecordType>;
  readonly #wantsCalls: boolean;
  #connections = 0;
  #losses = 0;

  constructor(options: CheckOptions) {
    super();
    const { golden, takeGolden, isOneOfMany = false, file = 'capture' } = options;
    const named = isOneOfMany ? file : undefined;
    const decode = options.dissect?.want?.decode ?? decodeOf(options);
    this.wants = { frames: true, messages: true, connections: true, decode };
    this.#options = options;
    this.#file = file;
    this.#rules = new RuleSelection(options);
    this.#violations = new Violations(this.#rules, options.maxPayload ?? SHOWN_PAYLOAD);
    this.#expectations = expectationsOf(options, file);
    this.#golden = golden === undefined && takeGolden === undefined ? undefined : new GoldenRecorder(named);
    const asked = new Set(this.#expectations.flatMap(({ expectation }) => expectation.types));
    this.#wantsCalls = asked.has('call');
    const types = new Set([...asked].filter((type) => type !== 'call'));
    if (this.#golden !== undefined) types.add('message').add('connection');
    this.#types = types;
  }

  part(): Part<CheckedEvent> {
    return new CheckedConnection(this.partOptions, this.#options.isLoss);
  }

  /** What its parts are told: plain data. */
  get partOptions(): CheckedPartOptions {
    const { isOneOfMany = false } = this.#options;
    return { types: [...this.#types], wantsCalls: this.#wantsCalls, file: isOneOfMany ? this.#file : undefined };
  }

  piece({ event, record, calls = [], isLoss }: CheckedEvent): undefined {
    if (event !== undefined) this.#violations.event(event);
    if (event?.type === 'connection') this.#connections++;
    if (event?.type === 'gap') this.#golden?.lost(event);
    if (isLoss) this.#losses++;
    for (const call of calls) for (const expectation of this.#expectations) expectation.record(call);
    if (record === undefined) return;
    for (const expectation of this.#expectations) expectation.record(record);
    this.#golden?.record(record);
  }

  end(): undefined {
    // What was found is asked for.
  }

  /**
   * What was found.
   *
   * @param error - why the capture could not be read to its end
   */
  async report(error: WsdissectError | undefined): Promise<CaptureReport> {
    const { listed, unlisted, counts } = this.#violations;
    const claims = error === undefined ? await this.#claims() : [];
    return {
      file: this.#file,
      rules: this.#rules.counted,
      connections: this.#connections,
      violations: listed,
      unlisted,
      counts,
      claims,
      error,
      passed: error === undefined && counts.failing === 0 && claims.every(({ isMet }) => isMet),
    };
  }

  async #claims(): Promise<Claim[]> {
    const { allowEmpty = false, isLoss, golden, takeGolden, isOneOfMany = false } = this.#options;
    const claims: Claim[] = [];
    if (!allowEmpty) claims.push(connectionClaim(this.#connections));
    if (isLoss !== undefined) claims.push(completeClaim(this.#losses));
    for (const expectation of this.#expectations) claims.push(expectation.claim());
    const lines = this.#golden === undefined || this.#golden.isTooLarge ? undefined : this.#golden.lines();
    if (takeGolden !== undefined) takeGolden(lines);
    else if (golden !== undefined) claims.push(await golden.compare(isOneOfMany ? this.#file : undefined, lines));
    return claims;
  }
}

function asksForMeaning({ field, reads }: Condition): boolean {
  return field.startsWith('decoded.') || reads?.has('decoded') === true;
}

/** What messages mean is looked into only where an expectation asks. */
function decodeOf({ expectations = [] }: CheckOptions): 'auto' | 'off' {
  const asks = expectations.some(({ types, conditions }) => types.includes('call') || conditions.some(asksForMeaning));
  return asks ? 'auto' : 'off';
}

/** The expectations that are about a capture of this name. */
function expectationsOf({ expectations = [] }: CheckOptions, file: string): ExpectationCount[] {
  return expectations
    .filter(({ ofFile }) => ofFile.every((condition) => condition.holds({ type: 'connection', file })))
    .map((expectation) => new ExpectationCount(expectation));
}

function connectionClaim(connections: number): Claim {
  return {
    kind: 'connection',
    name: 'WebSocket connection',
    isMet: connections > 0,
    message: connections > 0 ? 'it has one' : 'no WebSocket connection in this capture (--allow-empty lets it pass)',
    detail: [],
  };
}

function completeClaim(losses: number): Claim {
  return {
    kind: 'complete',
    name: 'complete',
    isMet: losses === 0,
    message: losses === 0 ? 'nothing is missing' : `bytes are missing or were not decoded in ${count(losses, 'place')}`,
    detail: [],
  };
}
