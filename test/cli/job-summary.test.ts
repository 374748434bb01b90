import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientFrames } from '../check/frames.js';
import { run } from './fake-io.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
const CLOSE_CODES = `${FIXTURES}violations/close-code.pcap`;

let folder: string;
let summary: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-summary-'));
  summary = join(folder, 'summary.md');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The diagrams of a text in Markdown, each as its lines. */
const diagramsOf = (text: string): string[][] =>
  [...text.matchAll(/```mermaid\n(.*?)```/gs)].map(([, diagram]) => diagram!.trimEnd().split('\n'));

describe('the job summary', () => {
  it('is put after what is there, where annotations are asked for', async () => {
    writeFileSync(summary, 'of another command\n');
    const { code, stdout } = await run(['check', '--reporter', 'github', CLOSE_CODES], {
      env: { GITHUB_STEP_SUMMARY: summary },
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^::error file=/);
    expect(readFileSync(summary, 'utf8')).toMatch(/^of another command\n## wsdissect check: FAILED\n/);
  });

  it('is the Markdown that a reporter writes to a file', async () => {
    const path = join(folder, 'own.md');
    await run(['check', '--reporter', 'github', '--reporter', `markdown=${path}`, CLOSE_CODES], {
      env: { GITHUB_STEP_SUMMARY: summary },
    });
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(summary, 'utf8'));
  });

  it('is written for annotations only', async () => {
    writeFileSync(summary, '');
    await run(['check', '--reporter', 'text', CLOSE_CODES], { env: { GITHUB_STEP_SUMMARY: summary } });
    expect(readFileSync(summary, 'utf8')).toBe('');
  });

  it('tells which file cannot be written', async () => {
    const outcome = await run(['check', '--reporter', 'github', CLOSE_CODES], {
      env: { GITHUB_STEP_SUMMARY: join(folder, 'none', 'summary.md') },
    });
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('summary.md');
  });
});

describe('the diagram of what failed', () => {
  const markdownOf = async (...args: readonly string[]): Promise<string> =>
    (await run(['check', '--reporter', 'markdown', ...args])).stdout;

  it('has the first conversation that fails, from its handshake to what is wrong', async () => {
    const [lines, ...others] = diagramsOf(await markdownOf(CLOSE_CODES));
    expect(others).toEqual([]);
    expect(lines).toEqual([
      'sequenceDiagram',
      expect.stringMatching(/^ {4}participant p1c as client 127\.0\.0\.1:\d+ \(stream 0\)$/),
      expect.stringMatching(/^ {4}participant p1s as server /),
      '    Note over p1c,p1s: ws://example.test/',
      '    p1c->>p1s: text: before',
      '    p1s->>p1c: text: before',
      '    Note over p1c,p1s: ws.close#45;code: close code 0 must not be sent',
      '    p1c->>p1s: close: 0',
      '    Note over p1c,p1s: end: fin',
    ]);
  });

  it('shows the last lines before it, and how many there were before them', async () => {
    const path = join(folder, 'long.pcap');
    const frames = Array.from({ length: 30 }, (_, index) => ({ payload: `m${index}` }));
    writeFileSync(path, clientFrames(...frames, { opcode: 3 }, ...frames));
    const [lines] = diagramsOf(await markdownOf(path));
    const said = lines!.filter((line) => line.includes('text: m')).map((line) => line.split('text: ')[1]);
    expect(said.slice(0, 11)).toEqual(Array.from({ length: 11 }, (_, index) => `m${index + 19}`));
    expect(lines!.join('\n')).toContain('more lines not drawn\n');
    expect(said.length).toBeLessThanOrEqual(16);
  });

  it('has the beginning of the first conversation where something else fails', async () => {
    const path = join(folder, 'fine.pcap');
    writeFileSync(path, clientFrames(...Array.from({ length: 30 }, (_, index) => ({ payload: `m${index}` }))));
    const expectations = join(folder, 'expect.yaml');
    writeFileSync(expectations, 'checks: [{filter: {count: 1, match: {text: no such text}}}]');
    const [lines] = diagramsOf(await markdownOf('--expect', expectations, path));
    const said = lines!.filter((line) => line.includes('text: m')).map((line) => line.split('text: ')[1]);
    expect(said).toEqual(Array.from({ length: 12 }, (_, index) => `m${index}`));
    expect(lines!.at(-1)).toMatch(/more lines not drawn$/);
  });

  it('does not change what is checked, and is not there for what passes', async () => {
    expect(diagramsOf(await markdownOf(`${FIXTURES}socketio-deflate.pcap`))).toEqual([]);
    const plain = await run(['check', '--json', CLOSE_CODES]);
    const both = await run(['check', '--json', '--reporter', `markdown=${summary}`, CLOSE_CODES]);
    expect(both.stdout).toBe(plain.stdout);
  });

  it('is there for a handshake that fails before its connection is known', async () => {
    const [lines] = diagramsOf(await markdownOf(`${FIXTURES}violations/handshake-wrong-accept.pcap`));
    expect(lines!.join('\n')).toContain('handshake.wrong#45;accept');
  });

  it('is safe: captured text means nothing to the language, Markdown or HTML', async () => {
    const path = join(folder, 'hostile.pcap');
    writeFileSync(path, clientFrames({ payload: '</pre>```\n%%{init}%%;end<script>' }, { opcode: 3 }));
    const text = await markdownOf(path);
    expect(text.match(/```/g)).toHaveLength(2);
    expect(text).not.toContain('<script>');
    expect(text).not.toContain('%%{');
  });
});
