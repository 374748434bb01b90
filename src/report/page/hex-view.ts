import { h } from './dom.js';
import type { PageBytes } from './page-bytes.js';
import { t } from './words.js';

const ROW = 16;
const HALF = 8;
/** Bytes that are shown at first; a button shows the rest. */
const FIRST = 4096;

/** Bytes as a hex dump: offset, hex, and those that are printable ASCII. */
export function hexDump(bytes: PageBytes): HTMLElement {
  const block = h('pre', { class: 'hex', tabIndex: 0 }, dump(bytes.subarray(0, FIRST)));
  if (bytes.length <= FIRST) return block;
  const more = h('button', { type: 'button', on: { click: () => showAll() } }, t('more', bytes.length - FIRST));
  const showAll = (): void => {
    block.textContent = dump(bytes);
    more.remove();
  };
  return h('div', {}, block, more);
}

function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    const digits = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
    const hex = `${digits.slice(0, HALF).join(' ')}  ${digits.slice(HALF).join(' ')}`.padEnd(ROW * 3 + 1);
    const ascii = Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex} ${ascii}`);
  }
  return lines.join('\n');
}
