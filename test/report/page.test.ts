import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { ATTACKS, hostileCapture, manyMessages, strangersCapture } from './captures.js';
import { hasBrowser, Reports } from './browser.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const reports = new Reports();
afterAll(() => reports.close());

/** The scripts that stand compressed in a page. */
function packedScripts(html: string): string[] {
  return ['page-code', 'filter-code'].map((id) => {
    const [, base64] = new RegExp(`id="${id}">([^<]*)<`).exec(html)!;
    return inflateRawSync(Buffer.from(base64!, 'base64')).toString('utf8');
  });
}

const fixture = (name: string): string => new URL(name, FIXTURES).pathname;

// Without a browser there is nothing to look at the page with; in CI there is one.
describe.skipIf(!hasBrowser)('the page of a report, in Chromium', () => {
  it('has summary, time lines and the first rows on opening, and complains about nothing', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    expect(await page.locator('#summary dt').count()).toBeGreaterThan(8);
    expect(await page.locator('#time-lines canvas').count()).toBe(1);
    expect(await page.locator('.rows .row').count()).toBeGreaterThan(15);
    const isPainted = await page.evaluate(`(() => {
      const canvas = document.querySelector('#time-lines canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(data.filter((_, index) => index % 4 === 0)).size > 5;
    })()`);
    expect(isPainted).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('opens the row of a click whose rows are drawn anew before the button is released', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    const row = page.locator('.rows .row').nth(3);
    const number = await row.getAttribute('data-row');
    await row.hover();
    await page.mouse.down();
    await page.evaluate(`new Promise((resolve) => {
      document.querySelector('.grid').dispatchEvent(new Event('scroll'));
      requestAnimationFrame(() => requestAnimationFrame(resolve));
    })`);
    await page.mouse.up();
    expect(await page.locator('#detail-title').allInnerTexts()).toEqual([expect.stringMatching(` ${number}$`)]);
    expect(complaints).toEqual([]);
  });

  it.each([
    'browser-deflate.pcap',
    'deflate-fragments.pcap',
    'loss-mid-frame.pcap',
    'socketio-websocket.pcap',
    'h2c.pcap',
  ])('has the records of messages --json, byte for byte: %s', async (name) => {
    const { stdout } = await run(['messages', '--json', '-q', fixture(name)]);
    const { page, complaints } = await reports.show(fixture(name), ['--max-payload', '1G']);
    const records = stdout.trimEnd().split('\n');
    expect(await page.locator('.grid').getAttribute('aria-rowcount')).toBe(String(records.length + 1));
    await page.evaluate(`
      globalThis.copied = [];
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: (text) => Promise.resolve(copied.push(text)) },
      });
    `);
    for (let number = 1; number <= Math.min(records.length, 30); number++) {
      await page.evaluate(`location.hash = '#m=${number}'`);
      await page.locator('#detail-title', { hasText: new RegExp(` ${number}$`) }).waitFor();
      await page.getByRole('button', { name: 'Copy as JSON' }).click();
    }
    const copied = await page.evaluate<string[]>('copied');
    expect(copied.map((line) => line.trimEnd())).toEqual(records.slice(0, 30));
    expect(complaints).toEqual([]);
  });

  it('lets nothing captured run, escape or leave', async () => {
    for (const capture of [hostileCapture(), fixture('terminal-attack.pcap')]) {
      const file = await reports.write(capture);
      const { page, complaints } = await reports.open(file);
      const rows = Number(await page.locator('.grid').getAttribute('aria-rowcount')) - 1;
      for (let number = 1; number <= rows; number++) {
        await page.evaluate(`location.hash = '#m=${number}'`);
        await page.locator('#detail-title', { hasText: new RegExp(` ${number}$`) }).waitFor();
      }
      await page.locator('[data-view=conversation]').click();
      expect(await page.title()).not.toContain('owned');
      expect(await page.locator('#app img, #app svg, #app script, #app iframe, #app b:not([class])').count()).toBe(
        await page.locator('#app .facts b').count(),
      );
      expect(await page.evaluate('({}).polluted')).toBeUndefined();
      const text = await page.locator('#app').innerText();
      expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029\u001b]/);
      expect(complaints).toEqual([]);
    }
  });

  it('shows hostile text as text', async () => {
    const { page } = await reports.show(hostileCapture());
    const shown = await page.locator('.rows .row .cell:last-child').allInnerTexts();
    expect(shown).toContain(ATTACKS[0]);
    expect(shown).toContain('(escaped) user\\u{202e}exe.txt');
  });

  it('runs nothing that is not its own: the policy names its script and its style', async () => {
    const file = await reports.write(strangersCapture());
    const html = readFileSync(file, 'utf8');
    const policy = /content="(default-src[^"]+)"/.exec(html)?.[1];
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+' 'sha256-[^']+' 'sha256-[^']+'; base-uri 'none'/,
    );
    const scripts = packedScripts(html);
    expect(scripts.map(({ length }) => length > 50_000)).toEqual([true, true]);
    for (const text of [html, ...scripts]) {
      expect(text).not.toMatch(
        / on[a-z]+=|https?:\/\/(?!example)|localStorage|sessionStorage|indexedDB|document\.cookie/,
      );
    }
    const named = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    for (const digest of named) expect(policy).toContain(digest);
    const { page, complaints } = await reports.open(file);
    await page.evaluate(`
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.body.append(script);
      const style = document.createElement('style');
      style.textContent = 'body { display: none }';
      document.body.append(style);
    `);
    const fetched = await page.evaluate("fetch('https://example.test/').then(() => 'fetched', () => 'refused')");
    expect(fetched).toBe('refused');
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('body').isVisible()).toBe(true);
    expect(complaints.filter((line) => line.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(3);
  });

  it('filters by text, marks it, and shows all again', async () => {
    const { page } = await reports.show(strangersCapture());
    await page.locator('#filter').fill('APPLES');
    await page.locator('#count', { hasText: /^1 of / }).waitFor();
    expect(await page.locator('.rows mark').allInnerTexts()).toEqual(['apples']);
    await page.getByRole('button', { name: 'Show all messages' }).click();
    expect(await page.locator('#filter').inputValue()).toBe('');
    expect(await page.locator('.rows mark').count()).toBe(0);
  });

  it('sorts by a column, hides one, and makes one wider', async () => {
    const { page } = await reports.show(strangersCapture());
    const sizes = async (): Promise<number[]> =>
      (await page.locator('.rows .row .cell:nth-child(7)').allInnerTexts()).map(Number);
    await page.locator('.grid [role=columnheader]', { hasText: 'size' }).getByRole('button').click();
    const ascending = await sizes();
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
    await page.locator('.grid [role=columnheader]', { hasText: 'size' }).getByRole('button').click();
    expect((await sizes())[0]).toBeGreaterThan(ascending[0]!);
    expect(await page.locator('.grid [role=columnheader]', { hasText: 'size' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    await page.getByText('Columns').click();
    await page.locator('.menu').getByLabel('name').uncheck();
    expect(await page.locator('.grid [role=columnheader]').count()).toBe(7);
    const handle = page.locator('.grid [role=columnheader]', { hasText: 'kind' }).locator('.handle');
    const before = (await page.locator('.grid [role=columnheader]', { hasText: 'kind' }).boundingBox())!.width;
    const box = (await handle.boundingBox())!;
    await page.mouse.move(box.x + 3, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(box.x + 53, box.y + 5);
    await page.mouse.up();
    expect((await page.locator('.grid [role=columnheader]', { hasText: 'kind' }).boundingBox())!.width).toBeCloseTo(
      before + 50,
      0,
    );
  });

  it('is used with keys alone', async () => {
    const { page } = await reports.show(strangersCapture());
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.locator('[aria-selected=true]').getAttribute('data-row')).toBe('1');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    expect(await page.locator('#detail-title').innerText()).toBe('Message 2');
    await page.keyboard.press('Escape');
    expect(await page.locator('#detail').isVisible()).toBe(false);
    await page.keyboard.press('/');
    await page.keyboard.type('apples?');
    expect(await page.locator('#filter').inputValue()).toBe('apples?');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.locator('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
  });

  it('opens the row that a link names, and gives each row a link', async () => {
    const file = await reports.write(strangersCapture());
    const { page } = await reports.open(file, { hash: '#c=0&m=3' });
    expect(await page.locator('#detail-title').innerText()).toBe('Message 3');
    await page.locator('[data-row="5"]').click();
    expect(await page.evaluate('location.hash')).toBe('#c=0&m=5');
    const other = await reports.open(file, { hash: '#c=1&m=3' });
    expect(await other.page.locator('#detail').isVisible()).toBe(false);
  });

  it('is dark where the system is, and switches', async () => {
    const file = await reports.write(strangersCapture());
    const background = (shown: Awaited<ReturnType<Reports['open']>>): Promise<string> =>
      shown.page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const dark = await reports.open(file, { colorScheme: 'dark' });
    const light = await reports.open(file, { colorScheme: 'light' });
    const [darkColor, lightColor] = [await background(dark), await background(light)];
    expect(darkColor).not.toBe(lightColor);
    await dark.page.getByRole('button', { name: 'Dark or light' }).click();
    expect(await background(dark)).toBe(lightColor);
    await light.page.getByRole('button', { name: 'Dark or light' }).click();
    expect(await background(light)).toBe(darkColor);
  });

  it('speaks Japanese where the browser does, and switches', async () => {
    const { page, complaints } = await reports.show(strangersCapture(), [], { locale: 'ja-JP' });
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    expect(await page.locator('#summary h2').innerText()).toBe('概要');
    await page.locator('[data-row="2"]').click();
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('#summary h2').innerText()).toBe('Summary');
    expect(await page.locator('#detail-title').innerText()).toBe('Message 2');
    expect(complaints).toEqual([]);
  });

  it('says on paper which messages are on it', async () => {
    const { page } = await reports.show(manyMessages(3000), [], { colorScheme: 'dark' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#printed').innerText()).toBe('Messages 1 to 500 of 3,000 are printed.');
    expect(await page.locator('.rows .row').count()).toBe(500);
    expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.getByRole('button', { name: 'Zoom in' }).isVisible()).toBe(false);
    expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('fits 400 pixels and 4K', async () => {
    const file = await reports.write(strangersCapture());
    for (const width of [400, 1024, 3840]) {
      const { page } = await reports.open(file, { viewport: { width, height: 900 } });
      await page.locator('[data-row="2"]').click();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
  });

  it('says where nothing was found, and why', async () => {
    const { page, complaints } = await reports.show(fixture('tls-no-keys.pcap'));
    expect(await page.locator('.problem').allInnerTexts()).toEqual([
      expect.stringMatching(/^Nothing was found: .*TLS without secrets/),
    ]);
    expect(complaints).toEqual([]);
  });

  it('says where its data was cut', async () => {
    const file = await reports.write(manyMessages(5000));
    const html = readFileSync(file, 'utf8');
    const start = html.indexOf('id="records">') + 'id="records">'.length;
    const end = html.indexOf('</script>', start);
    writeFileSync(file, html.slice(0, start + (((end - start) >> 3) << 2)) + html.slice(end));
    const { page } = await reports.open(file);
    expect(await page.locator('.problem').first().innerText()).toContain('This file is not complete');
    expect(await page.locator('.rows .row').count()).toBeGreaterThan(10);
  });
});
