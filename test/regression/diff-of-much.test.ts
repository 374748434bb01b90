import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-much-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A golden file with so many messages of a client. */
function golden(name: string, count: number, text: (index: number) => string): string {
  const path = join(folder, name);
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ type: 'message', connection: 0, direction: 'client-to-server', opcode: 1, text: text(index) }),
  );
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

describe('diff of much', () => {
  it('tells only what differs where more differs than a shortest difference is looked for of', async () => {
    const a = golden('a.jsonl', 5000, (index) => `message ${index}`);
    const b = golden('b.jsonl', 5000, (index) => (index % 4 === 0 ? `other ${index}` : `message ${index}`));
    const { stdout } = await run(['diff', '--json', a, b]);
    const records = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; message: number; values: object[]; differences: number });
    expect(records.at(-1)!.differences).toBe(1250);
    for (const [index, { kind, message, values }] of records.slice(0, -1).entries()) {
      expect([kind, message]).toEqual(['changed', index * 4 + 1]);
      expect(values).toEqual([{ path: 'text', before: `"message ${index * 4}"`, after: `"other ${index * 4}"` }]);
    }
  });

  it('tells 150,000 differences of one side', async () => {
    const a = golden('c.jsonl', 1, () => 'a');
    const b = golden('d.jsonl', 150_000, (index) => `b${index}`);
    const { code, stdout } = await run(['diff', a, b]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/client message 150000: extra @@\n\+ b149999\n150000 differences\n$/);
  });

  it('compares messages of 5 MB, and leaves no file behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('wsdissect-spool-'));
    const text = (end: string) => (index: number) => `${'x'.repeat(5_000_000)}${index}${end}`;
    const a = golden('e.jsonl', 3, text(''));
    const b = golden('f.jsonl', 3, (index) => text(index === 1 ? '!' : '')(index));
    expect((await run(['diff', a, a])).code).toBe(0);
    const { stdout } = await run(['diff', '--json', a, b]);
    const [difference] = stdout.split('\n').map((line) => (line === '' ? undefined : (JSON.parse(line) as object)));
    expect(difference).toMatchObject({ kind: 'changed', message: 2 });
    expect(stdout.length).toBeGreaterThan(10_000_000);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('wsdissect-spool-'))).toEqual(before);
  });
});
