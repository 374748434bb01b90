import { expect, it } from 'vitest';
import { END_HEADERS, HEADERS } from '../../src/http2/http2-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, data, headerBlock, http2Frame, SERVER_START } from '../support/http2.js';

/** A proxy over HTTP/2 (RFC 9113 section 8.5) may have carried a WebSocket: that it is not read is told, once. */
it('a tunnel over HTTP/2 is told as what is not read', async () => {
  const fields = headerBlock({ ':method': 'CONNECT', ':authority': 'example.org:80' });
  const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
  for (const stream of [1, 3]) talk.send(0, http2Frame(HEADERS, END_HEADERS, stream, fields)).send(1, answer(stream));
  talk.send(0, data(1, requestText())).send(1, data(1, responseText())).finish();
  const { findings, connections } = await readCapture(talk.pcap());
  expect(connections).toEqual([]);
  expect(findings.map(({ code, message }) => [code, message])).toEqual([
    ['http2.other-protocol', 'Stream 1 asks for a tunnel, which is not read'],
  ]);
});
