import { count } from '../common/words.js';
import type { Direction, Finding } from '../common/finding.js';
import type { Moment } from '../common/moment.js';
import type { ConnectionRef } from '../events.js';
import type { Clock } from './clock.js';
import { sanitize } from './sanitize.js';
import type { Style } from './style.js';

/** What every text output is told. */
export interface TextOptions {
  readonly style: Style;
  /** Bytes of a payload that are shown, 0 or more. */
  readonly maxPayload: number;
  /** A payload that is JSON is shown with each member in a line of its own. */
  readonly isPretty?: boolean;
  /** Tells the times; one output uses it. */
  readonly clock: Clock;
  /** Columns of a line, where an output cuts its lines. */
  readonly columns: number;
}

const INDENT = '    ';
const LABEL_WIDTH = 13;

/**
 * A field: its name and value, one line with its end. The value is safe to print.
 *
 * @param label - an empty one for a line that goes on with the value of the field above
 */
export function field(style: Style, label: string, value: string): string {
  return `${INDENT}${style.label(value === '' ? label : label.padEnd(LABEL_WIDTH))}${value}\n`;
}

/** A line of wsdissect's own about something in its place among captured bytes. */
export function remark(style: Style, text: string): string {
  return field(style, '...', style.warning(text));
}

/** The first line of a frame or message: its title, where, when, from whom to whom. */
export function heading(
  { style, clock }: Pick<TextOptions, 'style' | 'clock'>,
  title: string,
  at: Moment,
  connection: ConnectionRef,
  direction: Direction,
): string {
  const parts = [style.heading(title), `packet ${at.packet}`, `stream ${connection.stream}`];
  const time = clock.show(at, (iso) => iso.slice(0, -1).replace('T', ' '));
  if (time !== undefined) parts.push(time);
  const { client, server } = connection;
  const fromClient = direction === 'client-to-server';
  if (client !== undefined && server !== undefined) {
    parts.push(fromClient ? `${client} ${style.arrow} ${server}` : `${server} ${style.arrow} ${client}`);
  }
  parts.push(style.direction[direction](spokenDirection(direction)));
  return `${parts.join('  ')}\n`;
}

/** `client to server`, `server to client`. */
export function spokenDirection(direction: Direction): string {
  return direction.replaceAll('-', ' ');
}

/** One line for each finding. */
export function findingFields(style: Style, findings: readonly Finding[]): string {
  return findings
    .map((finding) => {
      const paint = finding.severity === 'error' ? style.error : style.warning;
      const rfc = finding.rfc === undefined ? '' : `, ${finding.rfc}`;
      return field(
        style,
        'Finding',
        `${paint(finding.severity)}: ${sanitize(finding.message)} (${finding.code}${rfc})`,
      );
    })
    .join('');
}

/** What the status means, where it is not `ok`. */
export function statusField(style: Style, status: string, missing: number | bigint): string {
  if (status === 'ok') return '';
  // Whether the bytes after the end of a truncated frame were ever sent, nobody knows.
  const what = status === 'truncated' ? 'did not come' : 'not captured';
  const lost = missing === 0 ? '' : `, ${count(missing, 'payload byte')} ${what}`;
  return field(style, 'Status', style.warning(`${status}${lost}`));
}
