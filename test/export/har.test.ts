import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { HarValidator } from '@har-sdk/validator';
import { Ajv, type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { fixture, harOf, harText, type Har } from './har.js';

const require = createRequire(import.meta.url);

/** Checks a value against the schema of HAR 1.2; what is wrong with it, as JSON. */
function schemaErrors(har: Har): string {
  const ajv = new Ajv({ strict: false });
  // The package's default export is the function itself under one loader and a member under another.
  addFormats.default(ajv);
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as AnySchemaObject);
  const schemas = require('har-schema') as Record<string, AnySchemaObject>;
  ajv.addSchema(Object.values(schemas));
  ajv.validate('har.json#', har);
  return JSON.stringify(ajv.errors ?? []);
}

const CAPTURES = readdirSync(fixture('.')).filter((name) => /\.pcap(?:ng)?$/.test(name));

describe('a HAR file', () => {
  it('has an entry for each connection, with its messages in both directions', async () => {
    const { log } = await harOf(['close-reason.pcap']);
    expect(log.version).toBe('1.2');
    expect(log.entries).toHaveLength(1);
    const [entry] = log.entries;
    expect(entry).toMatchObject({
      _resourceType: 'websocket',
      request: { method: 'GET', httpVersion: 'HTTP/1.1' },
      response: { status: 101, statusText: 'Switching Protocols' },
    });
    expect(entry!.request.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/);
    expect(entry!.request.headers).toContainEqual({ name: 'Upgrade', value: 'websocket' });
    expect(entry!._webSocketMessages.map(({ type, opcode }) => [type, opcode])).toEqual([
      ['send', 1],
      ['send', 8],
      ['receive', 8],
    ]);
    expect(entry!._webSocketMessages[0]).toMatchObject({ data: 'bye' });
    const [, close] = entry!._webSocketMessages;
    expect(close!.encoding).toBe('base64');
    expect(Buffer.from(close!.data, 'base64').readUInt16BE(0)).toBe(4001);
  });

  it('has times in epoch seconds with all digits of the capture', async () => {
    const text = await harText([readFileSync(fixture('send.pcap'))]);
    expect(text).toMatch(/"time":\d{10}\.\d{6},"type":"send","opcode":1,"data":"ma2saka"/);
    const nanoseconds = await harText([readFileSync(fixture('send-nanosecond.pcap'))]);
    expect(nanoseconds).toMatch(/"time":\d{10}\.\d{9},"type":"send"/);
  });

  it('has a wss URL where TLS was decrypted', async () => {
    const { log } = await harOf(['tls13-aes128-gcm.pcap'], 'tls13-aes128-gcm.keys.log');
    expect(log.entries.map(({ request }) => request.url)).toEqual([expect.stringMatching(/^wss:\/\//)]);
    expect(log.entries[0]!._webSocketMessages.length).toBeGreaterThan(0);
  });

  it('has inflated messages, and binary ones in base64', async () => {
    const { log } = await harOf(['deflate-mixed.pcap']);
    const texts = log.entries[0]!._webSocketMessages.filter(({ opcode }) => opcode === 1);
    expect(texts.every(({ encoding }) => encoding === undefined)).toBe(true);
  });

  it('says what is not known where the handshake was not captured', async () => {
    const { log } = await harOf(['send.pcap']);
    expect(log.entries[0]).toMatchObject({
      request: { url: 'ws://127.0.0.1:8008/', headers: [], comment: expect.stringContaining('not captured') as string },
      response: { status: 0 },
      _webSocketMessages: [{ type: 'send', data: 'ma2saka' }],
    });
  });

  it('says which messages are not whole, and how many bytes are missing', async () => {
    const { log } = await harOf(['loss-cut-frame.pcap']);
    const cut = log.entries.flatMap((entry) => entry._webSocketMessages).filter(({ status }) => status !== undefined);
    expect(cut.length).toBeGreaterThan(0);
    expect(cut[0]!.missing).toBeGreaterThan(0);
  });

  it('has the entries of several captures, each with its name', async () => {
    const { log } = await harOf(['send.pcap', 'two-connections.pcap']);
    expect(log.entries.map(({ comment }) => comment)).toEqual([
      expect.stringContaining('from capture 0'),
      expect.stringContaining('from capture 1'),
      expect.stringContaining('from capture 1'),
    ]);
  });

  it('has refused upgrades too', async () => {
    const { log } = await harOf(['http-refused.pcap']);
    expect(log.entries[0]!.response.status).toBeGreaterThanOrEqual(400);
    expect(log.entries[0]!._webSocketMessages).toEqual([]);
  });

  it('can be made of lines of hex, which have neither times nor addresses', async () => {
    const har = JSON.parse(await harText([Buffer.from('8187e1a4c61d8cc5f46e80cfa7\n')])) as Har;
    expect(har.log.entries[0]).toMatchObject({
      startedDateTime: '1970-01-01T00:00:00Z',
      request: { url: 'ws://unknown.invalid/' },
      comment: expect.stringContaining('no times') as string,
      _webSocketMessages: [{ time: 0, data: 'ma2saka' }],
    });
    expect(schemaErrors(har)).toBe('[]');
  });

  it('has nothing in it that could do harm on a terminal', async () => {
    const frame = encodeFrame({ payload: 'a\u202eb\u001b[31mc\u{e0041}' }).toString('hex');
    const text = await harText([Buffer.from(`${frame}\n`)]);
    expect(text).toContain('\\u202e');
    expect(text).not.toMatch(/[^\n -~]/);
    expect((JSON.parse(text) as Har).log.entries[0]!._webSocketMessages[0]!.data).toBe('a\u202eb\u001b[31mc\u{e0041}');
  });
});

it.each(CAPTURES)('the HAR file of %s is valid by the HAR schema and by a HAR validator', async (name) => {
  const har = await harOf([name]);
  expect(schemaErrors(har)).toBe('[]');
  // HAR allows a log without entries; the validator does not.
  if (har.log.entries.length === 0) return;
  const { HarValidator: Validator } = require('@har-sdk/validator') as { HarValidator: new () => HarValidator };
  const verified = await new Validator().verify(har as unknown as Parameters<HarValidator['verify']>[0]);
  // Its list of methods has no CONNECT, which a request for WebSocket over HTTP/2 has.
  const isConnect = ({ instancePath }: (typeof verified)[number]): boolean => {
    const [, index] = /^\/log\/entries\/(\d+)\/request\/method$/.exec(instancePath) ?? [];
    return index !== undefined && har.log.entries[Number(index)]!.request.method === 'CONNECT';
  };
  expect(verified.filter((error) => !isConnect(error))).toEqual([]);
});
