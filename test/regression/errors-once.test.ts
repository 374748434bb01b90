import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';

it.each([['frames'], ['messages'], ['connections'], ['explain'], ['export', '--har'], ['check']])(
  'why a capture cannot be read is said once, on stderr: %s %s',
  async (...command) => {
    const { code, stdout, stderr } = await run([...command, 'missing.pcap']);
    expect([code, stderr]).toEqual([2, 'wsdissect: missing.pcap: no such file; check its path\n']);
    expect(stdout).not.toContain('no such file');
  },
);

it('a report in a file says it too: stderr does not stand beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wsdissect-once-'));
  const path = join(folder, 'report.txt');
  await run(['check', '--reporter', `text=${path}`, 'missing.pcap']);
  expect(readFileSync(path, 'utf8')).toContain('missing.pcap\n  unreadable  no such file; check its path\n');
  rmSync(folder, { recursive: true });
});
