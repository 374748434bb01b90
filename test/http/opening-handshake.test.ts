import { describe, expect, test } from 'vitest';
import { finding } from '../../src/common/finding.js';
import { DISCARD } from '../../src/common/sink.js';
import { codes, head, Recorder, upgradeRequest, upgradeResponse } from './recorder.js';

const GET = upgradeRequest();
const SWITCH = upgradeResponse();
const CLIENT_FRAME = '\x81\x82\x124Vxq\x04';
const PLAIN = head('GET / HTTP/1.1', 'Host: a');

describe('an accepted handshake', () => {
  test('gives what follows the heads, frames in the segment of the 101 among it', () => {
    const seen = new Recorder().send(0, GET).send(1, `${SWITCH}\x81\x01a`).send(0, 'frame').end(0).end(1);
    expect(seen.log).toEqual(['follow accepted']);
    expect(seen.sink.chunks).toEqual([
      ['frame', '<end fin>'],
      ['\x81\x01a', '<end fin>'],
    ]);
    expect(seen.handshake).toMatchObject({
      client: 0,
      httpStatus: 101,
      url: 'ws://server.example.com/chat',
      findings: [],
    });
  });

  test('holds client frames behind the request, chunk by chunk, until the 101 is there', () => {
    const seen = new Recorder().send(0, `${GET}one`, 'two');
    expect(seen.log).toEqual([]);
    seen.send(1, SWITCH);
    expect(seen.sink.chunks[0]).toEqual(['one', 'two']);
  });

  test('holds the bytes of the server where the 101 stands before its request in the capture', () => {
    const seen = new Recorder().send(1, `${SWITCH}one`, 'two');
    expect(seen.log).toEqual([]);
    seen.send(0, `${GET}from client`);
    expect(seen.log).toEqual(['follow accepted']);
    expect(seen.sink.chunks).toEqual([['from client'], ['one', 'two']]);
  });

  test('gives the bytes of the server at once where nothing of the client was captured so far', () => {
    const seen = new Recorder({ begun: [false, true] }).send(1, `${SWITCH}from server`);
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.sink.text(1)).toBe('from server');
    expect(seen.handshake.findings).toEqual([]);
    seen.send(0, 'GET', `${GET.slice(3)}from client`);
    expect(seen.log).toEqual(['follow incomplete', 'learned accepted']);
    expect(seen.sink.text(0)).toBe('from client');
    expect(seen.handshake).toMatchObject({ url: 'ws://server.example.com/chat', findings: [] });
  });

  test('finds its request behind other requests where the server was read first', () => {
    const seen = new Recorder({ limits: { heldBytes: 1 } });
    seen.send(1, `${SWITCH}from server`).send(0, `${PLAIN}${GET}from client`);
    expect(seen.log).toEqual(['follow incomplete', 'learned accepted']);
    expect(seen.sink.text(0)).toBe('from client');
  });

  test('is told by the side that asked, whichever sent the first packet', () => {
    const seen = new Recorder().send(1, GET).send(0, SWITCH).send(0, 's').send(1, 'c');
    expect(seen.handshake.client).toBe(1);
    expect(seen.sink.chunks).toEqual([['s'], ['c']]);
  });

  test('may have lone LF as line ends, an empty line before the request and field names in any case', () => {
    const request = GET.replaceAll('\r\n', '\n').replace('Upgrade:', 'uPGRADE:');
    const seen = new Recorder().send(0, PLAIN, `\r\n${request}`);
    seen.send(1, head('HTTP/1.1 204 No Content'), SWITCH.replaceAll('\r\n', '\n'));
    expect(seen.log).toEqual(['follow accepted']);
    expect(seen.handshake.findings).toEqual([]);
  });

  test('may have a body behind its request', () => {
    const seen = new Recorder().send(0, `${upgradeRequest('Content-Length: 3')}abcframe`).send(1, SWITCH);
    expect(seen.sink.text(0)).toBe('frame');
  });

  test('may have its answer before the body of its request has come', () => {
    const seen = new Recorder()
      .send(0, `${upgradeRequest('Content-Length: 3')}ab`)
      .send(1, SWITCH)
      .send(0, 'cframe');
    expect(seen.sink.text(0)).toBe('frame');
  });

  test('may have interim answers before the 101', () => {
    const seen = new Recorder().send(0, GET);
    seen.send(1, head('HTTP/1.1 100 Continue'), head('HTTP/1.1 103 Early Hints', 'Link: </a>'), SWITCH);
    expect(seen.log).toEqual(['follow accepted']);
  });

  test('lets the findings of earlier stages through, those from before it too', () => {
    const seen = new Recorder();
    const early = { code: 'tcp.gap', severity: 'warning', message: 'early' } as const;
    seen.stage.finding(0, early);
    seen.send(0, GET).send(1, SWITCH);
    seen.stage.finding(1, { ...early, message: 'late' });
    expect(seen.sink.findings.map(({ message }) => message)).toEqual(['early', 'late']);
  });
});

describe('a refused upgrade', () => {
  test('is told with its status, and a later request can succeed', () => {
    const seen = new Recorder().send(0, GET);
    seen.send(1, `${head('HTTP/1.1 401 Unauthorized', 'Content-Length: 4')}nope`);
    expect(seen.log).toEqual(['refused 401']);
    expect(seen.handshake).toMatchObject({ state: 'refused', url: 'ws://server.example.com/chat', findings: [] });
    seen.send(0, upgradeRequest('Authorization: x')).send(1, SWITCH).send(0, 'frame');
    expect(seen.log).toEqual(['refused 401', 'follow accepted']);
    expect(seen.sink.text(0)).toBe('frame');
  });

  test('is told where the server switches to HTTP/2, and what follows is read as that', () => {
    const seen = new Recorder().send(0, upgradeRequest().replace('websocket', 'h2c, websocket'));
    seen.send(1, head('HTTP/1.1 101 Switching Protocols', 'Upgrade: h2c', 'Connection: Upgrade')).send(1, 'frame');
    expect(seen.log).toEqual(['refused 101', 'http2 0']);
    expect(seen.sink.text(1)).toBe('frame');
  });

  test('is not told where nobody asked for WebSocket', () => {
    const seen = new Recorder().send(0, head('GET / HTTP/1.1', 'Upgrade: h2c', 'HTTP2-Settings: A'));
    seen.send(1, head('HTTP/1.1 101 Switching Protocols', 'Upgrade: h2c')).send(0, GET).send(1, SWITCH);
    expect(seen.log).toEqual(['http2 0']);
    expect([seen.sink.text(0), seen.sink.text(1)]).toEqual([GET, SWITCH]);
  });

  test('is told where the drafts before RFC 6455 were spoken, whose frames are others', () => {
    const seen = new Recorder().send(0, head('GET / HTTP/1.1', 'Upgrade: WebSocket', 'Sec-WebSocket-Key1: 1'));
    seen.send(1, head('HTTP/1.1 101 WebSocket', 'Upgrade: WebSocket', 'Sec-WebSocket-Location: ws://a/'));
    expect(seen.log).toEqual(['refused 101']);
  });

  test('is told where the server ends the connection without an answer', () => {
    const seen = new Recorder().send(0, GET).end(1).end(0);
    expect(seen.log).toEqual(['refused without answer']);
  });

  test('is told where the answer is not HTTP', () => {
    const seen = new Recorder().send(0, GET).send(1, '\x81\x01a');
    expect(seen.log).toEqual([]);
    seen.end(1);
    expect(seen.log).toEqual(['refused without answer']);
    expect(codes(seen.findings)).toEqual(['handshake.not-readable']);
  });

  test('waits for its request where the answer stands before it in the capture', () => {
    const seen = new Recorder().send(1, head('HTTP/1.1 403 Forbidden', 'Content-Length: 0'));
    expect(seen.log).toEqual([]);
    seen.send(0, GET);
    expect(seen.log).toEqual(['refused 403']);
  });
});

describe('earlier exchanges on the connection', () => {
  const exchanges: [name: string, request: string, response: string][] = [
    [
      'with a length',
      'POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nGET ',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHTTP/',
    ],
    [
      'in chunks with trailers',
      'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nA\r\n0123456789\r\n00\r\nX: y\r\nZ: \r\n\r\n',
    ],
    ['to HEAD', 'HEAD / HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'],
    ['with 304', PLAIN, 'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n'],
    ['with 204', PLAIN, 'HTTP/1.0 204 No Content\r\n\r\n'],
    ['with an equal length twice', PLAIN, 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx'],
  ];

  test.each(exchanges)('are passed over: %s', (_name, request, response) => {
    const seen = new Recorder().send(0, request).send(1, response).send(0, `${GET}c`).send(1, `${SWITCH}s`);
    expect(seen.log).toEqual(['follow accepted']);
    expect(seen.sink.chunks).toEqual([['c'], ['s']]);
  });

  test('are paired in order where the capture has all of the server before all of the client', () => {
    const seen = new Recorder();
    for (const [, , response] of exchanges) seen.send(1, response);
    seen.send(1, `${SWITCH}s`);
    for (const [, request] of exchanges) seen.send(0, request);
    seen.send(0, `${GET}c`);
    expect(seen.log.at(-1)).toMatch(/accepted$/);
    expect(seen.sink.chunks).toEqual([['c'], ['s']]);
  });

  test('may be pipelined, HEAD among them', () => {
    const seen = new Recorder().send(0, PLAIN + 'HEAD /a HTTP/1.1\r\n\r\n' + PLAIN + GET);
    const length = head('HTTP/1.1 200 OK', 'Content-Length: 1');
    seen.send(1, `${length}x${length}${length}x${SWITCH}s`);
    expect(seen.sink.text(1)).toBe('s');
  });

  test('with a body until the end leave nothing to come', () => {
    const seen = new Recorder().send(0, PLAIN).send(1, head('HTTP/1.1 200 OK')).send(1, SWITCH).send(0, GET);
    expect(seen.end(1).end(0).log).toEqual(['refused without answer']);
  });

  test('stay in step over a gap in a body whose length is known', () => {
    const seen = new Recorder()
      .send(0, PLAIN)
      .send(1, `${head('HTTP/1.1 200 OK', 'Content-Length: 10')}ab`)
      .gap(1, 6);
    seen.send(1, `yz${SWITCH}s`).send(0, GET);
    expect(seen.sink.text(1)).toBe('s');
  });

  test('stay in step over a gap in the data of a chunk', () => {
    const seen = new Recorder()
      .send(0, PLAIN)
      .send(1, `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}a\r\nab`);
    seen.gap(1, 8).send(1, `\r\n0\r\n\r\n${SWITCH}s`).send(0, GET);
    expect(seen.sink.text(1)).toBe('s');
  });

  test('are found again at a segment that begins like a head after a gap of unknown bytes', () => {
    const seen = new Recorder().send(0, PLAIN).send(1, head('HTTP/1.1 200 OK', 'Content-Length: 10')).gap(1, 50);
    seen.send(1, 'rest of something').send(0, GET).send(1, `${SWITCH}s`).send(0, 'c');
    expect(seen.log).toEqual(['follow accepted']);
    expect(seen.sink.chunks).toEqual([['c'], ['s']]);
  });

  test('that break their own framing are found again too', () => {
    const seen = new Recorder()
      .send(0, PLAIN)
      .send(1, `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}zz\r\n`);
    seen.send(0, GET).send(1, SWITCH);
    expect(seen.log).toEqual(['follow accepted']);
  });

  test('without upgrade say nothing, and neither does an idle connection', () => {
    const seen = new Recorder().send(0, PLAIN).send(1, head('HTTP/1.1 200 OK', 'Content-Length: 0')).end(0).end(1);
    expect(seen.log).toEqual([]);
    expect(new Recorder().end(0).end(1).log).toEqual([]);
  });
});

describe('missing bytes', () => {
  test('instead of the request leave the 101 as evidence', () => {
    const seen = new Recorder().send(1, SWITCH).gap(0, 154).send(0, 'frame');
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.handshake.client).toBe(0);
    expect(seen.sink.text(0)).toBe('<gap 154>frame');
  });

  test('instead of the 101 leave the request as evidence', () => {
    const seen = new Recorder().send(0, GET).gap(1, 129).send(1, 'frame').send(0, 'c');
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.sink.chunks).toEqual([['c'], ['<gap 129>', 'frame']]);
    expect(seen.handshake.url).toBe('ws://server.example.com/chat');
  });

  test('instead of the 101 are told with the next bytes of the server, and do not keep the client waiting', () => {
    const seen = new Recorder().send(0, GET).gap(1, 129).send(0, 'c');
    expect(seen.sink.chunks).toEqual([['c'], []]);
    seen.gap(1, 1).send(1, 's');
    expect(seen.sink.chunks).toEqual([['c'], ['<gap 130>', 's']]);
  });

  test('behind the beginnings of both heads are told before the bytes after them', () => {
    const seen = new Recorder().send(0, 'GET / HTTP/1.1\r\nHost: 127.0.0.').gap(0, 125);
    seen.send(1, 'HTTP/1.1 101 Switching Protoco').gap(1, 99);
    seen.send(0, '\x81').gap(0, 9).send(1, '\x82');
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.handshake).toMatchObject({ client: 0, httpStatus: 101 });
    expect(seen.handshake.url).toBeUndefined();
    expect(seen.sink.chunks).toEqual([
      ['<gap 125>', '\x81', '<gap 9>'],
      ['<gap 99>', '\x82'],
    ]);
  });

  test('in a request that gets another answer leave nothing', () => {
    const seen = new Recorder().send(0, 'GET / HTTP/1.1\r\nHost: 127.0.0.').gap(0, 125);
    seen.send(1, 'HTTP/1.1 200 O').gap(1, 99).send(1, 'body').send(0, 'GET /b HTTP/1.1\r\nHo').end(0).end(1);
    expect(seen.log).toEqual([]);
  });

  test('in a request behind its Upgrade do not hide that it was one', () => {
    const seen = new Recorder()
      .send(0, 'GET /a HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\nConn')
      .gap(0, 9)
      .end(0)
      .end(1, 'rst');
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.handshake.url).toBe('ws://b/a');
  });

  test('instead of a refusal show in the next request, which is no frame', () => {
    const seen = new Recorder().send(0, GET).gap(1, 80).send(0, upgradeRequest('Authorization: x'));
    seen.send(1, SWITCH).send(0, 'c').send(1, 's');
    expect(seen.log).toEqual(['refused without answer', 'follow accepted']);
    expect(seen.sink.chunks).toEqual([['c'], ['s']]);
  });

  test('of a number that is not known are told so', () => {
    const seen = new Recorder().send(1, SWITCH).gap(0, undefined).gap(0, 5).send(0, 'frame');
    expect(seen.sink.text(0)).toBe('<gap ?>frame');
  });
});

describe('a capture that begins late', () => {
  const late = { begun: [false, false] as [boolean, boolean] };

  test('gives all of a connection of which nothing of HTTP was seen', () => {
    const seen = new Recorder(late).send(0, '\x81\x80').send(1, 'G', 'ET it\n').end(0, 'capture').end(1, 'capture');
    expect(seen.log).toEqual(['follow not-captured', 'learned not-captured']);
    expect(seen.handshake).toMatchObject({ client: undefined, state: 'not-captured' });
    expect(codes(seen.handshake.findings)).toEqual(['handshake.not-captured']);
    expect(seen.sink.chunks).toEqual([
      ['\x81\x80', '<end capture>'],
      ['G', 'ET it\n', '<end capture>'],
    ]);
  });

  test('with the 101 of one direction is followed at once', () => {
    const seen = new Recorder({ begun: [true, false] }).send(0, `${SWITCH}s`);
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.sink.text(0)).toBe('s');
    expect(seen.handshake.client).toBe(1);
  });

  test('with the request of one direction is followed when bytes follow it', () => {
    const seen = new Recorder({ begun: [true, false] }).send(0, GET);
    expect(seen.log).toEqual([]);
    seen.send(0, 'frame');
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.sink.text(0)).toBe('frame');
  });

  test('with a request of one direction and nothing after it has a connection all the same', () => {
    const seen = new Recorder({ begun: [true, false] }).send(0, GET).end(0, 'capture').end(1, 'capture');
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.sink.chunks).toEqual([['<end capture>'], ['<end capture>']]);
  });

  test('learns of the 101 that comes after all', () => {
    const seen = new Recorder({ begun: [true, false] }).send(0, `${GET}c`).send(1, `${SWITCH}s`);
    expect(seen.log).toEqual(['follow incomplete', 'learned accepted']);
    expect(seen.sink.chunks).toEqual([['c'], ['s']]);
  });

  test('learns of the refusal that comes after all', () => {
    const seen = new Recorder({ begun: [true, false] }).send(0, `${GET}c`);
    seen
      .send(1, `${head('HTTP/1.1 403 No', 'Content-Length: 1')}x`)
      .send(0, GET)
      .send(1, SWITCH);
    expect(seen.log).toEqual(['follow incomplete', 'learned refused', 'follow accepted']);
    expect(seen.sinks[0]!.chunks).toEqual([['c', '<end unknown>'], ['<end unknown>']]);
  });

  test('inside a body is read as HTTP when a handshake begins in it', () => {
    const seen = new Recorder(late).send(1, 'rest of a body').send(0, PLAIN).send(1, 'more of it');
    seen.send(1, head('HTTP/1.1 200 OK', 'Content-Length: 0')).send(0, GET).send(1, `${SWITCH}s`).send(0, 'c');
    expect(seen.log).toEqual(['follow accepted']);
    expect(seen.sink.chunks).toEqual([['c'], ['s']]);
  });

  test('finds a 101 in the middle of what it took for frames', () => {
    const seen = new Recorder(late).send(1, '{rest of a body}', `${SWITCH}s`).send(0, 'c').end(0);
    expect(seen.log).toEqual(['follow not-captured', 'follow incomplete', 'learned incomplete']);
    expect(seen.sink.chunks).toEqual([['c', '<end fin>'], ['s']]);
    expect(codes(seen.handshake.findings)).toEqual(['handshake.incomplete']);
  });

  test('finds a 101 after the frames of its client', () => {
    const seen = new Recorder(late).send(0, CLIENT_FRAME).send(1, `${SWITCH}s`);
    expect(seen.log).toEqual(['follow not-captured', 'learned incomplete']);
    expect(seen.sink.chunks).toEqual([[CLIENT_FRAME], ['s']]);
  });

  test('finds a request after the frames of its server', () => {
    const seen = new Recorder(late).send(1, '\x81\x02s0').send(0, GET, CLIENT_FRAME);
    expect(seen.log).toEqual(['follow not-captured', 'learned incomplete']);
    expect(seen.sink.chunks).toEqual([[CLIENT_FRAME], ['\x81\x02s0']]);
  });

  test('is followed where the first segment of a side is missing', () => {
    const seen = new Recorder().gap(0, 100).send(0, 'frame');
    expect(seen.log).toEqual(['follow not-captured']);
    expect(seen.sink.text(0)).toBe('<gap 100>frame');
  });

  test('is no matter for a side that goes on with other HTTP', () => {
    const seen = new Recorder({ begun: [true, false] }).send(0, PLAIN).send(1, 'rest of a body', 'more').send(0, GET);
    seen.send(1, SWITCH);
    expect(seen.log).toEqual(['follow accepted']);
  });
});

describe('a connection that is not HTTP', () => {
  test('is ignored once neither side is, whatever it carries later', () => {
    const seen = new Recorder().send(1, '{5.7.1}').send(0, '{login}').send(0, GET).send(1, SWITCH).gap(0, 1);
    seen.end(0).end(1);
    expect(seen.log).toEqual([]);
    expect(seen.sinks).toEqual([]);
    expect(seen.stage.settled).toBe(DISCARD);
  });

  test('on one side does not hide a handshake that follows', () => {
    const seen = new Recorder().send(1, '{5.7.1}').send(0, GET).send(1, SWITCH).send(0, 'c');
    expect(seen.log).toEqual(['follow accepted']);
  });

  test('is read as HTTP/2 from its preface on', () => {
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    const seen = new Recorder().send(0, preface).send(0, GET).send(1, SWITCH);
    expect(seen.log).toEqual(['http2 0']);
    expect([seen.sink.text(0), seen.sink.text(1)]).toEqual([preface + GET, SWITCH]);
  });

  test('is followed where it is said to be WebSocket', () => {
    const seen = new Recorder({ assume: true }).send(0, '\x81\x01a').send(1, '\x05\x01b');
    expect(seen.log).toEqual(['follow not-captured']);
    expect(seen.sink.chunks).toEqual([['\x81\x01a'], ['\x05\x01b']]);
  });

  test('is waited for while it could still be HTTP', () => {
    const seen = new Recorder().send(0, 'G', 'E').send(1, 'HTT').send(0, GET.slice(2)).send(1, SWITCH.slice(3));
    expect(seen.log).toEqual(['follow accepted']);
  });
});

describe('a connection through a proxy', () => {
  test('is a connection of its own after CONNECT', () => {
    const seen = new Recorder().send(0, head('CONNECT a:443 HTTP/1.1', 'Host: a:443'), 'early');
    expect(seen.log).toEqual([]);
    seen
      .send(1, `${head('HTTP/1.1 200 Connection established')}late`)
      .end(0)
      .end(1);
    expect(seen.log).toEqual(['tunnel 0']);
    expect(seen.sink.chunks).toEqual([
      ['early', '<end fin>'],
      ['late', '<end fin>'],
    ]);
  });

  test('may need a second CONNECT', () => {
    const connect = head('CONNECT a:443 HTTP/1.1');
    const seen = new Recorder().send(0, connect).send(1, head('HTTP/1.1 407 No', 'Content-Length: 0'));
    seen.send(0, connect).send(1, head('HTTP/1.0 200 OK')).send(0, GET);
    expect(seen.log).toEqual(['tunnel 0']);
    expect(seen.sink.text(0)).toBe(GET);
  });

  test('is guessed where the answer of the proxy was not captured', () => {
    const seen = new Recorder().send(0, head('CONNECT a:443 HTTP/1.1')).gap(1, 39).send(1, 's').send(0, 'c');
    expect(seen.log).toEqual(['tunnel 0']);
    expect(seen.sink.chunks).toEqual([['c'], ['<gap 39>', 's']]);
  });

  test('that is refused or never answered is nothing', () => {
    const seen = new Recorder().send(0, head('CONNECT a:443 HTTP/1.1')).end(0).end(1);
    expect(seen.log).toEqual([]);
  });

  test('is a connection of its own after SOCKS, whichever side the capture has first', () => {
    const client = Buffer.from('05010005010003096c6f63616c686f73741f90', 'hex');
    const proxy = Buffer.from('050005000001000000000000', 'hex');
    const seen = new Recorder().send(1, proxy, 's').send(0, client, 'c');
    expect(seen.log).toEqual(['tunnel 0']);
    expect(seen.sink.chunks).toEqual([['c'], ['s']]);
  });

  test('is a tunnel where the proxy side of SOCKS was not captured', () => {
    const seen = new Recorder({ begun: [true, false] });
    seen.send(0, Buffer.from('0501000501000101020304005063', 'hex')).send(1, 's').end(0).end(1);
    expect(seen.log).toEqual(['tunnel 0']);
    expect(seen.sink.chunks).toEqual([
      ['c', '<end fin>'],
      ['s', '<end fin>'],
    ]);
  });

  test('may begin with the line of a load balancer, even where the 101 comes first in the capture', () => {
    const line = 'PROXY TCP4 10.0.0.1 10.0.0.2 5000 80\r\n';
    expect(new Recorder().send(0, `${line}${GET}`).send(1, SWITCH).log).toEqual(['follow accepted']);
    const early = new Recorder({ limits: { heldBytes: 0 } }).send(1, `${SWITCH}s`).send(0, `${line}${GET}`);
    expect(early.log).toEqual(['follow incomplete', 'learned accepted']);
  });
});

describe('limits', () => {
  test('a head as long as the limit is read, one byte more is not', () => {
    const limits = { httpHead: GET.length };
    expect(new Recorder({ limits }).send(0, GET).send(1, SWITCH).log).toEqual(['follow accepted']);
    const over = new Recorder({ limits: { httpHead: PLAIN.length - 1 } }).send(0, PLAIN).send(0, GET).send(1, SWITCH);
    expect(over.log).toEqual([]);
    expect(codes(over.findings)).toEqual(['limit.http-head']);
  });

  test('a head that is too long and surely asks for WebSocket is followed as a cut one', () => {
    const seen = new Recorder({ limits: { httpHead: 300 } }).send(0, upgradeRequest(`X: ${'x'.repeat(300)}`));
    seen.send(1, SWITCH).send(0, 'frame');
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.sink.text(0)).toBe('<gap 0>frame');
    expect(codes(seen.findings)).toEqual(['limit.http-head']);
  });

  test('a head without end is given up when the limit is reached', () => {
    const seen = new Recorder({ limits: { httpHead: 300 } }).send(0, 'GET /');
    for (let i = 0; i < 300; i++) seen.send(0, 'a');
    expect(codes(seen.findings)).toEqual(['limit.http-head']);
  });

  test('bytes of the client are held up to the limit and then followed without the answer', () => {
    const seen = new Recorder({ limits: { heldBytes: 4 } }).send(0, `${GET}fram`);
    expect(seen.log).toEqual([]);
    seen.send(0, 'e');
    expect(seen.log).toEqual(['follow incomplete']);
    expect(seen.sink.text(0)).toBe('frame');
    seen.send(1, `${SWITCH}s`);
    expect(seen.log).toEqual(['follow incomplete', 'learned accepted']);
  });

  test('bytes of the server are held up to the limit and then read without the request', () => {
    const seen = new Recorder({ limits: { heldBytes: 4 } });
    seen.send(1, head('HTTP/1.1 200 OK', 'Content-Length: 5'), 'body!', `${SWITCH}s`);
    expect(seen.log).toEqual(['follow incomplete']);
  });

  test('findings of a handshake are listed up to the limit', () => {
    const names = Array.from({ length: 50 }, (_, i) => `x${i}`).join(', ');
    const seen = new Recorder({ limits: { findings: 10 } }).send(0, GET);
    seen.send(1, upgradeResponse(`Sec-WebSocket-Extensions: ${names}`));
    expect(codes(seen.handshake.findings).slice(-2)).toEqual(['handshake.extension-not-offered', 'limit.findings']);
    expect(seen.handshake.findings).toHaveLength(11);
  });
});

test('what was found while nothing was proven is told to what takes its place, and holds nothing after that', () => {
  const found = finding('tcp.gap', 'a gap');
  const recorder = new Recorder().send(0, upgradeRequest()).send(1, upgradeResponse());
  recorder.isUnproven = true;
  recorder.stage.finding(1, found);
  expect(recorder.sink.findings).toEqual([found]);
  expect(recorder.held.total).toBeGreaterThan(0);
  recorder.isUnproven = false;
  expect(recorder.stage.settled).toBe(recorder.sink);
  expect(recorder.held.total).toBe(0);
});
