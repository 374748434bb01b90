import { constants, createDeflate } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture, type Reading } from '../hostile/read-capture.js';
import { requestText, responseText, Talk } from '../hostile/talk.js';
import { inWords } from './conversation.js';

const CLIENT = 0;
const SERVER = 1;
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

/** A message of one side. */
type Turn = readonly [typeof CLIENT | typeof SERVER, Buffer];

function wire([from, payload]: Turn): Buffer {
  return encodeFrame({ opcode: 2, payload, ...(from === CLIENT ? { maskingKey: 0x37fa213d } : {}) });
}

/** What a conversation looks like in a capture, without the message that is not captured. */
function captured(request: string, response: string, turns: readonly Turn[], lost = -1): Buffer {
  const talk = new Talk().open().send(CLIENT, request).send(SERVER, response);
  for (const [index, turn] of turns.entries()) {
    const bytes = wire(turn);
    if (index === lost) talk.lose(turn[0], bytes.length);
    else talk.send(turn[0], bytes);
  }
  return talk.finish().pcap();
}

const bySide = ({ messages }: Reading, direction: string): string[] =>
  messages
    .filter((event) => event.direction === direction && event.decoded !== undefined)
    .flatMap(({ decoded }) => inWords([decoded]));

/** Whether all of some words stand in others in their order. */
function isWithin(words: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  return words.every((word) => {
    at = all.indexOf(word, at) + 1;
    return at > 0;
  });
}

const UPDATE = hex('0000 0001 0000 0000 0001 0001 00000000 00000000');
const RFB: readonly Turn[] = [
  [SERVER, Buffer.from('RFB 003.008\n')],
  [CLIENT, Buffer.from('RFB 003.008\n')],
  [SERVER, hex('01 01')],
  [CLIENT, hex('01')],
  [SERVER, hex('00000000')],
  [CLIENT, hex('01')],
  [SERVER, hex(`0001 0001 20 18 00 01 00ff 00ff 00ff 10 08 00 000000 00000001 61`)],
  [CLIENT, hex(`00 000000 08 ${'00'.repeat(15)}`)],
  [CLIENT, hex(`00 000000 20 ${'00'.repeat(15)}`)],
  [CLIENT, hex('03 00 0000 0000 0001 0001')],
  [SERVER, UPDATE],
  [SERVER, hex('02')],
  [CLIENT, hex('03 01 0000 0000 0001 0001')],
  [SERVER, UPDATE],
  [SERVER, hex('02')],
];

async function flushed(...texts: string[]): Promise<Turn[]> {
  const deflate = createDeflate();
  const turns: Turn[] = [];
  for (const text of texts) {
    deflate.write(text);
    await new Promise<void>((resolve) => {
      deflate.flush(constants.Z_SYNC_FLUSH, resolve);
    });
    turns.push([SERVER, deflate.read() as Buffer]);
  }
  deflate.destroy();
  return turns;
}

describe('in a capture', () => {
  const discord = requestText({ target: '/?v=10&compress=zlib-stream' }).replace('example.test', 'gateway.discord.gg');
  const DIRECTIONS = ['client-to-server', 'server-to-client'];

  it.each([true, false])('RFB says less after a loss, and nothing wrong (told by binary: %s)', async (isTold) => {
    const fields = isTold ? { subprotocol: 'binary' } : {};
    const read = (lost?: number): Promise<Reading> =>
      readCapture(captured(requestText(fields), responseText(fields), RFB, lost));
    const truth = await read();
    expect(bySide(truth, 'server-to-client')).toHaveLength(isTold ? 8 : 7);
    expect(bySide(truth, 'client-to-server')).toHaveLength(7);
    for (const lost of RFB.keys()) {
      const reading = await read(lost);
      for (const direction of DIRECTIONS) {
        expect(isWithin(bySide(reading, direction), bySide(truth, direction)), `${lost} ${direction}`).toBe(true);
      }
    }
  });

  it('Discord says nothing after a loss', async () => {
    const turns = await flushed(...[1, 2, 3, 4].map((s) => `{"op":0,"t":"EVENT_${s}","s":${s},"d":{"text":"text"}}`));
    const truth = [1, 2, 3, 4].map((s) => `event EVENT_${s} {"text":"text"}`);
    for (const lost of [-1, ...turns.keys()]) {
      const reading = await readCapture(captured(discord, responseText(), turns, lost));
      expect(bySide(reading, 'server-to-client')).toEqual(truth.slice(0, lost < 0 ? turns.length : lost));
    }
  });

  it('tells once where what is compressed inflates to more than is looked into', async () => {
    const turns = await flushed(`{"op":11,"d":"${'a'.repeat(500)}"}`, '{"op":11,"d":null}', '{"op":11,"d":null}');
    const [first] = turns;
    const decodedMessage = first![1].length;
    const reading = await readCapture(captured(discord, responseText(), turns), { limits: { decodedMessage } });
    expect(bySide(reading, 'server-to-client')).toEqual([]);
    expect(reading.findings.map(({ code, message }) => [code, message])).toEqual([
      [
        'limit.decoded-message',
        `what the discord protocol compresses is not looked into where it inflates to more than ${decodedMessage} bytes, nor is what comes after it`,
      ],
    ]);
  });
});
