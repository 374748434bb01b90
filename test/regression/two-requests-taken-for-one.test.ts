import { describe, expect, it } from 'vitest';
import type { ConnectionSink, Side } from '../../src/common/sink.js';
import { head, Recorder, upgradeRequest, upgradeResponse } from '../http/recorder.js';

const FRAME = '\x81\x85abcdefghi';
const SERVER_FRAME = '\x81\x02hi';
const PAGE = 'GET /page HTTP/1.1\r\nHost: server.example.com\r\nAcc';
/** The end of a request for WebSocket, of which the first line is missing. */
const END = upgradeRequest().slice(upgradeRequest().indexOf('\r\nUpgrade') + 1);
const UNCHANGED = head('HTTP/1.1 304 Not Modified');

function urls({ handshakes }: Recorder): (string | undefined)[] {
  return handshakes.map(({ url }) => url);
}

describe('the beginning of one request and the end of the next one, with a gap between them', () => {
  it('have no URL together where the 101 comes after a loss', () => {
    const seen = new Recorder().send(0, PAGE).gap(0, 60).send(0, END).gap(1, 90);
    seen.send(1, upgradeResponse(), SERVER_FRAME).send(0, FRAME).end(0).end(1);
    expect(urls(seen).filter((url) => url !== undefined)).toEqual([]);
    expect(seen.handshake).toMatchObject({ state: 'incomplete', httpStatus: 101 });
  });

  it('nor where no answer was captured', () => {
    const seen = new Recorder().send(0, PAGE).gap(0, 60).send(0, END, FRAME).gap(1, 90).send(1, SERVER_FRAME);
    seen.end(0).end(1);
    expect(urls(seen).filter((url) => url !== undefined)).toEqual([]);
  });

  it('nor where the first of them was answered, and the answers are counted', () => {
    const seen = new Recorder().send(0, PAGE).gap(0, 60).send(0, END).send(1, UNCHANGED, upgradeResponse());
    seen.send(0, FRAME).end(0).end(1);
    expect(seen.handshakes.map(({ state }) => state)).not.toContain('refused');
    expect(seen.handshake).toMatchObject({ state: 'incomplete', httpStatus: 101 });
    expect(seen.handshake.url).toBeUndefined();
  });

  it('but one request has its URL where its answers are counted', () => {
    const seen = new Recorder().send(0, PAGE).gap(0, 60).send(0, END).send(1, upgradeResponse());
    seen.send(0, FRAME).end(0).end(1);
    expect(seen.handshake.url).toBe('ws://server.example.com/page');
  });

  it('and where the 101 answers the key that came before the gap', () => {
    const [before, after] = upgradeRequest('Cookie: a=b').split('Cookie: ');
    const seen = new Recorder()
      .send(0, `${before}Co`)
      .gap(0, 60)
      .send(0, `x\r\n${after!.slice(5)}`)
      .gap(1, 90);
    seen.send(1, upgradeResponse(), SERVER_FRAME).send(0, FRAME).end(0).end(1);
    expect(seen.handshake.url).toBe('ws://server.example.com/chat');
  });

  it('and where the gap is shorter than the first line of a request', () => {
    const seen = new Recorder().send(0, PAGE).gap(0, 16).send(0, END).gap(1, 90);
    seen.send(1, upgradeResponse(), SERVER_FRAME).send(0, FRAME).end(0).end(1);
    expect(seen.handshake.url).toBe('ws://server.example.com/page');
  });
});

/** Keeps whether the answers inside a tunnel are counted. */
class Tunnels extends Recorder {
  readonly counted: boolean[] = [];

  override tunnel(client: Side, isCounted = true): ConnectionSink {
    this.counted.push(isCounted);
    return super.tunnel(client);
  }
}

it('after a CONNECT that was cut, answers inside the tunnel are to requests that are not counted', () => {
  const seen = new Tunnels();
  seen.send(0, 'CONNECT a.test:80 HTTP/1.1\r\nHo').gap(0, 60).send(0, 'st\r\n\r\n').send(1, head('HTTP/1.1 200 OK'));
  seen.send(0, upgradeRequest());
  expect(seen.counted).toEqual([false]);
});
