import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { hasBrowser, Reports } from './browser.js';
import { ATTACKS, hostileCapture, manyMessages } from './captures.js';
import { PlayPages } from './play-page.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const fixture = (name: string): string => new URL(name, FIXTURES).pathname;

const play = new PlayPages();
const reports = new Reports();
const inFolder = (name: string, bytes: Buffer | string): string => {
  const path = join(play.folder, name);
  writeFileSync(path, bytes);
  return path;
};

beforeAll(() => play.build());
afterAll(async () => {
  await play.close();
  await reports.close();
});

/** What is on a page besides the names of files. */
const CONTENT = `['#connections', '#gaps', '#calls', '#findings', '.rows', '.table .head']
  .map((part) => document.querySelector(part).innerText).join('\\n--\\n')
  + [...document.querySelectorAll('#summary > dl > div')].slice(1).map((one) => one.innerText).join('\\n')
  + [...document.querySelectorAll('.problem')].length`;

describe('the page that makes reports', () => {
  it('is one file of less than a megabyte, which names no other', () => {
    expect(statSync(play.file).size).toBeLessThan(1_000_000);
    const html = readFileSync(play.file, 'utf8');
    expect(html).not.toMatch(/ (?:src|href)=|<link|<iframe|@import|url\(/);
  });

  it('has a policy that names its scripts and its style, and lets nothing out', () => {
    const policy = /content="(default-src[^"]+)"/.exec(readFileSync(play.file, 'utf8'))?.[1];
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^' ]+'; script-src(?: 'sha256-[^' ]+'){3}; connect-src 'none'; base-uri 'none'; form-action 'none'$/,
    );
  });

  it('names the licences of what others wrote in it', () => {
    const html = readFileSync(play.file, 'utf8');
    for (const name of ['@marcbachmann/cel-js', 'fzstd', 'pcap-parser']) {
      expect(html).toMatch(new RegExp(`\\n${name.replace('/', '\\/')} \\d[\\d.]+\\n`));
    }
  });
});

describe.skipIf(!hasBrowser)('the page that makes reports, in Chromium', () => {
  it.each<[capture: string, keys?: string]>([
    ['browser-deflate.pcap'],
    ['deflate-fragments.pcap'],
    ['loss-mid-frame.pcap'],
    ['socketio-websocket.pcap'],
    ['h2c.pcap'],
    ['send-both.pcapng.gz'],
    ['terminal-attack.pcap'],
    ['tls12-dsb.pcapng'],
    ['tls13-aes128-gcm.pcap', 'tls13-aes128-gcm.keys.log'],
  ])('shows of a dropped %s what the command writes into its page', async (name, keys) => {
    const keylog = keys === undefined ? [] : ['--keylog', fixture(keys)];
    const { page, complaints, drop, requests } = await play.open();
    await drop(...[name, keys].filter((one) => one !== undefined).map(fixture));
    const { stdout } = await run(['messages', '--json', '-q', ...keylog, fixture(name)]);
    const records = stdout.trimEnd().split('\n');
    expect(await page.locator('.grid').getAttribute('aria-rowcount')).toBe(String(records.length + 1));
    const written = await reports.show(fixture(name), keylog);
    expect(await page.evaluate(CONTENT)).toBe(await written.page.evaluate(CONTENT));
    await page.evaluate(`
      globalThis.copied = [];
      Object.defineProperty(navigator, 'clipboard', {
        value: { writeText: (text) => Promise.resolve(copied.push(text)) },
      });
    `);
    await page.locator('.rows .row').last().click();
    const number = Number(/\d+/.exec(await page.locator('#detail-title').innerText())![0]);
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    expect(await page.evaluate<string[]>('copied')).toEqual([`${records[number - 1]!}\n`]);
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it('takes files from the button, and a key log that comes after the capture', async () => {
    const { page, complaints } = await play.open();
    const choose = async (...names: readonly string[]): Promise<void> => {
      await page.evaluate("document.querySelector('main').dataset.before = 'yes'");
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Choose files' }).click(),
      ]);
      await chooser.setFiles(names.map(fixture));
      await page.waitForSelector('#app[aria-busy=false] main:not([data-before])');
    };
    await choose('tls13-chacha20.keys.log');
    expect(await page.locator('.problem').innerText()).toBe(
      'These are key logs of TLS (tls13-chacha20.keys.log). Add the capture that they belong to.',
    );
    await choose('tls13-chacha20.pcap');
    const count = await page.locator('#count').innerText();
    expect(count).toMatch(/^(\d+) of \1 messages$/);
    await choose('tls13-aes128-gcm.pcap');
    expect(await page.locator('.problem').innerText()).toMatch(
      /^Nothing was found: tls13-aes128-gcm\.pcap: .*TLS without secrets.*: add the key log that its client or server wrote/,
    );
    await choose('tls13-aes128-gcm.keys.log');
    expect(await page.locator('.problem').count()).toBe(0);
    expect(await page.locator('h1').innerText()).toBe('tls13-aes128-gcm.pcap');
    expect(await page.locator('#count').innerText()).toMatch(/^(\d+) of \1 messages$/);
    expect(complaints).toEqual([]);
  });

  it('makes one report of several captures, and forgets it when others come', async () => {
    const { page, drop } = await play.open();
    await drop(fixture('send.pcap'), fixture('browser.pcap'));
    expect(await page.locator('h1').innerText()).toBe('2 Files');
    expect(await page.locator('#connections tbody button').first().innerText()).toMatch(/^1:/);
    await page.locator('[data-row="1"]').click();
    expect(await page.evaluate('location.hash')).toBe('#c=1%3A0&m=1');
    await drop(fixture('socketio-websocket.pcap'));
    expect(await page.evaluate('location.hash')).toBe('');
    expect(await page.locator('#detail').isVisible()).toBe(false);
    await page.keyboard.press('j');
    expect(await page.locator('[aria-selected=true]').getAttribute('data-row')).toBe('1');
  });

  it('tells what is no capture as the command does, and what could not be read', async () => {
    const { page, complaints, drop } = await play.open();
    for (const [name, bytes] of [
      ['letter.txt', 'Dear reader,\nthis is a letter.\n'],
      ['package.json', '{"name": "package"}'],
      ['picture.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
      ['empty.pcap', ''],
    ] as const) {
      const path = inFolder(name, bytes);
      const { stderr } = await run(['messages', path]);
      const told = stderr.trimEnd().replace(`wsdissect: ${path}: `, `${name}: `);
      await drop(path);
      expect((await page.locator('.problem').innerText()).replace('Nothing was found: ', '')).toBe(told);
    }
    await drop(play.folder);
    expect(await page.locator('.problem').innerText()).toContain('the browser cannot read it: it is a folder');
    const cut = readFileSync(fixture('socketio-websocket.pcap'));
    await drop(inFolder('cut.pcap', cut.subarray(0, cut.length - 7)));
    expect(await page.locator('#findings').innerText()).toContain('capture.cut-record');
    expect(complaints).toEqual([]);
  });

  it('is a page also where nothing was found', async () => {
    const { page, drop } = await play.open();
    await drop(inFolder('nothing.pcap', Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex')));
    expect(await page.locator('.problem').innerText()).toBe(
      'Nothing was found: nothing.pcap: the capture is empty: it has no packet',
    );
    expect(await page.locator('#summary dt').count()).toBeGreaterThan(8);
    expect(await page.locator('#count').innerText()).toBe('0 of 0 messages');
  });

  it('lets nothing captured run, escape or leave, from a disk and from a host', async () => {
    for (const url of [undefined, await play.host()]) {
      const { page, complaints, requests, drop } = await play.open(url);
      await drop(inFolder('<img src=x onerror=alert(1)>.pcap', hostileCapture()));
      const rows = Number(await page.locator('.grid').getAttribute('aria-rowcount')) - 1;
      for (let number = 1; number <= rows; number++) {
        await page.evaluate(`location.hash = '#m=${number}'`);
        await page.locator('#detail-title', { hasText: new RegExp(` ${number}$`) }).waitFor();
      }
      await page.locator('[data-view=conversation]').click();
      expect(await page.title()).not.toContain('owned');
      expect(await page.locator('#app img, #app svg, #app script, #app iframe').count()).toBe(0);
      expect(await page.evaluate('({}).polluted')).toBeUndefined();
      const text = await page.locator('#app').innerText();
      expect(text).toContain(ATTACKS[0]);
      expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029\u001b]/);
      expect(complaints).toEqual([]);
      expect(requests).toHaveLength(1);
    }
    expect(play.hostRequests).toEqual(['GET /play/']);
  });

  it('cannot send anything, by whatever way a script would try', async () => {
    const url = await play.host();
    const asked = play.hostRequests.length;
    const { page, drop } = await play.open(url);
    await drop(fixture('send.pcap'));
    const outcomes = await page.evaluate<Record<string, string>>(`(async () => {
      const to = location.origin + '/taken';
      const refused = [];
      addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
      const settled = (promise) => promise.then(() => 'sent', () => 'refused');
      const byEvents = (target) => new Promise((resolve) => {
        target.onload = target.onopen = () => resolve('sent');
        target.onerror = () => resolve('refused');
      });
      const attempt = async (work) => { try { return await work(); } catch { return 'refused'; } };
      const append = (name, members) => {
        const element = Object.assign(document.createElement(name), members);
        const done = byEvents(element);
        document.body.append(element);
        return done;
      };
      const outcomes = {
        fetch: await attempt(() => settled(fetch(to, { method: 'POST', body: 'x', mode: 'no-cors' }))),
        xhr: await attempt(() => { const x = new XMLHttpRequest(); x.open('POST', to); const done = byEvents(x); x.send('x'); return done; }),
        socket: await attempt(() => byEvents(new WebSocket(to.replace('http', 'ws')))),
        events: await attempt(() => byEvents(new EventSource(to))),
        image: await attempt(() => append('img', { src: to })),
        script: await attempt(() => append('script', { src: to })),
        style: await attempt(() => append('link', { rel: 'stylesheet', href: to })),
        module: await attempt(() => settled(import(to))),
        worker: await attempt(() => byEvents(new Worker(URL.createObjectURL(new Blob(['fetch(1)']))))),
        video: await attempt(() => append('video', { src: to })),
      };
      append('iframe', { src: to });
      navigator.sendBeacon(to, 'x');
      const form = Object.assign(document.createElement('form'), { action: to, method: 'post' });
      document.body.append(form);
      form.submit();
      await new Promise((resolve) => setTimeout(resolve, 300));
      outcomes.directives = [...new Set(refused)].sort().join(' ');
      return outcomes;
    })()`);
    const { directives, ...others } = outcomes;
    expect(new Set(Object.values(others))).toEqual(new Set(['refused']));
    for (const name of [
      'connect-src',
      'form-action',
      'frame-src',
      'img-src',
      'media-src',
      'script-src-elem',
      'worker-src',
    ]) {
      expect(directives).toContain(name);
    }
    expect(play.hostRequests.slice(asked)).toEqual(['GET /play/']);
  });

  it('goes on while it reads, tells how far it is, and stops when it is told to', async () => {
    const large = inFolder('large.pcap', manyMessages(60_000));
    const { page, complaints, drop } = await play.open();
    await page.evaluate(`
      globalThis.frames = 0;
      globalThis.told = [];
      const frame = () => { if (document.querySelector('progress') !== null) frames++; requestAnimationFrame(frame); };
      frame();
      new MutationObserver(() => {
        const text = document.querySelector('#progress')?.textContent ?? '';
        if (text !== '' && told.at(-1) !== text) told.push(text);
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    `);
    await drop(large);
    expect(await page.locator('#count').innerText()).toBe('60,000 of 60,000 messages');
    expect(await page.evaluate('frames')).toBeGreaterThan(5);
    const told = await page.evaluate<string[]>('told');
    expect(told.length).toBeGreaterThan(10);
    expect(told.at(-1)).toMatch(/^Reading large\.pcap: ([\d.]+ MB) of \1$/);
    await page.evaluate(`
      const watch = setInterval(() => {
        if (!(document.querySelector('progress')?.value > 0.1)) return;
        clearInterval(watch);
        document.querySelector('.drop button').click();
      });
    `);
    await drop(large);
    expect(await page.locator('.problem').innerText()).toBe(
      'large.pcap: could not be read to its end: stopped: the rest was not read',
    );
    const rows = Number(await page.locator('.grid').getAttribute('aria-rowcount')) - 1;
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(60_000);
    expect(complaints).toEqual([]);
  });

  it('shows what was dropped last, where it came while another one was read', async () => {
    const large = inFolder('slow.pcap', manyMessages(60_000));
    const { page, dropOnly } = await play.open();
    await dropOnly(large);
    await page.waitForSelector('progress');
    await dropOnly(fixture('send.pcap'));
    await page.waitForSelector('#app[aria-busy=false] h1:text-is("send.pcap")');
    expect(await page.locator('.problem').count()).toBe(0);
  });

  it('speaks Japanese where the browser does, switches, and is dark or light', async () => {
    const { page, complaints, drop } = await play.open(undefined, { locale: 'ja-JP', colorScheme: 'dark' });
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    expect(await page.locator('h2').innerText()).toBe('キャプチャーを見る');
    const dark = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    await page.getByRole('button', { name: '明暗の切り替え' }).click();
    expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).not.toBe(dark);
    await drop(fixture('send.pcap'));
    expect(await page.locator('#summary h2').innerText()).toBe('概要');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('#summary h2').innerText()).toBe('Summary');
    expect(await page.getByRole('button', { name: 'Choose files' }).count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('filters by expressions, as the page of the command does', async () => {
    const { page, drop } = await play.open();
    await drop(fixture('socketio-websocket.pcap'));
    await page.locator('#filter-by').selectOption('where');
    await page.locator('#filter').fill('decoded.kind == "event"');
    const { stdout } = await run([
      'messages',
      '--json',
      '-q',
      '--where',
      'decoded.kind == "event"',
      fixture('socketio-websocket.pcap'),
    ]);
    const expected = stdout.trimEnd().split('\n').length;
    await page.locator('#count', { hasText: new RegExp(`^${expected} of `) }).waitFor();
  });
});
