import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures');
const NAME = 'a\\x\n\u202e.pcap';
const SHOWN = String.raw`a\\x\n\u{202e}.pcap`;

let folder: string;
let path: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-names-'));
  path = join(folder, NAME);
  copyFileSync(join(FIXTURES, 'loss-cut-record.pcap'), path);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a file name that is not safe to print', () => {
  it.each([['frames'], ['messages'], ['connections'], ['explain'], ['export', '--har']])(
    'is escaped once in a finding: %s %s',
    async (...command) => {
      const { stderr } = await run([...command, path]);
      expect(stderr).toContain(`wsdissect: (escaped) ${join(folder, SHOWN)}: `);
      expect(stderr.split('\n').every((line) => line === '' || line.startsWith('wsdissect: '))).toBe(true);
    },
  );

  it('is escaped once in an error', async () => {
    const missing = join(folder, `no${NAME}`);
    for (const argv of [[missing], ['explain', missing], ['export', '--har', missing], ['check', missing]]) {
      expect((await run(argv)).stderr).toContain(`wsdissect: (escaped) ${join(folder, `no${SHOWN}`)}: no such file`);
    }
    const { stderr } = await run(['--keylog', missing, path]);
    expect(stderr).toContain(`: (escaped) key log ${join(folder, `no${SHOWN}`)}: no such file`);
  });

  it('is escaped once in each report of check', async () => {
    expect((await run(['check', path])).stdout).toContain(`(escaped) ${join(folder, SHOWN)}\n`);
    const { stdout } = await run(['check', '--json', path]);
    expect(JSON.parse(stdout.split('\n')[0]!)).toMatchObject({ file: path });
  });

  it('is escaped once in what an expectation wants of it', async () => {
    const { stdout } = await run(['check', '--expect', '-', join(FIXTURES, 'send.pcap')], {
      stdin: [String.raw`checks: [{ filter: { min: 1, match: { file: "a\nb" } } }]`],
    });
    expect(stdout).toContain(String.raw`file: "a\nb"` + '\n');
  });
});
