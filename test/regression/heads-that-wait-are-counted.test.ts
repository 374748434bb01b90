import { describe, expect, it } from 'vitest';
import { readCapture } from '../hostile/read-capture.js';
import { Recorder } from '../http/recorder.js';
import { pcapOf, requestText, responseText, Talk } from '../hostile/talk.js';

const MORE = 'X: '.padEnd(1000, 'x') + '\r\n';

function unfinished(connections: number): Buffer[] {
  const packets: Buffer[] = [];
  for (let number = 0; number < connections; number++) {
    const talk = new Talk(number, packets).open().send(0, requestText().slice(0, -2));
    for (let i = 0; i < 10; i++) talk.send(0, MORE);
  }
  return packets;
}

describe('heads that are not finished', () => {
  it('count in the bytes held over all connections, and in nothing once they are over', () => {
    const seen = new Recorder().send(0, requestText().slice(0, -2));
    for (let i = 0; i < 10; i++) seen.send(0, MORE);
    expect(seen.held.total).toBeGreaterThan(10 * 1000);
    seen.end(0).end(1);
    expect(seen.held.total).toBe(0);
  });

  it('are told where too many bytes wait already, and a handshake that needs no waiting is read all the same', async () => {
    const limits = { heldTotal: 50_000 };
    const packets = unfinished(20);
    new Talk(99, packets).open().send(0, requestText()).send(1, responseText());
    const { codes, connections } = await readCapture(pcapOf(packets), { limits });
    expect(codes).toContain('limit.held-bytes');
    expect(connections.filter(({ handshake }) => handshake.state === 'accepted')).toHaveLength(1);
  });
});
