import { expect, it } from 'vitest';
import { harOf } from './har.js';

it('a HAR file has an entry for each stream of HTTP/2 that is a socket, with the messages of it alone', async () => {
  const { log } = await harOf(['h2-chromium.pcap'], 'h2-chromium.keys.log');
  expect(log.entries).toMatchObject(
    ['first', 'second', 'third'].map(() => ({
      request: { method: 'CONNECT', httpVersion: 'h2', url: expect.stringMatching(/^wss:/) as string },
      response: { status: 200, statusText: '', httpVersion: 'h2' },
      _resourceType: 'websocket',
      connection: expect.stringMatching(/^\d+$/) as string,
    })),
  );
  expect(log.entries.map(({ request }) => new URL(request.url).pathname)).toEqual(['/chat', '/second', '/third']);
  expect(log.entries.map(({ _webSocketMessages: messages }) => messages.length)).toEqual([15, 15, 5]);
  expect(log.entries[0]!.request.headers).toContainEqual({ name: ':protocol', value: 'websocket' });
  const third = log.entries[2]!._webSocketMessages;
  expect(third.map(({ type, opcode }) => `${type} ${opcode}`).sort()).toEqual(
    ['send 1', 'receive 1', 'receive 1', 'send 8', 'receive 8'].sort(),
  );
});

it('a stream that was refused has an entry with its status', async () => {
  const { log } = await harOf(['h2c-refused.pcap']);
  expect(log.entries.length).toBeGreaterThan(0);
  for (const { request, response, _webSocketMessages: messages } of log.entries) {
    expect([request, response]).toMatchObject([{ method: 'CONNECT', httpVersion: 'h2' }, { httpVersion: 'h2' }]);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(messages).toEqual([]);
  }
});

it('streams whose requests were not captured are of HTTP/2 all the same', async () => {
  const { log } = await harOf(['loss-h2c-late-start.pcap']);
  const request = { method: 'CONNECT', httpVersion: 'h2', comment: expect.stringContaining('not captured') as string };
  expect(log.entries).toMatchObject([{ request }, { request }]);
  for (const { _webSocketMessages: messages } of log.entries) expect(messages.length).toBeGreaterThan(2);
});
