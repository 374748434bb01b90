import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { responseText } from '../hostile/talk.js';
import { Wire } from '../support/wire.js';

it('is not told where a head that is too long is left out', async () => {
  const wire = new Wire().open().upgrade();
  wire.packets.pop();
  wire.next[1] -= responseText().length;
  const head = responseText().replace('\r\n\r\n', `\r\nX: ${'x'.repeat(3000)}\r\n\r\n`);
  for (let at = 0; at < head.length; at += 500) wire.put(1, { data: head.slice(at, at + 500) });
  wire.text(0, 'one').text(1, 'uno').finish();
  const { codes } = await readCapture(wire.pcap(), { limits: { httpHead: 1000 } });
  expect(codes).toContain('limit.http-head');
  expect(codes).not.toContain('tcp.gap');
});
