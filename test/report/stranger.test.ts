import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { close, frame, hostileCapture, manyMessages, strangersCapture } from './captures.js';
import { hasBrowser, Reports } from './browser.js';
import { Talk } from '../hostile/talk.js';

const reports = new Reports();

/** What the time lines show, in seconds. */
async function viewOf(page: Page): Promise<[from: number, to: number]> {
  const lines = page.locator('#time-lines');
  return [Number(await lines.getAttribute('data-from')), Number(await lines.getAttribute('data-to'))];
}

afterAll(() => reports.close());

describe.skipIf(!hasBrowser)('a stranger who has only the file', () => {
  it('finds which connection failed, and what was said before', async () => {
    const { page } = await reports.show(strangersCapture());
    const failed = page.locator('#connections tbody tr', { has: page.locator('.failed') });
    expect(await failed.locator('td:nth-child(2)').allInnerTexts()).toEqual([
      'failed closed with 1011 by the server: no stock',
      'failed refused: HTTP 403',
    ]);
    await failed.first().getByRole('button').click();
    expect(await page.locator('.bubble-text').allInnerTexts()).toEqual([
      'sell 5 pears',
      'sold',
      'buy 100 apples',
      '1011 no stock',
      '1011 no stock',
    ]);
    const sides = await page.evaluate<string[]>(
      "[...document.querySelectorAll('.bubble')].map((one) => one.className)",
    );
    expect(sides[0]).toContain('from-client');
    expect(sides[3]).toContain('from-server');
    expect(await page.locator('.log').innerText()).toContain('closed with 1011 by the server: no stock');
  });

  it('finds which call took longest, and its answer', async () => {
    const { page } = await reports.show(strangersCapture());
    const first = page.locator('#calls tbody tr').first();
    expect(await first.innerText()).toMatch(/checkout #3\s+871 ms\s+ok/);
    await first.getByRole('button').click();
    expect(await page.locator('#detail .json-name').first().innerText()).toContain('id');
    await page
      .locator('#detail')
      .getByRole('button', { name: /Call answered by message 6 after 871 ms/ })
      .click();
    expect(await page.locator('#detail-title').innerText()).toBe('Message 6');
    expect(await page.locator('#detail').innerText()).toContain('Answers message 5 after 871 ms');
    const view = await viewOf(page);
    expect(view[1] - view[0]).toBeLessThan(3);
  });

  it('finds which bytes are missing, between which packets, and what came before them', async () => {
    const { page } = await reports.show(strangersCapture());
    const hole = page.locator('#gaps tbody tr');
    expect(await hole.allInnerTexts()).toEqual([
      expect.stringMatching(/^20 bytes\s+2\s+server to client\s+after packet \d+, before packet \d+/),
    ]);
    await hole.getByRole('button').click();
    expect(await page.locator('#count').innerText()).toContain('connection 2');
    expect(await page.locator('#detail').isVisible()).toBe(true);
    await page.locator('[data-view=conversation]').click();
    const log = await page.locator('.log > li').allInnerTexts();
    const at = log.findIndex((text) => text.startsWith('hole: 20 bytes not captured, server to client'));
    const news = (texts: readonly string[]): string[] => texts.flatMap((text) => /news \d/.exec(text)?.[0] ?? []);
    expect(news(log.slice(0, at)).at(-1)).toBe('news 3');
    expect(news(log.slice(at))[0]).toBe('news 4');
  });

  it('sees large numbers with all their digits, and a name that stands twice', async () => {
    const { page } = await reports.show(strangersCapture(), [], { hash: '#c=0&m=4' });
    expect(await page.locator('#detail .json-other').allInnerTexts()).toContain('12345678901234567890');
    const twice = new Talk().upgrade({ target: '/' });
    for (let number = 0; number < 4; number++) twice.send(0, frame('client', '{"a":1,"a":{"b":[true,null,-0.50]}}'));
    const other = await reports.show(twice.finish().pcap(), ['--decode', 'json'], { hash: '#m=3' });
    expect(await other.page.locator('#detail .json-other').allInnerTexts()).toEqual(['1']);
    await other.page.locator('#detail summary', { hasText: 'b: [3]' }).click();
    // The browser tells of an opened part after the click.
    await other.page.locator('#detail .json-other').nth(3).waitFor();
    expect(await other.page.locator('#detail .json-other').allInnerTexts()).toEqual(['1', 'true', 'null', '-0.50']);
  });
});

describe.skipIf(!hasBrowser)('the detail of a message', () => {
  it('explains each frame with the diagram of explain', async () => {
    const { page } = await reports.show(strangersCapture(), [], { hash: '#m=1' });
    const { stdout } = await run(['explain', '--packet', '18', '-'], { stdin: [strangersCapture()] });
    const drawn = (await page.locator('.diagram').textContent())!.trimEnd();
    expect(drawn.split('\n').length).toBeGreaterThan(8);
    const packet = /packet (\d+)/.exec(await page.locator('#detail .facts').innerText())![1]!;
    const explained = (await run(['explain', '--packet', packet, '-'], { stdin: [strangersCapture()] })).stdout;
    expect(explained + stdout).toContain(drawn);
    expect(await page.locator('#detail .frame tbody th').allInnerTexts()).toEqual([
      'FIN',
      'RSV1',
      'RSV2',
      'RSV3',
      'opcode',
      'MASK',
      'Payload len',
      'Masking-key',
      'Payload data',
    ]);
  });

  it('has the bytes with their mask and without', async () => {
    const { page } = await reports.show(strangersCapture(), ['--stream', '1'], { hash: '#m=1' });
    expect(await page.locator('#detail .hex').first().innerText()).toMatch(
      /^0000 {2}73 65 6c 6c 20 35 20 70 {2}65 61 72 73 +sell 5 pears$/,
    );
    await page.getByLabel('as sent').check();
    const wire = frame('client', 'sell 5 pears')
      .toString('hex')
      .replace(/..(?=.)/g, '$& ');
    expect(
      (await page.locator('#detail .hex').first().innerText()).replace(/^....  /gm, '').replace(/ {2,}/g, ' '),
    ).toContain(wire.slice(0, 30));
  });

  it('is copied as commands that build the same frames', async () => {
    const talk = new Talk().upgrade();
    const sent = [
      frame('client', 'it\'s "quoted" $HOME `id` \\n %s'),
      frame('client', '-x --opcode=9'),
      frame('server', 'ünï\u202e\n\u0000', { opcode: 1 }),
      frame('client', Buffer.from('00ff80', 'hex'), { opcode: 2 }),
      frame('server', '', { opcode: 9 }),
      frame('client', 'x'.repeat(300)),
      frame('client', 'first ', { fin: false }),
      frame('client', 'second', { opcode: 0 }),
      close('server', 1001, 'bye'),
    ];
    for (const bytes of sent) talk.send((bytes[1]! & 0x80) === 0 ? 1 : 0, bytes);
    const { page } = await reports.show(talk.finish().pcap());
    await page.evaluate(`
      globalThis.copied = [];
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: (text) => Promise.resolve(copied.push(text)) },
      });
    `);
    const rows = Number(await page.locator('.grid').getAttribute('aria-rowcount')) - 1;
    for (let number = 1; number <= rows; number++) {
      await page.evaluate(`location.hash = '#m=${number}'`);
      await page.locator('#detail-title', { hasText: new RegExp(` ${number}$`) }).waitFor();
      await page.getByRole('button', { name: 'Copy as wsdissect encode' }).click();
    }
    const commands = (await page.evaluate<string[]>('copied')).join('');
    const bin = new URL('../../bin/wsdissect.js', import.meta.url).pathname;
    const built = execFileSync('sh', ['-c', `wsdissect() { "${process.execPath}" "${bin}" "$@"; }\n${commands}`], {
      encoding: 'utf8',
    });
    expect(built.trimEnd().split('\n')).toEqual(sent.map((bytes) => bytes.toString('hex')));
  });
});

describe.skipIf(!hasBrowser)('the time lines', () => {
  it('zoom and pan by wheel, drag and keys, and select a range', async () => {
    const { page, complaints } = await reports.show(strangersCapture());
    const box = (await page.locator('#time-lines canvas').boundingBox())!;
    await page.mouse.move(box.x + 600, box.y + 60);
    await page.mouse.wheel(0, -300);
    const zoomed = await viewOf(page);
    await page.mouse.wheel(0, -300);
    const closer = await viewOf(page);
    expect(closer[1] - closer[0]).toBeLessThan(zoomed[1] - zoomed[0]);
    await page.mouse.down();
    await page.mouse.move(box.x + 500, box.y + 60, { steps: 4 });
    await page.mouse.up();
    expect((await viewOf(page))[0]).toBeGreaterThan(closer[0]);
    await page.locator('.lanes-scroll').focus();
    const before = await viewOf(page);
    await page.keyboard.press('ArrowLeft');
    expect((await viewOf(page))[0]).toBeLessThan(before[0]);
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    const all = await viewOf(page);
    expect(all[1] - all[0]).toBeGreaterThan(1.3);
    await page.mouse.move(box.x + 200, box.y + 8);
    await page.mouse.down();
    await page.mouse.move(box.x + 500, box.y + 8, { steps: 4 });
    await page.mouse.up();
    expect(await page.locator('#count').innerText()).toMatch(/^\d+ of 26 messages, time range$/);
    await page.getByRole('button', { name: 'Show all messages' }).click();
    expect(await page.locator('#count').innerText()).toBe('26 of 26 messages');
    expect(complaints).toEqual([]);
  });

  it('open the message that is clicked, and choose the connection whose name is', async () => {
    const { page } = await reports.show(strangersCapture());
    const box = (await page.locator('#time-lines canvas').boundingBox())!;
    await page.mouse.click(box.x + 40, box.y + 26 + 46 + 20);
    expect(await page.locator('#count').innerText()).toBe('5 of 26 messages, connection 1');
    await page.locator('[data-row]').first().click();
    const number = Number(/\d+/.exec(await page.locator('#detail-title').innerText())![0]);
    await page.getByRole('button', { name: 'Show all messages' }).click();
    await page.keyboard.press('Escape');
    await page.locator('#time-lines canvas').scrollIntoViewIfNeeded();
    const moved = (await page.locator('#time-lines canvas').boundingBox())!;
    for (let x = 150; x < moved.width && !(await page.locator('#detail').isVisible()); x += 6) {
      await page.mouse.click(moved.x + x, moved.y + 26 + 46 + 15);
    }
    expect(await page.locator('#detail-title').innerText()).toBe(`Message ${number}`);
  });
});

describe.skipIf(!hasBrowser)('100,000 messages', () => {
  it('scroll, a frame for each step, with few rows in the document, and zoom', async () => {
    const { page, complaints } = await reports.show(manyMessages(100_000));
    expect(await page.locator('.grid').getAttribute('aria-rowcount')).toBe('100001');
    const steps = await page.evaluate<{ first: number; rows: number }[]>(`(async () => {
      const grid = document.querySelector('.grid');
      const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const steps = [];
      const most = grid.scrollHeight - grid.clientHeight;
      for (let step = 0; step <= 60; step++) {
        grid.scrollTop = (most * step) / 60;
        await frame();
        const rows = [...document.querySelectorAll('.rows .row')];
        const top = grid.getBoundingClientRect().top + 24;
        const seen = rows.find((row) => row.getBoundingClientRect().top >= top - 1);
        steps.push({ first: Number(seen?.dataset.row), rows: rows.length });
      }
      return steps;
    })()`);
    steps.forEach(({ first, rows }, step) => {
      expect(Math.abs(first - (99_980 * step) / 60)).toBeLessThan(60);
      expect(rows).toBeLessThan(100);
    });
    await page.locator('.lanes-scroll').focus();
    for (let press = 0; press < 40; press++) await page.keyboard.press('+');
    for (let press = 0; press < 10; press++) await page.keyboard.press('ArrowRight');
    await page.locator('#filter').fill('user 42"');
    await page.locator('#count', { hasText: /^1,03\d of 100,000/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    expect(await page.locator('[aria-selected=true] mark').innerText()).toBe('user 42"');
    expect(complaints).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('who uses a keyboard or a screen reader', () => {
  it('finds names, roles and a place for the focus everywhere', async () => {
    const { page } = await reports.show(hostileCapture(), [], { hash: '#m=2' });
    const nameless = await page.evaluate<string[]>(`
      [...document.querySelectorAll('button, input, select, canvas, [role=grid], [role=application], [role=region], section, aside')]
        .filter((element) => {
          const label = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
          return (label ?? '').trim() === '' && !element.hasAttribute('aria-labelledby');
        })
        .map((element) => element.outerHTML.slice(0, 100))
    `);
    expect(nameless).toEqual([]);
    const reached = new Set<string>();
    for (let press = 0; press < 80; press++) {
      await page.keyboard.press('Tab');
      reached.add(
        await page.evaluate<string>(
          'document.activeElement.className || document.activeElement.id || document.activeElement.tagName',
        ),
      );
    }
    for (const place of ['lanes-scroll', 'grid', 'filter']) expect(reached).toContain(place);
  });

  it.each(['light', 'dark'] as const)('reads text that stands out as AA asks: %s', async (colorScheme) => {
    const { page } = await reports.show(strangersCapture(), [], { colorScheme, hash: '#m=5' });
    const ratios = await page.evaluate<[string, number][]>(`(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      const context = document.createElement('canvas').getContext('2d');
      const light = (name) => {
        probe.style.color = 'var(' + name + ')';
        context.fillStyle = getComputedStyle(probe).color;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
          const part = value / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const texts = ['--text', '--muted', '--bad', '--k-text', '--k-binary', '--k-call', '--k-reply', '--k-error', '--k-close', '--k-ping', '--k-loss'];
      return texts.flatMap((text) =>
        ['--panel', '--page', '--chosen'].map((back) => {
          const [low, high] = [light(text), light(back)].sort((a, b) => a - b);
          return [text + ' on ' + back, (high + 0.05) / (low + 0.05)];
        }),
      );
    })()`);
    expect(ratios.filter(([, ratio]) => ratio < 4.5)).toEqual([]);
  });
});
