import { h } from '../dom.js';
import type { Category } from '../views/row-text.js';

/** What messages are told apart by, each in a colour of its own. */
export const CATEGORIES: readonly Category[] = ['text', 'binary', 'call', 'reply', 'error', 'close', 'ping', 'loss'];

const COLORS = ['panel', 'line', 'muted', 'text', 'brush', 'chosen', ...CATEGORIES.map((name) => `k-${name}`)];

/** The colours of the page, as its style sheet has them: which one of light and dark it is, only an element knows. */
export function colorsOf(parent: HTMLElement): ReadonlyMap<string, string> {
  const probe = h('i', { hidden: true });
  parent.append(probe);
  const style = getComputedStyle(probe);
  const colors = COLORS.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, style.color] as const;
  });
  probe.remove();
  return new Map(colors);
}
