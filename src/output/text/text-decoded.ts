import { count } from '../../common/words.js';
import type { DecodedMessage, Meaning } from '../../subprotocol/sub-protocol.js';
import { prettyJson } from '../json/pretty-json.js';
import { ShownText, shownText, spansOf } from '../shown-text.js';
import type { Style } from '../style.js';
import { field, remark, type TextOptions } from './text-layout.js';

/** Things in one message of which each has lines of its own. */
const MOST_ITEMS = 100;

/** What a message means, in one line: `socket.io call save, id 17, in /admin`; in parts, for whoever has to cut it. */
export function meaningParts(style: Style, protocol: string, { kind, name, id, channel }: Meaning): ShownText[] {
  const own = (words: string, captured = ''): ShownText => new ShownText(style, captured, [], words);
  const parts = [name === undefined || name === kind ? own(`${protocol} ${kind}`) : own(`${protocol} ${kind} `, name)];
  if (id !== undefined) parts.push(own(', id ', String(id)));
  if (channel !== undefined) parts.push(own(', in ', channel));
  return parts;
}

function meaningLine(style: Style, protocol: string, meaning: Meaning): string {
  return meaningParts(style, protocol, meaning)
    .map((part) => part.painted())
    .join('');
}

/**
 * What a message means, and what of it the payload below does not show: that of binary formats.
 *
 * @param isShown - the payload is text, and shown as it was sent
 */
export function decodedFields(options: TextOptions, decoded: DecodedMessage, isShown: boolean): string {
  const { style } = options;
  let lines = '';
  for (const item of decoded.items.slice(0, MOST_ITEMS)) {
    lines += field(style, 'Decoded', meaningLine(style, item.protocol ?? decoded.protocol, item));
    const value = item.value ?? item.raw;
    if (!isShown && value !== undefined) lines += valueField(options, value);
  }
  const more = decoded.items.length - MOST_ITEMS;
  return more > 0 ? lines + remark(style, `${count(more, 'more thing')} in this message`) : lines;
}

function valueField({ style, maxPayload, isPretty, match }: TextOptions, value: string): string {
  if (maxPayload === 0) return '';
  const shown = value.slice(0, maxPayload);
  const pretty = isPretty ? prettyJson(value, shown.length) : undefined;
  const lines = pretty ?? [shown];
  const text = lines
    .map((line, index) => field(style, index === 0 ? 'Value' : '', shownText(style, line, spansOf(match, line))))
    .join('');
  const hidden = value.length - shown.length;
  return hidden > 0 ? text + remark(style, `${count(hidden, 'more character')} not shown (--max-payload)`) : text;
}
