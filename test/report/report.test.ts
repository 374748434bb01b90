import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReportLine, SummaryLine } from '../../src/report/lines.js';
import { percentile } from '../../src/report/report-summary.js';
import { run } from '../cli/fake-io.js';
import { runWithHeap } from '../support/small-heap.js';
import { frame, hostileCapture, manyMessages, strangersCapture } from './captures.js';
import { Reports } from './browser.js';
import { Talk } from '../hostile/talk.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const reports = new Reports();
afterAll(() => reports.close());

/** The lines of the data in a page. */
function linesIn(html: string): string[] {
  const [, base64] = /id="records">([^<]*)</.exec(html)!;
  return inflateRawSync(Buffer.from(base64!, 'base64')).toString('utf8').trimEnd().split('\n');
}

async function linesOf(capture: Buffer | string, options: readonly string[] = []): Promise<string[]> {
  return linesIn(readFileSync(await reports.write(capture, options), 'utf8'));
}

function summaryOf(lines: readonly string[]): SummaryLine {
  const line = JSON.parse(lines.at(-1)!) as ReportLine;
  if (line.type !== 'summary') throw new Error('the last line is no summary');
  return line;
}

describe('the data of a page', () => {
  it.each([
    'deflate-fragments.pcap',
    'socketio-websocket.pcap',
    'h2c.pcap',
    'loss-deflate.pcap',
    'terminal-attack.pcap',
  ])('has the records of the command, byte for byte: %s', async (name) => {
    const path = new URL(name, FIXTURES).pathname;
    const lines = await linesOf(path, ['--max-payload', '1G']);
    for (const [command, type] of [
      ['messages', 'message'],
      ['connections', 'connection'],
    ] as const) {
      const { stdout } = await run([command, '--json', '-q', path]);
      expect(lines.filter((line) => line.startsWith(`{"type":"${type}",`))).toEqual(stdout.trimEnd().split('\n'));
    }
  });

  it('counts what the captures have', async () => {
    const summary = summaryOf(await linesOf(strangersCapture()));
    expect(summary).toMatchObject({
      connections: 4,
      refused: 1,
      client: { messages: 11 },
      server: { messages: 15 },
      pings: { total: 1, ok: 1 },
      lost: { gaps: 1, bytes: 20, unknownGaps: 0, messages: {} },
      leftOut: { messages: 0, connections: 0, calls: 0, gaps: 0, findings: 0, cut: 0 },
    });
    expect(summary.calls.p95).toBeCloseTo(0.871, 6);
  });

  it('is bounded in messages and in bytes of each, and says what is left out', async () => {
    const file = join(reports.folder, 'bounded.html');
    const capture = join(reports.folder, 'bounded.pcap');
    const talk = new Talk().upgrade();
    for (let number = 0; number < 20; number++) talk.send(0, frame('client', `é${'x'.repeat(number * 10)}`));
    writeFileSync(capture, talk.finish().pcap());
    const { code, stderr } = await run(['report', '-o', file, '--max-messages', '12', '--max-payload', '41', capture]);
    expect([code, stderr]).toEqual([
      0,
      `wsdissect: ${file}: left out: 8 messages (--max-messages), the rest of 8 long messages (--max-payload)\n`,
    ]);
    const lines = linesIn(readFileSync(file, 'utf8'));
    const messages = lines
      .filter((line) => line.startsWith('{"type":"message",'))
      .map((line) => JSON.parse(line) as { text: string; length: number });
    expect(messages).toHaveLength(12);
    expect(messages.map(({ text }) => Buffer.byteLength(text))).toEqual([2, 12, 22, 32, ...Array<number>(8).fill(41)]);
    expect(messages.at(-1)!.length).toBe(112);
    expect(summaryOf(lines)).toMatchObject({ client: { messages: 20 }, leftOut: { messages: 8, cut: 8 } });
  });

  it('does not cut a character in two', async () => {
    const talk = new Talk().upgrade().send(0, frame('client', 'ab日本'));
    const lines = await linesOf(talk.finish().pcap(), ['--max-payload', '4']);
    expect(lines.find((line) => line.startsWith('{"type":"message",'))).toContain('"text":"ab"');
  });

  it('leaves out a meaning that is too long, and a close reason', async () => {
    const talk = new Talk().upgrade({ target: '/' });
    for (let id = 1; id < 5; id++)
      talk.send(0, frame('client', `{"jsonrpc":"2.0","id":${id},"method":"m${'x'.repeat(50)}"}`));
    const lines = await linesOf(talk.finish().pcap(), ['--max-payload', '30']);
    const details = lines.map((line) => JSON.parse(line) as ReportLine).filter(({ type }) => type === 'message-detail');
    expect(details.at(-1)).toMatchObject({ cut: 30, noMeaning: true });
    const closed = await linesOf(hostileCapture(), ['--max-payload', '3']);
    expect(closed.some((line) => line.includes('"closeReason"') && line.startsWith('{"type":"message"'))).toBe(false);
  });

  it('of 100,000 small messages is far below ten megabytes', async () => {
    const file = await reports.write(manyMessages(100_000));
    expect(statSync(file).size).toBeLessThan(10_000_000);
    expect(summaryOf(linesIn(readFileSync(file, 'utf8')))).toMatchObject({ leftOut: { messages: 0 } });
  });

  it('is made in a small heap, whatever the capture is', () => {
    const capture = join(reports.folder, 'long.pcap');
    writeFileSync(capture, manyMessages(120_000, 3000));
    const file = join(reports.folder, 'long.html');
    const argv = JSON.stringify(['report', '-q', '-o', file, capture]);
    const printed = runWithHeap(
      64,
      `import { run } from './test/cli/fake-io.ts'; console.log((await run(${argv})).code);`,
    );
    expect(printed).toBe('0');
    expect(summaryOf(linesIn(readFileSync(file, 'utf8')))).toMatchObject({
      client: { messages: 40_000 },
      leftOut: { messages: 20_000 },
    });
  });

  it('takes percentiles by the nearest rank', () => {
    const values = Array.from({ length: 20 }, (_, index) => index + 1);
    expect([percentile(values, 50), percentile(values, 95), percentile([7], 95), percentile([], 50)]).toEqual([
      10,
      19,
      7,
      undefined,
    ]);
  });
});

describe('the command', () => {
  it('without data weighs less than 150 kB', async () => {
    const file = await reports.write(manyMessages(0, 0));
    expect(statSync(file).size).toBeLessThan(150_000);
    expect(existsSync(new URL('../../dist/report/page.html', import.meta.url))).toBe(true);
  });

  it('names the licence of what others wrote in it', async () => {
    const html = readFileSync(await reports.write(manyMessages(0, 0)), 'utf8');
    expect(html).toMatch(/<!--\n@marcbachmann\/cel-js \d[\d.]+\n\n[^]*Permission is hereby granted[^]*\n-->/);
  });

  it('writes to standard output where no file is named, but not to a terminal', async () => {
    const pipe = await run(['report', '-q', '-'], { stdin: [strangersCapture()] });
    expect([pipe.code, pipe.stdout.slice(0, 15)]).toEqual([0, '<!doctype html>']);
    const terminal = await run(['report', '-q', '-'], { stdin: [strangersCapture()], terminals: ['stdout'] });
    expect([terminal.code, terminal.stdout]).toEqual([2, '']);
    expect(terminal.stderr).toContain('name one with -o report.html');
    const idle = await run(['report', '-o', 'x.html'], { terminals: ['stdin'] });
    expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining('no capture')]);
  });

  it('overwrites nothing that it is not told to', async () => {
    const file = await reports.write(strangersCapture());
    const again = await run(['report', '-q', '-o', file, '-'], { stdin: [hostileCapture()] });
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--force overwrites it')]);
    expect((await run(['report', '-q', '--force', '-o', file, '-'], { stdin: [hostileCapture()] })).code).toBe(0);
  });

  it('has several captures on one page, and what could not be read', async () => {
    const file = join(reports.folder, 'several.html');
    const path = (name: string): string => new URL(name, FIXTURES).pathname;
    const { code } = await run(['report', '-q', '-o', file, path('send.pcap'), path('browser.pcap'), 'missing.pcap']);
    expect(code).toBe(2);
    const lines = linesIn(readFileSync(file, 'utf8')).map((line) => JSON.parse(line) as ReportLine);
    expect(lines.filter(({ type }) => type === 'input')).toHaveLength(3);
    const ends = lines.filter((line) => line.type === 'input-end');
    expect(ends.map(({ error }) => error)).toEqual([undefined, undefined, expect.stringContaining('no such file')]);
    expect(lines.some((line) => 'file' in line && line.file === path('send.pcap'))).toBe(true);
  });
});

describe('check --reporter html', () => {
  const violation = new URL('violations/server-masked.pcap', FIXTURES).pathname;

  it('writes the same page with what the check found, and passes or fails as before', async () => {
    const file = join(reports.folder, 'check.html');
    const plain = await run(['check', violation]);
    const { code, stdout } = await run(['check', '--reporter', 'text', '--reporter', `html=${file}`, violation]);
    expect([code, stdout]).toEqual([plain.code, plain.stdout]);
    const lines = linesIn(readFileSync(file, 'utf8')).map((line) => JSON.parse(line) as ReportLine);
    expect(lines[0]).toMatchObject({ type: 'report', isCheck: true });
    expect(lines.find(({ type }) => type === 'check')).toMatchObject({
      file: violation,
      passed: false,
      violations: [
        {
          code: 'ws.server-masked',
          verdict: 'failing',
          evidence: [expect.stringMatching(/^header: 81 86/), expect.any(String)],
        },
      ],
    });
    expect((await run(['check', '--reporter', `html=${file}`, violation])).code).toBe(1);
  });

  it('says which expectations are about no capture', async () => {
    const file = join(reports.folder, 'expect.html');
    const expectations = join(reports.folder, 'expect.yaml');
    writeFileSync(expectations, 'checks: [{filter: {min: 1, match: {file__endswith: other.pcap, type: message}}}]');
    const clean = new URL('send.pcap', FIXTURES).pathname;
    await run(['check', '--reporter', `html=${file}`, '--expect', expectations, clean]);
    const lines = linesIn(readFileSync(file, 'utf8')).map((line) => JSON.parse(line) as ReportLine);
    expect(lines.findLast(({ type }) => type === 'check')).toMatchObject({ passed: false, claims: [{ isMet: false }] });
  });

  it('does not change what golden files are compared with', async () => {
    const capture = new URL('socketio-websocket.pcap', FIXTURES).pathname;
    const golden = join(reports.folder, 'golden.jsonl');
    await run(['check', '-q', '--golden', golden, '--update', capture]);
    const { code } = await run(['check', '-q', '--golden', golden, '--reporter', `html=${golden}.html`, capture]);
    expect(code).toBe(0);
  });

  it('shares standard output with nothing', async () => {
    const { code, stderr } = await run(['check', '--reporter', 'text', '--reporter', 'html', violation]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot share stdout')]);
  });
});
