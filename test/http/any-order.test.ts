import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Handshake } from '../../src/http/handshake.js';
import type { Side } from '../../src/common/sink.js';
import { head, Recorder, upgradeRequest, upgradeResponse } from './recorder.js';

/** Bytes that one exchange is, request and response. */
type Exchange = readonly [request: string, response: string];

const PLAIN: readonly Exchange[] = [
  [head('GET / HTTP/1.1', 'Host: a'), `${head('HTTP/1.1 200 OK', 'Content-Length: 7')}HTTP/1.`],
  [`${head('POST / HTTP/1.1', 'Content-Length: 4')}GET `, `${head('HTTP/1.1 100 Continue')}${head('HTTP/1.1 204 No')}`],
  [head('HEAD / HTTP/1.1'), head('HTTP/1.1 200 OK', 'Content-Length: 9')],
  [
    `${head('PUT / HTTP/1.1', 'Transfer-Encoding: chunked')}2\r\nab\r\n0\r\nX: y\r\n\r\n`,
    `${head('HTTP/1.1 200 OK', 'transfer-encoding: chunked')}1;a="b"\r\n0\r\n00\r\n\r\n`,
  ],
  [upgradeRequest('Cookie: a'), `${head('HTTP/1.1 401 No', 'Content-Length: 2')}no`],
];

const BEFORE: readonly Exchange[] = [
  ['', ''],
  ['PROXY TCP4 10.0.0.1 10.0.0.2 5000 80\r\n', ''],
];

const ACCEPTED: Exchange = [
  upgradeRequest('Sec-WebSocket-Extensions: permessage-deflate', 'Sec-WebSocket-Protocol: a, b'),
  upgradeResponse('Sec-WebSocket-Extensions: permessage-deflate', 'Sec-WebSocket-Protocol: b'),
];

const connections = fc
  .tuple(fc.constantFrom(...BEFORE), fc.array(fc.constantFrom(...PLAIN), { maxLength: 4 }))
  .map(([before, exchanges]) => [before, ...exchanges, ACCEPTED]);
const cuts = fc.array(fc.nat({ max: 800 }), { maxLength: 30 });
const frames = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

function split(text: string, at: readonly number[]): string[] {
  const places = [0, ...at.map((place) => place % (text.length + 1)), text.length].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => text.slice(places[i], end));
}

function withoutPackets(handshake: Handshake): unknown {
  return { ...handshake, findings: handshake.findings.map(({ code, message }) => [code, message]) };
}

/** Both sides' chunks in the order of the flags: true takes the next one of side 0. */
function feed(seen: Recorder, sides: readonly [string[], string[]], order: readonly boolean[]): void {
  const left: [string[], string[]] = [[...sides[0]], [...sides[1]]];
  for (let i = 0; left[0].length + left[1].length > 0; i++) {
    const wanted: Side = order[i % order.length] === true ? 0 : 1;
    const side: Side = left[wanted].length > 0 ? wanted : wanted === 0 ? 1 : 0;
    seen.send(side, left[side].shift()!);
  }
  seen.end(0).end(1);
}

describe('any order and chunking', () => {
  const everything = [connections, frames, frames, cuts, cuts, fc.array(fc.boolean(), { minLength: 1 })] as const;

  test('of the two sides gives the same handshake and the same bytes after it', () => {
    fc.assert(
      fc.property(...everything, (exchanges, fromClient, fromServer, clientCuts, serverCuts, order) => {
        const client = exchanges.map(([request]) => request).join('') + fromClient;
        const server = exchanges.map(([, response]) => response).join('') + fromServer;
        const seen = new Recorder();
        feed(seen, [split(client, clientCuts), split(server, serverCuts)], order);
        const straight = new Recorder().send(0, client).send(1, server);
        expect(withoutPackets(seen.handshake)).toEqual(withoutPackets(straight.handshake));
        expect(seen.handshake).toMatchObject({ state: 'accepted', subprotocol: 'b', findings: [] });
        expect(seen.sinks).toHaveLength(1);
        expect(seen.sink.text(0)).toBe(`${fromClient}<end fin>`);
        expect(seen.sink.text(1)).toBe(`${fromServer}<end fin>`);
        const refusals = exchanges.filter(([, response]) => response.includes(' 401 ')).length;
        expect(seen.log.filter((line) => line === 'refused 401')).toHaveLength(refusals);
      }),
      { numRuns: 400 },
    );
  });

  test('of the first bytes of a tunnel gives the same bytes inside it', () => {
    const socks: Exchange = [
      '\x05\x02\0\x02\x01\x01a\x02bc\x05\x01\0\x01\x7f\0\0\x01\0P',
      '\x05\x02\x01\0\x05\0\0\x01\0\0\0\0\0\0',
    ];
    const socks4a: Exchange = ['\x04\x01\0P\0\0\0\x01me\0host\0', '\0\x5a\0\0\0\0\0\0'];
    const connect: Exchange = [head('CONNECT a:1 HTTP/1.1'), head('HTTP/1.1 200 OK', 'Content-Length: 5')];
    fc.assert(
      fc.property(
        fc.constantFrom(socks, socks4a, connect),
        ...(everything.slice(1, 3) as [typeof frames, typeof frames]),
        cuts,
        cuts,
        everything[5],
        ([request, response], fromClient, fromServer, clientCuts, serverCuts, order) => {
          const seen = new Recorder();
          feed(seen, [split(request + fromClient, clientCuts), split(response + fromServer, serverCuts)], order);
          expect(seen.log).toEqual(['tunnel 0']);
          expect(seen.sink.text(0)).toBe(`${fromClient}<end fin>`);
          expect(seen.sink.text(1)).toBe(`${fromServer}<end fin>`);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('any bytes and gaps', () => {
  const pieces = [
    ...PLAIN.flat(),
    ...ACCEPTED,
    ...PLAIN.flat().map((text) => text.slice(0, 20)),
    head('CONNECT a:1 HTTP/1.1'),
    head('HTTP/1.1 200 OK'),
    head('HTTP/1.1 101 Switching Protocols'),
    upgradeRequest('Content-Length: 3'),
    'HTTP/1.1 101 Swi',
    '\x05\x01\0',
    '\x05\0',
    '\x81\x85abcdefghi',
    'GE',
    '\r\n',
  ];
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.record({ side: fc.constantFrom<Side[]>(0, 1), text: fc.constantFrom(...pieces) }) },
    { weight: 2, arbitrary: fc.record({ side: fc.constantFrom<Side[]>(0, 1), text: frames }) },
    {
      weight: 2,
      arbitrary: fc.record({ side: fc.constantFrom<Side[]>(0, 1), gap: fc.option(fc.nat(60), { nil: undefined }) }),
    },
  );

  test('never throw, invent no byte, end each sink once for each side, and follow one thing at a time', () => {
    const options = fc.record({
      begun: fc.tuple(fc.boolean(), fc.boolean()),
      assume: fc.boolean(),
      limits: fc.constantFrom({}, { heldBytes: 30 }, { httpHead: 100 }),
    });
    fc.assert(
      fc.property(options, fc.array(event, { maxLength: 14 }), (given, events) => {
        const seen = new Recorder(given);
        const sent: [string, string] = ['', ''];
        for (const { side, ...what } of events) {
          if ('text' in what) {
            sent[side] += what.text;
            seen.send(side, what.text);
          } else seen.gap(side, what.gap);
        }
        seen.end(0, 'capture').end(1, 'rst');
        for (const side of [0, 1] as const) {
          let from = 0;
          for (const sink of seen.sinks) {
            const chunks = sink.chunks[side];
            expect(chunks.filter((chunk) => chunk.startsWith('<end '))).toHaveLength(1);
            expect(chunks.at(-1)).toMatch(/^<end /);
            for (const chunk of chunks.filter((each) => !/^<(end|gap) /.test(each))) {
              const at = sent[side].indexOf(chunk, from);
              expect(at).toBeGreaterThanOrEqual(0);
              from = at + chunk.length;
            }
          }
        }
        expect(seen.overlaps).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});
