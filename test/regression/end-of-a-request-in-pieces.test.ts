import { expect, it } from 'vitest';
import { head, Recorder, upgradeRequest } from '../http/recorder.js';

it.each([1, 12, 37])('a request whose first %i bytes are missing is one, in whichever pieces it comes', (cut) => {
  const rest = upgradeRequest().slice(cut);
  const seen = new Recorder({ begun: [false, true] }).send(0, rest.slice(0, 70), rest.slice(70, -9), rest.slice(-9));
  seen.send(1, head('HTTP/1.1 426 Upgrade Required', 'Content-Length: 0')).end(0).end(1);
  expect(seen.log).toEqual(['refused without answer']);
});
