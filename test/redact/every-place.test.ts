import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/fake-io.js';
import { fixture } from '../export/har.js';
import { COMMAND_LINES, leaksOf, outputsOf } from './outputs.js';
import { marksIn, PLANTED_RULES, plantedCaptures } from './planted.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-places-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('what a rule names', () => {
  const captures = plantedCaptures();

  it('is found by the marks that this test looks for', async () => {
    // Nothing is replaced: each command that shows a payload shows one of the planted values.
    const { outputs } = await outputsOf(captures.pcap!, 'redact: []\n', ['messages', '--json']);
    const stdout = outputs.get('stdout')!.toString();
    expect(marksIn(new Map([['stdout', Buffer.from(stdout)]])).length).toBeGreaterThan(7);
  });

  it.each(Object.entries(captures))('survives in no place and no encoding of a capture: %s', async (_, bytes) => {
    for (const words of COMMAND_LINES) {
      const { outputs, stderr } = await outputsOf(bytes, PLANTED_RULES, words, ['--redact-check']);
      expect(marksIn(outputs), words.join(' ')).toEqual([]);
      expect(stderr, words.join(' ')).not.toContain('--redact-check: ');
      expect(stderr).toContain('wsdissect: replaced: ');
    }
  });

  it.each([
    ['ws.netlog.json', ['ma2saka', 'こんにちは', 'room=1', 'chat.v1', '127.0.0.1:46721']],
    ['http2.netlog.json', ['ma2saka', 'こんにちは', 'room=1', 'chat.v1', '127.0.0.1:38819']],
    ['playwright.har', ['ma2saka', '/chat?x=1', '127.0.0.1:39555']],
  ])('survives in no output of %s', async (name, values) => {
    const bytes = readFileSync(fixture(`logs/${name}`));
    const patterns = values
      .filter((value) => !value.startsWith('127.0.0.1'))
      .map((value) => JSON.stringify(escapedPattern(value)));
    const rules = `redact:\n  - preset: address\n${patterns.map((pattern) => `  - pattern: ${pattern}\n`).join('')}`;
    for (const words of COMMAND_LINES) {
      const { outputs, stderr } = await outputsOf(bytes, rules, words, ['--redact-check']);
      expect(leaksOf(outputs, values), words.join(' ')).toEqual([]);
      expect(stderr, words.join(' ')).not.toContain('--redact-check: ');
    }
  });
});

describe('diff --redact', () => {
  it.each([[[]], [['--json']]])('shows nothing of it %j', async (more) => {
    const rules = write('rules.yaml', PLANTED_RULES);
    const { pcap, har } = plantedCaptures();
    const [one, other] = [write('one', pcap!), write('other', har!)];
    const golden = join(folder, 'golden.jsonl');
    await run(['check', '-q', '--golden', golden, '--update', '--allow-empty', one]);
    for (const inputs of [
      [one, other],
      [golden, other],
      [other, golden],
    ]) {
      const { code, stdout, stderr } = await run(['diff', ...more, '--redact', rules, '--redact-check', ...inputs]);
      expect(code).toBe(1);
      expect(stdout).not.toBe('');
      expect(marksIn(new Map([['both', Buffer.from(stdout + stderr)]]))).toEqual([]);
      expect(stderr).not.toContain('--redact-check: ');
    }
  });
});

describe('names of inputs', () => {
  const frame = Buffer.from('8187e1a4c61d8cc5f46e80cfa7\n');

  it('are replaced in all that is written, and no two are one', async () => {
    const rules = write('rules.yaml', 'redact:\n  - pattern: "se[ck]ret-\\\\d"\n  - preset: address\n');
    const inputs = [write('secret-1.hex', frame), write('sekret-2.hex', frame), write('192.168.1.77.hex', frame)];
    const golden = join(folder, 'named.jsonl');
    for (const words of [
      ...COMMAND_LINES.filter(([command]) => command !== 'explain').map((words) => [...words, ...inputs]),
      ['check', '--golden', golden, '--update', ...inputs],
      ['check', '--golden', golden, ...inputs],
      ['diff', inputs[0]!, inputs[1]!],
      ['diff', '--json', inputs[0]!, write('secret-3.hex', Buffer.from('8100'))],
      ['messages', join(folder, 'secret-4.hex')],
    ]) {
      const args = words.map((word) => word.replace('{}', folder)).concat('--redact', rules, '--redact-check');
      const { stdout, stderr } = await run(args);
      expect(stdout + stderr, words.join(' ')).not.toMatch(/se[ck]ret-\d|192\.168/);
    }
    expect(readFileSync(golden, 'utf8')).not.toMatch(/se[ck]ret-\d|192\.168/);
    const { stdout } = await run(['messages', '--json', '--redact', rules, ...inputs]);
    const files = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { file: string }).file.slice(folder.length));
    expect(files).toEqual(['/xxxxxxxx.hex', '/xxxxxxxx.hex (2)', '/192.0.2.1.hex']);
  });
});

describe('preset: address', () => {
  it('maps hardware addresses to the range for documentation, as they are written', async () => {
    const texts = [
      '00:1B:44:11:3a:b7 00-1b-44-11-3a-b7 001b.4411.3ab7',
      'aa:bb:cc:dd:ee:ff 00:00:5e:00:53:00',
      '00:11:22',
    ];
    const lines = texts.map(
      (text) => `81${text.length.toString(16).padStart(2, '0')}${Buffer.from(text).toString('hex')}\n`,
    );
    const rules = write('rules.yaml', 'redact:\n  - preset: address\n');
    const input = write('macs.hex', lines.join(''));
    const { stdout, stderr, code } = await run(['messages', '--json', '--redact', rules, '--redact-check', input]);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { text: string }).text),
    ).toEqual([
      '00:00:5e:00:53:00 00-00-5e-00-53-00 0000.5e00.5300',
      '00:00:5e:00:53:01 00:00:5e:00:53:00',
      '00:11:22',
    ]);
    expect(stderr).toContain('2 addresses');
    expect(code).toBe(0);
  });

  it('knows an address of IPv6 in every place and form', async () => {
    const address = '2a02:810d:abcd:1::77';
    const text = `at [${address}]:80, ${encodeURIComponent(address)} ${Buffer.from(address).toString('base64')} ::ffff:172.20.1.2`;
    const line = `81${text.length.toString(16)}${Buffer.from(text).toString('hex')}\n`;
    const rules = write('rules.yaml', 'redact:\n  - preset: address\n');
    const input = write(
      'ipv6.hex',
      line.replace(/^81(..)/, (_, length: string) => `817e00${length}`),
    );
    const { stdout, code } = await run(['messages', '--json', '--redact', rules, '--redact-check', input]);
    const said = (JSON.parse(stdout) as { text: string }).text;
    expect(leaksOf(new Map([['stdout', Buffer.from(stdout)]]), [address, '172.20.1.2'])).toEqual([]);
    expect(said).toHaveLength(text.length);
    expect(said).toMatch(/^at \[2001:db8:[0:]*1\]:80, /);
    expect(code).toBe(0);
  });
});

describe('what is not named', () => {
  it('stays, however much it looks like an encoding', async () => {
    const text =
      '{"id":"550e8400-e29b-41d4-a716-446655440000","b":"AAECAwQFBgcICQoLDA0ODw==","w":"internationalization"}';
    const line = `81${text.length.toString(16)}${Buffer.from(text).toString('hex')}\n`;
    const rules = write(
      'rules.yaml',
      `redact:\n${['jwt', 'email', 'card', 'bearer', 'query', 'address', 'host'].map((each) => `  - preset: ${each}\n`).join('')}` +
        '  - path: $.token\n  - pattern: "\\\\d{9}x"\n',
    );
    const { stdout } = await run(['messages', '--json', '-q', '--redact', rules, write('a.hex', line)]);
    expect((JSON.parse(stdout) as { text: string }).text).toBe(text);
  });
});

function escapedPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
