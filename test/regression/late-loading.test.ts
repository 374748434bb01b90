import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, ROOT } from '../built/built-command.js';

/** What stands in files of its own because few captures need it. */
const LATE = ['http2', 'tls', 'subprotocol', 'inflate', 'text-capture', 'pcapng', 'compressed', 'encapsulations'];
const PRINT_LOADED = `process.on('exit', () => process.stderr.write('loaded ' + JSON.stringify(Object.keys(require.cache))));`;

/** The files of LATE that the built command loads, and whether it loads the widths of characters. */
function loadedBy(...args: readonly string[]): string[] {
  const hook = `${PRINT_LOADED} process.argv.splice(1, 0, ${JSON.stringify(BIN)}); require(${JSON.stringify(BIN)});`;
  const { stderr, status } = spawnSync(process.execPath, ['-e', hook, '--', ...args], { encoding: 'utf8', cwd: ROOT });
  expect(status, stderr).toBe(0);
  const loaded = JSON.parse(stderr.slice(stderr.lastIndexOf('loaded ') + 'loaded '.length)) as string[];
  const names = loaded.map((path) => basename(path, '.cjs'));
  return [...LATE, 'wide-text'].filter((name) => names.includes(name));
}

const fixture = (name: string): string => join(ROOT, 'fixtures', name);

// Start-up took 110 ms in place of 75: the decoders of what a capture may have were loaded for each one.
describe('the built command', () => {
  it('loads no decoder that a capture does not need', () => {
    expect(loadedBy('frames', '--json', fixture('send.pcap'))).toEqual([]);
    expect(loadedBy('messages', '--json', '--decode', 'off', fixture('send.pcap'))).toEqual([]);
  });

  it('loads nothing that measures characters for text that is all ASCII', () => {
    expect(loadedBy(fixture('send.pcap'))).not.toContain('wide-text');
  });

  it('loads those that it needs', () => {
    expect(loadedBy('messages', '--json', '--decode', 'off', fixture('deflate-takeover.pcap'))).toEqual(['inflate']);
    expect(loadedBy('frames', '--json', fixture('tls-no-keys.pcap'))).toEqual(['tls']);
  });
});
