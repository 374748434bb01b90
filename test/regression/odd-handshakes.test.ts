import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';

const REQUEST = requestText();
const RESPONSE = responseText();
const PLAIN = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What each side sends until the frames, a segment each: client and server in turns. */
const ACCEPTED: readonly (readonly [name: string, ...turns: string[]])[] = [
  ['an empty line before the request', `\r\n${REQUEST}`, RESPONSE],
  ['many empty lines before the request, some of a lone LF', `\r\n\n\r\n\r\n\r\n\r\n\n${REQUEST}`, RESPONSE],
  ['an empty line before the answer', REQUEST, `\r\n${RESPONSE}`],
  ['two spaces before the target', REQUEST.replace('GET /', 'GET  /'), RESPONSE],
  ['a tab before the target and spaces before the version', REQUEST.replace('GET / ', 'GET\t/  '), RESPONSE],
  ['a space in the target', REQUEST.replace('GET /', 'GET /a b'), RESPONSE],
  ['HTTP/2.0 as the version of the request', REQUEST.replace('HTTP/1.1', 'HTTP/2.0'), RESPONSE],
  ['HTTP/2.0 as the version of the answer', REQUEST, RESPONSE.replace('HTTP/1.1', 'HTTP/2.0')],
  ['HTTP/1.0 as the version of the answer', REQUEST, RESPONSE.replace('HTTP/1.1', 'HTTP/1.0')],
  ['two spaces before the status', REQUEST, RESPONSE.replace(' 101', '  101')],
  ['no reason after the status', REQUEST, RESPONSE.replace(' Switching Protocols', '')],
  ['lone LF as line ends', REQUEST.replaceAll('\r\n', '\n'), RESPONSE.replaceAll('\r\n', '\n')],
  ['folded fields', REQUEST.replace('Key: ', 'Key:\r\n '), RESPONSE.replace('Accept: ', 'Accept:\r\n\t')],
  ['a space before a colon', REQUEST.replace('Key:', 'Key :'), RESPONSE.replace('Accept:', 'Accept :')],
  ['a length in the answer', REQUEST, RESPONSE.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n')],
  ['an odd method before it', PLAIN.replace('GET', 'get'), OK.replace('200', '405'), REQUEST, RESPONSE],
  ['a method with odd letters before it', PLAIN.replace('GET', 'x_Y.z'), OK, REQUEST, RESPONSE],
  ['a body longer than its length before it', PLAIN, `${OK}EXTRA`, REQUEST, RESPONSE],
  ['a longer body with a line end before it', PLAIN, `${OK}\nMore, and more\r\n`, REQUEST, RESPONSE],
  ['a longer body in its own segment', PLAIN, OK, '', 'EXTRA', REQUEST, RESPONSE],
  ['a longer body in the segment of the answer', PLAIN, OK, REQUEST, `extra bytes ${RESPONSE}`],
  [
    'a request body longer than its length',
    `${PLAIN.replace('\n\r', '\nContent-Length: 1\r\n\r')}abc`,
    OK,
    REQUEST,
    RESPONSE,
  ],
  ['a greeting of the server', '', 'Welcome!\r\n', REQUEST, RESPONSE],
];

/** A server that took the request and a client that took the answer go on with frames: those are shown. */
describe('a handshake that real peers accept, with', () => {
  it.each(ACCEPTED)('%s', async (_name, ...turns) => {
    const talk = new Talk().open();
    for (const [index, text] of turns.entries()) if (text !== '') talk.send(index % 2 === 0 ? 0 : 1, text);
    talk.send(0, encodeFrame({ payload: 'c', maskingKey: 0x37fa213d }));
    talk.send(1, encodeFrame({ payload: 's' }));
    const { connections, messages, codes } = await readCapture(talk.finish().pcap());
    expect(connections.map(({ handshake }) => handshake.state)).toEqual(['accepted']);
    expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['c', 's']);
    expect(codes).toEqual([]);
  });
});

describe('an answer that is not HTTP', () => {
  it('which the client takes for one leaves the request as evidence, and is not told to be uncaptured', async () => {
    const talk = new Talk().open().send(0, REQUEST).send(1, '{"welcome":true}');
    for (const text of ['one', 'two']) talk.send(0, encodeFrame({ payload: text, maskingKey: 0x37fa213d }));
    const { messages, findings } = await readCapture(talk.finish().pcap());
    expect(messages.map(({ message }) => message.payload?.toString())).toEqual(['one', 'two']);
    expect(findings.find(({ code }) => code === 'handshake.incomplete')?.message).toMatch(/are not HTTP/);
  });

  it('after which nothing comes is told', async () => {
    const { codes, connections } = await readCapture(
      new Talk().open().send(0, REQUEST).send(1, '{"welcome":true}').finish().pcap(),
    );
    expect(connections.map(({ handshake }) => handshake.state)).toEqual(['refused']);
    expect(codes).toContain('handshake.not-readable');
  });
});
