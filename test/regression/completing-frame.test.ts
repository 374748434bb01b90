import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check/check.js';
import { FrameSelection } from '../../src/explain/frame-selection.js';
import { TextFrames } from '../../src/output/text/text-frames.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { headerBytes } from '../../src/websocket/header-bytes.js';
import { run } from '../cli/fake-io.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, Talk } from '../hostile/talk.js';
import { compressSession } from '../message/sender.js';
import { PLAIN, printed } from '../output/events.js';

const DEFLATE = { offered: 'permessage-deflate', extensions: 'permessage-deflate' };
const TEXTS = ['the first of three', 'the second of three', 'the third of three'];

/** Three compressed messages of the server in one segment. */
async function three(): Promise<Buffer> {
  const compressed = await compressSession(
    TEXTS.map((text) => Buffer.from(text)),
    {},
  );
  const frames = compressed.map((payload) => encodeFrame({ opcode: 1, rsv1: true, payload }));
  return new Talk().upgrade(DEFLATE).send(1, Buffer.concat(frames)).finish().pcap();
}

describe('of several messages in one segment', () => {
  test('each names the very frame that completed it', async () => {
    const { frames, messages } = await readCapture(await three());
    expect(messages.map(({ completedBy }) => frames.findIndex(({ frame }) => frame === completedBy))).toEqual([
      0, 1, 2,
    ]);
  });

  test('--match chooses the frame whose message matches, and no other', async () => {
    for (const [index, text] of TEXTS.entries()) {
      const { stdout } = await run(['frames', '--match', text, '-'], { stdin: [await three()] });
      expect(stdout.match(/^#\d+/gm)).toEqual([`#${index + 1}`]);
      expect(stdout).toContain(text);
    }
  });

  test('check shows the frame of the message at fault, and explain its message', async () => {
    const bad = (text: string): Buffer => {
      const payload = deflateRawSync(Buffer.from(text, 'latin1'), { finishFlush: constants.Z_SYNC_FLUSH });
      return encodeFrame({ opcode: 1, rsv1: true, payload: payload.subarray(0, -4) });
    };
    const sent = [bad('fine'), bad('not \xff fine'), bad('fine too')];
    const capture = new Talk().upgrade(DEFLATE).send(1, Buffer.concat(sent)).finish().pcap();
    const { violations } = await check([capture]);
    const found = violations.filter(({ finding }) => finding.code === 'ws.invalid-utf8');
    expect(found.map(({ evidence }) => evidence[0]?.hex)).toEqual([sent[1]!.subarray(0, 2).toString('hex')]);
    expect(found[0]?.evidence[1]?.hex).toBe(sent[1]!.subarray(2).toString('hex'));

    const selection = new FrameSelection({});
    const shown = (await readCapture(capture)).events.map((event) => selection.event(event));
    const explained = [...shown, selection.end()].filter((one) => one !== undefined);
    expect(explained.map(({ message }) => message?.payload?.toString('latin1'))).toEqual([
      'fine',
      'not \xff fine',
      'fine too',
    ]);
  });
});

test('a message that was given up was completed by none, though its last frame came in the same packet', async () => {
  const parts = [
    encodeFrame({ opcode: 1, fin: false, payload: 'never finished' }),
    encodeFrame({ opcode: 1, payload: 'whole' }),
  ];
  const { events, messages } = await readCapture(new Talk().upgrade().send(1, Buffer.concat(parts)).finish().pcap());
  expect(messages.map(({ message, completedBy }) => [message.status, completedBy?.payload?.toString()])).toEqual([
    ['unfinished', undefined],
    ['ok', 'whole'],
  ]);
  const text = printed(new TextFrames(PLAIN), events);
  expect(text).toContain('\nmessage  packet ');
});

test('a message keeps the headers of its frames, of very many the first', async () => {
  const count = 100;
  const parts = Array.from({ length: count }, (_, index) =>
    encodeFrame({
      opcode: index === 0 ? 2 : 0,
      fin: index === count - 1,
      payload: Buffer.alloc(index),
      maskingKey: index,
    }),
  );
  const { messages } = await readCapture(new Talk().upgrade().sendAll(0, Buffer.concat(parts)).finish().pcap());
  const [{ message } = { message: undefined }] = messages;
  expect(message).toMatchObject({ status: 'ok', frames: count });
  expect(message?.headers).toHaveLength(64);
  for (const [index, header] of message!.headers.entries()) {
    expect(headerBytes(header)).toEqual(parts[index]!.subarray(0, header.headerLength));
    expect(header).not.toHaveProperty('payload');
  }
});

describe('the order of events', () => {
  test('begins each connection with its handshake, and numbers the events of each packet', async () => {
    const { events } = await readCapture(await three());
    expect(events.map(({ type }) => type)).toEqual([
      'open',
      ...TEXTS.flatMap(() => ['frame', 'message']),
      'connection',
    ]);
    expect(events[0]).toMatchObject({ type: 'open', handshake: { state: 'accepted', url: 'ws://example.test/' } });
    expect(events.slice(1, 7).map(({ packet, number }) => [packet, number])).toEqual(
      [0, 1, 2, 3, 4, 5].map((number) => [6, number]),
    );
    for (const [index, event] of events.entries()) {
      const before = events[index - 1];
      if (before === undefined) continue;
      const isLater = event.packet > before.packet || (event.packet === before.packet && event.number > before.number);
      expect(isLater).toBe(true);
    }
  });

  test('has each gap where it is, with its length and the packets around it', async () => {
    const frame = encodeFrame({ opcode: 1, payload: 'before' });
    const long = encodeFrame({ opcode: 1, payload: 'x'.repeat(100) });
    const talk = new Talk().upgrade().send(1, frame).send(1, long.subarray(0, 50)).lose(1, 20).acknowledge(0);
    const { events } = await readCapture(talk.send(1, long.subarray(70)).send(1, frame).finish().pcap());
    const shown = events.filter(({ type }) => type === 'frame' || type === 'gap');
    expect(shown.map((event) => (event.type === 'frame' ? event.frame.status : event.type))).toEqual([
      'ok',
      'gap',
      'gap',
      'ok',
    ]);
    expect(shown[1]).toMatchObject({ type: 'gap', direction: 'server-to-client', length: 20, before: 7 });
  });

  test('tells a handshake that became known later, before what was found about it', async () => {
    const frame = encodeFrame({ opcode: 1, payload: 'hello' });
    const talk = new Talk().upgrade({ subprotocol: 'chat' });
    for (let more = 0; more < 40; more++) talk.send(1, frame);
    // The capture began after the SYN, and has the request late.
    const [, , , request, response, ...rest] = talk.finish().packets;
    const { events } = await readCapture(pcapOf([response!, ...rest.slice(0, 5), request!, ...rest.slice(5)]));
    const types = events.map(({ type }) => type);
    expect(types.indexOf('frame')).toBeGreaterThan(types.indexOf('open'));
    expect(types.indexOf('learned')).toBeGreaterThan(types.indexOf('frame'));
    expect(events.find(({ type }) => type === 'open')).toMatchObject({ handshake: { state: 'incomplete' } });
    expect(events.find(({ type }) => type === 'learned')).toMatchObject({
      handshake: { state: 'accepted', url: 'ws://example.test/', subprotocol: 'chat' },
    });
  });

  test('opens a refused upgrade too', async () => {
    const request = new Talk()
      .open()
      .send(0, 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    const { events } = await readCapture(
      request.send(1, 'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n').finish().pcap(),
    );
    const types = events.filter(({ type }) => type !== 'finding').map(({ type }) => type);
    expect(types).toEqual(['open', 'connection']);
  });
});
