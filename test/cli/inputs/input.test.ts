import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, readInput, toInputError } from '../../../src/cli/input/input.js';
import { KeyLogFiles } from '../../../src/cli/input/key-log-files.js';
import { KeyLog } from '../../../src/tls/key-log/key-log.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wsdissect-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('reading a file', () => {
  it('gives all its bytes, and never writes over those it gave', async () => {
    const bytes = Buffer.alloc(3 * 1024 * 1024 + 5);
    for (let i = 0; i < bytes.length; i += 7) bytes[i] = i;
    const path = join(folder, 'large');
    writeFileSync(path, bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of readInput(path)) chunks.push(chunk);
    expect(chunks.length).toBeLessThan(30);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('ends at once where nobody wants the rest', async () => {
    for await (const chunk of readInput(join(folder, 'large'))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });
});

describe('errors of system calls', () => {
  const failed = (code: string): Error => Object.assign(new Error(`${code}: why`), { code, syscall: 'open' });

  it.each([
    ['ENOENT', 'no-such-file'],
    ['ENOTDIR', 'no-such-file'],
    ['EISDIR', 'is-a-directory'],
    ['EACCES', 'unreadable'],
    ['EIO', 'unreadable'],
  ])('%s is %s', (code, name) => {
    expect(toInputError(failed(code))).toMatchObject({ name: 'WsdissectError', code: name });
  });

  it('are told from bugs', () => {
    const bug = new TypeError('a bug');
    expect(toInputError(bug)).toBe(bug);
    expect(codeOf(bug)).toBeUndefined();
    expect(codeOf('EPIPE')).toBeUndefined();
  });
});

describe('key log files', () => {
  const line = (digit: string): string => `CLIENT_TRAFFIC_SECRET_0 ${digit.repeat(64)} ${digit.repeat(64)}\n`;
  const has = (log: KeyLog, digit: string): boolean =>
    log.find('CLIENT_TRAFFIC_SECRET_0', digit.repeat(64)) !== undefined;

  it('give their lines as they grow, each when it is whole', () => {
    const [one, two] = [join(folder, 'one.log'), join(folder, 'two.log')];
    writeFileSync(one, line('a') + line('b').slice(0, 100));
    writeFileSync(two, line('c'));
    const log = new KeyLog();
    const files = new KeyLogFiles([one, two], log);
    files.read();
    expect([has(log, 'a'), has(log, 'b'), has(log, 'c')]).toEqual([true, false, true]);
    writeFileSync(one, line('b').slice(100) + line('d').trimEnd(), { flag: 'a' });
    files.read();
    expect([has(log, 'b'), has(log, 'd')]).toEqual([true, false]);
    files.end();
    expect(has(log, 'd')).toBe(true);
  });

  it('are closed where one of them is missing', () => {
    const given = [join(folder, 'one.log'), join(folder, 'none.log')];
    expect(() => new KeyLogFiles(given, new KeyLog())).toThrow(/^key log .*none\.log: no such file; check its path$/);
  });

  it('may not be directories', () => {
    expect(() => new KeyLogFiles([folder], new KeyLog()).read()).toThrow(/^key log .*: is a directory/);
  });

  it('forget a line that never ends', () => {
    const path = join(folder, 'endless.log');
    writeFileSync(path, `${'x'.repeat(300_000)}\n${line('e')}`);
    const log = new KeyLog();
    const files = new KeyLogFiles([path], log);
    files.end();
    expect(has(log, 'e')).toBe(true);
  });
});
