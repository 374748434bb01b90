import { sanitize } from '../../../output/sanitize.js';
import { append, button, h } from '../dom.js';
import type { JsonNode } from '../data/json-source.js';
import { t } from '../words/words.js';

/** Floors of the tree that are open at first. */
const OPEN = 2;
/** Members that are made at a time. */
const PIECE = 200;

/** A value as a tree whose branches open and close. What is closed is not made. */
export function jsonTree(node: JsonNode, name?: string, depth = 0): HTMLElement {
  const label = name === undefined ? undefined : h('span', { class: 'json-name' }, sanitize(name), ': ');
  if (node.kind === 'string' || node.kind === 'other') {
    const text = node.kind === 'string' ? `"${sanitize(node.text)}"` : sanitize(node.text);
    return h('div', { class: 'json-leaf' }, label, h('span', { class: `json-${node.kind}` }, text));
  }
  const entries: readonly (readonly [string, JsonNode])[] =
    node.kind === 'object' ? node.members : node.items.map((item, index) => [String(index), item]);
  const braces = node.kind === 'object' ? `{${entries.length}}` : `[${entries.length}]`;
  if (entries.length === 0) return h('div', { class: 'json-leaf' }, label, node.kind === 'object' ? '{}' : '[]');
  const body = h('div', { class: 'json-body' });
  const details = h('details', { open: depth < OPEN }, h('summary', {}, label, braces), body);
  let made = 0;
  const make = (): void => {
    const piece = entries.slice(made, made + PIECE);
    made += piece.length;
    append(
      body,
      piece.map(([key, value]) => jsonTree(value, key, depth + 1)),
    );
    const rest = entries.length - made;
    if (rest === 0) return;
    const more = button(t('more', rest), () => {
      more.remove();
      make();
    });
    body.append(more);
  };
  if (details.open) make();
  else details.addEventListener('toggle', () => made === 0 && make());
  return details;
}
