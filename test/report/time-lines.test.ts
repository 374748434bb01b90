import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { everyKind, frame, manyCalls, manyMessages } from './captures.js';
import { hasBrowser, Reports } from './browser.js';

const reports = new Reports();
afterAll(() => reports.close());

/** Notes what is drawn on canvases: the method, the colours, and what it was given. */
const RECORDER = `
  globalThis.drawn = [];
  for (const name of ['fillRect', 'strokeRect', 'fillText', 'rect', 'moveTo', 'lineTo']) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      drawn.push({ name, fill: this.fillStyle, stroke: this.strokeStyle, given });
      return draw.apply(this, given);
    };
  }
`;

interface Drawn {
  readonly name: string;
  readonly fill: string;
  readonly stroke: string;
  readonly given: readonly (number | string)[];
}

/** What one drawing of the time lines draws. */
async function drawnOn(page: Page): Promise<Drawn[]> {
  return page.evaluate<Drawn[]>(`(async () => {
    drawn.length = 0;
    document.querySelector('.lanes-scroll').dispatchEvent(new KeyboardEvent('keydown', { key: '0' }));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return drawn;
  })()`);
}

/** A colour of the page as a canvas says it. */
async function colorOf(page: Page, name: string): Promise<string> {
  return page.evaluate<string>(`(() => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--${name})';
    const context = document.createElement('canvas').getContext('2d');
    context.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    return context.fillStyle;
  })()`);
}

/** A capture without a packet. */
const EMPTY = 'd4c3b2a1020004000000000000000000ffff000001000000';
const LEFT = 150;
const RULER = 26;
const MIDDLE = RULER + 23;

describe.skipIf(!hasBrowser)('the time lines', () => {
  it.each(['light', 'dark'] as const)(
    'have a mark for each message: its place, side, colour and area: %s',
    async (colorScheme) => {
      const { page } = await reports.show(everyKind(), [], { before: RECORDER, colorScheme });
      const drawn = await drawnOn(page);
      const lines = page.locator('#time-lines');
      const from = Number(await lines.getAttribute('data-from'));
      const to = Number(await lines.getAttribute('data-to'));
      const width = (await page.locator('#time-lines canvas').boundingBox())!.width - LEFT;
      const rows = await page.evaluate<{ category: string; time: string; isFromClient: boolean; size: number }[]>(`
        [...document.querySelectorAll('.rows .row')].map((row) => {
          const cell = (number) => row.querySelector('.cell:nth-child(' + number + ')').textContent;
          return {
            category: [...row.classList].find((name) => name !== 'row' && name !== 'wrong'),
            time: cell(2),
            isFromClient: cell(4) === '→',
            size: Number(cell(7).replaceAll(',', '')),
          };
        })
      `);
      expect(new Set(rows.map(({ category }) => category))).toEqual(
        new Set(['text', 'binary', 'call', 'reply', 'error', 'close', 'ping', 'loss']),
      );
      // Times of day in seconds since the first of the page, which is that of the first packet.
      const seconds = (time: string): number => {
        const [hours, minutes, rest] = time.split(':').map(Number);
        return (hours! * 60 + minutes!) * 60 + rest!;
      };
      const begin = seconds('22:13:20');
      const areas = new Map<string, number>();
      for (const { category, time, isFromClient, size } of rows) {
        const x = LEFT + ((seconds(time) - begin - from) / (to - from)) * width;
        const fill = await colorOf(page, `k-${category}`);
        const marks = drawn.filter(({ name, fill: color, given }) => {
          const [left, top, wide, high] = given as number[];
          const isAbove = top! + high! <= MIDDLE;
          return (
            name === 'fillRect' &&
            color === fill &&
            Math.abs(left! + wide! / 2 - x) <= 1.5 &&
            wide === high &&
            isAbove === isFromClient
          );
        });
        expect(marks.length, `${category} at ${time}`).toBe(1);
        const [, , wide, high] = marks[0]!.given as number[];
        areas.set(`${category} ${isFromClient ? 'above' : 'below'} ${size}`, wide! * high!);
      }
      expect(areas.get('text above 4000')! / areas.get('text above 1000')!).toBeCloseTo(4, 5);
      expect(areas.get('binary below 4000')).toBeCloseTo(areas.get('text above 4000')!, 5);
    },
  );

  it('hatch what was not captured, span calls and pings with their times, and mark the close', async () => {
    const { page } = await reports.show(everyKind(), [], { before: RECORDER });
    const drawn = await drawnOn(page);
    const loss = await colorOf(page, 'k-loss');
    const hatches = drawn.filter(
      ({ name, stroke, given }) => name === 'moveTo' && stroke === loss && (given[1] as number) > MIDDLE,
    );
    expect(hatches.length).toBeGreaterThan(3);
    const spans = drawn.filter(({ name, given }) => name === 'fillRect' && given[3] === 3 && given[1] === MIDDLE - 1);
    const colors = await Promise.all(['k-call', 'k-error', 'k-ping'].map((name) => colorOf(page, name)));
    // What the first one is, is known only when the second one comes.
    expect(colors.map((color) => spans.filter(({ fill }) => fill === color).length)).toEqual([1, 1, 1]);
    const ping = spans.find(({ fill }) => fill === colors[2])!;
    const call = spans.find(({ fill }) => fill === colors[0])!;
    // 240 ms and 40 ms.
    expect((ping.given[2] as number) / (call.given[2] as number)).toBeCloseTo(6, 0);
    expect(
      drawn.filter(({ name, fill }) => name === 'fillText' && fill === colors[2]).map(({ given }) => given[0]),
    ).toEqual(['240 ms']);
    const close = await colorOf(page, 'k-close');
    expect(drawn.filter(({ name, stroke }) => name === 'lineTo' && stroke === close).length).toBe(1);
  });

  it('draw no more marks than there are pixels, whatever the capture has', async () => {
    const { page } = await reports.show(manyMessages(100_000), [], { before: RECORDER });
    const canvas = (await page.locator('#time-lines canvas').boundingBox())!;
    const drawn = await drawnOn(page);
    const marks = drawn.filter(({ name }) => name === 'fillRect').length;
    expect(marks).toBeGreaterThan(canvas.width);
    expect(marks).toBeLessThan(2 * 5 * canvas.width);
    await page.locator('.lanes-scroll').focus();
    for (let press = 0; press < 40; press++) await page.keyboard.press('+');
    await page.evaluate('drawn.length = 0');
    await page.keyboard.press('ArrowRight');
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    expect(await page.evaluate("drawn.filter(({ name }) => name === 'fillRect').length")).toBeLessThan(200);
  });

  it('draw no more calls and holes than there are pixels, and the last ones too', async () => {
    const { page } = await reports.show(manyCalls(12_000), [], { before: RECORDER });
    const canvas = (await page.locator('#time-lines canvas').boundingBox())!;
    const isSpan = ({ name, given }: Drawn): boolean => name === 'fillRect' && given[3] === 3;
    const all = await drawnOn(page);
    expect(all.filter(isSpan).length).toBeGreaterThan(canvas.width / 2);
    expect(all.filter(isSpan).length).toBeLessThan(3 * canvas.width);
    expect(all.filter(({ name }) => name === 'rect').length).toBeLessThan(canvas.width);
    await page.locator('.grid').focus();
    await page.keyboard.press('End');
    await page.locator('.lanes-scroll').focus();
    for (let press = 0; press < 25; press++) await page.keyboard.press('+');
    await page.evaluate('drawn.length = 0');
    await page.keyboard.press('ArrowLeft');
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    const near = await page.evaluate<Drawn[]>('drawn');
    expect(near.filter(isSpan).length).toBeGreaterThan(2);
    expect(near.filter(isSpan).length).toBeLessThan(400);
  });

  it('name each place of the ruler once, where there are no times too', async () => {
    for (const capture of [everyKind(), frame('server', 'alone').toString('hex'), Buffer.from(EMPTY, 'hex')]) {
      const path = join(reports.folder, 'ruler');
      writeFileSync(path, capture);
      const { page } = await reports.show(path, [], { before: RECORDER });
      const drawn = await drawnOn(page);
      const labels = drawn
        .filter(({ name, given }) => name === 'fillText' && given[2] === RULER - 10)
        .map(({ given }) => given[0]);
      expect(labels.length).toBeGreaterThan(0);
      expect(labels).toEqual([...new Set(labels)]);
    }
  });

  it('mark the chosen message where it shares its pixel with others', async () => {
    const { page } = await reports.show(manyMessages(5000, 1), [], { before: RECORDER, hash: '#m=2503' });
    await page.evaluate("drawn.length = 0; dispatchEvent(new Event('themechange'))");
    expect(await page.evaluate("drawn.filter(({ name }) => name === 'strokeRect').length")).toBe(1);
  });

  it('are on paper in light colours, whatever the page has', async () => {
    const { page } = await reports.show(everyKind(), [], { before: RECORDER, colorScheme: 'dark' });
    const dark = await colorOf(page, 'k-call');
    await page.evaluate("drawn.length = 0; dispatchEvent(new Event('beforeprint'))");
    const fills = await page.evaluate<string[]>('drawn.map(({ fill }) => fill)');
    const light = await colorOf(page, 'k-call');
    expect(light).not.toBe(dark);
    expect(fills).toContain(light);
    expect(fills).not.toContain(dark);
    await page.evaluate("drawn.length = 0; dispatchEvent(new Event('afterprint'))");
    expect(await page.evaluate<string[]>('drawn.map(({ fill }) => fill)')).toContain(dark);
  });
});
