import { check } from '../../../src/check/check.js';
import { isLoss } from '../../../src/common/finding.js';
import type { DissectEvent } from '../../../src/events.js';
import { KeyLog } from '../../../src/tls/key-log/key-log.js';
import { isLossTold, type Fault } from './judge.js';
import { captureBytes, type Reading } from './reading.js';
import type { Recorded, Recording } from './recording.js';

/**
 * Compares what `check --strict` says of a capture with what the other commands print of it: the two must agree, or
 * what one of them tells would be no loss for the other.
 */
export async function judgeVerdict(
  { linkType, keyLog }: Recording,
  packets: readonly Recorded[],
  reading: Reading,
): Promise<Fault[]> {
  const keys = new KeyLog();
  keys.push(Buffer.from(keyLog));
  keys.close();
  const report = await check([captureBytes(packets, linkType)], {
    allowEmpty: true,
    isLoss: isLossEvent,
    dissect: { keyLog: keys },
  });
  const faults: Fault[] = [];
  const differs = (what: string, said: number | boolean | undefined, printed: number | boolean): void => {
    if (said !== printed)
      faults.push({ kind: 'verdict', what: `${what}: check says ${String(said)}, printed is ${printed}` });
  };
  const complete = report.claims.find(({ kind }) => kind === 'complete');
  differs('complete', complete?.isMet, !isLossTold(reading));
  differs('connections', report.connections, reading.connections.length);
  const counted = new Set<string>(report.rules);
  const found = [...reading.frames, ...reading.messages].flatMap(({ findings = [] }) => findings);
  const errors = [...found, ...reading.findings].filter(
    ({ code, severity }) => severity === 'error' && counted.has(code),
  );
  differs('failing', report.counts.failing, errors.length);
  return faults;
}

/** What `--strict` does not let pass. */
function isLossEvent(event: DissectEvent): boolean {
  switch (event.type) {
    case 'finding':
      return isLoss(event.finding.code);
    case 'frame':
      return event.frame.status !== 'ok' || event.frame.findings.some(({ code }) => isLoss(code));
    case 'message':
      return event.message.status !== 'ok' || event.message.findings.some(({ code }) => isLoss(code));
    case 'connection':
      return (
        event.client.missingBytes + event.server.missingBytes > 0 || event.findings.some(({ code }) => isLoss(code))
      );
    default:
      return false;
  }
}
