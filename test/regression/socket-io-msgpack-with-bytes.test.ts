import { encode } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { decode, inWords } from '../subprotocol/conversation.js';

const OPENING = { url: 'ws://h/socket.io/?EIO=4&transport=websocket' };
const packet = (value: unknown): string[] => inWords(decode(OPENING, [['client', Buffer.from(encode(value))]]));

describe('a packet of socket.io-msgpack-parser', () => {
  it('keeps its kind, name and id where its arguments hold bytes', () => {
    expect(packet({ type: 2, nsp: '/a', id: 3, data: ['file', new Uint8Array([1, 255]), { n: 1 }] })).toEqual([
      `call file #3 @/a raw "[h'01ff',{\\"n\\":1}]"`,
    ]);
    expect(packet({ type: 3, nsp: '/', id: 3, data: [new Uint8Array([1])] })).toEqual([`ack ack #3 raw "[h'01']"`]);
  });

  it('has nothing for what the sender had undefined', () => {
    // fixext 1 of type 0: how notepack.io writes it.
    const undefinedData = Buffer.from('83a474797065 01 a36e7370 a12f a464617461 d40000'.replaceAll(' ', ''), 'hex');
    expect(inWords(decode(OPENING, [['client', undefinedData]]))).toEqual(['close disconnect']);
  });

  it('is none where what looks like one lacks what each packet has', () => {
    expect(packet({ type: 9, nsp: '/', data: [] })[0]).toMatch(/^data message/);
    expect(packet({ type: 2, nsp: '/', data: 'x' })[0]).toMatch(/^data message/);
    expect(packet({ type: 2, nsp: '/', id: 'x', data: ['a'] })[0]).toMatch(/^data message/);
  });

  it('may be named by a number, as in text', () => {
    expect(packet({ type: 2, nsp: '/', data: [7, 1] })).toEqual(['event 7 [1]']);
    expect(inWords(decode(OPENING, [['client', '42[7,1]']]))).toEqual(['event 7 [1]']);
  });
});
