import { hexDump } from '../../../output/text/hex-dump.js';
import { button, h } from '../dom.js';
import { t } from '../words/words.js';

/** Bytes that are shown at first; a button shows the rest. */
const FIRST = 4096;

/** Bytes as a hex dump that can be scrolled. */
export function hexView(bytes: Uint8Array): HTMLElement {
  const block = h('pre', { class: 'hex', tabIndex: 0 }, dump(bytes.subarray(0, FIRST)));
  if (bytes.length <= FIRST) return block;
  const more = button(t('more', bytes.length - FIRST), () => {
    block.textContent = dump(bytes);
    more.remove();
  });
  return h('div', {}, block, more);
}

/** The dump without its last line end, which would be an empty line. */
function dump(bytes: Uint8Array): string {
  return hexDump(bytes).slice(0, -1);
}
