import { existsSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/check/check.js';
import { SummaryCount } from '../../src/check/report.js';
import { SarifReporter } from '../../src/check/reporters/sarif-reporter.js';
import { isEnd } from '../../src/cli/input/input.js';
import { pathIn } from '../../src/cli/input/capture-files.js';
import { pagerCommand } from '../../src/cli/terminal/pager.js';
import { sanitize } from '../../src/output/sanitize.js';
import { TemporaryFile } from '../../src/export/spool.js';

describe('on Windows', () => {
  it('captures in a directory have the names that they have elsewhere', () => {
    expect(pathIn('fixtures', 'send.pcap', path.win32)).toBe('fixtures/send.pcap');
    expect(pathIn('fixtures\\', 'send.pcap', path.win32)).toBe('fixtures/send.pcap');
    expect(pathIn('C:\\captures', 'a b.pcap', path.win32)).toBe('C:/captures/a b.pcap');
    expect(pathIn('\\\\server\\share', 'a.pcap', path.win32)).toBe('//server/share/a.pcap');
    expect(pathIn('fixtures/', 'send.pcap', path.posix)).toBe('fixtures/send.pcap');
    expect(pathIn('odd\\name', 'a.pcap', path.posix)).toBe('odd\\name/a.pcap');
  });

  it('the path of a file is printed as it was typed', () => {
    expect(sanitize('C:\\Users\\new\\x1b.pcap')).toBe('C:\\Users\\new\\x1b.pcap');
  });

  it('a temporary file that cannot be removed while it is open is removed when it is closed', () => {
    const directories = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('wsdissect-spool-'));
    const before = directories();
    const file = new TemporaryFile(() => {
      throw Object.assign(new Error('EBUSY: resource busy or locked'), { code: 'EBUSY', syscall: 'rmdir' });
    });
    const [left] = directories().filter((name) => !before.includes(name));
    expect(left).toBeDefined();
    writeSync(file.descriptor, Buffer.from('abc'));
    const read = Buffer.alloc(3);
    readSync(file.descriptor, read, 0, 3, 0);
    expect(read.toString()).toBe('abc');
    file.close();
    expect(existsSync(path.join(tmpdir(), left!))).toBe(false);
  });

  it('no file stays where the temporary one could be removed at once', () => {
    let removed = '';
    const file = new TemporaryFile((directory) => {
      removed = directory;
      rmSync(directory, { recursive: true });
    });
    expect(existsSync(removed)).toBe(false);
    file.close();
  });

  it('the pager is the one that the system has, unless PAGER names another', () => {
    expect(pagerCommand({}, 'win32')).toBe('more');
    expect(pagerCommand({}, 'linux')).toBe('less -R');
    expect(pagerCommand({ PAGER: 'bat' }, 'win32')).toBe('bat');
  });

  it('the end of a pipe is an end, and no error', () => {
    expect(isEnd(Object.assign(new Error('EOF: end of file, read'), { code: 'EOF', syscall: 'read' }))).toBe(true);
    expect(isEnd(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' }))).toBe(false);
  });

  it.each([
    ['C:\\captures\\a b.pcap', 'file:///C:/captures/a%20b.pcap'],
    ['fixtures\\a.pcap', 'fixtures/a.pcap'],
    ['/tmp/a.pcap', 'file:///tmp/a.pcap'],
  ])('a report of SARIF places %s at %s', async (file, uri) => {
    const reporter = new SarifReporter({ version: '' });
    const counts = new SummaryCount();
    const report = await check('fixtures/violations/server-masked.pcap', { file });
    counts.add(report);
    reporter.capture(report);
    expect(reporter.end({ summary: counts.summary, claims: [], passed: false })).toContain(`"uri": "${uri}"`);
  });
});
