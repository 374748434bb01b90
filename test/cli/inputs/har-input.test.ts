import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dissect } from '../../../src/dissect.js';
import { toRecord } from '../../../src/output/records/record-fields.js';
import { ReportSummary } from '../../../src/report/report-summary.js';
import { fixture } from '../../export/har.js';
import { readSchema, validator } from '../../schema/schemas.js';
import { run } from '../fake-io.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'wsdissect-har-'))));
afterAll(() => rmSync(folder, { recursive: true }));

interface MessageRecord {
  readonly direction: string;
  readonly opcode: number;
  readonly time?: string;
  readonly text?: string;
  readonly base64?: string;
  readonly status: string;
}

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function messagesOf(path: string): Promise<MessageRecord[]> {
  const { stdout } = await run(['messages', '--json', '-q', path]);
  return stdout === ''
    ? []
    : stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as MessageRecord);
}

const HANDSHAKE = {
  request: {
    method: 'GET',
    url: 'wss://example.org/chat?room=1',
    httpVersion: 'HTTP/1.1',
    headers: [
      { name: 'Host', value: 'example.org' },
      { name: 'Origin', value: 'https://example.org' },
    ],
  },
  response: {
    status: 101,
    statusText: 'Switching Protocols',
    httpVersion: 'HTTP/1.1',
    headers: [{ name: 'Sec-WebSocket-Protocol', value: 'chat.v1' }],
  },
};

function har(...entries: unknown[]): string {
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, pages: [], entries } });
}

const START = '2026-01-02T03:04:05.678Z';
const TIME = 1_767_323_045;

describe('a HAR file', () => {
  it('of Playwright, recorded, gives what was sent and received', async () => {
    const messages = await messagesOf(fixture('logs/playwright.har').pathname);
    expect(messages.map(({ direction, opcode, text, base64 }) => [direction, opcode, text ?? base64])).toEqual([
      ['client-to-server', 1, 'ma2saka'],
      ['client-to-server', 2, 'AAEC/w=='],
      ['client-to-server', 1, '{"é":"\\ud83d\\ude00"}'],
      ['client-to-server', 1, 'bye'],
      ['server-to-client', 1, 'echo ma2saka'],
      ['server-to-client', 2, 'AAEC/w=='],
      ['server-to-client', 1, 'echo {"é":"\\ud83d\\ude00"}'],
      ['server-to-client', 1, 'echo bye'],
    ]);
    // Milliseconds there, and the digits that are written.
    expect(messages[0]!.time).toBe('2026-11-25T18:38:12.492041Z');
    const { stdout } = await run(['connections', '--json', fixture('logs/playwright.har').pathname]);
    expect(JSON.parse(stdout)).toMatchObject({
      source: 'har',
      url: 'ws://127.0.0.1:39555/chat?x=1',
      handshake: 'accepted',
      http: '1.1',
      httpStatus: 101,
      offeredSubprotocols: 'chat',
      subprotocol: 'chat',
      extensions: 'permessage-deflate',
      clientMessages: 4,
      serverMessages: 4,
    });
  });

  // The members of each as its source writes them.
  it.each([
    [
      'Chromium: messages before the request',
      {
        _initiator: { type: 'script' },
        _resourceType: 'websocket',
        _webSocketMessages: [
          { type: 'send', time: TIME + 0.123456, opcode: 1, data: 'ma2saka' },
          { type: 'receive', time: TIME + 1, opcode: 2, data: 'AAEC/w==' },
          { type: 'error', time: TIME + 2, opcode: -1, data: 'net::ERR_CONNECTION_RESET' },
        ],
        ...HANDSHAKE,
        startedDateTime: START,
      },
    ],
    [
      'mitmproxy: messages last, http as the scheme',
      {
        startedDateTime: '2026-01-02T03:04:05.678901+00:00',
        ...HANDSHAKE,
        request: { ...HANDSHAKE.request, url: 'https://example.org/chat?room=1' },
        _resourceType: 'websocket',
        _webSocketMessages: [
          { type: 'send', data: 'ma2saka', time: TIME + 0.123456, opcode: 1 },
          { type: 'receive', data: 'AAEC/w==', time: TIME + 1, opcode: 2 },
        ],
      },
    ],
    [
      'PCAPdroid: opcode and time first',
      {
        startedDateTime: START,
        request: HANDSHAKE.request,
        response: HANDSHAKE.response,
        _webSocketMessages: [
          { opcode: 1, time: TIME + 0.123456, type: 'send', data: 'ma2saka' },
          { opcode: 2, time: TIME + 1, type: 'receive', data: 'AAEC/w==' },
        ],
      },
    ],
    [
      'Proxyman: times in milliseconds',
      {
        startedDateTime: START,
        ...HANDSHAKE,
        _webSocketMessages: [
          { type: 'send', time: TIME * 1000 + 123.456, opcode: 1, data: 'ma2saka' },
          { type: 'receive', time: TIME * 1000 + 1000, opcode: 2, data: 'AAEC/w==' },
        ],
      },
    ],
  ])('of %s is read', async (name, entry) => {
    const other = {
      request: { method: 'GET', url: 'https://example.org/' },
      response: { content: { text: '"}]{[\\' } },
    };
    for (const text of [
      har(other, entry),
      JSON.stringify(JSON.parse(har(entry, other)), null, 2),
      `\ufeff${har(entry)}`,
    ]) {
      const path = put(`${name.slice(0, 5)}.har`, text);
      const messages = await messagesOf(path);
      expect(messages.map(({ direction, text: said, base64, status }) => [direction, said ?? base64, status])).toEqual([
        ['client-to-server', 'ma2saka', 'ok'],
        ['server-to-client', 'AAEC/w==', 'ok'],
      ]);
      expect(messages[0]!.time).toBe('2026-01-02T03:04:05.123456Z');
      const connection = JSON.parse((await run(['connections', '--json', path])).stdout) as Record<string, unknown>;
      expect(connection).toMatchObject({
        url: 'wss://example.org/chat?room=1',
        subprotocol: 'chat.v1',
        clientMessages: 1,
      });
      expect(connection).not.toHaveProperty('clientFrames');
    }
  });

  it('has no frames, which frames says, and is one line each elsewhere', async () => {
    const path = fixture('logs/playwright.har').pathname;
    const frames = await run(['frames', '--json', path]);
    expect([frames.code, frames.stdout]).toEqual([0, '']);
    expect(frames.stderr).toBe(
      `wsdissect: ${path}: a HAR file has messages and no frames: wsdissect messages shows them\n`,
    );
    for (const command of ['messages', 'connections', 'calls']) {
      expect(await run([command, path])).toMatchObject({ code: 0, stderr: '' });
    }
    const explained = await run(['explain', path]);
    expect([explained.code, explained.stdout]).toEqual([2, '']);
    expect(explained.stderr).toContain('a HAR file has messages and no frames');
    const brief = await run(['messages', '--brief', path]);
    expect(brief.stdout.split('\n')[0]).toBe('     -  18:38:12.492041Z    0  c>s  text          7  ma2saka');
  });

  it('is reported with the bytes of its messages, as it has no others', async () => {
    const summary = new ReportSummary();
    for await (const event of dissect([readFileSync(fixture('logs/playwright.har'))])) summary.event(event);
    const { client, server } = summary.line({} as never);
    expect([client, server]).toMatchObject([
      { messages: 4, bytes: 35 },
      { messages: 4, bytes: 50 },
    ]);
  });

  it('is checked: against an expectation, and without findings of its own', async () => {
    const path = fixture('logs/playwright.har').pathname;
    const expectation = (text: string): string =>
      put(
        `${text}.yaml`,
        `checks:\n  - filter:\n      count: 1\n      match:\n        type: message\n        text: ${text}\n`,
      );
    expect((await run(['check', path])).code).toBe(0);
    expect((await run(['check', '--expect', expectation('ma2saka'), path])).code).toBe(0);
    expect((await run(['check', '--expect', expectation('other'), path])).code).toBe(1);
  });

  it.each([
    'send-both.pcap',
    'deflate-takeover.pcap',
    'browser.pcap',
    'loss-mid-frame.pcap',
    'send-both.hex',
    'ping-pong.pcap',
  ])('that export --har made of %s gives its messages', async (name) => {
    const capture = fixture(name).pathname;
    const exported = await run(['export', '--har', '-q', capture]);
    const path = put('exported.har', exported.stdout);
    const [before, after] = [await messagesOf(capture), await messagesOf(path)];
    const what = (records: MessageRecord[]): unknown[] =>
      records
        .map(({ direction, opcode, time, text, base64, status, ...rest }) => {
          const { missing, closeCode } = rest as { missing?: number; closeCode?: number };
          return { direction, opcode, time, text, base64, status, missing, closeCode };
        })
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(what(after)).toEqual(what(before));
    expect(after.length).toBeGreaterThan(0);
  });

  it('with gigabytes of messages before the request keeps few of them: the rest are not held back', async () => {
    const data = 'x'.repeat(10_000);
    const messages = Array.from({ length: 100 }, (_, index) => ({ type: 'send', time: TIME + index, opcode: 1, data }));
    const path = put('long.har', har({ _webSocketMessages: messages, ...HANDSHAKE, startedDateTime: START }));
    expect(await messagesOf(path)).toHaveLength(100);
    const connection = JSON.parse((await run(['connections', '--json', path])).stdout) as Record<string, unknown>;
    expect(connection).toMatchObject({
      url: 'wss://example.org/chat?room=1',
      clientMessages: 100,
      handshake: 'accepted',
    });
  });

  it('is joined with captures, each connection with a number of its own', async () => {
    const { stdout } = await run([
      'messages',
      '--json',
      '-q',
      '--join',
      fixture('logs/playwright.har').pathname,
      fixture('send-both.pcap').pathname,
    ]);
    const streams = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { stream: number }).stream);
    expect(new Set(streams)).toEqual(new Set([0, 1]));
  });

  it.each<[what: string, messages: unknown, said: RegExp]>([
    [
      'data that is no base64',
      [{ type: 'send', time: 1, opcode: 2, data: 'not base64!' }],
      /not base64: what was sent is not known \(capture\.bad-message\)/,
    ],
    ['half a surrogate pair', [{ type: 'send', time: 1, opcode: 1, data: '\ud83d' }], /capture\.bad-message/],
    ['no data', [{ type: 'send', time: 1, opcode: 1 }], /has no data: it is left out/],
    ['another type', [{ type: 'sent', time: 1, opcode: 1, data: '' }], /neither send nor receive/],
    ['no opcode', [{ type: 'send', time: 1, data: '' }], /has no opcode/],
    ['numbers for messages', [1, 'a', null, []], /no message on 1 WebSocket connection/],
    ['an object for messages', {}, /notes no messages|no WebSocket/],
    [
      'an error',
      [{ type: 'error', time: 1, opcode: -1, data: 'net::ERR' }],
      /noted: net::ERR \(capture\.recorded-error\)/,
    ],
  ])('with %s is told, and gives nothing that was not noted', async (_, messages, said) => {
    const path = put('odd.har', har({ ...HANDSHAKE, startedDateTime: START, _webSocketMessages: messages }));
    const { code, stdout, stderr } = await run(['messages', '--json', path]);
    expect(code).toBe(0);
    expect(stderr).toMatch(said);
    expect(stdout).not.toMatch(/"(?:text|base64)":/);
  });

  it('gives records that the schema allows, the same from the table of fields', async () => {
    const errorsOf = validator(readSchema('record'));
    const path = fixture('logs/playwright.har').pathname;
    const lines = new Map<string, string[]>();
    for (const command of ['messages', 'connections', 'calls']) {
      const options = command === 'connections' ? [] : ['--decode', 'json'];
      const { stdout } = await run([command, '--json', ...options, path]);
      lines.set(command, stdout.split('\n').filter(Boolean));
      for (const line of lines.get(command)!) expect(errorsOf(JSON.parse(line)), line).toEqual([]);
    }
    const table: string[] = [];
    for await (const event of dissect([readFileSync(path)], { want: { decode: 'off' } })) {
      if (event.type === 'message' || event.type === 'connection') table.push(JSON.stringify(toRecord(event)));
    }
    const plain = (await run(['messages', '--json', '--decode', 'off', path])).stdout.trim().split('\n');
    expect(table).toEqual([...plain, ...lines.get('connections')!]);
    for (const broken of [{ packet: 1 }, { frames: 1 }])
      expect(errorsOf({ ...JSON.parse(plain[0]!), ...broken })).not.toEqual([]);
    expect(errorsOf({ ...JSON.parse(plain[0]!), source: undefined })).not.toEqual([]);
  });

  it('without any WebSocket is told', async () => {
    const path = put('plain.har', har({ request: { url: 'https://example.org/' } }, { request: {} }));
    expect((await run([path])).stderr).toBe(`wsdissect: ${path}: no WebSocket in a HAR file of 2 entries\n`);
    const silent = put('silent.har', har({ request: { url: 'ws://example.org/' } }));
    expect((await run(['messages', silent])).stderr).toContain('(capture.no-messages)');
  });

  it('that was cut or damaged gives what stands before that', async () => {
    const whole = readFileSync(fixture('logs/playwright.har'), 'utf8');
    const from = whole.indexOf('"_webSocketMessages"');
    for (let length = from; length < whole.length; length += 41) {
      const { code, stdout, stderr } = await run(['messages', '--json', put('cut.har', whole.slice(0, length))]);
      expect([code, stderr.includes('the HAR file was cut')]).toEqual([0, true]);
      expect(stdout.split('\n').length - 1).toBe(whole.slice(from, length).match(/[^\\]"\}/g)?.length ?? 0);
    }
    const damaged = put('damaged.har', `${whole.slice(0, whole.indexOf('"bye"') - 7)}}}}${whole.slice(-200)}`);
    const { stdout, stderr } = await run(['messages', '--json', damaged]);
    expect(stderr).toMatch(
      /the JSON of the HAR file is damaged: .* at byte \d+; nothing after it is read \(capture\.bad-json\)/,
    );
    expect(stdout).toContain('ma2saka');
  });

  it.each([
    ['{"log":5}'],
    ['{"log":{}}'],
    ['{"log":[]}'],
    ['{"log":{"entries":{}}}'],
    ['{"log":'],
    ['{"a":{"log":{"entries":[]}}}'],
    ['{"face":[1,2,3]}'],
    ['[{"log":{}}]'],
    ['{"log":{"entries" []}}'],
    ['{"version":"1.2"}'],
  ])('is not %s, which one line says', async (text) => {
    for (const padding of ['', ' '.repeat(5000)]) {
      const { code, stdout, stderr } = await run([put('nearly.json', text + padding)]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^wsdissect: .*: not a capture: [^\n]*JSON[^\n]*\n$/);
    }
  });
});
