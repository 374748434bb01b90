import { constants, createDeflate, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import { dataMessage, decode, inWords, type Said } from './conversation.js';

const opening = { url: 'wss://gateway.discord.gg/?v=10&encoding=json&compress=zlib-stream', subprotocol: undefined };
const s = (payload: string | Buffer): Said => ['server', payload];

/** One zlib stream over all texts, flushed after each, as Node's zlib writes it. */
async function compressed(...texts: string[]): Promise<Buffer[]> {
  const deflate = createDeflate();
  const units: Buffer[] = [];
  for (const text of texts) {
    deflate.write(text);
    await new Promise<void>((resolve) => {
      deflate.flush(constants.Z_SYNC_FLUSH, resolve);
    });
    units.push(deflate.read() as Buffer);
  }
  deflate.destroy();
  return units;
}

/** A stream of stored blocks, which hold the texts as they are. */
function stored(...texts: string[]): Buffer[] {
  return texts.map((text, index) => {
    const head = Buffer.alloc(5);
    head.writeUInt16LE(text.length, 1);
    head.writeUInt16LE(text.length ^ 0xff_ff, 3);
    return Buffer.concat([
      Buffer.from(index === 0 ? '7801' : '', 'hex'),
      head,
      Buffer.from(text),
      Buffer.from('000000ffff', 'hex'),
    ]);
  });
}

const TEXTS = [
  '{"op":10,"d":{"heartbeat_interval":41250}}',
  '{"op":0,"t":"MESSAGE_CREATE","s":1,"d":{"content":"hello hello hello"}}',
  '{"op":11,"d":null}',
];
const WORDS = [
  'open Hello {"heartbeat_interval":41250}',
  'event MESSAGE_CREATE {"content":"hello hello hello"}',
  'pong Heartbeat ACK null',
];
const LONG = `{"op":0,"t":"A","d":"${'a'.repeat(3000)}"}`;
const inBlocks = stored(...TEXTS);
const inCodes = await compressed(...TEXTS);
const streams = [
  ['stored', inBlocks],
  ['compressed', inCodes],
] as const;

describe("Discord's zlib stream", () => {
  it.each(streams)('is inflated over messages (%s)', (_, units) => {
    expect(inWords(decode(opening, units.map(s)))).toEqual(WORDS);
  });

  it('leaves what the client sends, which is JSON, and reads text of both', () => {
    const said: Said[] = [['client', '{"op":1,"d":251}'], ['client', Buffer.from('{"op":1}')], s('{"op":7,"d":null}')];
    expect(inWords(decode(opening, said))).toEqual(['ping Heartbeat 251', '-', 'close Reconnect null']);
  });

  it('is not inflated where the URL does not name it', () => {
    const url = 'wss://gateway.discord.gg/?v=10&encoding=json';
    expect(inWords(decode({ url }, inCodes.map(s)))).toEqual(['-', '-', '-']);
  });

  it('waits for what is flushed, wherever messages end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...streams),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        ([, units], lengths) => {
          let index = 0;
          // What is flushed ends a message; a border may stand anywhere before it.
          const pieces = units.flatMap((unit) => {
            const parts: Buffer[] = [];
            for (let at = 0; at < unit.length;) {
              const end = at + lengths[index++ % lengths.length]!;
              parts.push(unit.subarray(at, end));
              at = end;
            }
            return parts;
          });
          const held = new HeldBytes(10_000);
          const reader = new MeaningReader(opening, 'auto', held);
          const words = pieces.flatMap((piece) => inWords([reader.message(dataMessage(s(piece)))]));
          expect(words.filter((word) => word !== '-')).toEqual(WORDS);
          reader.end();
          expect(held.total).toBe(0);
        },
      ),
    );
  });

  it.each(streams)('is not read after a loss, though a message might stand alone (%s)', (_, units) => {
    for (const lost of TEXTS.keys()) {
      const reader = new MeaningReader(opening);
      const words = units.map((unit, index) => {
        if (index !== lost) return inWords([reader.message(dataMessage(s(unit)))])[0];
        reader.lost('server-to-client');
        return '-';
      });
      expect(words).toEqual(WORDS.map((word, index) => (index < lost ? word : '-')));
      expect(inWords([reader.message(dataMessage(['client', '{"op":1,"d":1}']))])).toEqual(['ping Heartbeat 1']);
    }
  });

  it.each(streams)('is not read after a message that is cut, changed, or of something else (%s)', (_, units) => {
    const cut = Buffer.concat([units[1]!.subarray(0, -9), units[1]!.subarray(-4)]);
    const changed = Buffer.concat([Buffer.from('07', 'hex'), units[1]!.subarray(1)]);
    for (const wrong of [cut, changed, Buffer.from('0000ffff', 'hex'), deflateSync('{"op":11}')]) {
      expect(inWords(decode(opening, [units[0]!, wrong, units[2]!].map(s)))).toEqual([WORDS[0], '-', '-']);
    }
    expect(inWords(decode(opening, units.slice(1).map(s)))).toEqual(['-', '-']);
  });

  it('goes on after what is no JSON of the gateway', async () => {
    const units = await compressed(TEXTS[0]!, 'ff', '{"op":99}', TEXTS[2]!);
    expect(inWords(decode(opening, units.map(s)))).toEqual([WORDS[0], '-', '-', WORDS[2]]);
  });

  it('inflates to no more than the limit, and tells', async () => {
    const reader = new MeaningReader(opening, 'auto', new HeldBytes(100_000), 2000);
    const units = await compressed(TEXTS[0]!, LONG, TEXTS[2]!);
    const words = units.map((unit) => {
      expect(unit.length).toBeLessThan(2000);
      return inWords([reader.message(dataMessage(s(unit)))])[0];
    });
    expect(words).toEqual([WORDS[0], '-', '-']);
    expect(reader.isOverLimit).toBe(true);
  });

  it('keeps no more than the limit, and than may be held', () => {
    for (const [most, limit, isOverLimit] of [
      [1000, 20, true],
      [20, 1000, false],
    ] as const) {
      const held = new HeldBytes(most);
      const reader = new MeaningReader(opening, 'auto', held, limit);
      for (let count = 0; count < 5; count++) reader.message(dataMessage(s(Buffer.from('78010000000000', 'hex'))));
      expect(held.total).toBe(0);
      expect(reader.isOverLimit).toBe(isOverLimit);
    }
  });

  it('tells random bytes from a stream', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (messages) => {
        for (const bytes of messages)
          decode(opening, [s(Buffer.from(bytes)), s(Buffer.from([...bytes, 0, 0, 255, 255]))]);
      }),
    );
  });
});
