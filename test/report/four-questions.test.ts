import type { Locator, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { hasBrowser, Reports } from './browser.js';
import { strangersCapture } from './captures.js';

const reports = new Reports();
afterAll(() => reports.close());

/** Presses Tab until an element has the focus. */
async function reach(page: Page, target: Locator): Promise<void> {
  for (let press = 0; press < 300; press++) {
    if ((await target.and(page.locator(':focus')).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not reach it');
}

/** Ways to get somewhere: a click, or keys alone. */
const WAYS: Readonly<Record<string, (page: Page, target: Locator) => Promise<void>>> = {
  'the mouse': (_, target) => target.click(),
  'keys alone': async (page, target) => {
    await reach(page, target);
    await page.keyboard.press('Enter');
  },
};

// Each of these opens the file and nothing else: what leads to the answer is on the page.
describe.skipIf(!hasBrowser).each(Object.entries(WAYS))('a stranger who has only the file, with %s', (_, go) => {
  it('finds which connection failed', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    const failed = page.locator('#connections tbody tr', { hasText: 'failed' });
    expect(await failed.locator('td:nth-child(2)').allInnerTexts()).toEqual([
      'failed closed with 1011 by the server: no stock',
      'failed refused: HTTP 403',
    ]);
    await go(page, failed.nth(0).getByRole('button'));
    expect(await page.locator('#count').innerText()).toBe('5 of 26 messages, connection 1');
    expect(await page.locator('.log').innerText()).toContain('closed with 1011 by the server: no stock');
    await go(page, failed.nth(1).getByRole('button'));
    expect(await page.locator('#count').innerText()).toBe('0 of 26 messages, connection 3');
    expect(await page.locator('.log').innerText()).toContain('refused: HTTP 403');
    expect(complaints).toEqual([]);
  });

  it('finds what was said before it failed', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    await go(page, page.locator('#connections tbody tr', { hasText: '1011' }).getByRole('button'));
    const said = page.locator('.bubble', { hasText: 'buy 100 apples' });
    expect(await page.locator('.bubble-text').allInnerTexts()).toEqual([
      'sell 5 pears',
      'sold',
      'buy 100 apples',
      '1011 no stock',
      '1011 no stock',
    ]);
    await go(page, said.getByRole('button'));
    expect(await page.locator('#detail').innerText()).toContain('client to server');
    expect(await page.locator('#detail pre.text').innerText()).toBe('buy 100 apples');
    expect(complaints).toEqual([]);
  });

  it('finds which call took longest, what was asked and what the answer was', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    const [longest] = await page.locator('#calls tbody tr').all();
    expect(await longest!.innerText()).toMatch(/^checkout #3\s+871 ms\s+ok\s+0\s+client to server/);
    await go(page, longest!.getByRole('button'));
    expect(await page.locator('#detail pre.text').innerText()).toContain('"method":"checkout"');
    await go(page, page.locator('#detail').getByRole('button', { name: 'Call answered by message 6 after 871 ms' }));
    expect(await page.locator('#detail pre.text').innerText()).toContain('"result":{"ok":true}');
    await go(page, page.locator('#detail').getByRole('button', { name: 'Answers message 5 after 871 ms' }));
    expect(await page.locator('#detail-title').innerText()).toBe('Message 5');
    expect(complaints).toEqual([]);
  });

  it('finds which bytes are missing, between which packets, and between which messages', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    expect(await page.locator('#summary').innerText()).toContain('20 bytes in 1 hole not captured');
    const hole = page.locator('#gaps tbody tr');
    expect(await hole.allInnerTexts()).toEqual([
      expect.stringMatching(/^20 bytes\s+2\s+server to client\s+after packet \d+, before packet \d+/),
    ]);
    await go(page, hole.getByRole('button'));
    expect(await page.locator('#count').innerText()).toBe('9 of 26 messages, connection 2');
    await go(page, page.locator('[data-view=conversation]'));
    const log = await page.locator('.log > li').allInnerTexts();
    const at = log.findIndex((text) => text.startsWith('hole: 20 bytes not captured, server to client'));
    const news = (texts: readonly string[]): string[] => texts.flatMap((text) => /news \d/.exec(text)?.[0] ?? []);
    expect([news(log.slice(0, at)).at(-1), news(log.slice(at))[0]]).toEqual(['news 3', 'news 4']);
    expect(complaints).toEqual([]);
  });
});
