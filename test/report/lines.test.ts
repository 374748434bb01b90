import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { Talk } from '../hostile/talk.js';
import { hasBrowser, Reports } from './browser.js';
import { everyKind, frame, manyMessages, strangersCapture } from './captures.js';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');
const fixture = (name: string): string => join(FIXTURES, name);
const reports = new Reports();
afterAll(() => reports.close());

/** The summary: what it says below each heading. */
async function summaryOf(page: Page): Promise<Record<string, string>> {
  return page.evaluate<Record<string, string>>(
    "Object.fromEntries([...document.querySelectorAll('#summary dl > div')].map((one) => [one.firstChild.textContent, [...one.children].slice(1).map((line) => line.textContent).join('; ')]))",
  );
}

describe.skipIf(!hasBrowser)('the summary', () => {
  it('has the numbers of the capture', async () => {
    const { page } = await reports.show(strangersCapture());
    expect(await summaryOf(page)).toEqual({
      File: expect.stringMatching(/: 59 packets$/) as string,
      'Time span': '2023-11-14T22:13:20.001000Z – 2023-11-14T22:13:21.374000Z (1.373 s)',
      Connections: '4; 1 refused',
      Messages: '26; client to server: 11, 291 bytes; server to client: 15, 243 bytes',
      Compression: 'no compressed message',
      Calls: '3; p50 15 ms, p95 871 ms',
      Pings: '1; p50 31 ms, p95 31 ms',
      Findings: '0 errors; 1 warning; 0 notes',
      'What was lost': '20 bytes in 1 hole not captured',
      'Not looked into': 'nothing',
      'Left out of this page': 'nothing',
    });
  });

  it('has the ratio of compression, what was cut, calls that went wrong, and statuses', async () => {
    const deflated = await reports.show(fixture('socketio-deflate.pcap'));
    expect((await summaryOf(deflated.page))['Compression']).toMatch(
      /^client to server: [\d.]+ to 1: \d+ bytes inflated from \d+; server to client: [\d.]+ to 1: /,
    );
    const { page } = await reports.show(everyKind());
    const { Calls, ['What was lost']: lost } = await summaryOf(page);
    expect(Calls).toMatch(/^2; p50 40 ms, p95 40 ms; 1 answered with an error$/);
    expect(lost).toBe('500 bytes in 1 hole not captured; 1 message with status gap');
  });

  it('says what was left out', async () => {
    const { page } = await reports.show(everyKind(), ['--max-messages', '9', '--max-payload', '20']);
    expect((await summaryOf(page))['Left out of this page']).toBe(
      '6 messages after the first 9 (--max-messages); the rest of 9 messages longer than 20 bytes (--max-payload)',
    );
    expect(await page.locator('#connections tbody tr').innerText()).toContain('9 of 15 on this page');
    const shown = async (number: number): Promise<string> =>
      page.locator(`[data-row="${number}"] .cell:last-child`).innerText();
    expect([await shown(1), await shown(9)]).toEqual(['{"jsonrpc":"2.0","id …', `${'07 '.repeat(20).trim()} …`]);
    await page.locator('[data-view=conversation]').click();
    expect(await page.locator('.conversation').innerText()).toContain('6 messages of this connection not on this page');
    expect(await page.locator('.bubble-text').first().innerText()).toBe('{"jsonrpc":"2.0","id …');
    await page.locator('[data-view=table]').click();
    await page.locator('[data-row="8"]').click();
    expect(await page.locator('#detail').innerText()).toContain('20 of 4,000 bytes on this page (--max-payload)');
    expect(await page.getByRole('button', { name: 'Copy as JSON' }).isDisabled()).toBe(true);
  });

  it('says what was not looked into', async () => {
    const arp = Buffer.from('ffffffffffff0200000000010806', 'hex');
    const head = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000, 0);
    record.writeUInt32LE(60, 8);
    record.writeUInt32LE(60, 12);
    const odd = Buffer.concat([Buffer.from('020000000002020000000001abcd', 'hex'), Buffer.alloc(46)]);
    const { page } = await reports.show(
      Buffer.concat([head, record, odd, record, Buffer.concat([arp, Buffer.alloc(46)])]),
    );
    expect((await summaryOf(page))['Not looked into']).toMatch(/^1 packet: .*abcd/i);
    expect(await page.locator('.problem').innerText()).toContain('no WebSocket in 2 packets');
  });
});

describe.skipIf(!hasBrowser)('the page of a check', () => {
  it('has what the check found before everything else', async () => {
    const file = join(reports.folder, 'check.html');
    await run(['check', '-q', '--reporter', `html=${file}`, fixture('violations/server-masked.pcap')]);
    const { page, complaints } = await reports.open(file);
    expect(await page.locator('main > :first-child').getAttribute('id')).toBe('check');
    expect(await page.locator('#check').innerText()).toMatch(
      /^The check failed[^]*failed\s+error\s+ws\.server-masked\s+RFC 6455 5\.1[^]*header: 81 86/,
    );
    const passed = join(reports.folder, 'passed.html');
    await run(['check', '-q', '--reporter', `html=${passed}`, fixture('send.pcap')]);
    const other = await reports.open(passed);
    expect(await other.page.locator('#check').innerText()).toContain('The check passed');
    expect(complaints).toEqual([]);
  });
});

describe.skipIf(!hasBrowser)('the table', () => {
  it('has the columns of a message, and rows of one height', async () => {
    const { page } = await reports.show(everyKind());
    expect(await page.locator('.grid [role=columnheader]').allInnerTexts()).toEqual([
      '#',
      'time',
      'Δ',
      '→',
      'kind',
      'name',
      'size',
      'text',
    ]);
    expect(await page.locator('[data-row="2"] .cell').allInnerTexts()).toEqual([
      '2',
      expect.stringMatching(/^22:13:20\.\d{6}$/),
      '0.040000',
      '←',
      'text',
      '',
      '35',
      '{"jsonrpc":"2.0","id":1,"result":1}',
    ]);
    const heights = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.rows .row')].map((row) => row.getBoundingClientRect().height)",
    );
    expect(new Set(heights).size).toBe(1);
  });

  it('orders by each of its columns, and back', async () => {
    const { page } = await reports.show(everyKind());
    const numbers = async (): Promise<string[]> => page.locator('.rows .row .cell:first-child').allInnerTexts();
    const before = await numbers();
    for (const name of ['#', 'time', 'Δ', '→', 'kind', 'name', 'size', 'text']) {
      const head = page.locator('.grid [role=columnheader]').filter({ hasText: new RegExp(`^${name}`) });
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe('ascending');
      await head.getByRole('button').click();
      const index = ['#', 'time', 'Δ', '→', 'kind', 'name', 'size', 'text'].indexOf(name) + 1;
      const texts = await page.locator(`.rows .row .cell:nth-child(${index})`).allInnerTexts();
      if (name === 'kind') expect(texts).toEqual(texts.toSorted().toReversed());
      await head.getByRole('button').click();
      expect(await numbers()).toEqual(before);
    }
  });

  it('moves by pages and to both ends', async () => {
    const { page } = await reports.show(manyMessages(3000));
    await page.locator('.grid').focus();
    const selected = async (): Promise<number> =>
      Number(await page.locator('[aria-selected=true]').getAttribute('data-row'));
    await page.keyboard.press('End');
    expect(await selected()).toBe(3000);
    await page.keyboard.press('PageUp');
    expect(await selected()).toBeLessThan(2995);
    await page.keyboard.press('Home');
    expect(await selected()).toBe(1);
    await page.keyboard.press('ArrowDown');
    expect(await selected()).toBe(2);
  });
});

describe.skipIf(!hasBrowser)('the detail of a message', () => {
  it('has the findings of the message and of its frames, with rule and section', async () => {
    const { page } = await reports.show(fixture('violations/server-masked.pcap'));
    await page.locator('#findings tbody button').first().click();
    expect(await page.locator('#detail tr.error').innerText()).toMatch(
      /^error\s+ws\.server-masked\s+RFC 6455 5\.1\s+\S/,
    );
  });

  it('has the diagram of each of its frames, each field explained', async () => {
    const talk = new Talk().upgrade();
    for (const [text, opcode, fin] of [
      ['one ', 1, false],
      ['two ', 0, false],
      ['three', 0, true],
    ] as const)
      talk.send(0, frame('client', text, { opcode, fin }));
    const { page } = await reports.show(talk.finish().pcap(), [], { hash: '#m=1' });
    const frames = page.locator('#detail details', { hasText: /^Frame \d of 3/ });
    expect(await frames.count()).toBe(3);
    for (const [index, opcode] of ['text', 'continuation', 'continuation'].entries()) {
      if (index > 0) await frames.nth(index).locator('summary').click();
      await frames.nth(index).locator('.diagram').waitFor();
      const fields = await frames.nth(index).locator('tbody tr').allInnerTexts();
      expect(fields).toHaveLength(9);
      for (const field of fields) expect(field).toMatch(/\(RFC \d+ [\d.]+\)$/);
      expect(fields.find((field) => field.startsWith('opcode'))).toContain(opcode);
    }
  });

  it('has long bytes as they were sent, also around what was not captured', async () => {
    const bytes = frame('client', Buffer.from(Array.from({ length: 1500 }, (_, index) => (index * 7) & 0xff)), {
      opcode: 2,
    });
    const talk = new Talk().upgrade().send(0, bytes);
    talk.send(0, bytes.subarray(0, 602)).lose(0, 101).send(0, bytes.subarray(703)).send(1, frame('server', 'after'));
    const { page } = await reports.show(talk.acknowledge(1).finish().pcap(), [], { hash: '#m=1' });
    const shown = async (): Promise<string> => {
      const text = await page.locator('#detail .hex').first().innerText();
      const rows = text.split('\n').map((row) => row.slice(6, 54).replaceAll(' ', ''));
      return rows.join('');
    };
    await page.getByLabel('as sent').check();
    expect(await shown()).toBe(bytes.toString('hex'));
    await page.locator('.rows .row.loss').click();
    await page.locator('#detail').getByText('101 bytes not captured').first().waitFor();
    await page.getByLabel('as sent').check();
    expect(await shown()).toBe(Buffer.concat([bytes.subarray(0, 602), bytes.subarray(703)]).toString('hex'));
  });

  it('chooses what the browser does not let it copy', async () => {
    const before = "Object.defineProperty(navigator, 'clipboard', { value: undefined });";
    const { page, complaints } = await reports.show(strangersCapture(), [], { hash: '#m=3', before });
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    const { stdout } = await run(['messages', '--json', '-q', '-'], { stdin: [strangersCapture()] });
    expect(
      await page.evaluate(
        'getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)',
      ),
    ).toBe(`${stdout.split('\n')[2]!}\n`);
    expect(await page.locator('#detail').innerText()).toContain('press Ctrl+C');
    expect(complaints).toEqual([]);
  });

  it('copies from a file as it is', async () => {
    const { page } = await reports.show(strangersCapture(), [], { hash: '#m=3' });
    expect(await page.evaluate('location.protocol')).toBe('file:');
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    await page.getByText('Copied').waitFor();
  });
});

describe.skipIf(!hasBrowser)('the conversation', () => {
  it('says that there is more of what is long, and counts what was not chosen', async () => {
    const talk = new Talk().upgrade();
    talk.send(0, frame('client', 'x'.repeat(2000))).send(0, frame('client', 'y'.repeat(2001)));
    talk.send(0, frame('client', Buffer.alloc(102, 1), { opcode: 2 }));
    talk.send(0, frame('client', Buffer.alloc(103, 1), { opcode: 2 })).finish();
    const { page } = await reports.show(talk.pcap());
    const table = await page.locator('.rows .cell:last-child').allInnerTexts();
    expect(table.map((text) => text.endsWith(' …'))).toEqual([true, true, false, true]);
    await page.locator('[data-view=conversation]').click();
    const bubbles = await page.locator('.bubble-text').allInnerTexts();
    expect(bubbles.map((text) => text.endsWith(' …'))).toEqual([false, true, false, true]);
    expect(await page.locator('.conversation .problem').count()).toBe(0);
    const chosen = await reports.show(talk.pcap(), ['--where', 'opcode == 2']);
    expect(await chosen.page.locator('#connections tbody tr').innerText()).toContain('2 of 4 on this page');
    await chosen.page.locator('[data-view=conversation]').click();
    expect(await chosen.page.locator('.conversation .problem').innerText()).toBe(
      '2 messages of this connection not on this page',
    );
  });

  it('has the client left and the server right, and leads from a call to its answer and back', async () => {
    const { page } = await reports.show(everyKind());
    await page.locator('[data-view=conversation]').click();
    const sides = await page.evaluate<[isFromClient: boolean, isLeft: boolean][]>(`
      [...document.querySelectorAll('.bubble')].map((one) => {
        const log = one.parentElement.getBoundingClientRect();
        const { left, right } = one.getBoundingClientRect();
        return [one.classList.contains('from-client'), left - log.left < log.right - right];
      })
    `);
    expect(sides.length).toBeGreaterThan(10);
    for (const [isFromClient, isLeft] of sides) expect(isLeft).toBe(isFromClient);
    await page.getByRole('button', { name: 'Call answered by message 4 after 40 ms' }).click();
    expect(await page.locator('.bubble.chosen').getAttribute('data-bubble')).toBe('4');
    await page.getByRole('button', { name: 'Answers message 3 after 40 ms' }).click();
    expect(await page.locator('.bubble.chosen').getAttribute('data-bubble')).toBe('3');
    expect(await page.locator('.log').innerText()).toContain('hole: 500 bytes not captured, server to client');
  });

  it('has long ones piece by piece', async () => {
    const { page } = await reports.show(manyMessages(700, 1));
    await page.locator('[data-view=conversation]').click();
    expect(await page.locator('.bubble').count()).toBe(200);
    await page.getByRole('button', { name: 'Earlier messages' }).click();
    await page.getByRole('button', { name: 'Earlier messages' }).click();
    expect(await page.locator('.bubble').first().getAttribute('data-bubble')).toBe('101');
    await page.getByRole('button', { name: 'Later messages' }).click();
    expect(await page.locator('.bubble').first().getAttribute('data-bubble')).toBe('301');
  });
});
