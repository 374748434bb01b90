import { expect, it } from 'vitest';
import { head, Recorder, upgradeRequest } from '../http/recorder.js';

it('a 101 that waits while stray bytes of the client are followed does not begin that again and again', () => {
  const seen = new Recorder()
    .send(1, '\x05\x01\x02\x03')
    .send(1, 'HTTP/1.1 101 Swi')
    .send(1, 'HTTP/1.1 100 Continu')
    .gap(0, 11);
  seen.send(1, 'abcdefghi').send(1, 'HTTP/1.1 200 OK\r\ntra').send(1, head('HTTP/1.1 200 OK'));
  seen.send(1, head('HTTP/1.1 101 Switching Protocols')).send(0, 'abcdefghi').end(0, 'capture').end(1, 'rst');
  expect(seen.log.filter((line) => line.startsWith('follow')).length).toBeLessThan(4);
});

it('a request in place of what the server waits for changes nothing', () => {
  const seen = new Recorder({ begun: [false, true] })
    .send(0, upgradeRequest('Content-Length: 3'))
    .send(1, '\x81\x85abcdefghi');
  seen.gap(0, undefined).send(0, `${head('POST / HTTP/1.1', 'Content-Length: 4')}GET `);
  expect(() => seen.end(0, 'capture').end(1, 'rst')).not.toThrow();
});

it('frames of the client in place of what the server waits for are followed', () => {
  const seen = new Recorder({ begun: [false, true] }).send(0, upgradeRequest('Content-Length: 3')).gap(0, undefined);
  seen.send(1, '\x06').send(0, '\x81\x85abcdefghi');
  expect(() => seen.end(0, 'capture').end(1, 'rst')).not.toThrow();
});

it('what waited last of a side is followed by its end', () => {
  const seen = new Recorder({ begun: [false, false], limits: { heldBytes: 30 } });
  seen.send(1, `${head('HTTP/1.1 200 OK', 'Content-Length: 7')}HTTP/1.`).send(0, upgradeRequest('Content-Length: 3'));
  seen.send(0, `${head('HTTP/1.1 200 OK', 'transfer-encoding: chunked')}1;a="b"\r\n0\r\n00\r\n\r\n`);
  seen.end(0, 'capture').end(1, 'rst');
  for (const sink of seen.sinks) for (const side of [0, 1] as const) expect(sink.chunks[side].at(-1)).toMatch(/^<end /);
});
