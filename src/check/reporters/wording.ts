import { streamName } from '../../events.js';
import { count, spacedHex } from '../../common/words.js';
import type { Finding } from '../../common/finding.js';
import { decodeUtf8, ESCAPED } from '../../output/sanitize.js';
import type { Evidence } from '../rules/evidence.js';
import type { CheckSummary, Claim, Violation } from '../report.js';
import { shown, shownJson } from '../shown.js';

/** What a violation is, without its place; safe to print. */
export function whatOf({ finding }: Violation): string {
  return shown(finding.message);
}

/** The code and the section: `ws.reserved-opcode, RFC 6455 5.2`. */
export function ruleOf({ code, rfc }: Finding): string {
  return rfc === undefined ? code : `${code}, ${rfc}`;
}

/** `packet 8, stream 0, 127.0.0.1:50123 -> 127.0.0.1:8008, client to server`; empty where nothing is known. */
export function placeOf({ finding, client, server }: Violation, arrow: string): string {
  const { packet, stream, http2Stream, direction, offset } = finding;
  const parts: string[] = [];
  if (packet !== undefined) parts.push(`packet ${packet}`);
  if (stream !== undefined) parts.push(`stream ${streamName({ stream, http2Stream })}`);
  if (client !== undefined && server !== undefined) {
    const isFromServer = direction === 'server-to-client';
    parts.push(isFromServer ? `${server} ${arrow} ${client}` : `${client} ${arrow} ${server}`);
  }
  if (direction !== undefined) parts.push(direction.replaceAll('-', ' '));
  if (offset !== undefined && stream === undefined) parts.push(`byte ${offset} of the file`);
  return parts.join(', ');
}

/** One line for each piece of evidence: `header   83 85 e1 a4 c6 1d`; safe to print. */
export function evidenceLines(evidence: readonly Evidence[]): string[] {
  return evidence.map(({ name, hex, bytes, line, more }) => {
    const label = name.padEnd(9);
    const rest = more === 0 ? '' : ` ... ${more} more`;
    if (line !== undefined) return `${label}${shown(line)}${rest}`;
    return `${label}${spacedHex(hex ?? '')}${rest}${bytes === undefined ? '' : `  ${quoted(bytes)}`}`;
  });
}

/** What is wrong with a claim, in lines that are safe to print. */
export function claimLines({ kind, name, message, detail }: Claim): string[] {
  if (kind !== 'expectation' && kind !== 'golden') return [shown(message), ...detail.map(shown)];
  // What the details quote is JSON, which has its own escapes.
  return [`${kind} ${shown(name)}: ${shown(message)}`, ...detail.map(shownJson)];
}

/** One line of counts. */
export function summaryLine({ captures, connections, counts, unmet, unreadable }: CheckSummary): string {
  const parts = [
    count(counts.error, 'error'),
    count(counts.warning, 'warning'),
    count(counts.note, 'note'),
    ...(counts.allowed === 0 ? [] : [`${counts.allowed} allowed`]),
    ...(unmet.expectation === 0 ? [] : [count(unmet.expectation, 'failed expectation')]),
    ...(unmet.golden === 0 ? [] : [count(unmet.golden, 'golden difference')]),
    ...(unmet.connection === 0 ? [] : [`${unmet.connection} without WebSocket`]),
    ...(unmet.complete === 0 ? [] : [`${unmet.complete} not complete`]),
    ...(unreadable === 0 ? [] : [`${unreadable} unreadable`]),
  ];
  const scope = `${count(captures, 'capture')}, ${count(connections, 'WebSocket connection')}`;
  return `${scope}: ${parts.join(', ')}`;
}

function quoted(bytes: Buffer): string {
  const text = shown(decodeUtf8(bytes));
  return text.startsWith(ESCAPED) ? `${ESCAPED}"${text.slice(ESCAPED.length)}"` : `"${text}"`;
}
