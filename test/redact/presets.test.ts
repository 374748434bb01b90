import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeMessage } from '../../src/encode/encode-message.js';
import { run } from '../cli/fake-io.js';
import { Talk } from '../hostile/talk.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-presets-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const key = (): Uint8Array => Uint8Array.from([1, 2, 3, 4]);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What is left of the texts of a client. */
async function left(texts: readonly string[], rules: readonly string[], target = '/'): Promise<string[]> {
  const talk = new Talk().upgrade({ target });
  for (const payload of texts) {
    for (const frame of encodeMessage({ payload: Buffer.from(payload), maskingKey: key })) talk.send(0, frame);
  }
  const [capture, file] = ['talk.pcap', 'rules.yaml'].map((name) => join(folder, name));
  writeFileSync(capture!, talk.finish().pcap());
  writeFileSync(file!, `redact:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`);
  const { stdout, stderr, code } = await run(['messages', '--json', '--redact', file!, '--redact-check', capture!]);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('--redact-check:')]);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}

describe('preset: query', () => {
  it.each([
    ...['token', 'access_token', 'accessToken', 'authtoken', 'api-key', 'apiKey', 'X-Amz-Signature', 'user[token]'],
    ...['user%5Btoken%5D', 'session_id', 'PHPSESSID', 'sid', 'authKey', 'oauth.code', 'clientSecret', 'Password'],
  ])('takes the value of %s', async (name) => {
    const [said] = await left([`wss://h/?a=1&${name}=s3cr3t&b=2`], ['preset: query']);
    expect(said).toBe(`wss://h/?a=1&${name}=xxxxxx&b=2`);
  });

  it.each(['monkey', 'barcode', 'inside', 'ticketing', 'keys', 'side', 'author'])('leaves that of %s', async (name) => {
    const text = `wss://h/?a=1&${name}=visible&b=2`;
    expect(await left([text], ['preset: query'])).toEqual([text]);
  });

  it.each([
    ['/a;jsessionid=s3cr3t#b', '/a;jsessionid=xxxxxx#b'],
    ['?to=https%3A%2F%2Fb%2F%3Ftoken%3Ds3cr3t%26x%3D1', '?to=https%3A%2F%2Fb%2F%3Ftoken%3Dxxxxxx%26x%3D1'],
    ['{"url":"/?a=1\\u0026token=s3cr3t"}', '{"url":"/?a=1\\u0026token=xxxxxx"}'],
    ['/?a=1&amp;token=s3cr3t"', '/?a=1&amp;token=xxxxxx"'],
  ])('takes %s', async (text, expected) => {
    expect(await left([text], ['preset: query'])).toEqual([expected]);
  });

  it('names a value that is replaced in what is said later', async () => {
    expect(await left(['I am long-s3cr3t'], ['preset: query'], '/?token=long-s3cr3t')).toEqual(['I am xxxxxxxxxxx']);
  });
});

describe('preset: authorization', () => {
  it.each([
    ['https://me:s3cr3t@host/', 'https://xxxxxxxxx@host/'],
    [`Authorization: Basic ${base64('me:s3cr3t!')} x`, 'Authorization: Basic xxxxxxxxxxxxxxxx x'],
    ['BASIC authentication', 'BASIC authentication'],
    ['https://me@host/', 'https://me@host/'],
  ])('%s', async (text, expected) => {
    expect(await left([text], ['preset: authorization'])).toEqual([expected]);
  });
});

describe('preset: card', () => {
  it('leaves JSON JSON', async () => {
    const said = await left(['{"n":4111111111111111,"s":"4111111111111111"}'], ['preset: card']);
    expect(said).toEqual(['{"n":9999999999999999,"s":"xxxxxxxxxxxxxxxx"}']);
  });
});

describe('a path', () => {
  it('begins at JSON in base64, too', async () => {
    const [said] = await left([`{"body":"${base64('{"id":7,"token":"s3cr3t"}')}"}`], ['path: $.token']);
    const { body } = JSON.parse(said!) as { body: string };
    expect(Buffer.from(body, 'base64').toString('latin1')).toMatch(/^\{"id":7,"token/);
    expect(Buffer.from(body, 'base64').toString('latin1')).not.toMatch(/s3c|cr3|r3t/);
  });
});
