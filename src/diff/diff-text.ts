import { safeJson } from '../output/json/safe-json.js';
import { sanitize } from '../output/sanitize.js';
import type { Style } from '../output/style.js';
import { count } from '../common/words.js';
import type { Difference } from './compare.js';

/** Characters of one value that are shown. */
const WIDEST = 200;

/** The two sides of a comparison, as they are named. */
export interface DiffNames {
  readonly before: string;
  readonly after: string;
}

/** Differences for people: a unified text, safe to print. Nothing where nothing differs. */
export function diffText(found: readonly Difference[], { before, after }: DiffNames, style: Style): string {
  if (found.length === 0) return '';
  const lines = [`--- ${sanitize(before)}`, `+++ ${sanitize(after)}`];
  for (const difference of found) {
    lines.push(style.heading(`@@ ${sanitize(headOf(difference))} @@`));
    for (const value of difference.values) lines.push(...valueLines(value, difference.kind, style));
  }
  lines.push(count(found.length, 'difference'));
  return lines.map((line) => `${line}\n`).join('');
}

function headOf({ kind, connection, url, sender, message, call }: Difference): string {
  const where = `connection ${connection}${url === undefined ? '' : ` ${url}`}`;
  if (kind === 'connection-missing') return `${where}: missing`;
  if (kind === 'connection-extra') return `${where}: extra`;
  if (kind === 'handshake') return `${where}: handshake and close`;
  if (call !== undefined) return `${where}, call ${call}: ${kind}`;
  return `${where}, ${sender!} message ${message!}: ${kind}`;
}

function valueLines({ path, before, after }: Difference['values'][number], kind: string, style: Style): string[] {
  if (kind === 'missing') return [style.error(`- ${shown(before)}`)];
  if (kind === 'extra') return [style.warning(`+ ${shown(after)}`)];
  const name = sanitize(path);
  if (before === undefined) return [`+ ${name}: ${shown(after)}`];
  if (after === undefined) return [`- ${name}: ${shown(before)}`];
  return [`  ${name}: ${shown(before)} ${style.arrow} ${shown(after)}`];
}

function shown(text = ''): string {
  return sanitize(text.length > WIDEST ? `${text.slice(0, WIDEST)}...` : text);
}

/** Differences as JSON lines, and a summary. */
export function diffRecords(found: readonly Difference[], { before, after }: DiffNames): string {
  const records = found.map((difference) => ({ type: 'difference', ...difference }));
  const summary = { type: 'summary', before, after, differences: found.length, same: found.length === 0 };
  return [...records, summary].map((record) => `${safeJson(record)}\n`).join('');
}
