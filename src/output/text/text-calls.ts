import type { CallOnConnection } from '../call-events.js';
import { shownText } from '../shown-text.js';
import type { Style } from '../style.js';

const GAP = '  ';

/** Names of the columns of {@link callLine}. */
export const CALL_HEADING = ['packet', 'stream', 'from  ', '    seconds', 'outcome   ', 'call'].join(GAP);

/** A call in one line: packet, stream, caller, seconds, outcome, what was called. */
export function callLine(style: Style, { connection, call }: CallOnConnection): string {
  const { outcome, direction, seconds, protocol, name, id, channel, items, firstItemSeconds } = call;
  const from = direction === 'client-to-server' ? 'client' : 'server';
  const parts = [`${protocol} ${shownText(style, name ?? '')}`.trimEnd()];
  if (id !== undefined) parts.push(`id ${shownText(style, String(id))}`);
  if (channel !== undefined) parts.push(`in ${shownText(style, channel)}`);
  if (items > 0) {
    const first =
      firstItemSeconds === undefined ? '' : `, the first after ${firstItemSeconds.toFixed(call.at.precision)} s`;
    parts.push(`${items} ${items === 1 ? 'item' : 'items'}${first}`);
  }
  if (call.repeatedId) parts.push('id used by several calls at once');
  const shown = outcome.padEnd(10);
  return [
    (call.at.packet === 0 ? '-' : String(call.at.packet)).padStart(6),
    String(connection.stream).padStart(6),
    style.direction[direction](from),
    (seconds === undefined ? '-' : seconds.toFixed(call.at.precision)).padStart(11),
    outcome === 'ok' ? shown : outcome === 'error' ? style.error(shown) : style.warning(shown),
    parts.join(', '),
  ].join(GAP);
}
