import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { MeaningReader } from '../../src/subprotocol/meaning-reader.js';
import { dataMessage, decode, inWords, type Said } from './conversation.js';

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const c = (payload: string | Buffer): Said => ['client', Buffer.from(payload)];
const s = (payload: string | Buffer): Said => ['server', Buffer.from(payload)];
const V8 = 'RFB 003.008\n';
const NO_PROTOCOL = { url: undefined, subprotocol: undefined };

const serverInit = (bits = 32): Buffer =>
  Buffer.concat([
    hex(`0004 0003 ${bits.toString(16)} 18 00 01 00ff 00ff 00ff 10 08 00 000000 00000002`),
    Buffer.from('vm'),
  ]);
const setFormat = (bits: number): Buffer => hex(`00 000000 ${bits.toString(16).padStart(2, '0')}${'00'.repeat(15)}`);
const request = hex('03 01 0000 0000 0004 0003');
const update = (...rectangles: string[]): Buffer =>
  hex(`00 00 ${rectangles.length.toString(16).padStart(4, '0')} ${rectangles.join('')}`);
/** A rectangle of 2 by 1 pixels. */
const rectangle = (encoding: number, data = ''): string =>
  `0000 0000 0002 0001 ${(encoding >>> 0).toString(16).padStart(8, '0')} ${data}`;
const raw32 = rectangle(0, '0000000000000000');
const bell = hex('02');

/** The beginning of a session of version 3.8 without security. */
const BEGINNING: readonly Said[] = [
  s(V8),
  c(V8),
  s(hex('02 01 02')),
  c(hex('01')),
  s(hex('00000000')),
  c(hex('01')),
  s(serverInit()),
];
const BEGUN = [
  'open RFB 003.008',
  'open RFB 003.008',
  'event SecurityTypes {"types":[1,2]}',
  'event SecurityType {"type":1}',
  'ack SecurityResult {"status":0}',
  'open ClientInit {"shared":true}',
  'open ServerInit {"width":4,"height":3,"bitsPerPixel":32,"name":"vm"}',
];
const binary = { subprotocol: 'binary' };

function after(...said: Said[]): string[] {
  const words = inWords(decode(binary, [...BEGINNING, ...said]));
  expect(words.slice(0, BEGUN.length)).toEqual(BEGUN);
  return words.slice(BEGUN.length);
}

describe('RFB', () => {
  it('is told by binary or rfb with the version of the server', () => {
    for (const subprotocol of ['binary', 'rfb']) {
      const [first] = decode({ subprotocol }, BEGINNING);
      expect(first).toMatchObject({ protocol: 'rfb', by: 'subprotocol', items: [{ name: 'RFB 003.008' }] });
    }
    expect(inWords(decode(binary, [s('220 smtp ready\r\n'), c('EHLO h\r\n'), ...BEGINNING]))).toEqual(
      Array.from({ length: 2 + BEGINNING.length }, () => '-'),
    );
  });

  it('is told by the versions of both sides alone; the first came before the proof', () => {
    const decoded = decode({}, BEGINNING);
    expect(inWords(decoded)).toEqual(['-', ...BEGUN.slice(1)]);
    expect(decoded[1]).toMatchObject({ protocol: 'rfb', by: 'content' });
    expect(inWords(decode({}, [s(V8), s(hex('0101')), c('x')]))).toEqual(['-', '-', '-']);
    expect(inWords(decode({}, [c(V8), s(V8), s(hex('0101'))]))).toEqual(['-', '-', '-']);
  });

  it('is read where it is named', () => {
    expect(inWords(decode({}, BEGINNING, ['rfb']))).toEqual(BEGUN);
  });

  it('reads each message of a client, and shows no key and no text', () => {
    expect(
      after(
        c(setFormat(32)),
        c(hex('02 00 0003 00000000 00000010 ffffff21')),
        c(request),
        c(hex('04 01 0000 00000070')),
        c(hex('05 01 0001 0002')),
        c(hex('06 000000 00000003 616263')),
        c(hex('96 01 0000 0000 0004 0003')),
        c(hex('f8 000000 80000000 02 abcd')),
        c(hex('fa 00 01 02')),
        c(hex(`fb 00 0004 0003 01 00 ${'00'.repeat(16)}`)),
        c(hex('ff 00 0001 00000070 00000019')),
      ),
    ).toEqual([
      'event SetPixelFormat {"bitsPerPixel":32}',
      'event SetEncodings {"encodings":[0,16,-223]}',
      'event FramebufferUpdateRequest {"incremental":true,"x":0,"y":0,"width":4,"height":3}',
      'event KeyEvent',
      'event PointerEvent',
      'event ClientCutText {"length":3}',
      'event EnableContinuousUpdates',
      'event ClientFence',
      'event xvp',
      'event SetDesktopSize',
      'event QEMUExtendedKeyEvent',
    ]);
  });

  it('reads each message of a server', () => {
    const known = [
      raw32,
      rectangle(1, '00010001'),
      rectangle(6, '00000002 abcd'),
      rectangle(16, '00000001 ab'),
      rectangle(-223),
      rectangle(-239, `${'00'.repeat(8)}c0`),
      rectangle(-240, `${'00'.repeat(6)}c0c0`),
      rectangle(-258),
      rectangle(-261, '01'),
      rectangle(-307, '00000001 61'),
      rectangle(-308, `01000000${'00'.repeat(16)}`),
      rectangle(-316),
    ];
    expect(
      after(
        c(request),
        s(hex('01 00 0000 0001 000000000000')),
        s(bell),
        s(hex('03 000000 00000002 6869')),
        s(Buffer.concat([update(...known), bell])),
        s(hex(`0000 ffff ${rectangle(-224)} 96`)),
        s(hex('f8 000000 80000000 01 ab')),
        s(hex('fa 00 01 01')),
      ).slice(1),
    ).toEqual([
      'event SetColourMapEntries',
      'event Bell',
      'event ServerCutText {"length":2}',
      'data FramebufferUpdate {"rectangles":12}',
      'event Bell',
      'data FramebufferUpdate {"rectangles":65535}',
      'event EndOfContinuousUpdates',
      'event ServerFence',
      'event xvp',
    ]);
  });

  it.each([2, 4, 5, 7, -260, -314, -1000])('claims nothing after a rectangle in the encoding %i', (encoding) => {
    expect(
      after(c(request), s(Buffer.concat([update(rectangle(encoding, '02020202')), bell])), s(bell), c(request)),
    ).toEqual([
      expect.stringContaining('FramebufferUpdateRequest'),
      'data FramebufferUpdate {"rectangles":1}',
      '-',
      expect.stringContaining('FramebufferUpdateRequest'),
    ]);
  });

  it('knows the length of pixels only where it is certain which format they have', () => {
    const raw8 = rectangle(0, '0000');
    const last = (...said: Said[]): string => after(...said, s(bell)).at(-1)!;
    expect(last(c(setFormat(8)), c(request), s(update(raw8)))).toBe('event Bell');
    expect(last(c(request), c(setFormat(32)), s(update(raw32)))).toBe('event Bell');
    expect(last(c(request), c(setFormat(8)), s(update(raw8)))).toBe('-');
    expect(last(c(request), c(setFormat(8)), c(setFormat(32)), s(update(raw32)))).toBe('-');
    // The server answers what was not captured.
    expect(last(s(update(raw32)))).toBe('-');
  });

  it('takes an event with the highest button for unknown where it may have a byte more', () => {
    const pointer = hex('05 80 0001 0002');
    expect(after(c(pointer), c(bell))).toEqual(['event PointerEvent', '-']);
    expect(after(c(hex('02 00 0001 fffffec4')), c(pointer), c(request)).slice(1)).toEqual(['-', '-']);
  });

  it('reads a clipboard of a negative length where the client knows it', () => {
    const clipboard = hex('06 000000 fffffffc 01000000');
    expect(
      after(c(hex('02 00 0001 c0a1e5ce')), c(clipboard), s(hex('03 000000 fffffffc 01000000')), s(bell)).slice(1),
    ).toEqual(['event ClientCutText {"length":4}', 'event ServerCutText {"length":4}', 'event Bell']);
  });

  it('follows the security of each version', () => {
    const challenge = [s(Buffer.alloc(16, 1)), c(Buffer.alloc(16, 2))];
    const read = (...said: Said[]): string[] => inWords(decode(binary, said)).slice(2);
    const V3 = 'RFB 003.003\n';
    const V7 = 'RFB 003.007\n';
    const begun = ['open ClientInit {"shared":false}', BEGUN.at(-1)];
    const begin = [c(hex('00')), s(serverInit())];
    expect(read(s(V8), c(V3), s(hex('00000001')), ...begin)).toEqual(['event SecurityType {"type":1}', ...begun]);
    expect(read(s(V8), c(V7), s(hex('01 01')), c(hex('01')), ...begin)).toEqual([
      'event SecurityTypes {"types":[1]}',
      'event SecurityType {"type":1}',
      ...begun,
    ]);
    const exchange = ['event Challenge', 'event Response'];
    expect(read(s(V3), c(V3), s(hex('00000002')), ...challenge, s(hex('00000000')), ...begin)).toEqual([
      'event SecurityType {"type":2}',
      ...exchange,
      'ack SecurityResult {"status":0}',
      ...begun,
    ]);
    const refused = hex('00000001 00000002 6e6f');
    expect(read(s(V8), c(V8), s(hex('01 02')), c(hex('02')), ...challenge, s(refused), s(bell))).toEqual([
      'event SecurityTypes {"types":[2]}',
      'event SecurityType {"type":2}',
      ...exchange,
      'error SecurityResult {"status":1}',
      'error SecurityFailure raw "no"',
      '-',
    ]);
    expect(read(s(V8), c(V8), s(hex('00 00000002 6e6f')))).toEqual([
      'error SecurityTypes {"types":[]}',
      'error SecurityFailure raw "no"',
    ]);
    expect(read(s(V3), c(V3), s(hex('00000000 00000001 78')))).toEqual([
      'error SecurityType {"type":0}',
      'error SecurityFailure raw "x"',
    ]);
    expect(read(s(V3), c(V3), s(hex('00000002')), ...challenge, s(hex('00000001')), s(bell)).slice(-2)).toEqual([
      'error SecurityResult {"status":1}',
      '-',
    ]);
  });

  it('claims nothing after security, or a version, of which it does not know what follows', () => {
    const rest = [s(hex('00000000')), c(hex('01')), s(serverInit()), c(request)];
    const nothing = rest.map(() => '-');
    expect(inWords(decode(binary, [s(V8), c(V8), s(hex('01 13')), c(hex('13')), ...rest])).slice(4)).toEqual(nothing);
    expect(inWords(decode(binary, [s(V8), c(V8), s(hex('01 13')), c(hex('01')), ...rest])).slice(3)).toEqual([
      '-',
      ...nothing,
    ]);
    expect(inWords(decode(binary, [s(V8), c('RFB 004.001\n'), ...rest])).slice(2)).toEqual(nothing);
  });

  it('leaves what is no RFB: text, unknown messages, lists that are too long', () => {
    expect(after(['client', 'text'], c(request), s(bell))).toEqual(['-', '-', 'event Bell']);
    for (const wrong of ['09', '02 00 ffff', 'ff 01 0000'])
      expect(after(c(hex(wrong)), c(request))).toEqual(['-', '-']);
    for (const wrong of ['09', '00 00 0000']) expect(after(s(hex(wrong)), s(bell))).toEqual(['-', '-']);
    const long = Buffer.concat([serverInit().subarray(0, 20), hex('00100000')]);
    expect(inWords(decode(binary, [...BEGINNING.slice(0, -1), s(long), s(bell)])).slice(-2)).toEqual(['-', '-']);
  });

  it('shows a name that is no text as its bytes', () => {
    const init = Buffer.concat([serverInit().subarray(0, -2), hex('ff fe')]);
    expect(inWords(decode(binary, [...BEGINNING.slice(0, -1), s(init)])).at(-1)).toBe(
      `open ServerInit {"width":4,"height":3,"bitsPerPixel":32} raw "h'fffe'"`,
    );
  });

  it('keeps no more than may be held', () => {
    const held = new HeldBytes(4);
    const reader = new MeaningReader({ url: undefined, ...binary }, 'auto', held);
    for (const said of BEGINNING) reader.message(dataMessage(said));
    reader.message(dataMessage(c(request.subarray(0, 5))));
    expect(inWords([reader.message(dataMessage(c(request)))])).toEqual(['-']);
    expect(held.total).toBe(0);
  });
});

const SESSION: readonly Said[] = [
  ...BEGINNING,
  c(setFormat(32)),
  c(hex('02 00 0002 00000000 ffffff21')),
  c(request),
  s(Buffer.concat([update(raw32, rectangle(-223)), bell])),
  c(hex('04 01 0000 00000070')),
  c(hex('06 000000 00000003 616263')),
  s(hex('03 000000 00000002 6869')),
  c(request),
  s(update(raw32)),
  s(bell),
];

/** What each side says, whatever message it stands in. */
function bySide(said: readonly Said[], lostAt = -1): Record<'client' | 'server', string[]> {
  const held = new HeldBytes(100_000);
  const reader = new MeaningReader({ ...NO_PROTOCOL, ...binary }, 'auto', held);
  const words: Record<'client' | 'server', string[]> = { client: [], server: [] };
  for (const [index, each] of said.entries()) {
    const message = dataMessage(each);
    if (index === lostAt) reader.lost(message.direction);
    else words[each[0]].push(...inWords([reader.message(message)]).filter((word) => word !== '-'));
  }
  reader.end();
  expect(held.total).toBe(0);
  return words;
}

/** The same with other borders: a message in pieces, in the same order. */
function inPieces(said: readonly Said[], lengths: readonly number[]): Said[] {
  let index = 0;
  return said.flatMap(([from, payload]) => {
    const bytes = Buffer.from(payload);
    const pieces: Said[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + lengths[index++ % lengths.length]!;
      pieces.push([from, bytes.subarray(at, end)]);
      at = end;
    }
    return pieces;
  });
}

describe('RFB in any messages', () => {
  const truth = bySide(SESSION);
  const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });

  it('says the same wherever messages begin', () => {
    expect(truth.server).toHaveLength(9);
    fc.assert(
      fc.property(lengths, (given) => {
        expect(bySide(inPieces(SESSION, given))).toEqual(truth);
      }),
    );
  });

  it('reads messages that hold several', () => {
    const joined = SESSION.slice(BEGINNING.length).filter(([from]) => from === 'client');
    const all = Buffer.concat(joined.map(([, payload]) => Buffer.from(payload)));
    expect(after(c(all))).toEqual(truth.client.slice(-joined.length));
  });

  it('says nothing but the beginning of the truth after a loss, told or not yet', () => {
    fc.assert(
      fc.property(lengths, fc.nat(), (given, place) => {
        const pieces = inPieces(SESSION, given);
        const lostAt = place % pieces.length;
        const words = bySide(pieces, lostAt);
        for (const side of ['client', 'server'] as const) {
          expect(truth[side].slice(0, words[side].length)).toEqual(words[side]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes damage without throwing, and holds nothing at the end', () => {
    fc.assert(
      fc.property(lengths, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }), (given, damage) => {
        const pieces = inPieces(SESSION, given).map(([from, payload]): Said => [from, Buffer.from(payload)]);
        for (const [place, byte] of damage) {
          const bytes = pieces[place % pieces.length]![1] as Buffer;
          bytes[place % bytes.length] = byte;
        }
        bySide(pieces);
      }),
      { numRuns: 500 },
    );
  });
});
