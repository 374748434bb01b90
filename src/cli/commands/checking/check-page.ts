import type { CaptureReport, Claim } from '../../../check/report.js';
import type { Consumer } from '../../../consumer.js';
import type { SeenInCapture } from '../../../dissection/capture-witness.js';
import { checkLine, claimsLine } from '../../../report/check-line.js';
import { REPORT_OPTIONS } from '../../options/report-options.js';
import type { ReporterChoice } from '../../options/check-options.js';
import type { Io } from '../../terminal/io.js';
import { ReportFile } from '../summaries/report-file.js';
import { watched } from './watched-check.js';

/** A page of what is checked, with what was found first. It is given the events that the check is given. */
export class CheckPage {
  readonly #file: ReportFile;

  /** @throws WsdissectError for a file that cannot be written */
  constructor(io: Io, { path }: ReporterChoice, isOne: boolean) {
    this.#file = new ReportFile(io, {
      ...{ path, isOne, isCheck: true, decode: 'auto' },
      // As the other reports, it replaces the one of the last run.
      force: true,
      maxMessages: REPORT_OPTIONS.maxMessages.defaultValue!,
      maxPayload: REPORT_OPTIONS.maxPayload.defaultValue!,
    });
  }

  /** Has a capture checked, and its events shown. */
  watch(check: Consumer, input: { readonly name: string }): Consumer {
    return watched(check, this.#file.capture(input));
  }

  /** A capture is checked. */
  capture(report: CaptureReport, seen: SeenInCapture | undefined): void {
    this.#file.captureEnd(seen, report.error);
    this.#file.check(checkLine(report));
  }

  /** Writes the rest. @param claims - those that are about no single capture */
  async end(claims: readonly Claim[]): Promise<void> {
    if (claims.some(({ isMet }) => !isMet)) this.#file.check(claimsLine(claims));
    await this.#file.end();
  }

  close(): void {
    this.#file.close();
  }
}
