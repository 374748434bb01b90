import type { CaptureReport } from '../../../check/report.js';
import { createReporter } from '../../../check/reporters/create-reporter.js';
import type { CheckEnd, FindingReporterName, Reporter } from '../../../check/reporters/reporter.js';
import { WsdissectError } from '../../../common/error.js';
import { plainStyle, type Style } from '../../../output/style.js';
import { writeText } from './check-texts.js';
import type { CheckOptions, ReporterChoice } from '../../options/check-options.js';
import { chooseStyle } from '../../terminal/color.js';
import type { Io } from '../../terminal/io.js';
import { packageVersion } from '../../about.js';
import type { CheckPage } from './check-page.js';

/** Reporters whose output is one document: nothing else may stand beside it. */
const DOCUMENTS: readonly string[] = ['json', 'markdown', 'junit', 'sarif', 'html'];

/** All reports that were asked for, but for pages. */
export interface Reports {
  /** One of them shows the conversation that failed. */
  readonly wantsDiagram: boolean;
  /** @param diagram - the conversation that failed, in Mermaid */
  capture(report: CaptureReport, diagram: string | undefined): Promise<void>;
  /** @throws WsdissectError `unwritable` for a file that cannot be written */
  end(end: CheckEnd): Promise<void>;
}

/**
 * Opens the reports that the options ask for.
 *
 * @throws WsdissectError `bad-option` where two of them would be mixed up on stdout
 */
export async function openReports(io: Io, options: CheckOptions): Promise<Reports> {
  const choices: readonly (ReporterChoice & { readonly isAppended?: boolean })[] = [
    ...choicesOf(options),
    ...jobSummary(io, options),
  ];
  const onStdout = choices.filter(({ path }) => path === undefined);
  if (onStdout.length > 1 && onStdout.some(({ name }) => DOCUMENTS.includes(name))) {
    const names = onStdout.map(({ name }) => name).join(' and ');
    throw new WsdissectError('bad-option', `the reports ${names} cannot share stdout: write one to a file, NAME=FILE`);
  }
  const style = await chooseStyle(options.color, io);
  const opened: OpenReport[] = [];
  for (const { name, ...choice } of choices) {
    if (name !== 'html') opened.push(await openReport(io, { ...choice, name }, style, options.quiet ?? false));
  }
  return {
    wantsDiagram: choices.some(({ name }) => name === 'markdown'),
    capture: async (report, diagram) => {
      for (const open of opened) await open.add(open.reporter.capture(report, diagram));
    },
    end: async (end) => {
      for (const open of opened) {
        await open.add(open.reporter.end(end));
        await open.finish();
      }
    },
  };
}

interface OpenReport {
  readonly reporter: Reporter;
  add(text: string): Promise<void>;
  finish(): Promise<void>;
}

async function openReport(
  io: Io,
  { name, path, isAppended = false }: ReporterChoice & { name: FindingReporterName; isAppended?: boolean },
  style: Style,
  isQuiet: boolean,
): Promise<OpenReport> {
  const ownStyle = path === undefined ? style : plainStyle(style.arrow);
  const reporter = await createReporter(name, {
    style: ownStyle,
    isQuiet,
    // On stderr, which stands beside stdout and not in a file.
    isErrorTold: path === undefined,
    version: packageVersion(),
  });
  if (path === undefined) {
    const add = async (text: string): Promise<void> => {
      if (text !== '') await io.write(Buffer.from(text, 'utf8'));
    };
    return { reporter, add, finish: () => Promise.resolve() };
  }
  let content = '';
  const add = (text: string): Promise<void> => {
    content += text;
    return Promise.resolve();
  };
  return { reporter, add, finish: () => writeText(io, path, content, isAppended) };
}

/**
 * The job summary: in GitHub Actions, a file whose Markdown the page of the run shows. Annotations go together with it.
 */
function jobSummary({ env }: Io, { reporter = [] }: CheckOptions): (ReporterChoice & { readonly isAppended: true })[] {
  const path = env.GITHUB_STEP_SUMMARY;
  const isAsked = reporter.some(({ name }) => name === 'github');
  return !isAsked || path === undefined || path === '' ? [] : [{ name: 'markdown', path, isAppended: true }];
}

/** Opens the pages that the options ask for. @param isOne - one capture is checked */
export async function openPages(io: Io, options: CheckOptions, isOne: boolean): Promise<CheckPage[]> {
  const choices = choicesOf(options).filter(({ name }) => name === 'html');
  if (choices.length === 0) return [];
  const { CheckPage } = await import('./check-page.js');
  return choices.map((choice) => new CheckPage(io, choice, isOne));
}

/** Each report once: two that say the same in the same place are one. */
function choicesOf({ json, reporter = [] }: CheckOptions): readonly ReporterChoice[] {
  const asked: ReporterChoice[] = json ? [{ name: 'json', path: undefined }, ...reporter] : [...reporter];
  if (asked.length === 0) return [{ name: 'text', path: undefined }];
  return asked.filter(
    ({ name, path }, index) => asked.findIndex((other) => other.name === name && other.path === path) === index,
  );
}
