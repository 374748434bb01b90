import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dissect } from '../../src/dissect.js';
import { encodeMessage, type MessageShape } from '../../src/encode/encode-message.js';

import { run, type Outcome } from '../cli/fake-io.js';
import { Talk } from '../hostile/talk.js';

const FIXTURES = new URL('../../fixtures/', import.meta.url).pathname;
const key = (): Uint8Array => Uint8Array.from([1, 2, 3, 4]);
const frames = (text: string | Buffer, more: Partial<MessageShape> = {}): Buffer[] =>
  encodeMessage({ payload: Buffer.from(text), maskingKey: key, ...more });

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-redacting-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A capture in which the client sends these. */
function capture(texts: readonly (string | Buffer)[], more = ''): string {
  const talk = new Talk().upgrade({ more });
  for (const text of texts) for (const frame of frames(text)) talk.send(0, frame);
  return file('talk.pcap', talk.finish().pcap());
}

const rulesOf = (...rules: readonly string[]): string =>
  file('rules.yaml', `redact:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`);

/** The texts that are left of messages. */
async function left(texts: readonly string[], ...rules: readonly string[]): Promise<string[]> {
  const { stdout } = await run(['messages', '--json', '-q', '--redact', rulesOf(...rules), capture(texts)]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);
}

describe('a path', () => {
  it.each([
    ['$.token', '{"token":"abcdefgh","a":1}', '{"token":"xxxxxxxx","a":1}'],
    ['$.a', '{"a":-12.5e3,"b":2}', '{"a":9999999,"b":2}'],
    ['$.a', '{"a":true,"b":true}', '{"a":null,"b":true}'],
    ['$.a', '{"a":false}', '{"a":null }'],
    ['$.a', '{"a":null}', '{"a":null}'],
    ['$.a', '{"a":{"b":[1,2]},"c":3}', '{"a":"xxxxxxxxx","c":3}'],
    ['$.a', '{"a":"","b":[]}', '{"a":"","b":[]}'],
    ['$..a', '[{"a":"one"},[{"a":"two"}]]', '[{"a":"xxx"},[{"a":"xxx"}]]'],
    ['$.token', '42/room,7["ev",{"token":"s3"}]', '42/room,7["ev",{"token":"xx"}]'],
    ['$.token', '{"t\\u006fken":"a\\nb\\u00e9"}', '{"t\\u006fken":"xxxxxxxxxx"}'],
    ['$.token', '{"json":"{\\"token\\":\\"s3\\"}"}', '{"json":"{\\"token\\":\\"xx\\"}"}'],
    ['$.token', '{"token":1}\n{"token":2,"b":3}', '{"token":9}\n{"token":9,"b":3}'],
    ['$.token', '{"to":"太郎","token":"太郎"}', '{"to":"太郎","token":"xxxxxx"}'],
    ['$.token', 'no JSON {here}', 'no JSON {here}'],
  ])('%s of %s', async (path, text, expected) => {
    expect(await left([text], `path: ${path}`)).toEqual([expected]);
  });

  it('begins at the value that a protocol carries, too', async () => {
    const text = '{"jsonrpc":"2.0","id":1,"method":"login","params":{"pin":"hush"}}';
    const args = [
      'messages',
      '--json',
      '-q',
      '--decode',
      'json-rpc',
      '--redact',
      rulesOf('path: $.pin'),
      capture([text]),
    ];
    const { stdout } = await run(args);
    expect(JSON.parse(stdout)).toMatchObject({
      text: text.replace('hush', 'xxxx'),
      decoded: { name: 'login', value: { pin: 'xxxx' } },
    });
  });

  it('names a value that is replaced in later messages as well', async () => {
    const said = await left(['{"token":"abcdefgh"}', 'Bearer abcdefgh, abcdefg'], 'path: $.token');
    expect(said[1]).toBe('Bearer xxxxxxxx, abcdefg');
  });
});

describe('a preset', () => {
  it.each([
    ['bearer', 'Authorization: Bearer ab.c-d/e== next', 'Authorization: Bearer xxxxxxxxxx next'],
    ['jwt', 'x eyJhbGciOiJ9.eyJzdWIi.c2ln y', 'x xxxxxxxxxxxxxxxxxxxxxxxxxx y'],
    ['email', 'to a.b+c@d-e.example.org.', 'to xxxxxxxxxxxxxxxxxxxxx.'],
    ['card', 'card 4111-1111-1111-1111, not 4111-1111-1111-1112', 'card xxxxxxxxxxxxxxxxxxx, not 4111-1111-1111-1112'],
    ['query', 'wss://h/?a=1&access_token=s%20e&Key=k#x', 'wss://h/?a=1&access_token=xxxxx&Key=x#x'],
    ['address', 'from 172.16.200.20 and fe80::1234:5678:9abc:def0', 'from 192.00.002.01 and 2001:db8:00:0:00:0:00::1'],
    ['host', 'ask chat.corp.net at https://chat.corp.net:8/', 'ask hn.example.com at https://hn.example.com:8/'],
  ])('%s', async (preset, text, expected) => {
    const [said] = await left([text], `preset: ${preset}`);
    expect(said).toHaveLength(text.length);
    if (preset === 'host') expect(said).toMatch(/^ask (h?.)\.?example\S* at https:\/\/\1/);
    else if (preset === 'address') expect(said).toMatch(/^from 192\.0*0\.0*2\.0*\d and 2001:db8:[0:]*1$/);
    else expect(said).toBe(expected);
  });

  it('maps addresses of records consistently, with their ports and Community IDs', async () => {
    const path = capture(['from 10.0.0.1']);
    const { stdout } = await run(['connections', '--json', '-q', '--redact', rulesOf('preset: address'), path]);
    const before = await run(['connections', '--json', '-q', path]);
    expect(JSON.parse(stdout)).toMatchObject({ client: '192.0.2.1:20000', server: '192.0.2.2:80' });
    const id = (text: string): string => (JSON.parse(text) as { communityId: string }).communityId;
    expect(id(stdout)).not.toBe(id(before.stdout));
  });
});

describe('what is not named', () => {
  it('stays as it is, byte for byte', async () => {
    const rules = rulesOf('path: $.never', 'pattern: "never there"', 'header: x-never', 'preset: card', 'preset: jwt');
    for (const name of ['frames-fragments.pcap', 'socketio-websocket.pcap', 'frames-sizes.pcap', 'close-reason.pcap']) {
      for (const command of ['frames', 'messages', 'connections', 'calls']) {
        const { stdout } = await run([command, '--json', '-q', join(FIXTURES, name)]);
        const redacted = await run([command, '--json', '-q', '--redact', rules, join(FIXTURES, name)]);
        expect(redacted.stdout).toBe(stdout);
      }
    }
  });
});

describe('frames', () => {
  async function payloads(bytes: Buffer): Promise<string[]> {
    const found: string[] = [];
    for await (const event of dissect([bytes])) {
      if (event.type === 'frame') found.push(event.frame.payload!.toString('latin1'));
    }
    return found;
  }

  it('are replaced where a value spans them, and go out masked with their key', async () => {
    const talk = new Talk().upgrade();
    for (const frame of frames('we attack at dawn, they say', { fragmentLength: 5 })) talk.send(0, frame);
    const path = file('fragments.pcap', talk.finish().pcap());
    const out = join(folder, 'plain.pcap');
    const rules = rulesOf('pattern: attack at dawn');
    expect((await run(['export', '--pcap', out, '--plain', '--force', '--redact', rules, path])).code).toBe(0);
    expect((await payloads(readFileSync(out))).join('')).toBe('we xxxxxxxxxxxxxx, they say');
  });

  it('of a message that has no end are replaced whole, and it is told', async () => {
    const talk = new Talk().upgrade();
    for (const frame of frames('harmless', { fin: false })) talk.send(0, frame);
    const path = file('open.pcap', talk.finish().pcap());
    const { stdout, stderr } = await run(['frames', '--raw', '--redact', rulesOf('pattern: attack'), path]);
    expect(stdout).toBe('xxxxxxxx');
    expect(stderr).toContain('1 payload that could not be searched, whole');
  });

  it('keep the code of a close frame', async () => {
    const talk = new Talk().upgrade();
    for (const frame of frames(Buffer.concat([Buffer.from([3, 233]), Buffer.from('go, attack')]), { opcode: 8 })) {
      talk.send(0, frame);
    }
    const path = file('close.pcap', talk.finish().pcap());
    const rules = rulesOf('pattern: attack');
    const { stdout } = await run(['connections', '--json', '-q', '--redact', rules, path]);
    expect(JSON.parse(stdout)).toMatchObject({ closeCode: 1001, closeReason: 'go, xxxxxx' });
  });

  it('wait for their message only within a limit', async () => {
    const talk = new Talk().upgrade();
    const [first, ...rest] = frames('one harmless text in two frames', { fragmentLength: 20 });
    talk.send(0, first!);
    for (let i = 0; i < 2000; i++) talk.send(0, frames('ping', { opcode: 9 })[0]!);
    for (const frame of rest) talk.send(0, frame);
    const path = file('long.pcap', talk.finish().pcap());
    const rules = rulesOf('pattern: attack');
    const { stdout } = await run(['frames', '--json', '-q', '--redact', rules, path]);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(2002);
    expect(lines[0]).toContain('"text":"xxxxxxxxxxxxxxxxxxxx"');
    const { stdout: said } = await run(['messages', '--json', '-q', '--opcode', 'text', '--redact', rules, path]);
    expect(said).toContain('one harmless text in two frames');
  });
});

describe('inside TLS and HTTP/2', () => {
  it.each(['tls12-aes128-gcm', 'tls12-cbc-sha1', 'h2-chromium'])('%s: what is named is gone', async (name) => {
    const args = ['--keylog', join(FIXTURES, `${name}.keys.log`), join(FIXTURES, `${name}.pcap`)];
    const rules = rulesOf('pattern: "[a-z0-9]{4,}"', 'preset: host', 'preset: address', 'header: user-agent');
    for (const command of [
      ['messages', '--raw'],
      ['frames', '--json'],
      ['connections', '--json'],
      ['export', '--har'],
    ]) {
      const { stdout, code } = await run([...command, '-q', '--redact', rules, ...args]);
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/127\.0\.0\.1|localhost|Mozilla/);
      if (command[1] === '--raw') expect(stdout).not.toMatch(/ma2saka|quick|hello|1024/);
    }
  });
});

describe('--redact', () => {
  const secret = 'attack at dawn';
  const refused = (outcome: Outcome, what: string): void => {
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toContain(what);
  };

  it('refuses packets as they were captured, and writes none', async () => {
    const out = join(folder, 'never.pcap');
    const rules = rulesOf(`pattern: ${secret}`);
    refused(await run(['export', '--pcap', out, '--redact', rules, capture([secret])]), '--plain');
    expect(() => readFileSync(out)).toThrow('ENOENT');
  });

  it('refuses bytes that are no capture', async () => {
    const rules = rulesOf(`pattern: ${secret}`);
    refused(await run(['explain', '--redact', rules, '8101ff']), '--redact goes with captures');
    const hex = file('frames.bin', '8101ff');
    refused(await run(['explain', '--redact', rules, hex]), '--redact goes with captures');
  });

  it('is an option of no command that shows no capture', async () => {
    refused(await run(['encode', '--redact', 'x', 'text']), "unknown option '--redact'");
  });

  it.each([
    ['redact:\n  - path: token\n', 'rules.yaml:2: redact[0] path: a path begins with $'],
    ['redact:\n  - pattern: "("\n', 'rules.yaml:2: redact[0] pattern: '],
    ['redact:\n  - pattern: "x*"\n', 'it matches the empty text'],
    ['redact:\n  - preset: cooky\n', 'cooky is none of authorization, cookie, bearer'],
    ['redact:\n  - patern: x\n', 'did you mean pattern?'],
    ['other: []\n', 'the file must be one list, redact:'],
  ])('says what is wrong with %j', async (text, what) => {
    refused(await run(['messages', '--redact', file('rules.yaml', text), capture(['a'])]), what);
  });

  it('says what was replaced, and not what', async () => {
    const rules = rulesOf(`pattern: ${secret}`, 'path: $.a', 'header: cookie');
    const path = capture([`${secret}, ${secret}`, '{"a":"b"}', '{"a":"c"}'], 'Cookie: a=b\r\n');
    const { stderr } = await run(['messages', '--redact', rules, path]);
    expect(stderr).toBe(
      'wsdissect: replaced: the pattern in rule 1 of rules.yaml 2 times, $.a 2 times, the field cookie 1 time\n',
    );
    expect((await run(['messages', '-q', '--redact', rules, path])).stderr).toBe('');
  });

  it('takes several files', async () => {
    const more = file('more.yaml', 'redact:\n  - pattern: "[0-9]+"\n');
    const args = ['messages', '--raw', '-q', '--redact', rulesOf(`pattern: ${secret}`), '--redact', more];
    expect((await run([...args, capture([`${secret} 42`])])).stdout).toBe('xxxxxxxxxxxxxx xx');
  });

  it('hides what a golden file has too, and --update writes what is left', async () => {
    const path = capture([secret, 'hello']);
    const golden = join(folder, 'golden.jsonl');
    expect((await run(['check', '-q', '--golden', golden, '--update', path])).code).toBe(0);
    expect(readFileSync(golden, 'utf8')).toContain(secret);
    const rules = rulesOf(`pattern: ${secret}`, 'preset: host');
    const before = await run(['check', '-q', '--golden', golden, '--redact', rules, path]);
    expect([before.code, before.stdout]).toEqual([0, expect.not.stringContaining(secret)]);
    const changed = capture([secret, 'bye']);
    const differs = await run(['check', '--golden', golden, '--redact', rules, changed]);
    expect([differs.code, differs.stdout]).toEqual([1, expect.stringContaining('hello')]);
    expect(differs.stdout + differs.stderr).not.toContain(secret);
    await run(['check', '-q', '--golden', golden, '--update', '--redact', rules, path]);
    expect(readFileSync(golden, 'utf8')).not.toContain(secret);
    expect((await run(['check', '-q', '--golden', golden, '--redact', rules, path])).code).toBe(0);
  });

  it('hides what differs', async () => {
    const rules = rulesOf(`pattern: ${secret}`, 'path: $.token');
    const a = file('a.pcap', readFileSync(capture([`now ${secret}`, '{"token":"abcdefgh","n":1}'])));
    const b = file('b.pcap', readFileSync(capture(['never', '{"token":"ijklmnop","n":1}'])));
    const { stdout, code } = await run(['diff', '--redact', rules, a, b]);
    expect(code).toBe(1);
    expect(stdout).toContain('now xxxxxxxxxxxxxx');
    expect(stdout).not.toMatch(/attack|abcdefgh|ijklmnop/);
    const golden = join(folder, 'diff.jsonl');
    await run(['check', '-q', '--golden', golden, '--update', a]);
    const against = await run(['diff', '--redact', rules, golden, b]);
    expect(against.stdout).toContain('now xxxxxxxxxxxxxx');
    expect(against.stdout).not.toMatch(/attack|abcdefgh|ijklmnop/);
  });
});

describe('--redact-check', () => {
  it('needs --redact', async () => {
    const { code, stderr } = await run(['messages', '--redact-check', capture(['a'])]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--redact-check goes with --redact FILE')]);
  });

  it.each([
    ['messages', '--json'],
    ['messages', '--raw'],
    ['report'],
    ['export', '--har'],
    ['export', '--csv'],
    ['export', '--parquet', '{}/late.parquet', '--force'],
    ['export', '--pcap', '{}/late.pcap', '--plain', '--force'],
    ['export', '--payloads', '{}/late', '--force'],
  ])('%s %s: finds a value that stood there before a path named it', async (...words) => {
    const path = capture(['first abcdefgh', '{"token":"abcdefgh"}']);
    const args = words.map((word) => word.replace('{}', folder));
    const rules = rulesOf('path: $.token');
    const late = await run([...args, '--redact', rules, '--redact-check', path]);
    expect(late.stderr).toMatch(/--redact-check: .* still has \$\.token/);
    expect(late.stderr).not.toContain('abcdefgh');
    expect(late.code).toBe(1);
    const both = rulesOf('path: $.token', 'pattern: "abcdefg."');
    const clean = await run([...args, '--redact', both, '--redact-check', path]);
    expect([clean.code, clean.stderr]).toEqual([0, expect.not.stringContaining('--redact-check')]);
  });

  it('finds a pattern that what is written has by itself', async () => {
    const rules = rulesOf('pattern: "server"');
    const { code, stderr } = await run(['messages', '--json', '--redact', rules, '--redact-check', capture(['a'])]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('stdout still has the pattern in rule 1')]);
  });
});
