import { describe, expect, it } from 'vitest';
import { encodeFrame, type FrameShape } from '../../src/websocket/encode-frame.js';
import { noise } from '../bench/noise.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, Talk } from '../hostile/talk.js';

const PORTS = { ports: [80] };
const client = (shape: FrameShape): Buffer => encodeFrame({ maskingKey: 0x37fa213d, ...shape });

describe('--port says that it is WebSocket: a frame that fills its segments is one, though nothing came before it', () => {
  it.each<[string, FrameShape]>([
    ['an empty ping', { opcode: 9 }],
    ['a pong', { opcode: 10, payload: 'a' }],
    ['a small binary', { opcode: 2, payload: Buffer.of(0, 1, 2, 3) }],
    ['a first text with RSV1', { rsv1: true, payload: Buffer.from('aa5600', 'hex') }],
    ['a fragment', { fin: false, payload: 'a' }],
    ['a close without a code', { opcode: 8 }],
  ])('%s', async (_name, shape) => {
    const talk = new Talk().send(1, encodeFrame(shape)).send(0, client(shape));
    const { frames, codes } = await readCapture(pcapOf(talk.packets), PORTS);
    expect(frames.map(({ direction }) => direction)).toEqual(['server-to-client', 'client-to-server']);
    expect(codes.filter((code) => code.startsWith('ws.not'))).toEqual([]);
  });

  it('the same frame again and again', async () => {
    const talk = new Talk();
    for (let i = 0; i < 5; i++) talk.send(1, Buffer.of(0x89, 0)).send(0, client({ opcode: 10 }));
    expect((await readCapture(pcapOf(talk.packets), PORTS)).frames).toHaveLength(10);
    expect((await readCapture(pcapOf(talk.packets))).frames).toEqual([]);
  });

  it('a frame in several segments, after the rest of another one', async () => {
    const large = client({ opcode: 2, payload: noise(3000, 5) });
    const talk = new Talk().send(0, noise(300, 3)).sendAll(0, large, 1400);
    const { frames } = await readCapture(pcapOf(talk.packets), PORTS);
    expect(frames.map(({ frame }) => frame.payload?.length)).toEqual([3000]);
  });

  it('noise is none', async () => {
    const talk = new Talk();
    for (let i = 0; i < 100; i++) talk.send(1, noise(1 + ((i * 31) % 120), i + 1));
    expect((await readCapture(pcapOf(talk.packets), PORTS)).frames).toEqual([]);
  });
});
