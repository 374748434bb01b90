import { expect, it } from 'vitest';
import { head, Recorder, upgradeRequest, upgradeResponse } from '../http/recorder.js';

const FRAME = '\x81\x85abcdefghi';

it('a 101 that was cut waits for a request that has begun to come, though another one was not answered', () => {
  const seen = new Recorder().send(0, `${head('POST /a HTTP/1.1', 'Content-Length: 2')}ab`);
  seen.gap(1, 37).send(1, ' 3\r\n\r\nyes').send(0, upgradeRequest().slice(0, 60));
  seen.send(1, upgradeResponse().slice(0, 37)).gap(1, 40).send(1, upgradeResponse().slice(77));
  seen.send(0, upgradeRequest().slice(60), FRAME).send(1, '\x81\x02hi').end(0).end(1);
  expect(seen.log).toContain('follow incomplete');
  expect(seen.sink.text(0)).toBe(`${FRAME}<end fin>`);
  expect(seen.handshake).toMatchObject({ httpStatus: 101, url: 'ws://server.example.com/chat' });
});
