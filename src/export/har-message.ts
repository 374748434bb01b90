import type { Moment } from '../common/moment.js';
import type { MessageEvent } from '../events.js';
import { safeJson } from '../output/safe-json.js';

/**
 * A message as an element of `_webSocketMessages`, as browsers write them: JSON.
 *
 * Beyond what browsers write, `encoding` is `base64` where `data` is that, and a message that is not whole has its
 * `status` and the number of bytes that are `missing`.
 */
export function harMessage({ message, direction }: MessageEvent): string {
  const { opcode, status, missing, at } = message;
  const members = {
    type: direction === 'client-to-server' ? 'send' : 'receive',
    opcode,
    ...dataOf(message),
    ...(status === 'ok' ? {} : { status, missing: typeof missing === 'bigint' ? String(missing) : missing }),
  };
  // Sixteen digits of a number are not enough for nanoseconds: the time is written digit by digit.
  return `{"time":${epochSeconds(at)},${safeJson(members).slice(1)}`;
}

function dataOf({ payload, isText, opcode }: MessageEvent['message']): { data: string; encoding?: 'base64' } {
  if (payload === undefined || payload.length === 0) return { data: '' };
  if (isText && opcode < CLOSE) return { data: payload.toString('utf8') };
  return { data: payload.toString('base64'), encoding: 'base64' };
}

/** Opcodes from here on are of control frames, whose payloads are bytes. */
const CLOSE = 8;

/** Seconds since 1970-01-01 UTC with all digits that the capture has. */
function epochSeconds({ seconds, nanoseconds, precision }: Moment): string {
  if (precision === 0) return '0';
  return `${seconds}.${String(nanoseconds).padStart(9, '0').slice(0, precision)}`;
}
