import { parseGoldenLine } from '../check/golden/golden.js';
import { FILLER } from './text/span.js';
import type { Redaction } from './redaction.js';

/** Members whose length is the one that was sent. */
const FIXED: ReadonlySet<string> = new Set(['text', 'closeReason']);
/** Members that are fields of HTTP. */
const HEADERS: Readonly<Record<string, string>> = {
  origin: 'origin',
  subprotocol: 'sec-websocket-protocol',
  extensions: 'sec-websocket-extensions',
};

/** Lines of a golden file with what the rules name replaced, as it is in a capture. Other lines stay. */
export function redactGolden(text: string, redaction: Redaction): string {
  return text
    .split('\n')
    .map((line) => redactLine(line, redaction))
    .join('\n');
}

function redactLine(line: string, redaction: Redaction): string {
  const record = parseGoldenLine(line);
  if (record === undefined) return line;
  const entries = Object.entries(record).map(([name, value]) => [name, redactMember(name, value, redaction)]);
  const changed = JSON.stringify(Object.fromEntries(entries));
  return changed === JSON.stringify(record) ? line : changed;
}

function redactMember(name: string, value: unknown, { texts }: Redaction): unknown {
  if (typeof value !== 'string' || name === 'type' || name === 'file' || name === 'direction') return value;
  if (name === 'base64') return texts.bytes(Buffer.from(value, 'base64')).toString('base64');
  const header = HEADERS[name];
  if (header !== undefined && texts.ruleOfHeader(header) !== undefined) return FILLER.repeat(Buffer.byteLength(value));
  const isHostHidden = name === 'url' && texts.ruleOfHeader('host') !== undefined;
  const url = isHostHidden
    ? value.replace(/(?<=:\/\/)[^/?#]*/u, (host) => FILLER.repeat(Buffer.byteLength(host)))
    : value;
  return texts.text(url, { isFixed: FIXED.has(name) });
}
