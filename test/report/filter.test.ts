import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReportLine } from '../../src/report/lines.js';
import { run } from '../cli/fake-io.js';
import { hasBrowser, Reports } from './browser.js';
import { strangersCapture } from './captures.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const reports = new Reports();
afterAll(() => reports.close());

const fixture = (name: string): string => new URL(name, FIXTURES).pathname;

/** The lines of the data in a page. */
function linesIn(file: string): string[] {
  const [, base64] = /id="records">([^<]*)</.exec(readFileSync(file, 'utf8'))!;
  return inflateRawSync(Buffer.from(base64!, 'base64')).toString('utf8').trimEnd().split('\n');
}

/** The records that `messages --json` prints. */
async function recordsOf(capture: string | Buffer, options: readonly string[]): Promise<string[]> {
  const isFile = typeof capture === 'string';
  const { stdout } = await run(
    ['messages', '--json', '-q', '--max-payload', '4k', ...options, isFile ? capture : '-'],
    isFile ? {} : { stdin: [capture] },
  );
  return stdout.trimEnd() === '' ? [] : stdout.trimEnd().split('\n');
}

/** Choices of messages: an expression, an address, a time, and the others of each. */
const CHOICES: readonly (readonly string[])[] = [
  ['--where', 'length > 15'],
  ['--where', 'decoded.kind == "call" && decoded.name != "list"'],
  ['--where', '!has(decoded) || findings.size() > 0', '--invert'],
  ['--where', 'closeCode in [1000, 1011]'],
  ['--url', '/(shop|news)$'],
  ['--url', '/orders', '--invert'],
  ['--host', 'example.test', '--where', 'direction == "server-to-client"'],
  ['--between', '1700000000.1..1700000001'],
  ['--between', '..1700000000.5', '--invert'],
  ['--where', 'length > 1000000'],
];

describe('report with options that select', () => {
  it.each(CHOICES)('has the messages that messages prints with them: %s %s %s %s', async (...given) => {
    const options = given.filter((word) => typeof word === 'string');
    const capture = strangersCapture();
    const lines = linesIn(await reports.write(capture, options));
    const messages = lines.filter((line) => line.startsWith('{"type":"message",'));
    expect(messages).toEqual(await recordsOf(capture, options));
    const parsed = lines.map((line) => JSON.parse(line) as ReportLine);
    const summary = parsed.at(-1)!;
    if (summary.type !== 'summary') throw new Error('the last line is no summary');
    // The summary is about all messages of the connections, and says how many of them are not on the page.
    const { client, server, leftOut } = summary;
    expect(messages.length + (leftOut.notChosen ?? 0)).toBe(client.messages + server.messages);
    expect(parsed[0]).toMatchObject({
      chosen: expect.arrayContaining([expect.stringContaining(options[0]!)]) as unknown,
    });
  });

  it('takes no call for unanswered whose answer is not chosen, and says which calls are left out', async () => {
    const lines = linesIn(await reports.write(strangersCapture(), ['--where', 'decoded.kind == "call"']));
    const parsed = lines.map((line) => JSON.parse(line) as ReportLine);
    const calls = parsed.filter((line) => line.type === 'call');
    expect(calls.map(({ record }) => record['outcome'])).toEqual(['ok', 'ok', 'ok']);
    expect(calls.every(({ replyRow }) => replyRow === undefined)).toBe(true);
    expect(parsed.at(-1)).toMatchObject({ calls: { total: 3 }, leftOut: { calls: 1 } });
  });

  it('leaves nothing of connections that are not chosen', async () => {
    const lines = linesIn(await reports.write(strangersCapture(), ['--url', '/news']));
    const parsed = lines.map((line) => JSON.parse(line) as ReportLine);
    expect(parsed.filter(({ type }) => type === 'open')).toMatchObject([{ stream: 2 }]);
    expect(parsed.filter(({ type }) => type === 'gap')).toHaveLength(1);
    expect(parsed.at(-1)).toMatchObject({ connections: 1, refused: 0, lost: { gaps: 1 } });
    expect(parsed.find(({ type }) => type === 'input-end')).not.toHaveProperty('why');
  });

  it('tells of a wrong expression before anything is written', async () => {
    const file = join(reports.folder, 'wrong.html');
    const wrong = await run(['report', '-o', file, '--where', 'lenght > 3', fixture('send.pcap')]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      'wsdissect: --where: there is no field lenght: did you mean length?\n',
    ]);
    const invert = await run(['report', '-o', file, '--invert', fixture('send.pcap')]);
    expect([invert.code, invert.stderr]).toEqual([
      2,
      expect.stringContaining('--invert shows what other options leave out'),
    ]);
    expect(existsSync(file)).toBe(false);
  });

  it('says on standard error how many messages were not chosen', async () => {
    const file = join(reports.folder, 'told.html');
    const { code, stderr } = await run(['report', '-o', file, '--where', 'opcode == 8', '-'], {
      stdin: [strangersCapture()],
    });
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${file}: left out: 20 messages not chosen\n`)]);
  });
});

describe.skipIf(!hasBrowser)('a page of what was chosen', () => {
  it('says by what, and what is left out', async () => {
    const { page, complaints } = await reports.show(strangersCapture(), ['--where', 'text == "sold"']);
    const summary = await page.locator('#summary').innerText();
    expect(summary).toContain('--where text == "sold"');
    expect(summary).toContain('25 messages not chosen');
    expect(await page.locator('.rows .row .cell:last-child').allInnerTexts()).toEqual(['sold']);
    const none = await reports.show(strangersCapture(), ['--where', 'text == "nobody said that"']);
    expect(await none.page.locator('.problem').allInnerTexts()).toEqual(['Nothing was chosen']);
    expect([...complaints, ...none.complaints]).toEqual([]);
  });
});
