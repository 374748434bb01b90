import { expect, it } from 'vitest';
import { CONTINUATION, END_HEADERS, HEADERS, PADDED } from '../../src/http2/http2-frame.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { findingsOf, readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, CONNECT_FIELDS, data, headerBlock, http2Frame, SERVER_START } from '../support/http2.js';

const block = headerBlock(CONNECT_FIELDS);
const toServer = encodeFrame({ payload: 'to the server', maskingKey: 0x0badcafe });

/** All of it was captured: that bytes of it were not is no reason why it cannot be read. */
it.each([
  ['more padding than bytes', http2Frame(HEADERS, END_HEADERS | PADDED, 1, Buffer.concat([Buffer.from([255]), block]))],
  [
    'another frame inside',
    Buffer.concat([http2Frame(HEADERS, 0, 1, block), data(1, 'x'), http2Frame(CONTINUATION, END_HEADERS, 1)]),
  ],
])('a header section with %s is told to be malformed', async (_what, section) => {
  const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START).send(0, section).send(1, answer(1));
  const { events } = await readCapture(talk.send(0, data(1, toServer)).finish().pcap());
  const lost = events.flatMap((event) => findingsOf(event)).filter(({ code }) => code === 'http2.header-lost');
  expect(lost.map(({ message }) => message)).toEqual(['The header section of stream 1: its frames are malformed']);
});
