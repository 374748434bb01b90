import { createRequire } from 'node:module';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';

/** What an application gets, message by message; it ends with `undefined` where the receiver fails the connection. */
type Received = readonly (string | undefined)[];

interface Decompressor {
  params: Record<string, unknown>;
  decompress(data: Buffer, fin: boolean, done: (error: Error | null, data: Buffer) => void): void;
}

/** The receiver of `ws`: the one that its WebSocket uses. */
async function byWs(messages: readonly Buffer[], noContextTakeover: boolean): Promise<Received> {
  const path = createRequire(import.meta.url)
    .resolve('ws')
    .replace(/index\.js$/, 'lib/permessage-deflate.js');
  const { default: PerMessageDeflate } = (await import(path)) as {
    default: new (options: object) => Decompressor;
  };
  const receiver = new PerMessageDeflate({});
  receiver.params = { server_no_context_takeover: noContextTakeover };
  const received: (string | undefined)[] = [];
  for (const message of messages) {
    const text = await new Promise<string | undefined>((resolve) => {
      receiver.decompress(message, true, (error, data) => {
        resolve(error instanceof Error ? undefined : data.toString());
      });
    });
    received.push(text);
    if (text === undefined) break;
  }
  return received;
}

/** What Chromium's WebSocketInflater does with zlib: a final block resets it, and what follows is inflated anew. */
function byChromium(messages: readonly Buffer[], noContextTakeover: boolean): Received {
  const received: (string | undefined)[] = [];
  let stream = Buffer.alloc(0);
  let produced = 0;
  for (const message of messages) {
    let rest = Buffer.concat([message, Buffer.from('0000ffff', 'hex')]);
    let text = '';
    try {
      while (rest.length > 0) {
        const all = Buffer.concat([stream, rest]);
        const options = { info: true, finishFlush: constants.Z_SYNC_FLUSH };
        const { buffer, engine } = inflateRawSync(all, options) as unknown as {
          buffer: Buffer;
          engine: { bytesWritten: number };
        };
        text += buffer.subarray(produced).toString();
        const isEnded = engine.bytesWritten < all.length;
        rest = isEnded ? all.subarray(engine.bytesWritten) : Buffer.alloc(0);
        stream = isEnded ? Buffer.alloc(0) : all;
        produced = isEnded ? 0 : buffer.length;
      }
    } catch {
      return [...received, undefined];
    }
    received.push(text);
    if (noContextTakeover) [stream, produced] = [Buffer.alloc(0), 0];
  }
  return received;
}

/** What wsdissect says of each message. */
async function byWsdissect(messages: readonly Buffer[], noContextTakeover: boolean): Promise<readonly Said[]> {
  const extensions = `permessage-deflate${noContextTakeover ? '; server_no_context_takeover' : ''}`;
  const talk = new Talk().upgrade({ offered: extensions, extensions });
  for (const payload of messages) talk.send(1, encodeFrame({ opcode: 2, rsv1: true, payload }));
  const { messages: events } = await readCapture(talk.finish().pcap());
  return events.map(({ message: { status, payload, findings } }) => ({
    text: status === 'ok' ? payload?.toString() : undefined,
    codes: findings.map(({ code }) => code),
    isError: status !== 'ok' || findings.some(({ severity }) => severity === 'error'),
    isTold: status !== 'ok' || findings.length > 0,
  }));
}

interface Said {
  readonly text: string | undefined;
  readonly codes: readonly string[];
  readonly isError: boolean;
  readonly isTold: boolean;
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
/** "Hello" in an empty window, and again with a match of the first (RFC 7692 section 7.2.3). */
const HELLO = hex('f248cdc9c90700');
const AGAIN = hex('f200110000');
/** "Hello" in one final block, without the byte 00 that follows it (RFC 7692 section 7.2.3.4). */
const FINAL = deflateRawSync('Hello');
const STORED = hex('000500faff48656c6c6f');
const END = hex('00');
const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts);

const CASES: readonly (readonly [string, readonly Buffer[], readonly (readonly string[])[]])[] = [
  ['context takeover', [HELLO, AGAIN, AGAIN], [[], [], []]],
  ['an empty message of one byte', [HELLO, END, AGAIN], [[], [], []]],
  ['no payload bytes', [HELLO, hex(''), AGAIN], [[], ['deflate.empty-payload'], []]],
  ['no payload bytes in the first message', [hex(''), HELLO], [['deflate.empty-payload'], []]],
  ['a stored block', [join(STORED, END), AGAIN], [[], []]],
  ['a stored block without the tail', [STORED, HELLO], [['deflate.missing-tail'], []]],
  ['a final block and the byte 00', [join(FINAL, END), HELLO, AGAIN], [[], [], []]],
  ['a match past a final block', [join(FINAL, END), AGAIN], [[], ['deflate.after-final-block']]],
  ['a final block without the tail', [FINAL, HELLO], [['deflate.missing-tail'], []]],
  ['a final block each', [join(FINAL, END), join(FINAL, END), join(FINAL, END)], [[], [], []]],
  ['a block after a final one', [join(FINAL, HELLO), HELLO], [['deflate.after-final-block'], []]],
  ['a match after a final block in one message', [join(FINAL, AGAIN)], [['deflate.after-final-block']]],
  ['garbage after a final block', [join(FINAL, hex('deadbeef')), HELLO], [['deflate.trailing-bytes'], []]],
  ['a marker that was not taken off', [join(HELLO, hex('0000ffff')), HELLO], [['deflate.trailing-bytes'], []]],
  ['a block that is cut', [HELLO.subarray(0, 4), HELLO], [['deflate.bad-data'], []]],
  ['a block of the reserved type', [hex('ffffffff')], [['deflate.bad-data']]],
  ['a match before the beginning', [AGAIN], [['deflate.bad-data']]],
];

describe.each(CASES)('%s', (_, messages, codes) => {
  test('with context takeover: where a receiver fails, something is told before', async () => {
    const said = await byWsdissect(messages, false);
    expect(said.map((message) => message.codes)).toEqual(codes);
    for (const received of [await byWs(messages, false), byChromium(messages, false)]) follows(said, received);
  });

  test('without context takeover, likewise', async () => {
    const said = await byWsdissect(messages, true);
    for (const received of [await byWs(messages, true), byChromium(messages, true)]) follows(said, received);
  });

  test('where both receivers fail it is an error, or a warning about the end of the data', async () => {
    for (const noContextTakeover of [false, true]) {
      const said = await byWsdissect(messages, noContextTakeover);
      const ws = (await byWs(messages, noContextTakeover)).indexOf(undefined);
      const chromium = byChromium(messages, noContextTakeover).indexOf(undefined);
      if (ws < 0 || chromium < 0) continue;
      const until = said.slice(0, Math.max(ws, chromium) + 1);
      const warned = ['deflate.trailing-bytes', 'deflate.after-final-block'];
      expect(until.some(({ isError, codes: found }) => isError || warned.some((code) => found.includes(code)))).toBe(
        true,
      );
    }
  });
});

/** Up to the first thing that is told, what is printed is what the receiver got; and it does not fail before that. */
function follows(said: readonly Said[], received: Received): void {
  const told = said.findIndex(({ isTold }) => isTold);
  const upTo = told < 0 ? said.length : told;
  expect(received.slice(0, upTo)).toEqual(said.slice(0, upTo).map(({ text }) => text));
}

test('invalid UTF-8 after inflating, and RSV1 where it must not be, are errors as ws and Chromium take them', async () => {
  const extensions = 'permessage-deflate';
  const bad = deflateRawSync(hex('ff41'), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  const talk = new Talk().upgrade({ offered: extensions, extensions });
  talk.send(1, encodeFrame({ opcode: 1, rsv1: true, payload: bad }));
  talk.send(1, encodeFrame({ opcode: 1, rsv1: true, fin: false, payload: HELLO.subarray(0, 3) }));
  talk.send(1, encodeFrame({ opcode: 0, rsv1: true, payload: HELLO.subarray(3) }));
  talk.send(1, encodeFrame({ opcode: 9, rsv1: true, payload: Buffer.from('ping') }));
  const { codes } = await readCapture(talk.finish().pcap());
  expect(codes).toEqual(expect.arrayContaining(['ws.invalid-utf8', 'ws.rsv1-on-continuation', 'ws.rsv1-on-control']));
});
