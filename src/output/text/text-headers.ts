import type { Handshake, HttpHead } from '../../http/handshake.js';
import { isSecretField } from '../../http/messages/secret-fields.js';
import { ShownText } from '../shown-text.js';
import type { Style } from '../style.js';

/**
 * The heads of a handshake, a line for each of their lines: what the client sent, then the answer. Where a value is left
 * out there is no colon, which every line has that was sent; words of wsdissect's own about a head stand in parentheses.
 */
export function headLines(style: Style, { request, response }: Handshake): ShownText[] {
  return [...linesOf(style, '>', request), ...linesOf(style, '<', response)];
}

function linesOf(style: Style, mark: string, head: HttpHead | undefined): ShownText[] {
  if (head === undefined) return [];
  const line = (text: string, words = ''): ShownText => new ShownText(style, text, [], `${mark} ${words}`);
  return [
    ...(head.startLine === '' ? [] : [line(head.startLine)]),
    ...head.fields.map(([name, value]) => line(isSecretField(name) ? `${name} (value left out)` : `${name}: ${value}`)),
    ...(head.cut === true ? [line('', '(not all of this head is known)')] : []),
  ];
}
