import { expect, test } from 'vitest';
import { ConversationHalf, firstCloseOf } from '../src/conversation-half.js';
import { CLOSE, PING } from '../src/websocket/frame.js';
import { frame, gapFrame, moment } from './message/frames.js';

function close(packet: number, code: number, reason = ''): ReturnType<typeof frame> {
  const body = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
  return frame(body, { opcode: CLOSE, at: moment(packet) });
}

test('frames are counted with the bytes that they were sent with', () => {
  const half = new ConversationHalf();
  half.frame(frame('hello'));
  half.frame(frame('', { opcode: PING }));
  half.frame(gapFrame(Buffer.from('ab'), 1, 3));
  // How much of the rest was sent is not known.
  half.frame(gapFrame(Buffer.from('ab'), 2, 3, { status: 'truncated' }));
  expect(half.totals).toMatchObject({ frames: 4, messages: 0, bytes: 12, missingBytes: 0 });
});

test('a message of which nothing is made counts, and has not been looked into', () => {
  const half = new ConversationHalf();
  half.pass();
  expect(half.totals.messages).toBe(1);
  expect(half.hasUnread).toBe(true);
});

test('the first close frame is kept, as a copy', () => {
  const half = new ConversationHalf();
  const first = close(3, 1000, 'bye');
  half.frame(first);
  half.frame(close(4, 1001));
  first.payload!.fill(0);
  expect(half.close).toEqual({ packet: 3, code: 1000, reason: Buffer.from('bye') });
});

test('a frame with data shows that no close frame was lost before it, and a control frame does not', () => {
  const half = new ConversationHalf();
  half.mayHaveClosed = true;
  half.frame(frame('', { opcode: PING }));
  expect(half.mayHaveClosed).toBe(true);
  half.frame(frame('data'));
  expect(half.mayHaveClosed).toBe(false);
});

test('the side closed that sent its close frame in the earlier packet', () => {
  const [client, server] = [new ConversationHalf(), new ConversationHalf()];
  expect(firstCloseOf(client, server)).toBeUndefined();
  client.frame(close(5, 1000));
  expect(firstCloseOf(client, server)).toBe(client.close);
  server.frame(close(4, 1001));
  expect(firstCloseOf(client, server)).toBe(server.close);
});

test('who closed is not known where the other side may have done so before', () => {
  const [client, server] = [new ConversationHalf(), new ConversationHalf()];
  client.frame(close(5, 1000));
  server.mayHaveClosed = true;
  expect(firstCloseOf(client, server)).toBeUndefined();
});
