import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture } from '../../export/har.js';
import { ARTICLE, dumpForms } from '../../support/dumps.js';
import { run } from '../fake-io.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-'));
  mkdirSync(join(folder, 'below'));
  copyFileSync(fixture('send.pcap').pathname, join(folder, 'a.pcap'));
  copyFileSync(fixture('send.pcap.gz').pathname, join(folder, 'below', 'no-suffix'));
  writeFileSync(join(folder, 'dump.txt'), dumpForms.xxd(ARTICLE));
  writeFileSync(join(folder, 'notes.txt'), 'Words about the captures.\n');
  writeFileSync(join(folder, 'data.json'), '{"face":[1,2,3]}\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a directory', () => {
  it.each(['frames', 'messages', 'connections'])(
    'gives the captures in it to %s, and says what is left out',
    async (command) => {
      const { code, stdout, stderr } = await run([command, '--json', folder]);
      const files = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { file: string }).file);
      expect(files).toEqual(['a.pcap', 'below/no-suffix', 'dump.txt'].map((name) => join(folder, name)));
      expect(stderr).toContain(`wsdissect: ${folder}: 2 files that are no captures left out\n`);
      expect(code).toBe(0);
    },
  );

  it('gives them to explain, export and check', async () => {
    expect((await run(['explain', '-q', folder])).stdout.match(/Text {9}ma2saka/g)).toHaveLength(3);
    const har = JSON.parse((await run(['export', '-q', '--har', folder])).stdout) as { log: { entries: unknown[] } };
    expect(har.log.entries).toHaveLength(3);
    expect((await run(['check', '--json', folder])).stdout).toContain('no-suffix');
  });

  it('without a capture, or that is not there, is told in one line', async () => {
    const empty = join(folder, 'below', 'empty');
    mkdirSync(empty);
    const nothing = await run([empty]);
    rmSync(empty, { recursive: true });
    expect([nothing.code, nothing.stdout]).toEqual([2, '']);
    expect(nothing.stderr).toContain('no capture is in this directory');
    expect((await run([join(folder, 'other')])).stderr).toContain('no such file');
  });

  it('says nothing of what is left out where that is not wanted', async () => {
    expect((await run(['-q', '--json', folder])).stderr).toBe('');
  });
});

describe('the habits of tshark', () => {
  it('-r names a capture, before those without it', async () => {
    const { code, stdout } = await run(['--json', '-q', '-r', join(folder, 'a.pcap'), join(folder, 'dump.txt')]);
    const files = stdout.trim().split('\n');
    expect(files.map((line) => (JSON.parse(line) as { file: string }).file)).toEqual([
      join(folder, 'a.pcap'),
      join(folder, 'dump.txt'),
    ]);
    expect(code).toBe(0);
    expect((await run(['check', '-r', join(folder, 'a.pcap')])).stdout).toContain('a.pcap');
    expect((await run(['explain', '-q', '-r', join(folder, 'a.pcap')])).stdout).toContain('ma2saka');
  });

  it('-i without a pattern says how to read from an interface', async () => {
    const { code, stderr } = await run(['-i', 'lo']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^wsdissect: -i ignores the case of --match, .*sudo tcpdump -U -w - -i INTERFACE \| wsdissect\n$/,
    );
  });

  it('hex where a file was meant says what to type instead', async () => {
    const { code, stderr } = await run(['8187e1a4c61d8cc5f46e80cfa7']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'no such file; these are bytes in hex: `wsdissect explain 8187e1a4c61d8cc5f46e80cfa7` explains',
    );
  });
});
