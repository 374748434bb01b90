import { CheckedCapture, type CheckOptions as CaptureOptions } from '../../../check/check.js';
import { unusedExpectations, type Expectation } from '../../../check/expectations/expectation.js';
import { GoldenFile } from '../../../check/golden/golden-file.js';
import { SummaryCount } from '../../../check/report.js';
import { RuleSelection } from '../../../check/rules/rule-selection.js';
import { ruleRecords, ruleTable } from '../../../check/rules/rule-list.js';
import { WsdissectError } from '../../../common/error.js';
import type { Consumer } from '../../../consumer.js';
import { sanitize } from '../../../output/sanitize.js';
import type { CheckPage } from './check-page.js';
import { openPages, openReports, type Reports } from './check-reports.js';
import type { CheckOptions } from '../../options/check-options.js';
import { readGoldenText, readIgnoreFiles, readText, writeText } from './check-texts.js';
import { FailingConversation } from './failing-conversation.js';
import { EXIT_FAILED, EXIT_OK, EXIT_UNUSABLE } from '../../exit-code.js';
import type { Io } from '../../terminal/io.js';
import { isLossEvent } from '../../../check/loss.js';
import { inputName } from '../../input/named-error.js';
import { threadsWithin } from '../../parallel/jobs.js';
import { withThreads } from '../../parallel/with-threads.js';
import { inputsOf, readCaptures, type CaptureCommand } from '../reading/read-captures.js';
import { watched } from './watched-check.js';

/**
 * The command `check`: checks each capture and reports on all of them.
 *
 * @param names - captures and directories; none means standard input
 * @returns the exit code: 1 where a check failed, 2 where a capture could not be read
 * @throws WsdissectError where the options, an expectation or the golden file are wrong
 */
export async function checkCaptures(io: Io, names: readonly string[], options: CheckOptions): Promise<number> {
  if (options.listRules) return listRules(io, options);
  if (names.length === 0 && io.isTerminal('stdin')) {
    throw new WsdissectError('bad-option', 'check: no capture: name a file or directory, or pipe one in');
  }
  return runChecks(io, names, options);
}

async function listRules(io: Io, options: CheckOptions): Promise<number> {
  const { counted } = new RuleSelection(ruleOptions(options));
  const isJson = options.json ?? options.reporter?.some(({ name }) => name === 'json') ?? false;
  await io.write(Buffer.from(isJson ? ruleRecords(counted) : ruleTable(counted), 'utf8'));
  return EXIT_OK;
}

async function runChecks(io: Io, names: readonly string[], options: CheckOptions): Promise<number> {
  const rules = ruleOptions(options);
  // What is wrong with the options is said before anything is read.
  const selection = new RuleSelection(rules);
  if (options.update && options.golden === undefined) {
    throw new WsdissectError('bad-option', '--update needs --golden FILE: it says which file to write');
  }
  const expectations = await readExpectations(io, options);
  const { golden, old } = await readGolden(io, options);
  const reports = await openReports(io, options);
  // What is checked by its name stays a file of its own, unless it is asked for otherwise.
  const captures = await inputsOf(io, names, { ...options, join: options.join ?? false });
  if (options.keylog !== undefined) {
    const { checkKeyLogs } = await import('../../input/key-log-files.js');
    checkKeyLogs(options.keylog);
  }
  const said: string[] = [];
  const base: CaptureOptions = {
    ...rules,
    expectations,
    // Its section has its name.
    isOneOfMany: captures.length > 1 || (golden ?? old)?.hasSections === true,
    allowEmpty: options.allowEmpty ?? false,
    maxPayload: options.maxPayload,
    ...(options.strict === true ? { isLoss: isLossEvent } : {}),
    ...(golden === undefined ? {} : { golden }),
    ...(options.update === true ? { takeGolden: takeInto(said, options.golden!) } : {}),
  };
  const counts = new SummaryCount();
  const pages = await openPages(io, options, captures.length === 1);
  let checked: CheckedCapture;
  let conversation: FailingConversation | undefined;
  const command: CaptureCommand = {
    open: (input) => {
      checked = new CheckedCapture({ ...base, file: inputName(input.name) });
      conversation = reports.wantsDiagram ? new FailingConversation(selection) : undefined;
      const consumer = conversation === undefined ? checked : watched(checked, conversation);
      return Promise.resolve(pages.reduce<Consumer>((inner, page) => page.watch(inner, input), consumer));
    },
    close: async (_, error, seen) => {
      const report = await checked.report(error);
      counts.add(report);
      await reports.capture(report, conversation?.diagram);
      for (const page of pages) page.capture(report, seen);
      return error;
    },
  };
  // A page shows, and a diagram draws, what each connection says.
  const canShare = pages.length === 0 && !reports.wantsDiagram && options.stream === undefined;
  try {
    await withThreads(io, canShare ? threadsWithin(options.jobs, io, captures) : 0, async (to, share) => {
      const reading = { ...options, quiet: true as const };
      if (share === undefined) return readCaptures(to, captures, reading, command);
      const capture = new CheckedCapture({ ...base, file: inputName(captures[0]!.name) });
      checked = capture;
      const task = { ...capture.partOptions, hasLosses: options.strict === true };
      const { mergedCheck } = await import('../../parallel/merged-check.js');
      const shared = share({ what: 'check', options: task }, mergedCheck(capture));
      return readCaptures(to, captures, reading, { ...command, ...shared });
    });
    const files = captures.map(({ name }) => inputName(name));
    const unused = unusedExpectations(expectations, files);
    return await finish(io, options, {
      counts,
      reports,
      pages,
      golden,
      old,
      isOne: captures.length === 1,
      said,
      unused,
    });
  } finally {
    for (const page of pages) page.close();
  }
}

/** What is there after the last capture. */
interface CheckResult {
  readonly counts: SummaryCount;
  readonly reports: Reports;
  readonly pages: readonly CheckPage[];
  readonly golden: GoldenFile | undefined;
  /** The golden file before it is written. */
  readonly old: GoldenFile | undefined;
  readonly isOne: boolean;
  readonly said: readonly string[];
  readonly unused: ReturnType<typeof unusedExpectations>;
}

async function finish(io: Io, options: CheckOptions, result: CheckResult): Promise<number> {
  const { counts, reports, pages, golden, old, isOne, said, unused } = result;
  const isUnreadable = counts.summary.unreadable > 0;
  // One capture alone is checked against its own section.
  const leftover = isUnreadable || isOne ? undefined : golden?.leftover();
  const claims = leftover === undefined ? unused : [...unused, leftover];
  counts.claims(claims);
  await reports.end({ summary: counts.summary, claims, passed: counts.passed && !isUnreadable });
  for (const page of pages) await page.end(claims);
  if (options.update && isUnreadable) {
    io.report('wsdissect: the golden file is not written: not all captures could be read\n');
  } else if (options.update) {
    await writeText(io, options.golden!, (old?.updated(said) ?? said).map((line) => `${line}\n`).join(''));
    io.report(`wsdissect: ${sanitize(options.golden!)}: written\n`);
  }
  if (isUnreadable) return EXIT_UNUSABLE;
  return counts.passed ? EXIT_OK : EXIT_FAILED;
}

function ruleOptions({ rules, allow, failOn }: CheckOptions): Pick<CaptureOptions, 'rules' | 'allow' | 'failOn'> {
  return { ...(rules === undefined ? {} : { rules: rules.flat() }), allow: allow?.flat() ?? [], failOn };
}

async function readExpectations(io: Io, { expect = [] }: CheckOptions): Promise<Expectation[]> {
  if (expect.length === 0) return [];
  const { parseExpectations } = await import('../../../check/expectations/expect-file.js');
  const expectations: Expectation[] = [];
  for (const path of expect) expectations.push(...parseExpectations(await readText(io, path, 'expectations'), path));
  return expectations;
}

/** The golden file to compare with, or the one that is about to be written. */
interface Goldens {
  readonly golden?: GoldenFile;
  readonly old?: GoldenFile;
}

async function readGolden(io: Io, { golden, update, ignore }: CheckOptions): Promise<Goldens> {
  if (golden === undefined) {
    if (ignore !== undefined)
      throw new WsdissectError('bad-option', '--ignore says what of --golden FILE is not compared');
    return {};
  }
  const rules = await readIgnoreFiles(io, ignore);
  if (update !== true) {
    return {
      golden: new GoldenFile(golden, await readGoldenText(io, golden, 'golden file', '; --update writes it'), rules),
    };
  }
  try {
    return { old: new GoldenFile(golden, await readGoldenText(io, golden, 'golden file')) };
  } catch (error) {
    // What is there and no golden file is overwritten, as it was asked for.
    if (error instanceof WsdissectError && ['no-such-file', 'bad-option'].includes(error.code)) return {};
    throw error;
  }
}

function takeInto(said: string[], path: string): (lines: readonly string[] | undefined) => void {
  return (lines) => {
    if (lines === undefined)
      throw new WsdissectError(
        'bad-option',
        `${path}: the capture holds more than a golden file can; check fewer connections, with --stream`,
      );
    for (const line of lines) said.push(line);
  };
}
