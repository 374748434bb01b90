import { finding, type Finding } from '../common/finding.js';
import type { FindingCode } from '../common/finding-codes.js';
import type { Limits } from '../common/limits.js';
import type { Inflated, Inflater, SentPayload } from './inflater.js';
import type { MessageStatus } from './message.js';

/** What the frames of a message, taken together, turned out to say. */
export interface Content {
  readonly status: MessageStatus;
  /** The bytes of the message that are known. */
  readonly payload: Buffer | undefined;
  readonly length: number | bigint | undefined;
  readonly findings: readonly Finding[];
}

/** No findings: one array for all messages that have none. */
export const NO_FINDINGS: readonly Finding[] = [];

/** Below this much output no ratio is looked at: a few bytes may well stand for thousands. */
const RATIO_FROM = 65_536;
/** The longest distance of DEFLATE, in bits. */
const FULL_WINDOW_BITS = 15;

/**
 * Inflates a message within the limits, and says what is wrong with it.
 *
 * @param maxWindowBits - how far the sender said that it refers back at most, 8 to 15
 */
export function inflateContent(
  inflater: Inflater,
  compressed: Buffer | SentPayload,
  limits: Readonly<Limits>,
  maxWindowBits = FULL_WINDOW_BITS,
): Content {
  const isSent = 'chunk' in compressed;
  const length = isSent ? compressed.payloadLength : compressed.length;
  const byRatio = Math.max(RATIO_FROM, Math.floor(limits.inflateRatio * length));
  const limit = Math.min(limits.message, byRatio);
  const result = isSent ? inflater.inflateSent(compressed, limit) : inflater.inflate(compressed, limit);
  switch (result.verdict) {
    case 'ok': {
      const { output } = result;
      const findings = complaints(length, result, maxWindowBits);
      return { status: 'ok', payload: output, length: output.length, findings };
    }
    case 'too-large': {
      const code = limit < limits.message ? 'limit.inflate-ratio' : 'limit.message';
      return failed('too-large', limit, code, result.reason);
    }
    case 'lost-context':
      return failed('lost-context', undefined, 'deflate.lost-context', result.reason);
    case 'bad-data':
      return failed('bad-deflate', undefined, 'deflate.bad-data', result.reason);
  }
}

/** What is wrong with a message that could be inflated. */
function complaints(
  length: number,
  { trailing, farthest, isTailMissing, afterFinal, isPastFinal }: Extract<Inflated, { verdict: 'ok' }>,
  maxWindowBits: number,
): readonly Finding[] {
  const window = 1 << maxWindowBits;
  const isFine = trailing === undefined && farthest <= window && !isTailMissing && afterFinal === 0 && !isPastFinal;
  if (isFine) return NO_FINDINGS;
  const findings: Finding[] = [];
  if (length === 0) {
    findings.push(
      finding('deflate.empty-payload', 'RSV1 is 1 and there are no compressed bytes: an empty message is the byte 00'),
    );
  } else if (isTailMissing) {
    findings.push(finding('deflate.missing-tail', 'the compressed data ends without the beginning of an empty block'));
  }
  if (afterFinal > 0) {
    const message = `${afterFinal} bytes of the message come from blocks after a final one`;
    findings.push(finding('deflate.after-final-block', message));
  } else if (isPastFinal) {
    findings.push(finding('deflate.after-final-block', 'the message refers back to bytes before a final block'));
  }
  if (trailing !== undefined) findings.push(finding('deflate.trailing-bytes', trailing));
  if (farthest > window) {
    const message = `a match ${farthest} bytes back, where a window of ${window} bytes was agreed on`;
    findings.push(finding('deflate.window-exceeded', message));
  }
  return findings;
}

function failed(status: MessageStatus, length: number | undefined, code: FindingCode, reason: string): Content {
  return { status, payload: undefined, length, findings: [finding(code, reason)] };
}
