import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT } from '../../src/websocket/frame.js';
import { compressedFrame, frame, gapFrame, messagesOf, moment, NO_TAKEOVER, summary, TAKEOVER } from './frames.js';
import { compressAlone } from './sender.js';

const first = { fin: false };
const middle = { fin: false, opcode: CONTINUATION };
const last = { opcode: CONTINUATION };

function summaries(...args: Parameters<typeof messagesOf>): string[] {
  return messagesOf(...args).map(summary);
}

describe('fragments', () => {
  test('a message in one frame is that frame', () => {
    const whole = frame('hello', { at: moment(7) });
    expect(messagesOf([whole])).toEqual([
      {
        at: moment(7),
        opcode: TEXT,
        frames: 1,
        headers: [whole],
        compressed: false,
        wireLength: 5,
        length: 5,
        payload: Buffer.from('hello'),
        isText: true,
        status: 'ok',
        missing: 0,
        gaps: [],
        findings: [],
      },
    ]);
  });

  test('fragments are joined, and the message is of the packet of the last one', () => {
    const [message] = messagesOf([
      frame('one ', first),
      frame('two ', middle),
      frame('three', { ...last, at: moment(9) }),
    ]);
    expect(message).toMatchObject({ opcode: TEXT, frames: 3, wireLength: 13, length: 13, at: moment(9), status: 'ok' });
    expect(summary(message)).toBe('ok "one two three"');
  });

  test.each([
    ['first', ['', 'ab', 'cd']],
    ['middle', ['ab', '', 'cd']],
    ['last', ['ab', 'cd', '']],
  ])('an empty %s fragment changes nothing', (_, [a, b, c]) => {
    expect(summaries([frame(a, first), frame(b, middle), frame(c, last)])).toEqual(['ok "abcd"']);
  });

  test('fragments that are all empty make an empty message', () => {
    expect(summaries([frame('', first), frame('', middle), frame('', last)])).toEqual(['ok ""']);
  });

  test('control frames between fragments are messages of their own and come first', () => {
    const steps = [
      frame('a', first),
      frame('p', { opcode: PING }),
      frame('b', middle),
      frame('', { opcode: PONG }),
      frame('c', last),
    ];
    expect(messagesOf(steps).map((message) => [message.opcode, summary(message)])).toEqual([
      [PING, 'ok 70'],
      [PONG, 'ok '],
      [TEXT, 'ok "abc"'],
    ]);
  });

  test('a fragment is copied: its buffer may be used again', () => {
    const payload = Buffer.from('ab');
    const start = { ...frame('', first), payload, payloadLength: 2 };
    const steps = [start, frame('c', last)];
    const messages = messagesOf([...steps].map((step) => step));
    payload.fill(0);
    expect(summary(messages[0])).toBe('ok "abc"');
  });

  test('a new message inside a fragmented one ends that one, which comes first', () => {
    const steps = [frame('never ', first), frame('whole'), frame('ended', last)];
    expect(messagesOf(steps).map((message) => [message.opcode, summary(message)])).toEqual([
      [TEXT, 'unfinished "never " ws.unfinished-message'],
      [TEXT, 'ok "whole"'],
      [CONTINUATION, 'ok 656e646564'],
    ]);
  });

  test('a message without its final fragment is unfinished when the connection ends', () => {
    const [message] = messagesOf([frame('ab', first), frame('c', middle)]);
    expect(summary(message)).toBe('unfinished "abc" ws.unfinished-message');
    expect(message?.findings).toEqual([
      expect.objectContaining({
        packet: 99,
        message: '2 fragments without a final one: nothing more came',
      }),
    ]);
  });

  test('continuations without a start are one message of opcode 0', () => {
    const [message, ...more] = messagesOf([frame('ab', middle), frame('c', last)]);
    expect(message).toMatchObject({ opcode: CONTINUATION, frames: 2, status: 'ok', isText: false });
    expect(more).toEqual([]);
  });

  test('10,000 tiny fragments make one message', () => {
    const steps = [frame('x', first), ...Array.from({ length: 9998 }, () => frame('x', middle)), frame('x', last)];
    const [message] = messagesOf(steps);
    expect(message).toMatchObject({ frames: 10_000, length: 10_000, status: 'ok' });
  });

  test('any split into fragments, with control frames anywhere, gives the same message', () => {
    const whole = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(whole, fc.array(fc.nat(200)), fc.boolean(), fc.boolean(), (bytes, cuts, compressed, takeover) => {
        const payload = compressed ? compressAlone(bytes) : Buffer.from(bytes);
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, payload.length)).sort((a, b) => a - b), payload.length];
        const steps = bounds.slice(1).flatMap((end, i) => {
          const opcode = i === 0 ? BINARY : CONTINUATION;
          const fields = { opcode, fin: i === bounds.length - 2, rsv1: i === 0 && compressed, compressed };
          return [frame('', { opcode: PING }), frame(payload.subarray(bounds[i], end), fields)];
        });
        const messages = messagesOf(steps, { deflate: takeover ? TAKEOVER : NO_TAKEOVER });
        expect(messages.slice(0, -1).every(({ opcode }) => opcode === PING)).toBe(true);
        expect(messages).toHaveLength(bounds.length);
        const message = messages.at(-1);
        expect(message).toMatchObject({ status: 'ok', compressed, wireLength: payload.length, length: bytes.length });
        expect(message?.payload?.equals(bytes)).toBe(true);
      }),
    );
  });
});

describe('text', () => {
  test('a letter split over fragments is text', () => {
    const euro = Buffer.from('\u20ac');
    expect(summaries([frame(euro.subarray(0, 1), first), frame(euro.subarray(1), last)])).toEqual(['ok "\u20ac"']);
  });

  test.each([
    ['61c0af', 'overlong'],
    ['61eda080', 'a surrogate'],
    ['61f4908080', 'above U+10FFFF'],
    ['61e282', 'cut'],
  ])('%s is no text: %s', (hex) => {
    expect(summaries([frame(Buffer.from(hex, 'hex'))])).toEqual([`ok ${hex} ws.invalid-utf8`]);
  });

  test('the finding says where the text ends', () => {
    const [message] = messagesOf([frame(Buffer.from('616263ff64', 'hex'))]);
    expect(message?.findings[0]?.message).toBe('a text message of 5 bytes is not UTF-8 from byte 3 on: ff64');
  });

  test('a compressed text message is checked after it was inflated', () => {
    const message = compressedFrame(compressAlone(Buffer.from('c328', 'hex')));
    expect(summaries([message], { deflate: TAKEOVER })).toEqual(['ok c328 ws.invalid-utf8']);
  });

  test('binary is no text, whatever it holds', () => {
    expect(summaries([frame('abc', { opcode: BINARY })])).toEqual(['ok 616263']);
  });

  test('a reserved opcode is a message of bytes', () => {
    expect(messagesOf([frame('a', { opcode: 3 }), frame('b', { opcode: 11 })])).toMatchObject([
      { opcode: 3, status: 'ok', isText: false },
      { opcode: 11, status: 'ok', isText: false },
    ]);
  });
});

describe('close', () => {
  function close(hex: string) {
    const [message] = messagesOf([frame(Buffer.from(hex, 'hex'), { opcode: CLOSE })]);
    return { code: message?.closeCode, reason: message?.closeReason?.toString(), isText: message?.isText };
  }

  test('a code and a reason', () => {
    expect(close('03e8627965')).toEqual({ code: 1000, reason: 'bye', isText: true });
  });

  test('a code alone has an empty reason', () => {
    expect(close('03e9')).toEqual({ code: 1001, reason: '', isText: true });
  });

  test('an empty close and one of a single byte have no code', () => {
    expect(close('')).toEqual({ code: undefined, reason: undefined, isText: false });
    expect(close('03')).toEqual({ code: undefined, reason: undefined, isText: false });
  });

  test('a reason that is no text is reported on the frame and not again', () => {
    const [message] = messagesOf([frame(Buffer.from('03e8ff', 'hex'), { opcode: CLOSE })]);
    expect(message).toMatchObject({ closeCode: 1000, isText: false, findings: [] });
  });

  test('a code of which a byte is missing is not told', () => {
    const whole = Buffer.from('e8627965', 'hex');
    expect(messagesOf([gapFrame(whole, 0, 1, { opcode: CLOSE })])[0]).not.toHaveProperty('closeCode');
    const [message] = messagesOf([gapFrame(Buffer.from('03e86265', 'hex'), 3, 1, { opcode: CLOSE })]);
    expect(message).toMatchObject({ status: 'gap', closeCode: 1000, closeReason: Buffer.from('be'), missing: 1 });
  });

  test('two halves of letters around a gap in a reason are no text', () => {
    const bytes = Buffer.concat([Buffer.from('03e8', 'hex'), Buffer.from('\u20ac')]);
    expect(messagesOf([gapFrame(bytes, 3, 3, { opcode: CLOSE })])[0]).toMatchObject({ status: 'gap', isText: false });
  });
});

describe('frames that were not captured whole', () => {
  test('what is missing of the fragments is missing in the message', () => {
    const steps = [
      gapFrame(Buffer.from('abef'), 2, 2, first),
      frame('gh', middle),
      gapFrame(Buffer.from('ij'), 2, 4, { ...last, status: 'truncated' }),
    ];
    expect(messagesOf(steps)[0]).toMatchObject({
      status: 'truncated',
      wireLength: 14,
      length: 14,
      missing: 6,
      payload: Buffer.from('abefghij'),
      isText: true,
      gaps: [
        { offset: 2, length: 2 },
        { offset: 10, length: 4 },
      ],
      findings: [],
    });
  });

  test('text around a gap that reads as other letters than were sent is not shown as text', () => {
    const joined = Buffer.from('\u20ac');
    expect(messagesOf([gapFrame(joined, 1, 3)])[0]).toMatchObject({ status: 'gap', isText: false, findings: [] });
  });

  test('a first fragment that ends with the capture is truncated and unfinished', () => {
    const [message] = messagesOf([gapFrame(Buffer.from('ab'), 2, 5, { ...first, status: 'truncated' })]);
    expect(summary(message)).toBe('truncated "ab" ws.unfinished-message');
  });

  test('lengths beyond 2^53 stay exact', () => {
    const huge = 2n ** 60n;
    const steps = [
      frame(undefined, { ...first, payloadLength: 5 }),
      frame(undefined, { ...last, payloadLength: huge, status: 'truncated', missing: huge - 1n }),
    ];
    expect(messagesOf(steps)[0]).toMatchObject({ status: 'truncated', wireLength: huge + 5n, missing: huge - 1n });
  });
});

describe('loss between frames', () => {
  test('fragments from before and after a loss are never joined', () => {
    const steps = [frame('ab', first), 'lost' as const, frame('cd', middle), frame('ef', last), frame('whole')];
    expect(messagesOf(steps).map((message) => [message.opcode, summary(message)])).toEqual([
      [TEXT, 'gap "ab" ws.unfinished-message'],
      [CONTINUATION, 'gap 63646566'],
      [TEXT, 'ok "whole"'],
    ]);
  });

  test('a capture that starts inside a message gives what it has of it', () => {
    expect(summaries([frame('cd', last), frame('whole')], { fromStart: false })).toEqual(['gap 6364', 'ok "whole"']);
  });

  test('where compression was agreed on, the rest of a message may be compressed and is not shown', () => {
    for (const deflate of [TAKEOVER, NO_TAKEOVER, 'unknown' as const]) {
      const [message] = messagesOf([frame('cd', last)], { fromStart: false, deflate });
      expect(message).toMatchObject({ status: 'gap', wireLength: 2, length: undefined, payload: undefined });
    }
  });

  test('a loss between messages harms none of them', () => {
    expect(summaries([frame('one'), 'lost', frame('two')])).toEqual(['ok "one"', 'ok "two"']);
  });
});

describe('limits', () => {
  const limits = { message: 10 };

  test('a message as long as the limit is kept, and one byte more is not', () => {
    expect(summaries([frame('0123456789')], { limits })).toEqual(['ok "0123456789"']);
    expect(messagesOf([frame('0123456789a')], { limits })[0]).toMatchObject({
      status: 'too-large',
      wireLength: 11,
      length: 10,
      payload: undefined,
      findings: [{ code: 'limit.message' }],
    });
  });

  test('fragments that are too long together are too large', () => {
    const steps = [frame('012345', first), frame('6789', middle), frame('a', last), frame('b')];
    expect(summaries(steps, { limits })).toEqual(['too-large - limit.message', 'ok "b"']);
  });

  test('a frame of which nothing was kept is too large', () => {
    expect(summaries([frame(undefined, { payloadLength: 11 })], { limits })).toEqual(['too-large - limit.message']);
  });

  test('a frame that promises too much and ends early is truncated, with the limit reported', () => {
    const fields = { payloadLength: 2 ** 40, status: 'truncated', missing: 2 ** 40 - 5 } as const;
    expect(summaries([frame(undefined, fields)], { limits })).toEqual(['truncated - limit.message']);
  });

  test('a compressed message that inflates beyond the limit is too large', () => {
    const steps = [compressedFrame(compressAlone(Buffer.from('01234567890'))), frame('b')];
    const messages = messagesOf(steps, { limits: { message: 10, inflateRatio: 2000 }, deflate: TAKEOVER });
    expect(messages.map(summary)).toEqual(['too-large - limit.message', 'ok "b"']);
  });

  test('a message that inflates to more for each byte than is allowed is too large', () => {
    const bomb = compressAlone(Buffer.alloc(1 << 20));
    const [message] = messagesOf([compressedFrame(bomb)], { limits: { inflateRatio: 100 }, deflate: TAKEOVER });
    expect(summary(message)).toBe('too-large - limit.inflate-ratio');
    expect(message?.length).toBe(100 * bomb.length);
    const [harmless] = messagesOf([compressedFrame(compressAlone(Buffer.alloc(60_000)))], {
      limits: { inflateRatio: 100 },
      deflate: TAKEOVER,
    });
    expect(harmless).toMatchObject({ status: 'ok', length: 60_000 });
  });

  test('a compressed payload that is too long itself is not inflated', () => {
    const steps = [compressedFrame(compressAlone(Buffer.alloc(64, 'a very long message indeed')))];
    expect(summaries(steps, { limits, deflate: TAKEOVER })).toEqual(['too-large - limit.message']);
  });
});

describe('counting alone', () => {
  test('messages are counted and nothing is kept or inflated', () => {
    const steps = [
      frame('ab', first),
      frame('c', last),
      compressedFrame('\u0000\u0001', { opcode: BINARY }),
      frame(undefined, { payloadLength: 7 }),
    ];
    expect(messagesOf(steps, { inflate: false, deflate: TAKEOVER })).toMatchObject([
      { status: 'ok', frames: 2, wireLength: 3, length: 3, payload: undefined, findings: [] },
      { status: 'ok', frames: 1, wireLength: 2, length: undefined, payload: undefined, compressed: true, findings: [] },
      { status: 'ok', frames: 1, wireLength: 7, length: 7, payload: undefined, findings: [] },
    ]);
  });

  test('payloads that nobody asked for are no fault of the message', () => {
    expect(summaries([frame(undefined, { payloadLength: 7 })])).toEqual(['ok -']);
  });
});
