import { describe, expect, it } from 'vitest';
import { codes, head, Recorder, upgradeRequest, upgradeResponse } from '../http/recorder.js';

const FRAME = '\x81\x85abcdefghi';
const SERVER_FRAME = '\x81\x02hi';
const CHAT = 'ws://server.example.com/chat';
const ANSWER = upgradeResponse();
const REFUSAL = head('HTTP/1.1 403 Forbidden', 'Content-Length: 0');
/** A request with a key of its own, which may have been refused. */
const FIRST = upgradeRequest().replace('/chat', '/first').replace('dGhlIHNh', 'AAAAAAAA');
/** As long as the shortest request for WebSocket. */
const ROOM = 134;

function urls({ handshakes }: Recorder): (string | undefined)[] {
  return handshakes.map(({ url }) => url);
}

function ended(seen: Recorder): Recorder {
  return seen.end(0, 'fin').end(1, 'fin');
}

/** A server whose answers are missing from the beginning on, so that nobody counts them. */
function begun(): Recorder {
  return new Recorder().gap(1, 90).send(1, head('HTTP/1.1 304 Not Modified'));
}

describe('a request for WebSocket that another one may follow, in what is missing', () => {
  it('is not told where neither answer was captured', () => {
    const seen = new Recorder().send(0, FIRST).gap(1, 200).send(1, SERVER_FRAME).gap(0, ROOM).send(0, FRAME);
    ended(seen);
    expect(seen.handshake.url).toBeUndefined();
    expect(seen.handshake.state).toBe('not-captured');
    expect(codes(seen.handshake.findings)).toEqual(['handshake.not-captured']);
    // It was captured all the same.
    expect(seen.handshake.findings[0]!.message).toMatch(/after (that of packet \d+|one that was captured) another/);
    expect(seen.sink.text(0)).toBe(`<gap ${ROOM}>${FRAME}<end fin>`);
  });

  it('nor where it is known at once, not even for a while', () => {
    const seen = new Recorder().send(0, FIRST).gap(1, 200).gap(0, ROOM).send(0, FRAME).send(1, SERVER_FRAME);
    expect(urls(ended(seen)).filter((url) => url !== undefined)).toEqual([]);
  });

  it('nor where one direction was captured', () => {
    const seen = new Recorder().send(0, FIRST).gap(0, ROOM).send(0, FRAME).gap(1, 2000);
    expect(urls(ended(seen))).not.toContain('ws://server.example.com/first');
  });

  it('nor where the end of the next one follows a short gap', () => {
    const rest = upgradeRequest().slice(20);
    const seen = new Recorder().send(0, FIRST).gap(1, 200).send(1, SERVER_FRAME).gap(0, 20).send(0, rest);
    seen.send(0, FRAME);
    expect(ended(seen).handshake.url).toBeUndefined();
  });

  it('nor where the gap comes after what was sent of it so far', () => {
    const seen = begun().send(0, FIRST).end(1, 'fin').gap(0, ROOM).send(0, FRAME).end(0, 'fin');
    expect(urls(seen)).not.toContain('ws://server.example.com/first');
  });

  it('nor where the 101 was cut before it said what it answers', () => {
    const cut = ANSWER.slice(0, ANSWER.indexOf('Sec-WebSocket-Accept'));
    const seen = begun().send(0, FIRST).send(1, cut).gap(1, 60).gap(0, ROOM).send(0, FRAME);
    ended(seen);
    expect(urls(seen)).not.toContain('ws://server.example.com/first');
    expect(seen.handshake).toMatchObject({ state: 'incomplete', httpStatus: 101 });
    expect(codes(seen.handshake.findings)).toContain('handshake.incomplete');
  });

  it('nor where it came after a 101 without an accept that was captured', () => {
    const cut = ANSWER.slice(0, ANSWER.indexOf('Sec-WebSocket-Accept'));
    const seen = begun().send(1, cut).gap(1, 60).send(1, SERVER_FRAME).send(0, FIRST).gap(0, ROOM).send(0, FRAME);
    expect(urls(ended(seen))).not.toContain('ws://server.example.com/first');
  });

  it('nor where the next one was captured after such a 101', () => {
    const cut = ANSWER.slice(0, ANSWER.indexOf('Sec-WebSocket-Accept'));
    const seen = begun().send(1, cut).gap(1, 60).send(1, SERVER_FRAME).send(0, FIRST, upgradeRequest(), FRAME);
    ended(seen);
    expect(seen.handshake.url).toBe(CHAT);
    expect(seen.log).toContain('refused without answer');
  });

  it('is told where the gap is too short for another one', () => {
    const seen = new Recorder().send(0, upgradeRequest()).gap(1, 200).send(1, SERVER_FRAME);
    seen.gap(0, ROOM - 1).send(0, FRAME);
    expect(ended(seen).handshake.url).toBe(CHAT);
  });

  it('and where nothing is missing before its frames', () => {
    const seen = new Recorder().send(0, upgradeRequest()).gap(1, 200).send(1, SERVER_FRAME).send(0, FRAME);
    seen.gap(0, 5000).send(0, FRAME);
    expect(ended(seen).handshake.url).toBe(CHAT);
  });

  it('and where what is missing is its own end, cut off by the snap length', () => {
    const at = { packet: 5, seconds: 0, nanoseconds: 0, precision: 6 } as const;
    const seen = begun();
    seen.stage.bytes(0, Buffer.from(upgradeRequest().slice(0, 100)), at);
    seen.stage.gap(0, 300, at);
    seen.send(0, FRAME).gap(1, 200).send(1, SERVER_FRAME);
    expect(ended(seen).handshake).toMatchObject({ url: CHAT, state: 'incomplete' });
  });

  it('and where the 101 answers its key, whenever it comes', () => {
    const before = begun().send(0, upgradeRequest()).send(1, ANSWER).gap(0, ROOM).send(0, FRAME);
    expect(ended(before).handshake).toMatchObject({ url: CHAT, state: 'accepted' });
    const after = begun().send(0, upgradeRequest()).gap(0, ROOM).send(0, FRAME).end(0, 'fin').send(1, ANSWER);
    expect(after.end(1, 'fin').handshake).toMatchObject({ url: CHAT, state: 'accepted' });
  });

  it('and where every answer before the 101 was captured', () => {
    const cut = ANSWER.slice(0, ANSWER.indexOf('Sec-WebSocket-Accept'));
    const seen = new Recorder().send(0, FIRST).send(1, REFUSAL).send(0, upgradeRequest()).send(1, cut).gap(1, 60);
    seen.gap(0, ROOM).send(0, FRAME);
    expect(ended(seen).handshake).toMatchObject({ url: CHAT, state: 'incomplete' });
  });
});

it('a late 101 that answers another key than a request in doubt accuses nobody', () => {
  const seen = begun().send(0, FIRST).gap(0, ROOM).send(0, FRAME).end(0, 'fin').send(1, ANSWER, SERVER_FRAME);
  seen.end(1, 'fin');
  expect(urls(seen)).not.toContain('ws://server.example.com/first');
  expect(seen.handshake).toMatchObject({ state: 'incomplete', httpStatus: 101 });
  expect(codes(seen.handshakes.flatMap(({ findings }) => findings))).not.toContain('handshake.wrong-accept');
});

it('a request that was recorded late, and another one before the frames, is not told', () => {
  const cut = ANSWER.slice(0, ANSWER.indexOf('Sec-WebSocket-Accept'));
  const seen = new Recorder({ begun: [false, false] }).send(1, cut).gap(1, 60).send(0, FRAME);
  const at = { packet: 9, seconds: 0, nanoseconds: 0, precision: 6 } as const;
  seen.stage.early(0, Buffer.from(FIRST), at, ROOM);
  expect(urls(ended(seen))).not.toContain('ws://server.example.com/first');
  expect(codes([...seen.findings, ...seen.sink.findings])).toContain('tcp.before-start');
});
