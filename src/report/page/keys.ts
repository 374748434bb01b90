import type { App } from './app.js';
import { button, h } from './dom.js';
import { t } from './words/words.js';

/** What keys do wherever nothing is typed. */
export function onKey(app: App, event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const isTyping = target.matches('input:not([type=checkbox],[type=radio]), select, textarea');
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    if (isTyping) target.blur();
    else if (app.isDetailOpen) app.select(app.selected, false);
    return;
  }
  if (isTyping || document.querySelector('dialog[open]') !== null) return;
  // A focused button takes Enter for itself.
  const isOnControl = target.matches('button, a, summary, input');
  const actions: Readonly<Record<string, () => void>> = {
    j: () => app.move(1),
    k: () => app.move(-1),
    t: () => app.setView('table'),
    c: () => app.setView('conversation'),
    '/': () => document.getElementById('filter')!.focus(),
    '?': showKeys,
    ...(isOnControl ? {} : { Enter: () => openSelected(app) }),
  };
  const action = actions[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function openSelected(app: App): void {
  if (app.selected === undefined) app.move(1);
  app.select(app.selected, true);
  document.getElementById('detail-title')?.focus();
}

/** What the keys are. */
export function keysDialog(): HTMLElement {
  const lines = t('helpKeys').split('|');
  return h(
    'dialog',
    { id: 'keys', attributes: { 'aria-labelledby': 'keys-title' } },
    h('h2', { id: 'keys-title' }, t('help')),
    h('ul', {}, ...lines.map((line) => h('li', {}, line))),
    button(t('close'), () => (document.getElementById('keys') as HTMLDialogElement).close()),
  );
}

/** Opens the list of keys. */
export function showKeys(): void {
  (document.getElementById('keys') as HTMLDialogElement).showModal();
}
