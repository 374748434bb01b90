import { check } from '../../src/check/check.js';
import { parseExpectations } from '../../src/check/expectations/expect-file.js';
import { GoldenFile } from '../../src/check/golden/golden-file.js';
import { SummaryCount, type CaptureReport } from '../../src/check/report.js';
import { createReporter } from '../../src/check/reporters/create-reporter.js';
import type { FindingReporterName } from '../../src/check/reporters/reporter.js';
import { WsdissectError } from '../../src/common/error.js';
import { plainStyle } from '../../src/output/style.js';
import { fixture } from './captures.js';
import { checkFrames } from './frames.js';

/** Everything that could break out of a format, as the payload of a reserved opcode's neighbour and as a file name. */
export const HOSTILE = '\u001b[31m]]>&amp;"\'<b>\n::error::x%0A\r##[error]y ##vso[task]z \u202e\u0000\uffff,a:b';

/** Reports of captures that are hostile, late, faulty, cut and unreadable. */
async function reports(): Promise<CaptureReport[]> {
  const hostile = { payload: Buffer.concat([Buffer.from(HOSTILE), Buffer.from([0xff])]) };
  const expectations = parseExpectations(
    `checks: [{filter: {count: 1, match: {text: ${JSON.stringify(HOSTILE)}}}}]`,
    HOSTILE,
  );
  const golden = new GoldenFile(HOSTILE, JSON.stringify({ text: HOSTILE }));
  const unreadable = async function* (): AsyncGenerator<Buffer> {
    yield await Promise.reject(new WsdissectError('no-such-file', HOSTILE));
  };
  return [
    await checkFrames([hostile, { opcode: 3 }, hostile], { file: HOSTILE, expectations, golden, maxPayload: 1000 }),
    await check([fixture('send.pcap')], { file: 'late.pcap' }),
    await check([fixture('violations/handshake-wrong-accept.pcap')], {
      file: 'a b/ä.pcap',
      allow: ['handshake.wrong-accept'],
    }),
    await check([fixture('loss-cut-record.pcap')], { file: '/tmp/cut.pcap', failOn: 'warning' }),
    await check(unreadable(), { file: HOSTILE }),
  ];
}

/** What a reporter writes of {@link reports}. */
export async function written(name: FindingReporterName, isQuiet = false): Promise<string> {
  const reporter = await createReporter(name, { style: plainStyle('->'), isQuiet, version: '1.2.3' });
  const counts = new SummaryCount();
  let text = '';
  for (const report of await reports()) {
    counts.add(report);
    text += reporter.capture(report);
  }
  const claim = { kind: 'golden', name: 'g.jsonl', isMet: false, message: `left ${HOSTILE}`, detail: [] } as const;
  counts.claims([claim]);
  return text + reporter.end({ summary: counts.summary, claims: [claim], passed: counts.passed });
}
