import { describe, expect, it } from 'vitest';
import { decode, inWords, type Said } from '../subprotocol/conversation.js';

const ping = Buffer.of(2, 0x91, 6);

describe('a handshake of SignalR in bytes, as ASP.NET Core answers where the protocol is MessagePack', () => {
  it('tells the protocol as the one in text does', () => {
    const said: Said[] = [
      ['client', Buffer.from('{"protocol":"messagepack","version":1}\u001e')],
      ['server', Buffer.from('{}\u001e')],
      ['server', ping],
    ];
    expect(inWords(decode({}, said))).toEqual(['-', '-', 'event Ping']);
  });

  it('may have messages after it', () => {
    const bytes = Buffer.concat([Buffer.from('{}\u001e'), ping, ping]);
    const said: Said[] = Array.from({ length: 3 }, () => ['server', bytes]);
    expect(inWords(decode({}, said)).slice(-3)).toEqual(['ack HandshakeResponse', 'event Ping', 'event Ping']);
  });

  it('is not taken for one where a message has a length of 123', () => {
    const message = Buffer.concat([
      Buffer.of(0x95, 1, 0x80, 0xc0, 0xa1, 0x61, 0x91, 0xd9, 114),
      Buffer.alloc(114, 0x7d),
    ]);
    const bytes = Buffer.concat([Buffer.of(message.length), message]);
    expect(message.length).toBe(123);
    expect(
      inWords(
        decode({}, [
          ['client', bytes],
          ['client', bytes],
          ['client', bytes],
        ]),
      ).at(-1),
    ).toMatch(/^event a /);
  });

  it('is none where the JSON is something else', () => {
    const said: Said[] = Array.from({ length: 4 }, () => ['server', Buffer.from('{"type":6}\u001e')]);
    expect(inWords(decode({}, said))).toEqual(['-', '-', '-', '-']);
  });
});
