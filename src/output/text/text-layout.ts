import { count } from '../../common/words.js';
import type { Direction, Finding } from '../../common/finding.js';
import type { PacketTime } from '../../common/packet-time.js';
import { streamName, type ConnectionRef } from '../../events.js';
import type { Clock, WallTime } from '../clock.js';
import { shownText } from '../shown-text.js';
import type { Style } from '../style.js';
import { textWidth } from './text-width.js';

/** What every text output is told. */
export interface TextOptions {
  readonly style: Style;
  /** Bytes of a payload that are shown, 0 or more. */
  readonly maxPayload: number;
  /** A payload that is JSON is shown with each member in a line of its own. */
  readonly isPretty?: boolean;
  /** What to show as found in payloads; with the `g` flag. */
  readonly match?: RegExp | undefined;
  /** Tells the times; one output uses it. */
  readonly clock: Clock;
  /** Columns of the terminal; infinitely many where the text goes elsewhere, and nothing has to fit. */
  readonly columns: number;
}

const INDENT = '    ';
const GAP = '  ';
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

/**
 * What a frame or message begins with: its title, where, when, from whom to whom. One line where it fits; the more columns
 * there are, the more it says.
 */
export function heading(
  { style, clock, columns }: Pick<TextOptions, 'style' | 'clock' | 'columns'>,
  title: string,
  at: PacketTime,
  connection: ConnectionRef,
  direction: Direction,
): string {
  let wall: WallTime | undefined;
  const time = clock.show(at, (now) => {
    wall = now;
    return `${now.date} ${now.time}${now.zone}`;
  });
  const packet = connection.source === undefined ? [`packet ${at.packet}`] : [];
  const place = [title, ...packet, `stream ${streamName(connection)}`];
  const ends = senderAndReceiver(style, connection, direction);
  const words = spokenDirection(direction);
  // The arrow says the direction too, where the ends are known.
  const [way, shortWay] = ends === undefined ? [[words], [words]] : [[ends, words], [ends]];
  const when = time === undefined ? [] : [time];
  const paint = (parts: readonly string[]): string => {
    const painted = parts.map((part) =>
      part === title ? style.heading(part) : part === words ? style.direction[direction](part) : part,
    );
    return `${painted.join(GAP)}\n`;
  };
  const fits = (parts: readonly string[]): boolean => textWidth(parts.join(GAP)) <= columns;
  for (const parts of [
    [...place, ...when, ...way],
    [...place, ...when, ...shortWay],
  ]) {
    if (fits(parts)) return paint(parts);
  }
  if (wall !== undefined) {
    const parts = [...place, wall.time, ...shortWay];
    if (fits(parts)) return clock.dayLine(wall) + paint(parts);
  }
  return paint([...place, ...when]) + INDENT + paint(fits([INDENT, ...way]) ? way : shortWay);
}

function senderAndReceiver({ arrow }: Style, connection: ConnectionRef, direction: Direction): string | undefined {
  const { client, server } = connection;
  if (client === undefined || server === undefined) return undefined;
  return direction === 'client-to-server' ? `${client} ${arrow} ${server}` : `${server} ${arrow} ${client}`;
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
        `${paint(finding.severity)}: ${shownText(style, finding.message)} (${finding.code}${rfc})`,
      );
    })
    .join('');
}

/** What the status means, where it is not `ok`. */
export function statusField(style: Style, status: string, missing: number | bigint): string {
  if (status === 'ok') return '';
  // Whether the bytes after the end of a truncated frame were ever sent is not known.
  const what = status === 'truncated' ? 'did not come' : 'not captured';
  const lost = missing === 0 ? '' : `, ${count(missing, 'payload byte')} ${what}`;
  return field(style, 'Status', style.warning(`${status}${lost}`));
}
