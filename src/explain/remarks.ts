import type { Finding } from '../common/finding.js';
import { count } from '../common/words.js';
import type { CutFrame, ShownFrame } from './shown-frame.js';

/** Everything that is wrong with a frame and with the message that it completes. */
export function findingsOf({ frame, message }: ShownFrame): readonly Finding[] {
  if (message === undefined || message.findings.length === 0) return frame.findings;
  return [...frame.findings, ...message.findings];
}

/** Bytes that are missing from a frame's end, where the input ended before it. */
export function neededBytes({ frame, connection }: ShownFrame): number | bigint | undefined {
  return connection === undefined && frame.status === 'truncated' ? frame.missing : undefined;
}

/**
 * What a reader ought to know of a frame that its fields do not say: where it ends, what follows it, what is missing.
 *
 * @returns sentences
 */
export function remarksOn(shown: ShownFrame): string[] {
  const { frame, following, direction, isDirectionByMask } = shown;
  const remarks: string[] = [];
  const needed = neededBytes(shown);
  if (needed !== undefined) {
    const there = `${frame.payload?.length ?? 0} of ${count(frame.payloadLength, 'byte')} of payload are there`;
    remarks.push(`The input is too short: the frame needs ${count(needed, 'more byte')} (${there}).`);
  } else if (frame.status !== 'ok') {
    remarks.push(`${count(frame.missing, 'byte')} of the payload were not captured.`);
  }
  if (isDirectionByMask) {
    remarks.push(
      direction === 'client-to-server'
        ? 'It is masked, so a client sent it; from a server it would be a violation (RFC 6455 5.1).'
        : 'It is not masked, so a server sent it; from a client it would be a violation (RFC 6455 5.1).',
    );
  }
  if (following > 0) {
    const next = frame.offset + frame.headerLength + Number(frame.payloadLength);
    const bytes = following === 1 ? '1 byte follows' : `${following} bytes follow`;
    remarks.push(`The frame ends before byte ${next} of the input. ${bytes}: this is the next frame, not its text.`);
  }
  return remarks;
}

/** Why a frame cannot be explained whose header is incomplete. */
export function remarkOnCut({ bytes, needed }: CutFrame): string {
  const what =
    bytes.length === 1
      ? 'A header has at least two bytes'
      : `By its second byte the header has ${bytes.length + needed} bytes`;
  return `The input is too short: the frame needs at least ${count(needed, 'more byte')}. ${what}.`;
}
