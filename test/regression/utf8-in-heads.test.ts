import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';

it('UTF-8 in a head is read as that, and other bytes as ISO 8859-1', async () => {
  const utf8 = requestText({ target: '/\u592a\u967d', more: 'Origin: http://\u00fc.test\r\n' });
  const request = Buffer.from(utf8.replace('Host: example.test', 'Host: \u00e9'));
  const response = responseText().replace('\r\n\r\n', '\r\nServer: \u00e4\r\n\r\n');
  const { connections } = await readCapture(new Talk().open().send(0, request).send(1, response).finish().pcap());
  const { handshake } = connections[0]!;
  expect(handshake).toMatchObject({ url: 'ws://\u00e9/\u592a\u967d', origin: 'http://\u00fc.test' });
  expect(handshake.response!.fields.at(-1)).toEqual(['Server', '\u00e4']);
});
