import { safeJson } from '../output/json/safe-json.js';
import { sanitize } from '../output/sanitize.js';
import type { Style } from '../output/style.js';
import { count } from '../common/words.js';
import type { Difference } from './difference.js';

/** Characters of one value that are shown. */
const WIDEST = 200;

/** The two sides of a comparison, as they are named. */
export interface DiffNames {
  readonly before: string;
  readonly after: string;
}

/** How differences are written. */
export interface DiffForm {
  /** What stands before the first one. */
  readonly head: string;
  of(difference: Difference): string;
  /** What stands after all of them. @param found - how many there are */
  end(found: number): string;
}

/** For people: a unified text, safe to print. Nothing where nothing differs. */
export function diffText({ before, after }: DiffNames, style: Style): DiffForm {
  return {
    head: `--- ${sanitize(before)}\n+++ ${sanitize(after)}\n`,
    of: (difference) => {
      const head = style.heading(`@@ ${sanitize(headOf(difference))} @@`);
      const values = difference.values.flatMap((value) => valueLines(value, difference.kind, style));
      return [head, ...values].map((line) => `${line}\n`).join('');
    },
    end: (found) => (found === 0 ? '' : `${count(found, 'difference')}\n`),
  };
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

/** JSON lines, and a summary. */
export function diffRecords({ before, after }: DiffNames): DiffForm {
  return {
    head: '',
    of: (difference) => `${safeJson({ type: 'difference', ...difference })}\n`,
    end: (found) => `${safeJson({ type: 'summary', before, after, differences: found, same: found === 0 })}\n`,
  };
}
