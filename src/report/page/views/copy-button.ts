import { button, h } from '../dom.js';
import { t } from '../words/words.js';

/**
 * A button that copies text.
 *
 * Browsers let a page from a disk or from https do that. Over plain http, or in a frame of a code host, they may not: then
 * the text is shown and chosen, so that a key copies it.
 *
 * @param text - `undefined` where not all of it is on the page
 */
export function copyButton(label: string, text: string | undefined): HTMLElement {
  const told = h('span', { role: 'status', class: 'copied' });
  const shown = h('textarea', {
    ...{ readOnly: true, hidden: true, value: text ?? '', rows: 3 },
    attributes: { 'aria-label': label },
  });
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(shown.value);
      told.textContent = t('copied');
    } catch {
      told.textContent = t('copyByKey');
      shown.hidden = false;
      shown.select();
    }
  };
  const made = button(label, () => void copy());
  made.disabled = text === undefined;
  if (text === undefined) made.title = t('cannotCopyCut');
  return h('span', {}, made, ' ', told, shown);
}
