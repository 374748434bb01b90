import type { Connection } from './model.js';
import { t } from '../words/words.js';

/** Close codes that say that all went well (RFC 6455 section 7.4.1). */
const NORMAL: readonly (number | undefined)[] = [1000, 1001, undefined];
/** From here on the application alone knows what a code means. */
const OF_APPLICATION = 3000;

/** How a connection ended, in words, and whether that is a failure. */
export interface Outcome {
  readonly text: string;
  readonly isFailure: boolean;
}

/** How a connection ended: its handshake, its close, its TCP connection. */
export function outcomeOf({ record }: Connection): Outcome {
  if (record === undefined) return { text: t('endUnknown'), isFailure: false };
  const { handshake, httpStatus, closedBy, closeCode, closeReason, end } = record;
  if (handshake === 'refused') {
    const text = httpStatus === undefined ? t('handshakeRefusedNoStatus') : t('handshakeRefused', String(httpStatus));
    return { text, isFailure: true };
  }
  if (closedBy !== undefined) {
    const who = t(closedBy === 'client' ? 'client' : 'server');
    const reason = closeReason === undefined ? '' : `: ${closeReason}`;
    const text = closeCode === undefined ? t('closedWithout', who) : t('closedWith', String(closeCode), who);
    const reset = end === 'rst' ? `, ${t('endReset')}` : '';
    return { text: text + reason + reset, isFailure: !NORMAL.includes(closeCode) && (closeCode ?? 0) < OF_APPLICATION };
  }
  // What was not captured may have held a close frame: then nobody knows whether there was none.
  const isComplete = handshake === 'accepted' && record.clientMissingBytes === 0 && record.serverMissingBytes === 0;
  switch (end) {
    case 'fin':
      return isComplete ? { text: t('endFin'), isFailure: true } : { text: t('endFinUnknown'), isFailure: false };
    case 'rst':
      return { text: t(isComplete ? 'endRst' : 'endRstUnknown'), isFailure: true };
    case 'reused':
      return { text: t('endReused'), isFailure: false };
    case 'limit':
      return { text: t('endLimit'), isFailure: false };
    case 'capture':
      return { text: t('endCapture'), isFailure: false };
    default:
      return { text: t('endUnknown'), isFailure: false };
  }
}
