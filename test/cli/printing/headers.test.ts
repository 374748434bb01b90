import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSecretField } from '../../../src/http/messages/secret-fields.js';
import { PRESETS } from '../../../src/redact/presets.js';
import { fixture } from '../../export/har.js';
import { Talk } from '../../hostile/talk.js';
import { readSchema, validator } from '../../schema/schemas.js';
import { run } from '../fake-io.js';

interface Field {
  readonly name: string;
  readonly value?: string;
  readonly leftOut?: true;
}
interface Head {
  readonly line?: string;
  readonly fields?: readonly Field[];
  readonly cut?: true;
}
interface Row {
  readonly request?: Head;
  readonly response?: Head;
}

const errorsOf = validator(readSchema('record'));
const SECRETS = ['Cookie', 'AUTHORIZATION', 'proxy-authorization', 'X-Api-Key', 'X-CSRF-Token', 'X-SessionId'];

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-headers-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function capture(talk: Talk): string {
  const path = join(folder, 'talk.pcap');
  writeFileSync(path, talk.finish().pcap());
  return path;
}

const secretTalk = (): Talk =>
  new Talk().upgrade({ more: SECRETS.map((name) => `${name}: s3cret-of-${name}; Path=/s3cret\r\n`).join('') });

async function rows(...argv: string[]): Promise<Row[]> {
  const { code, stdout } = await run(['connections', '-q', '--json', ...argv]);
  expect(code).toBe(0);
  const records = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
  for (const record of records) expect(errorsOf(record), JSON.stringify(record)).toEqual([]);
  return records;
}

async function text(...argv: string[]): Promise<string[]> {
  const { code, stdout } = await run(['connections', '-q', '--headers', ...argv]);
  expect(code).toBe(0);
  return stdout.split('\n').filter((line) => /^ {8}[<>] /u.test(line));
}

describe('connections --headers', () => {
  it('shows the fields of request and answer as they were sent, in their order', async () => {
    const path = fixture('http-folded.pcap').pathname;
    const lines = await text(path);
    expect(lines.slice(0, 4)).toEqual([
      '        > GET /chat?x=1 HTTP/1.1',
      '        > hOsT: example.test',
      '        > CONNECTION: keep-alive, Upgrade',
      '        > upgrade: WebSocket',
    ]);
    expect(lines).toContain('        < Sec-WebSocket-Protocol: three');
    const [row] = await rows('--headers', path);
    const shown = ({ line, fields = [] }: Head, mark: string): string[] =>
      [line!, ...fields.map(({ name, value }) => `${name}: ${value!}`)].map((each) => `        ${mark} ${each}`);
    expect([...shown(row!.request!, '>'), ...shown(row!.response!, '<')]).toEqual(lines);
  });

  it('shows them over HTTP/2, which has no first lines', async () => {
    const path = fixture('h2c.pcap').pathname;
    const [row] = await rows('--headers', path);
    expect(row!.request!.line).toBeUndefined();
    expect(row!.request!.fields!.slice(0, 2)).toEqual([
      { name: ':method', value: 'CONNECT' },
      { name: ':protocol', value: 'websocket' },
    ]);
    expect(row!.response!.fields![0]).toEqual({ name: ':status', value: '200' });
    expect((await text(path))[0]).toBe('        > :method: CONNECT');
  });

  it('shows what a program has noted of them in a HAR file', async () => {
    const [row] = await rows('--headers', fixture('logs/playwright.har').pathname);
    expect(row!.request!.fields!.length).toBeGreaterThan(0);
  });

  it('says nothing of them where they are not asked for', async () => {
    const path = fixture('send.pcap').pathname;
    const upgraded = fixture('send-both.pcap').pathname;
    for (const row of await rows(path, upgraded)) expect([row.request, row.response]).toEqual([undefined, undefined]);
    // A connection of which no handshake was captured has none.
    expect(await text(path)).toEqual([]);
  });

  it('leaves out values that may be secrets, in text and in JSON, and says so', async () => {
    const path = capture(secretTalk());
    const lines = await text(path);
    for (const name of SECRETS) expect(lines).toContain(`        > ${name} (value left out)`);
    const [row] = await rows('--headers', path);
    for (const name of SECRETS) expect(row!.request!.fields).toContainEqual({ name, leftOut: true });
    const where = ['--where', 'request.fields.exists(f, f.name == "Cookie" && f.value.contains("s3cret"))'];
    for (const argv of [[], ['--json'], ['--color', 'always'], where]) {
      const { stdout, stderr } = await run(['connections', '--headers', ...argv, path]);
      expect(stdout + stderr).not.toContain('s3cret');
    }
    expect(await rows(...where, path)).toEqual([]);
  });

  it('passes what the fields hold through the sanitiser', async () => {
    const path = capture(
      new Talk().upgrade({
        more: 'X-\u001b]0;owned\u0007: a\u001b[2Jb\u0000\r\nX-Latin: \xe9\xff\r\nCook\u001bie-Token: s\r\n',
      }),
    );
    const { stdout } = await run(['connections', '-q', '--headers', path]);
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
    expect(stdout).toContain(String.raw`> (escaped) X-\x1b]0;owned\x07: a\x1b[2Jb\x00`);
    expect(stdout).toContain('> X-Latin: éÿ\n');
    expect(stdout).toContain(String.raw`> (escaped) Cook\x1bie-Token (value left out)`);
    const json = await run(['connections', '-q', '--json', '--headers', path]);
    expect(json.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
    const [row] = await rows('--headers', path);
    expect(row!.request!.fields).toContainEqual({ name: 'X-\u001b]0;owned\u0007', value: 'a\u001b[2Jb\u0000' });
  });

  it('says of a head that was cut that not all of it is known', async () => {
    const [beginning, ...rest] = new Talk().upgrade({ more: 'X-First: 1\r\n' }).packets;
    expect([beginning, ...rest]).toHaveLength(5);
    const answer = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Lost: ';
    const talk = new Talk().open();
    talk.send(0, 'GET /chat HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
    talk.send(0, 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    talk
      .send(1, answer)
      .lose(1, 40)
      .acknowledge(0)
      .send(1, Buffer.of(0x81, 1, 0x61))
      .send(1, Buffer.of(0x81, 1, 0x62));
    const path = capture(talk);
    const [row] = await rows('--headers', path);
    expect(row!.request!.cut).toBeUndefined();
    expect(row!.response).toMatchObject({ line: 'HTTP/1.1 101 Switching Protocols', cut: true });
    expect(JSON.stringify(row)).not.toContain('X-Lost');
    expect(await text(path)).toContain('        < (not all of this head is known)');
  });

  it('keeps to the width of a terminal', async () => {
    const world = { terminals: ['stdout'], columns: 40 } as const;
    const { stdout } = await run(['connections', '-q', '--headers', '--color', 'never', capture(secretTalk())], world);
    expect(stdout).toContain('        > Host: ');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('shows them redacted where rules are given', async () => {
    const rules = join(folder, 'rules.yaml');
    writeFileSync(rules, 'redact:\n  - header: x-room\n  - preset: cookie\n');
    const path = capture(new Talk().upgrade({ more: 'X-Room: berlin-42\r\nCookie: a=s3cret\r\n' }));
    const argv = ['--redact', rules, '--redact-check', path];
    const [row] = await rows('--headers', ...argv);
    expect(row!.request!.fields).toContainEqual({ name: 'X-Room', value: 'xxxxxxxxx' });
    expect(row!.request!.fields).toContainEqual({ name: 'Cookie', leftOut: true });
    expect(await text(...argv)).toContain('        > X-Room: xxxxxxxxx');
  });

  it('is what --where, expectations and columns can ask for too', async () => {
    const folded = fixture('http-folded.pcap').pathname;
    const where = ['--where', 'request.fields.exists(f, f.name == "hOsT") && response.line.startsWith("HTTP/1.1 101")'];
    const chosen = await rows(...where, folded, fixture('send-both.pcap').pathname);
    expect(chosen).toHaveLength(1);
    expect(chosen[0]!.request).toBeUndefined();
    const expectations = join(folder, 'expect.yaml');
    writeFileSync(expectations, 'checks:\n  - filter: {count: 1, match: {request.fields.name: hOsT}}\n');
    expect((await run(['check', '-q', '--expect', expectations, folded])).code).toBe(0);
    const all = await run(['export', '--csv', '-', '--type', 'connection', folded]);
    expect(all.stdout).not.toContain('request');
    const some = await run(['export', '--csv', '-', '--type', 'connection', '--fields', 'request.line', folded]);
    expect(some.stdout).toBe('request.line\nGET /chat?x=1 HTTP/1.1\n');
  });

  it('belongs to connections alone', async () => {
    const { code, stderr } = await run(['messages', '--headers', fixture('send.pcap').pathname]);
    expect(code).toBe(2);
    expect(stderr).toContain('--headers');
  });
});

describe('a field that may be a secret', () => {
  it('is every one that the presets of --redact name', () => {
    const named = Object.values(PRESETS).flatMap(({ headers = [] }) => headers);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !isSecretField(name))).toEqual([]);
  });

  it.each([
    'Set-Cookie',
    'X-Amz-Signature',
    'Cf-Access-Jwt-Assertion',
    'X-AccessToken',
    'ocp-apim-subscription-key',
    'X_Auth.Token',
  ])('is %s', (name) => expect(isSecretField(name)).toBe(true));

  it.each([
    'Sec-WebSocket-Key',
    'sec-websocket-accept',
    'Host',
    'Origin',
    ':authority',
    'WWW-Authenticate',
    'X-Keyboard',
    'Keep-Alive',
    'Author',
  ])('is not %s', (name) => expect(isSecretField(name)).toBe(false));
});
