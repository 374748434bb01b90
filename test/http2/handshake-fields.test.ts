import { expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, SERVER_START } from '../support/http2.js';

const asked = (request: Readonly<Record<string, string>>, response: Readonly<Record<string, string>> = {}): Buffer =>
  new Talk()
    .open()
    .send(0, CLIENT_START)
    .send(1, SERVER_START)
    .send(0, connect(1, request))
    .send(1, answer(1, response))
    .finish()
    .pcap();

/** Each with the packet and the side that it is told of. */
async function told(capture: Buffer): Promise<string[]> {
  const { connections } = await readCapture(capture);
  return connections.flatMap(({ findings }) =>
    findings.map(({ code, severity, rfc, message }) => `${severity} ${code} (${rfc}): ${message}`),
  );
}

it.each([
  [{ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }, {}, /^note http2\.unused-field .*8441.*sec-websocket-key/i],
  [
    {},
    { 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' },
    /^note http2\.unused-field .*8441.*sec-websocket-accept/i,
  ],
  [{ connection: 'Upgrade' }, {}, /http2\.field-of-http1 .*connection/],
  [{ upgrade: 'websocket' }, {}, /http2\.field-of-http1 .*upgrade/],
])('fields of the handshake of HTTP/1.1 are told: %j, %j', async (request, response, expected) => {
  const found = await told(asked(request, response));
  expect(found.filter((text) => expected.test(text))).toHaveLength(1);
});

it('nothing is told of a handshake without them', async () => {
  expect(await told(asked({ origin: 'http://example.org' }))).toEqual([]);
});
