import { encodeFrame } from '../../../src/websocket/encode-frame.js';
import { requestText, responseText } from '../../hostile/talk.js';
import { Wire } from '../../support/wire.js';
import { readRecords } from './reading.js';
import type { Recorded, Recording } from './recording.js';
import { connectionsOf } from './tcp-truth.js';

const ETHERNET = 1;

/** A request for WebSocket with a key of its own: no 101 here answers it. */
function otherRequest(target: string, more = ''): string {
  return requestText({ target, more }).replace('dGhlIHNhbXBsZSBub25jZQ==', `${target.slice(1).padEnd(21, 'A')}Q==`);
}

/** What each side says before the frames, in turns from the client on; an empty text is nobody's turn. */
const OPENINGS: Readonly<Record<string, readonly string[]>> = {
  interim: [
    requestText(),
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n',
    '',
    'HTTP/1.1 102 Processing\r\n\r\n',
    '',
    responseText(),
  ],
  continue: [
    'POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 40\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'x'.repeat(40),
    'HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\nyes',
    requestText({ target: '/next' }),
    responseText(),
  ],
  refusedTwice: [
    otherRequest('/one'),
    'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno',
    otherRequest('/two', 'Authorization: Basic x\r\n'),
    'HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnever\r\n0\r\n\r\n',
    requestText({ target: '/three' }),
    responseText(),
  ],
  refused: [otherRequest('/one'), 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n'],
  pages: [
    'GET /a HTTP/1.1\r\nHost: h\r\n\r\n',
    `HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n${'<p>HTTP/1.1 '.repeat(25)}`,
    'HEAD /b HTTP/1.1\r\nHost: h\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n',
    'GET /c HTTP/1.1\r\nHost: h\r\nIf-None-Match: "1"\r\n\r\n',
    'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n',
    requestText({ target: '/ws' }),
    responseText(),
  ],
  proxy: [
    'CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\n\r\n',
    'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nauth',
    'CONNECT a.test:80 HTTP/1.1\r\nHost: a.test:80\r\nProxy-Authorization: Basic x\r\n\r\n',
    'HTTP/1.1 200 Connection established\r\n\r\n',
    'GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
    requestText({ target: '/ws' }),
    responseText(),
  ],
  proxies: [
    'CONNECT p.test:3128 HTTP/1.1\r\nHost: p.test\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    requestText({ target: '/ws' }),
    responseText(),
  ],
  balancer: [`PROXY TCP4 10.0.0.9 10.0.0.2 5000 80\r\n${requestText({ target: '/ws' })}`, responseText()],
  deflate: [
    requestText({ target: '/ws', offered: 'permessage-deflate', subprotocol: 'chat' }),
    responseText({ extensions: 'permessage-deflate', subprotocol: 'chat' }),
  ],
  noSubprotocol: [requestText({ target: '/?token=1', more: `Cookie: ${'c'.repeat(900)}\r\n` }), responseText()],
};

const MESSAGES: readonly (readonly [side: 0 | 1, payload: string])[] = [
  [0, 'one'],
  [1, 'uno'],
  [1, 'GET / HTTP/1.1\r\nHost: quoted\r\n\r\n'],
  [0, 'x'.repeat(200)],
  [1, 'y'.repeat(700)],
  [0, 'three'],
  [1, 'HTTP/1.1 200 OK\r\n\r\n'],
];

/** Conversations that no recorded peer has, each as it would be recorded. */
export function writtenConversations(): Recording[] {
  const written = Object.entries(OPENINGS).flatMap(([name, turns]) => [
    recordingOf(`written-${name}`, conversation(turns, name !== 'refused', 1400)),
    recordingOf(`written-${name}-small`, conversation(turns, name !== 'refused', 37)),
  ]);
  const again = conversation(OPENINGS['pages']!, true, 1400);
  const next = new Wire([again.next[0] + 15_625_000, again.next[1] + 15_625_000]).open();
  const later = talk(next, OPENINGS['deflate']!, true, 1400).finish();
  const [from] = later.packets;
  const last = again.packets.at(-1)!;
  const shift = last.seconds - from!.seconds + 1;
  again.packets.push(...later.packets.map((packet) => ({ ...packet, seconds: packet.seconds + shift })));
  return [...written, recordingOf('written-again', again)];
}

function conversation(turns: readonly string[], isAccepted: boolean, segment: number): Wire {
  return talk(new Wire().open(), turns, isAccepted, segment).finish();
}

function talk(wire: Wire, turns: readonly string[], isAccepted: boolean, segment: number): Wire {
  const send = (side: 0 | 1, bytes: Buffer): void => {
    for (let at = 0; at < bytes.length; at += segment) wire.put(side, { data: bytes.subarray(at, at + segment) });
    if (bytes.length > 0) wire.put(side === 0 ? 1 : 0);
  };
  for (const [index, text] of turns.entries()) send(index % 2 === 0 ? 0 : 1, Buffer.from(text, 'latin1'));
  if (!isAccepted) return wire;
  for (const [index, [side, payload]] of MESSAGES.entries()) {
    const maskingKey = 0x1234_5678 + index * 0x0101_3377;
    send(side, Buffer.from(encodeFrame(side === 0 ? { payload, maskingKey } : { payload })));
  }
  send(0, Buffer.from(encodeFrame({ opcode: 8, payload: Buffer.from([3, 232]), maskingKey: 0x0102_0304 })));
  send(1, Buffer.from(encodeFrame({ opcode: 8, payload: Buffer.from([3, 232]) })));
  return wire;
}

function recordingOf(name: string, { packets }: Wire): Recording {
  const recorded: Recorded[] = packets.map((packet) => ({ ...packet, originalLength: packet.bytes.length }));
  const keyLog = Buffer.alloc(0);
  const truth = readRecords(recorded, ETHERNET, keyLog);
  const tcp = connectionsOf(recorded, ETHERNET, truth, recorded);
  return { name, linkType: ETHERNET, packets: recorded, keyLog, tcp, truth, unchanged: truth };
}
