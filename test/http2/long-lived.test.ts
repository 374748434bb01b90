import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/common/limits.js';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { readBatches } from '../../src/dissect.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { pcapOf, Talk } from '../hostile/talk.js';
import { answer, CLIENT_START, connect, data, headerBlock, http2Frame, SERVER_START } from '../support/http2.js';

const END_BOTH = 0x5;
const client = (payload: string): Buffer => encodeFrame({ maskingKey: 0x37fa213d, payload });
const server = (payload: string): Buffer => encodeFrame({ payload });

/** Ordinary requests and their answers for a long time, then a socket on the next stream. */
function afterRequests(requests: number): { readonly talk: Talk; readonly stream: number } {
  const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
  for (let i = 0; i < requests; i++) {
    const stream = 2 * i + 1;
    talk.send(0, http2Frame(1, END_BOTH, stream, headerBlock({ ':method': 'GET', ':path': `/${i}` }, true)));
    talk.send(1, answer(stream, { 'content-length': '5' }));
    talk.send(1, data(stream, 'hello', 1));
  }
  const stream = 2 * requests + 1;
  talk.send(0, connect(stream)).send(1, answer(stream));
  talk.send(0, data(stream, client('after hours'))).send(1, data(stream, server('still here')));
  return { talk: talk.finish(), stream };
}

const said = async (capture: Buffer): Promise<string[]> =>
  (await readCapture(capture)).messages.map(
    ({ connection, message }) => `${connection.http2Stream} ${message.status} ${message.payload?.toString()}`,
  );

it('a socket that is opened after many requests is read, and they hold nothing', async () => {
  const mosts: number[] = [];
  for (const requests of [3000, 6000]) {
    const { talk, stream } = afterRequests(requests);
    const capture = talk.pcap();
    expect(await said(capture)).toEqual([`${stream} ok after hours`, `${stream} ok still here`]);
    const held = new HeldBytes(DEFAULT_LIMITS.heldTotal);
    let most = 0;
    for await (const batch of readBatches([capture], {}, { held }))
      if (batch.length > 0) most = Math.max(most, held.total);
    mosts.push(most);
    expect(held.total).toBe(0);
  }
  expect(mosts[1]).toBe(mosts[0]);
});

it('the same where the capture begins hours after the connection', async () => {
  const { talk, stream } = afterRequests(4000);
  const late = pcapOf(talk.packets.slice(talk.packets.length / 2));
  expect(await said(late)).toEqual([`${stream} ok after hours`, `${stream} ok still here`]);
});

it('more sockets one after the other hold no more, and each is read', async () => {
  const mosts: number[] = [];
  for (const sockets of [500, 1000]) {
    const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
    for (let i = 0; i < sockets; i++) {
      const stream = 2 * i + 1;
      talk.send(0, connect(stream)).send(1, answer(stream));
      talk.send(0, data(stream, client(`message ${i}`), 1)).send(1, data(stream, server('ok'), 1));
    }
    const capture = talk.finish().pcap();
    expect(await said(capture)).toHaveLength(2 * sockets);
    const held = new HeldBytes(DEFAULT_LIMITS.heldTotal);
    let most = 0;
    for await (const batch of readBatches([capture], {}, { held }))
      if (batch.length > 0) most = Math.max(most, held.total);
    mosts.push(most);
  }
  expect(mosts[1]).toBe(mosts[0]);
});

it('more sockets at once than are followed are told, and those that are followed are read', async () => {
  const sockets = DEFAULT_LIMITS.http2Streams + 10;
  const talk = new Talk().open().send(0, CLIENT_START).send(1, SERVER_START);
  const numbers = Array.from({ length: sockets }, (_, index) => 2 * index + 1);
  for (const stream of numbers) talk.send(0, connect(stream)).send(1, answer(stream));
  for (const stream of numbers) talk.send(0, data(stream, client('x')));
  const { messages, codes } = await readCapture(talk.finish().pcap());
  expect(messages).toHaveLength(DEFAULT_LIMITS.http2Streams);
  expect(codes).toContain('limit.http2-streams');
});
