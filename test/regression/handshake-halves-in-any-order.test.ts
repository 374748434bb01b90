import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, Talk } from '../hostile/talk.js';

const frames = 40;

/** A connection of which each side says as much as the other, and which of its packets the client sent. */
function connection(): { client: Buffer[]; server: Buffer[] } {
  const talk = new Talk().upgrade({ offered: 'permessage-deflate', extensions: 'permessage-deflate' });
  for (let i = 0; i < frames; i++) {
    talk.send(0, encodeFrame({ payload: `c${i}`, maskingKey: 0x37fa213d }));
    talk.send(1, encodeFrame({ payload: `s${i}` }));
  }
  const { packets } = talk.finish();
  const isClient = (packet: Buffer): boolean => packet.readUInt16BE(20) !== 80;
  return { client: packets.filter(isClient), server: packets.filter((packet) => !isClient(packet)) };
}

/** The packets of one side, each so many later than it was. */
function skewed(late: readonly Buffer[], other: readonly Buffer[], by: number): Buffer[] {
  const packets = other.map((packet, index) => ({ packet, at: index }));
  for (const [index, packet] of late.entries()) packets.push({ packet, at: index + by + 0.5 });
  return packets.sort((a, b) => a.at - b.at).map(({ packet }) => packet);
}

/** What is in the file is not told to be missing from it, whatever its order. */
describe('both halves of a handshake are in the file', () => {
  const { client, server } = connection();
  const orders: [string, Buffer[]][] = [
    ['the server appended after the client', [...client, ...server]],
    ['the client appended after the server', [...server, ...client]],
    ...[1, 2, 3, 6, 20].flatMap((by): [string, Buffer[]][] => [
      [`the server ${by} packets late`, skewed(server, client, by)],
      [`the client ${by} packets late`, skewed(client, server, by)],
    ]),
  ];

  it.each(orders)('%s', async (_name, packets) => {
    const { messages, connections, codes } = await readCapture(pcapOf(packets));
    expect(codes).toEqual([]);
    expect(connections.map(({ handshake }) => handshake.state)).toEqual(['accepted']);
    for (const direction of ['client-to-server', 'server-to-client']) {
      const texts = messages.filter((event) => event.direction === direction && event.message.opcode === 1);
      expect(texts).toHaveLength(frames);
      expect(texts.every(({ message }) => message.status === 'ok')).toBe(true);
    }
  });
});

it('a half that is not in the file is told once, whichever it is', async () => {
  const { client, server } = connection();
  for (const [packets, half] of [
    [client, 'response'],
    [server, 'request'],
  ] as const) {
    const { findings, connections } = await readCapture(pcapOf(packets));
    const told = findings.filter(({ code }) => code === 'handshake.incomplete');
    expect(told.map(({ message }) => message)).toEqual([`The ${half} of the handshake was not captured`]);
    expect(connections[0]!.findings.map(({ code }) => code)).toContain('handshake.incomplete');
  }
});
