import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { everyKind, hostileCapture, strangersCapture } from './captures.js';
import { hasBrowser, Reports } from './browser.js';

const reports = new Reports();
afterAll(() => reports.close());

/** Texts of the page that stand out less from what is behind them than WCAG 2.2 asks for (1.4.3, AA). */
const FAINT = `(() => {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const channels = (color, below) => {
    context.fillStyle = below;
    context.fillRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const css = (rgb) => 'rgb(' + rgb.join(',') + ')';
  const light = (rgb) => {
    const [r, g, b] = rgb.map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const all = [];
    for (let one = element; one !== null; one = one.parentElement) all.unshift(getComputedStyle(one).backgroundColor);
    return all.reduce((below, color) => css(channels(color, below)), 'white');
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !element.checkVisibility() || element.closest('.hidden, :disabled, canvas, script, option')) continue;
    texts++;
    const style = getComputedStyle(element);
    const back = behind(element);
    const [low, high] = [light(channels(style.color, back)), light(channels(back, back))].sort((a, b) => a - b);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) faint.push(node.data.slice(0, 40) + ': ' + ratio.toFixed(2));
  }
  return { texts, faint };
})()`;

async function expectClear(page: Page): Promise<void> {
  const { texts, faint } = await page.evaluate<{ texts: number; faint: string[] }>(FAINT);
  expect(texts).toBeGreaterThan(50);
  expect(faint).toEqual([]);
}

describe.skipIf(!hasBrowser)('a page that is read', () => {
  it.each(['light', 'dark'] as const)('has no text that is too faint: %s', async (colorScheme) => {
    const { page } = await reports.show(everyKind(), [], { colorScheme, hash: '#m=5' });
    await expectClear(page);
    await page.locator('#filter').fill('get');
    await page.locator('.rows mark').first().waitFor();
    await expectClear(page);
    await page.getByRole('button', { name: 'Show all messages' }).click();
    await page.locator('[data-view=conversation]').click();
    await expectClear(page);
    await page.keyboard.press('?');
    await expectClear(page);
  });

  it.each(['light', 'dark'] as const)('has no text that is too faint where a check failed: %s', async (colorScheme) => {
    const capture = new URL('../../fixtures/violations/server-masked.pcap', import.meta.url).pathname;
    const file = `${reports.folder}/check-${colorScheme}.html`;
    const { run } = await import('../cli/fake-io.js');
    await run(['check', '-q', '--reporter', `html=${file}`, capture]);
    const { page } = await reports.open(file, { colorScheme, hash: '#m=1' });
    await expectClear(page);
  });

  it('has an order of the focus that is that of the page', async () => {
    const { page } = await reports.show(strangersCapture(), [], { hash: '#m=2' });
    expect(await page.locator('[tabindex]:not([tabindex="0"], [tabindex="-1"])').count()).toBe(0);
    await page.evaluate("document.querySelector('header button').focus()");
    const places: string[] = [];
    for (let press = 0; press < 120; press++) {
      const place = await page.evaluate<string>(
        "document.activeElement.closest('#time-lines, .list, #detail')?.id || document.activeElement.closest('header, #messages > .buttons, .table')?.className || ''",
      );
      if (place === '') break;
      if (places.at(-1) !== place) places.push(place);
      await page.keyboard.press('Tab');
    }
    expect(places).toEqual([
      'bar',
      'time-lines',
      'connections',
      'gaps',
      'calls',
      'findings',
      'buttons no-print',
      'table',
      'detail',
    ]);
  });

  it('keeps the focus where what had it goes', async () => {
    const { page } = await reports.show(strangersCapture());
    const focused = (): Promise<string> =>
      page.evaluate<string>(
        'document.activeElement.id || document.activeElement.className || document.activeElement.tagName',
      );
    await page.locator('.grid').focus();
    for (const key of ['j', 'j', 'j', 'j', 'j', 'Enter']) await page.keyboard.press(key);
    expect(await focused()).toBe('detail-title');
    await page.locator('#detail').getByRole('button', { name: 'Call answered' }).focus();
    await page.keyboard.press('Enter');
    expect([await page.locator('#detail-title').innerText(), await focused()]).toEqual(['Message 6', 'detail-title']);
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('grid');
    await page.keyboard.press('j');
    expect(await page.locator('[aria-selected=true]').getAttribute('data-row')).toBe('7');
    await page.keyboard.press('c');
    await page.keyboard.press('Enter');
    await page.locator('#detail').getByRole('button', { name: 'Close' }).click();
    expect(await focused()).toBe('log');
    await page.getByRole('button', { name: '日本語' }).click();
    expect(await focused()).toBe('language');
  });

  it('tells a screen reader what is a table, what is sorted, what is chosen, and where a row is', async () => {
    const { page } = await reports.show(strangersCapture());
    const grid = page.getByRole('grid', { name: 'Messages' });
    expect(await grid.getAttribute('aria-rowcount')).toBe('27');
    await grid.getByRole('columnheader', { name: 'size' }).getByRole('button').click();
    expect(await grid.getByRole('columnheader', { name: 'size' }).getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('j');
    const active = await grid.getAttribute('aria-activedescendant');
    expect(await page.locator(`#${active!}`).getAttribute('aria-selected')).toBe('true');
    expect(await page.locator(`#${active!}`).getAttribute('aria-rowindex')).toBe('2');
    for (const [role, name] of [
      ['application', /^Time lines of 4 connections with 26 messages/],
      ['img', /^Time lines of 4 connections/],
      ['region', 'Connections'],
      ['status', ''],
      ['searchbox', 'Filter'],
      ['combobox', 'Filter by'],
      ['main', ''],
      ['banner', ''],
    ] as const) {
      expect(await page.getByRole(role, name === '' ? {} : { name }).count(), role).toBeGreaterThan(0);
    }
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    const levels = await page.evaluate<number[]>(
      "[...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]))",
    );
    levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1));
  });

  it('shows both languages with every word of its own', async () => {
    const { page } = await reports.show(hostileCapture(), [], { locale: 'ja-JP', hash: '#m=1' });
    const text = await page.locator('#app').innerText();
    for (const english of ['Summary', 'Time lines', 'Connections', 'Messages', 'Frames', 'Bytes', 'Show all']) {
      expect(text).not.toContain(english);
    }
    for (const japanese of ['概要', 'タイムライン', '接続', 'メッセージ', 'フレーム', 'バイト列'])
      expect(text).toContain(japanese);
  });
});
