import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isThere } from '../../scripts/needed-program.js';
import { importIntoDevTools } from './devtools.js';
import { fixture, harText, type Har } from './har.js';

describe.runIf(await isThere('chromium'))('the developer tools of a browser', () => {
  it('import every connection and message of a HAR file', async () => {
    const captures = ['two-connections.pcap', 'deflate-mixed.pcap', 'send.pcap', 'http-refused.pcap'];
    const text = await harText(captures.map((name) => readFileSync(fixture(name))));
    const { entries } = (JSON.parse(text) as Har).log;
    const imported = await importIntoDevTools(text);
    const summary = imported.map(({ url, status, type, headers, frames }) => ({
      url,
      status,
      type,
      headers,
      messages: frames.map((frame) => [frame.type, frame.opCode, frame.text, frame.time]),
    }));
    const expected = entries.map(({ request, response, _webSocketMessages: messages }) => ({
      url: request.url,
      status: response.status,
      type: 'websocket',
      headers: request.headers.length,
      messages: messages.map(({ type, opcode, data, time }) => [type, opcode, data, time]),
    }));
    const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(summary.sort(byText)).toEqual(expected.sort(byText));
  });
});
