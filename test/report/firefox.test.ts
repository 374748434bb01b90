import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { Reports } from './browser.js';
import { hostileCapture, strangersCapture } from './captures.js';
import { Firefox, hasFirefox } from './firefox.js';
import { PlayPages } from './play-page.js';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');
const fixture = (name: string): string => join(FIXTURES, name);

// Where it is not installed, Chromium alone has to do.
describe.skipIf(!hasFirefox)('the page of a report, in Firefox', () => {
  const reports = new Reports();
  const play = new PlayPages();
  const firefox = new Firefox();

  beforeAll(() => firefox.start());
  afterAll(async () => {
    await firefox.close();
    await reports.close();
    await play.close();
  });

  const rows = async (): Promise<number> =>
    Number(await firefox.value("document.querySelector('.grid').getAttribute('aria-rowcount')")) - 1;

  it('opens, has the rows of the command, and its time lines are painted', async () => {
    const capture = fixture('socketio-websocket.pcap');
    await firefox.open(await reports.write(capture));
    const { stdout } = await run(['messages', '--json', '-q', capture]);
    expect(await rows()).toBe(stdout.trimEnd().split('\n').length);
    expect(await firefox.value("document.querySelectorAll('.rows .row').length")).toBe(await rows());
    const colors = await firefox.value<number>(`(() => {
      const canvas = document.querySelector('#time-lines canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(data.filter((_, index) => index % 4 === 0)).size;
    })()`);
    expect(colors).toBeGreaterThan(5);
    expect(firefox.complaints).toEqual([]);
  });

  it('answers by clicks and keys: who failed, what was slow, what is missing', async () => {
    await firefox.open(await reports.write(strangersCapture()));
    await firefox.click("document.querySelector('#connections tbody .failed').closest('tr').querySelector('button')");
    expect(await firefox.text('.log')).toContain('buy 100 apples');
    await firefox.click("document.querySelector('#calls tbody button')");
    expect(await firefox.text('#detail')).toContain('Call answered by message 6 after 871 ms');
    await firefox.click("document.querySelector('#gaps tbody button')");
    expect(await firefox.text('#count')).toContain('connection 2');
    await firefox.press('t', 'j', 'j', '?');
    expect(await firefox.value("document.querySelector('dialog').open")).toBe(true);
    expect(firefox.complaints).toEqual([]);
  });

  it('copies from a file, and filters by an expression', async () => {
    await firefox.open(await reports.write(strangersCapture()), '#m=2');
    await firefox.click("document.querySelectorAll('#detail .buttons button')[1]");
    await firefox.until("document.querySelectorAll('.copied')[1].textContent !== ''");
    expect(await firefox.value("document.querySelectorAll('.copied')[1].textContent")).toBe('Copied');
    await firefox.value("document.querySelector('#filter-by').focus()");
    await firefox.press('e');
    await firefox.value("document.querySelector('#filter').focus()");
    await firefox.press(...'opcode == 8'.split(''));
    await firefox.until("/^6 of 26 /.test(document.querySelector('#count').textContent)");
    expect(firefox.complaints).toEqual([]);
  });

  it('lets nothing captured run', async () => {
    await firefox.open(await reports.write(hostileCapture()));
    for (let number = 1; number <= (await rows()); number++) {
      await firefox.value(`location.hash = '#m=${number}'`);
      await firefox.until(`document.querySelector('#detail-title')?.textContent.endsWith(' ${number}')`);
    }
    expect(await firefox.value('document.title')).not.toContain('owned');
    expect(await firefox.value("document.querySelectorAll('#app :is(img, svg, script, iframe)').length")).toBe(0);
    expect(firefox.complaints).toEqual([]);
  });

  it('makes a report itself, of a capture and its key log', async () => {
    await play.build();
    await firefox.open(play.file);
    await firefox.choose('input[type=file]', fixture('tls13-aes128-gcm.pcap'), fixture('tls13-aes128-gcm.keys.log'));
    await firefox.until("document.querySelector('#messages') !== null");
    const keys = ['--keylog', fixture('tls13-aes128-gcm.keys.log')];
    const { stdout } = await run(['messages', '--json', '-q', ...keys, fixture('tls13-aes128-gcm.pcap')]);
    expect(await rows()).toBe(stdout.trimEnd().split('\n').length);
    expect(await firefox.value("fetch('https://example.test/').then(() => 'fetched', () => 'refused')")).toBe(
      'refused',
    );
    expect(firefox.complaints.filter((line) => !line.includes('Content-Security-Policy'))).toEqual([]);
  });
});
