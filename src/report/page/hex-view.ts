import { hexDump } from '../../output/hex-dump.js';
import { button, h } from './dom.js';
import { t } from './words.js';

/** Bytes that are shown at first; a button shows the rest. */
const FIRST = 4096;

/** Bytes as a hex dump that can be scrolled. */
export function hexView(bytes: Uint8Array): HTMLElement {
  const block = h('pre', { class: 'hex', tabIndex: 0 }, hexDump(bytes.subarray(0, FIRST)));
  if (bytes.length <= FIRST) return block;
  const more = button(t('more', bytes.length - FIRST), () => {
    block.textContent = hexDump(bytes);
    more.remove();
  });
  return h('div', {}, block, more);
}
