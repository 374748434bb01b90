import { afterAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { Talk } from '../hostile/talk.js';
import { run } from '../cli/fake-io.js';
import { hasBrowser, Reports } from './browser.js';
import { frame, strangersCapture } from './captures.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const reports = new Reports();
afterAll(() => reports.close());

const fixture = (name: string): string => new URL(name, FIXTURES).pathname;

/** Types an expression, and waits until it counts, or is told to be wrong. */
async function choose(page: Page, expression: string): Promise<void> {
  const shown = async (): Promise<string> =>
    `${await page.locator('#count').innerText()} ${await page.locator('#filter-problem').innerText()}`;
  await page.locator('#filter-by').selectOption('where');
  await page.locator('#filter').fill('false');
  await page.locator('.grid[aria-rowcount="1"]').waitFor();
  const before = await shown();
  await page.locator('#filter').fill(expression);
  for (let tries = 0; tries < 200 && (await shown()) === before; tries++) await page.waitForTimeout(20);
}

async function numberOf(page: Page): Promise<number> {
  return Number((await page.locator('.grid').getAttribute('aria-rowcount'))!) - 1;
}

/** What was said on a connection, in what its sub-protocol means, in fragments, compressed and lost. */
const CASES: readonly (readonly [capture: string, expressions: readonly string[]])[] = [
  [
    'socketio-websocket.pcap',
    [
      'decoded.name == "chat" && length > 50',
      'decoded.kind in ["call", "event", "ping"]',
      'decoded.value.exists(x, x == 1) || has(decoded.id)',
      'text.matches("^4[0-9]")',
      'stream == 0 && direction == "client-to-server"',
      'time >= "2026-01-01" && !(opcode == 8)',
    ],
  ],
  [
    'deflate-fragments.pcap',
    ['compressed && wireLength < length', 'frames > 1', 'wireLength * 2 < length || size(text) > 3'],
  ],
  ['loss-mid-frame.pcap', ['status != "ok"', 'gaps.size() > 0', 'missing > 0', 'findings.size() > 0 || has(missing)']],
  ['violations/invalid-utf8.pcap', ['findings.exists(f, f.severity == "error")', 'has(base64)', 'closeCode == 1007']],
];

describe.skipIf(!hasBrowser)('an expression in the page, in Chromium', () => {
  it.each(CASES)('chooses what --where chooses: %s', async (capture, expressions) => {
    const { page, complaints } = await reports.show(fixture(capture), ['--max-payload', '1G']);
    let chosen = 0;
    for (const expression of expressions) {
      const { stdout, stderr } = await run(['messages', '--json', '-q', '--where', expression, fixture(capture)]);
      expect(stderr).toBe('');
      const records = stdout.split('\n').filter((line) => line !== '');
      await choose(page, expression);
      expect(await page.locator('#filter-problem').isVisible(), expression).toBe(false);
      expect(await numberOf(page), expression).toBe(records.length);
      const packets = records.map((line) => (JSON.parse(line) as { packet: number }).packet);
      const rows = await page.locator('.rows .row').count();
      for (let index = 0; index < Math.min(rows, 3); index++) {
        await page.locator('.rows .row').nth(index).click();
        expect(await page.locator('#detail .facts').first().innerText()).toContain(`packet ${packets[index]}`);
        await page.keyboard.press('Escape');
      }
      chosen += records.length;
    }
    expect(chosen).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  it('is told in place where it is wrong, in the words of the command, and what is shown stays', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    await choose(page, 'length > 12');
    const before = await numberOf(page);
    for (const wrong of [
      'lenght > 3',
      'decoded.nam == "x"',
      'status == "okay"',
      'length > ',
      'length == "x"',
      'length',
      'outcome == "ok"',
    ]) {
      await page.locator('#filter').fill(wrong);
      const { code, stderr } = await run(['messages', '--where', wrong, fixture('send.pcap')]);
      expect(code).toBe(2);
      const said = stderr.trimEnd().replace('wsdissect: --where: ', '');
      await page.locator('#filter-problem').filter({ hasText: said }).waitFor();
      expect(await page.locator('#filter-problem').innerText()).toBe(said);
      expect(await page.locator('#filter').getAttribute('aria-invalid')).toBe('true');
      expect(await numberOf(page)).toBe(before);
    }
    await page.locator('#filter').fill('length > 12 && true');
    await page.locator('#filter-problem').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Show all messages' }).click();
    expect([await page.locator('#filter').inputValue(), await numberOf(page)]).toEqual(['', 26]);
    expect(complaints).toEqual([]);
  });

  it('stands beside plain text, in both languages, and survives the switch between them', async () => {
    const { page, complaints } = await reports.show(strangersCapture(), [], { locale: 'ja-JP' });
    await choose(page, 'text == "sold"');
    expect(await numberOf(page)).toBe(1);
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('#filter').inputValue()).toBe('text == "sold"');
    expect([await page.locator('#filter-by').inputValue(), await numberOf(page)]).toEqual(['where', 1]);
    expect(await page.locator('#filter-by option').allInnerTexts()).toEqual(['text', 'expression (--where)']);
    await page.locator('#filter-by').selectOption('text');
    expect([await page.locator('#filter').inputValue(), await numberOf(page)]).toEqual(['', 26]);
    await page.locator('#filter').fill('sold');
    await page.locator('.rows mark').waitFor();
    expect(complaints).toEqual([]);
  });

  it('goes away where a message is asked for that it hides', async () => {
    const { page } = await reports.show(strangersCapture());
    await choose(page, 'text == "sold"');
    await page.evaluate("location.hash = '#m=1'");
    await page.locator('#detail-title', { hasText: 'Message 1' }).waitFor();
    expect([await page.locator('#filter').inputValue(), await numberOf(page)]).toEqual(['', 26]);
  });

  it('says where it was asked about what is not on the page', async () => {
    const talk = new Talk().upgrade();
    for (const text of ['short', 'x'.repeat(100) + 'end']) talk.send(0, frame('client', text));
    const { page } = await reports.show(talk.finish().pcap(), ['--max-payload', '50']);
    await choose(page, 'text.endsWith("t")');
    expect(await page.locator('#filter-remark').innerText()).toContain('only the beginning of 1 message');
    await choose(page, 'length == 103');
    expect([await page.locator('#filter-remark').isVisible(), await numberOf(page)]).toEqual([false, 1]);
  });

  it('runs no other code than its own: hostile text in an expression and in the records stays text', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    await choose(page, 'text.contains("</script><script>document.title=1</script>") || "constructor" == text');
    expect(await numberOf(page)).toBe(0);
    expect(await page.evaluate("document.querySelectorAll('head script:not([type])').length")).toBe(2);
    expect(complaints).toEqual([]);
  });
});
