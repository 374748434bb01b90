import { isBase64Line } from './text/base64-text.js';
import { hasBytes, parseRow } from './text/dump-row.js';
import { isLiteral } from './text/literal.js';

/** The forms of text that hold bytes, lines of hex apart. */
export type TextForm = 'dump' | 'literal' | 'base64';

/** Characters of a text that are looked at. */
export const TEXT_LOOKED_AT = 4096;

/** A prompt with the command that printed what follows, pasted with it. */
export const PROMPT = /^(?:[\w.@:~/-]*[$%#>]|PS .*>) /;
/** What tcpdump prints of a packet before its bytes: the time in one of its forms, then the protocol. */
const TCPDUMP =
  /^(?:\d{4}-\d\d-\d\d )?(?:\d\d:\d\d:\d\d\.\d{6,9}|\d{9,10}\.\d{6,9}) |^(?:IP6?|ARP|Loopback|ethertype)[ ,]/;
/** What tshark prints of a packet before its bytes: -V, a summary, the heading of several parts. */
const TSHARK = /^Frame (?:\d+: |\(\d+ bytes\))|^ *\d+ +\d+\.\d+ +\S+ .*(?:→|->|\xe2\x86\x92)/;
const COMMENT = /^#/;

/** What a text that is no line of hex holds by its first line; `undefined` where it holds no bytes. */
export function textForm(text: string): TextForm | undefined {
  const rest = skipPrompts(text.slice(0, TEXT_LOOKED_AT)).replace(/^(?:[ \t\r]*\n)+/, '');
  const line = /^[^\n]*/.exec(rest)![0].trimEnd();
  const row = parseRow(line, 1);
  if ((row !== undefined && hasBytes(row)) || TCPDUMP.test(line) || TSHARK.test(line)) return 'dump';
  if (isLiteral(rest)) return 'literal';
  return isBase64Line(line) ? 'base64' : undefined;
}

/** A text without the prompts, comments and empty lines that it begins with. */
export function skipPrompts(text: string): string {
  let at = 0;
  for (;;) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.slice(at);
    const line = text.slice(at, end);
    if (line.trim() !== '' && !PROMPT.test(line) && !COMMENT.test(line)) return text.slice(at);
    at = end + 1;
  }
}
