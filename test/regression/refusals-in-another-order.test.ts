import { describe, expect, it } from 'vitest';
import { head, Recorder, upgradeRequest, upgradeResponse } from '../http/recorder.js';

const FRAME = '\x81\x85abcdefghi';
const UNAUTHORIZED = head('HTTP/1.1 401 Unauthorized', 'Content-Length: 0');
const FORBIDDEN = head('HTTP/1.1 403 Forbidden', 'Content-Length: 0');

function request(target: string): string {
  return upgradeRequest()
    .replace('/chat', target)
    .replace('dGhlIHNh', `${target.slice(1)}AAAAAAAA`.slice(0, 8));
}

/** Status and URL of each refusal. */
function refusals({ handshakes }: Recorder): (readonly [string | undefined, number | undefined])[] {
  const refused = handshakes.filter(({ state }) => state === 'refused');
  return refused.map(({ url, httpStatus }) => [url?.replace(/^.*\//, '/'), httpStatus]);
}

describe('an answer after a loss', () => {
  it('is not told as that of a request after which it was recorded with the next one between them', () => {
    const seen = new Recorder({ begun: [false, true] }).send(0, request('/two'), upgradeRequest());
    seen.send(1, UNAUTHORIZED, FORBIDDEN, upgradeResponse()).send(0, FRAME).end(0).end(1);
    expect(refusals(seen)).toEqual([['/two', undefined]]);
    expect(seen.handshake.state).toBe('accepted');
  });

  it('nor of one before which it was recorded', () => {
    const seen = new Recorder({ begun: [true, false] }).send(0, request('/one').slice(0, 60)).send(1, UNAUTHORIZED);
    seen.send(0, request('/one').slice(60), upgradeRequest()).send(1, upgradeResponse()).send(0, FRAME).end(0).end(1);
    expect(refusals(seen)).toEqual([['/one', undefined]]);
  });

  it('nor the second one as that of the first request of all', () => {
    const seen = new Recorder({ begun: [true, false] }).send(1, UNAUTHORIZED).send(0, request('/one'));
    seen.send(1, FORBIDDEN).send(0, request('/two'), upgradeRequest()).send(1, upgradeResponse());
    seen.send(0, FRAME).end(0).end(1);
    expect(refusals(seen)).toEqual([
      ['/one', undefined],
      ['/two', undefined],
    ]);
  });

  it('but is that of the request right before it', () => {
    const seen = new Recorder({ begun: [false, false] }).send(0, request('/one')).send(1, UNAUTHORIZED);
    seen.send(0, request('/two')).send(1, FORBIDDEN).send(0, upgradeRequest()).send(1, upgradeResponse());
    seen.send(0, FRAME).end(0).end(1);
    expect(refusals(seen)).toEqual([
      ['/one', 401],
      ['/two', 403],
    ]);
  });
});
