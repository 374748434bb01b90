import { describe, expect, it } from 'vitest';
import { codes, head, Recorder, upgradeRequest, upgradeResponse } from '../http/recorder.js';

/** The first lines of a request that was cut. */
const CUT = 'GET /page HTTP/1.1\r\nHost: server.example.com\r\nAcc';
const FRAME = '\x81\x85abcdefghi';

function url(seen: Recorder): string | undefined {
  seen.end(0, 'fin').end(1, 'fin');
  return seen.handshake.url;
}

/** A server of which an answer is missing, and the next one is there. */
function begun(): Recorder {
  return new Recorder().gap(1, 90).send(1, head('HTTP/1.1 304 Not Modified'));
}

describe('a connection has no URL of another request', () => {
  const answer = upgradeResponse();

  it('where a request was cut, and the next one follows it before any answer', () => {
    const seen = begun().send(1, answer.slice(0, 60)).send(0, CUT).gap(0, 7).send(0, upgradeRequest());
    seen.send(1, answer.slice(60)).send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/chat');
    expect(seen.handshake.state).toBe('accepted');
  });

  it('where all heads were cut', () => {
    const seen = begun().send(1, answer.slice(0, 60)).send(0, CUT).gap(0, 7).send(0, upgradeRequest().slice(0, 60));
    seen.gap(0, 100).gap(1, 60).send(1, '\x81\x01a').send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/chat');
    expect(seen.sink.text(0)).not.toContain('GET');
  });

  it('where the 101 was recorded between a request that was cut and the next one', () => {
    const seen = begun().send(0, CUT).gap(0, 7).send(1, answer).send(1, '\x81\x01a');
    seen.send(0, upgradeRequest()).send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/chat');
    expect(seen.handshake.state).toBe('accepted');
  });

  it('where POST and the request for WebSocket follow them', () => {
    const seen = begun().send(0, CUT).gap(0, 7).send(1, answer);
    seen
      .send(0, `${head('POST /form HTTP/1.1', 'Content-Length: 2')}ab`)
      .send(0, upgradeRequest())
      .send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/chat');
  });

  it('where the answer to the first of two requests for WebSocket is missing', () => {
    const first = upgradeRequest().replace('/chat', '/refused');
    const seen = begun().send(1, answer.slice(0, 60)).send(0, first).send(0, upgradeRequest());
    seen.send(1, answer.slice(60)).send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/chat');
    expect(seen.log).toContain('refused without answer');
  });

  it('where the 101 does not answer the key, and the request that it answers may be in what is missing', () => {
    const first = upgradeRequest().replace('/chat', '/refused').replace('dGhlIHNh', 'AAAAAAAA');
    const seen = begun().send(1, answer.slice(0, 60)).send(0, first).gap(0, 150).send(1, answer.slice(60));
    seen.send(0, FRAME);
    expect(url(seen)).toBeUndefined();
    expect(codes(seen.handshake.findings)).toEqual(['handshake.incomplete']);
  });

  it('but keeps it where nothing is missing: such an answer is wrong', () => {
    const first = upgradeRequest().replace('dGhlIHNh', 'AAAAAAAA');
    const seen = begun().send(1, answer.slice(0, 60)).send(0, first).send(1, answer.slice(60)).send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/chat');
    expect(codes(seen.handshake.findings)).toEqual(['handshake.wrong-accept']);
  });

  it('and keeps that of a request that was cut, where its frames follow', () => {
    const seen = begun().send(0, CUT).gap(0, 90).send(1, answer).send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/page');
    expect(seen.handshake.state).toBe('incomplete');
  });

  it('where the 101 was recorded before two requests, and answers the second', () => {
    const first = upgradeRequest().replace('/chat', '/refused').replace('dGhlIHNh', 'AAAAAAAA');
    const seen = new Recorder().gap(1, 90).send(1, answer).send(0, first).send(0, upgradeRequest()).send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/chat');
    expect(codes(seen.handshakes.flatMap(({ findings }) => findings))).not.toContain('handshake.wrong-accept');
    expect(seen.log).toContain('refused without answer');
  });

  it('but has it where frames follow the first: such an answer is wrong', () => {
    const first = upgradeRequest().replace('dGhlIHNh', 'AAAAAAAA');
    const seen = new Recorder().gap(1, 90).send(1, answer).send(0, first).send(0, FRAME);
    expect(url(seen)).toBe('ws://server.example.com/chat');
    expect(codes(seen.handshake.findings)).toContain('handshake.wrong-accept');
  });

  it('nor where bytes are missing between a request without an answer, its frames and a late 101', () => {
    const first = upgradeRequest().replace('/chat', '/refused').replace('dGhlIHNh', 'AAAAAAAA');
    const seen = new Recorder().send(0, first).gap(0, 150).send(0, FRAME).gap(1, 90).send(1, answer);
    expect(url(seen)).toBeUndefined();
    expect(codes(seen.handshakes.flatMap(({ findings }) => findings))).not.toContain('handshake.wrong-accept');
  });
});
