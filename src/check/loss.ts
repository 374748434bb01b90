import { isLoss, type Finding } from '../common/finding.js';
import type { DissectEvent } from '../events.js';

/** Whether an event says that bytes are missing or a message could not be decoded: what `--strict` does not let pass. */
export function isLossEvent(event: DissectEvent): boolean {
  switch (event.type) {
    case 'finding':
      return isLoss(event.finding.code);
    case 'frame':
      return event.frame.status !== 'ok' || hasLoss(event.frame.findings);
    case 'message':
      return event.message.status !== 'ok' || hasLoss(event.message.findings);
    // What is missing at a gap is a finding too.
    case 'gap':
    case 'open':
    case 'learned':
      return false;
    case 'connection':
      return event.client.missingBytes + event.server.missingBytes > 0 || hasLoss(event.findings);
  }
}

function hasLoss(findings: readonly Finding[]): boolean {
  return findings.length > 0 && findings.some(({ code }) => isLoss(code));
}
