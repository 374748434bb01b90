import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { consoleBlocks } from '../../scripts/console-blocks.js';
import { readPage, urlOf } from './pages.js';

const PAGES = ['README.ja.md', ...readdirSync(urlOf('docs/')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.ja.md'),
);

/** The sentences of a page: no blocks, no code, no addresses. */
function sentences(page: string): string {
  return readPage(page)
    .replace(/^```.*?^```$/gms, '')
    .replace(/`[^`\n]*`/g, 'x')
    .replace(/\]\([^)]*\)/g, ']');
}

describe.each(PAGES)('%s', (page) => {
  it('has one way to write each word', () => {
    const text = sentences(page);
    for (const word of [
      'サーバ',
      'ヘッダ',
      'ブラウザ',
      'キャプチャ',
      'エンコーダ',
      'デコーダ',
      'コンパイラ',
      'ディレクトリ',
      'ライブラリ',
    ]) {
      expect(text).not.toMatch(new RegExp(`${word}(?!ー)`));
    }
    for (const word of ['伸長', '解凍', '機械']) expect(text).not.toContain(word);
  });

  it('has brackets as wide as what stands in them', () => {
    expect(sentences(page)).not.toMatch(/\([^()]*[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}][^()]*\)/u);
  });

  it('shows the commands and outputs of the English page', () => {
    // The files that the commands write have names of their own in each language.
    const blocks = (text: string): unknown =>
      consoleBlocks(text.replaceAll(/[.-]ja\b/g, '')).map(({ notRun, needs, commands }) => ({
        notRun,
        needs,
        commands: commands.map(({ command, output }) => ({ command, output })),
      }));
    expect(blocks(readPage(page))).toEqual(blocks(readPage(page.replace('.ja.md', '.md'))));
  });
});
