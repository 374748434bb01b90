import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BINARY, CONTINUATION } from '../../src/websocket/frame.js';
import { compressedFrame, frame, gapFrame, messagesOf, NO_TAKEOVER, summary, TAKEOVER, type Step } from './frames.js';
import { compressAlone, compressSession } from './sender.js';

/** "Hello" in a context that has nothing, and in one that ends with "Hello" (RFC 7692 section 7.2.3). */
const HELLO = Buffer.from('f248cdc9c90700', 'hex');
const HELLO_AGAIN = Buffer.from('f200110000', 'hex');
const hello = compressedFrame(HELLO);
const again = compressedFrame(HELLO_AGAIN);
const garbage = compressedFrame(Buffer.from('ffffffffff', 'hex'));

function summaries(
  steps: readonly Step[],
  options: Parameters<typeof messagesOf>[1] = { deflate: TAKEOVER },
): string[] {
  return messagesOf(steps, options).map(summary);
}

const OK = 'ok "Hello"';
const LOST = 'lost-context - deflate.lost-context';
const BAD = 'bad-deflate - deflate.bad-data';

describe('context takeover', () => {
  test('the same text sent again gets shorter, and says the same', () => {
    const [first, second] = messagesOf([hello, again], { deflate: TAKEOVER });
    expect([first, second].map(summary)).toEqual([OK, OK]);
    expect(second?.wireLength).toBeLessThan(Number(first?.wireLength));
    expect(second).toMatchObject({ compressed: true, wireLength: 5, length: 5 });
  });

  test('plain messages between compressed ones never enter the window', () => {
    expect(
      summaries([hello, frame('plain'), frame('more', { fin: false }), frame('', { opcode: CONTINUATION }), again]),
    ).toEqual([OK, 'ok "plain"', 'ok "more"', OK]);
  });

  test('damaged plain messages and control frames leave the window alone', () => {
    const steps = [hello, gapFrame(Buffer.from('ab'), 1, 9), gapFrame(Buffer.from('p'), 0, 1, { opcode: 9 }), again];
    expect(summaries(steps).at(-1)).toBe(OK);
  });

  test('fragments of a compressed message are one stream, and RSV1 stands on the first alone', () => {
    const steps = [
      compressedFrame(HELLO.subarray(0, 2), { fin: false }),
      frame(HELLO.subarray(2, 2), { fin: false, opcode: CONTINUATION, compressed: true }),
      frame(HELLO.subarray(2), { opcode: CONTINUATION, compressed: true }),
      again,
    ];
    expect(summaries(steps)).toEqual([OK, OK]);
  });

  test('the two directions have a context each', () => {
    expect(summaries([hello])).toEqual([OK]);
    expect(summaries([again])).toEqual([BAD]);
  });
});

describe('no context takeover', () => {
  const options = { deflate: NO_TAKEOVER };

  test('each message begins with an empty window', () => {
    expect(summaries([hello, hello], options)).toEqual([OK, OK]);
    expect(summaries([hello, again], options)).toEqual([OK, BAD]);
  });

  test('a loss or a bad message before it does a message no harm', () => {
    expect(summaries([garbage, hello, 'lost', hello], options)).toEqual([BAD, OK, OK]);
    expect(summaries(['lost', again], { ...options, fromStart: false })).toEqual([BAD]);
  });
});

describe('loss', () => {
  test('a message that refers back to lost bytes is not inflated, and one that does not is', () => {
    expect(summaries([hello, 'lost', again])).toEqual([OK, LOST]);
    expect(summaries([hello, 'lost', hello, again])).toEqual([OK, OK, OK]);
  });

  test('the finding says how far back the message refers', () => {
    const [, message] = messagesOf([hello, 'lost', again], { deflate: TAKEOVER });
    expect(message?.findings[0]?.message).toBe('the message refers 5 bytes back, and only the last 1 are known');
  });

  test('after a message that could not be inflated the window is unknown again', () => {
    expect(summaries(['lost', hello, 'lost', again, again])).toEqual([OK, LOST, LOST]);
    expect(summaries([hello, garbage, again, hello, again])).toEqual([OK, BAD, LOST, OK, OK]);
  });

  test('a compressed frame with a gap leaves a hole in the window', () => {
    const hole = gapFrame(HELLO.subarray(1), 0, 1, { rsv1: true, compressed: true });
    expect(summaries([hello, hole, again])).toEqual([OK, 'gap -', LOST]);
    expect(messagesOf([hole], { deflate: TAKEOVER })[0]).toMatchObject({ compressed: true, length: undefined });
  });

  test('an unfinished compressed message leaves a hole in the window', () => {
    const open = compressedFrame(HELLO, { fin: false });
    expect(summaries([hello, open, again])).toEqual([OK, 'unfinished - ws.unfinished-message', LOST]);
    expect(summaries([hello, open, 'lost', again])).toEqual([OK, 'gap - ws.unfinished-message', LOST]);
  });

  test('continuations of nothing, which may be compressed, leave a hole in the window', () => {
    const rest = frame(HELLO, { opcode: CONTINUATION });
    expect(summaries([hello, rest, again]).at(-1)).toBe(LOST);
    expect(summaries([hello, 'lost', hello, rest, again]).at(-1)).toBe(LOST);
  });

  test('a message that is too large leaves a hole in the window', () => {
    const bomb = compressedFrame(compressAlone(Buffer.alloc(1000)));
    const options = { deflate: TAKEOVER, limits: { message: 999 } };
    expect(summaries([hello, bomb, again], options)).toEqual([OK, 'too-large - limit.message', LOST]);
    expect(summaries([hello, bomb, hello], { ...options, deflate: NO_TAKEOVER })[2]).toBe(OK);
  });

  test('in a capture that starts late a reference to what came before is lost context, not bad data', () => {
    expect(summaries([again, hello, again], { deflate: TAKEOVER, fromStart: false })).toEqual([LOST, OK, OK]);
    expect(summaries([again], { deflate: TAKEOVER, fromStart: true })).toEqual([BAD]);
  });
});

describe('what was agreed on', () => {
  test('where the answer is not known RSV1 is taken for permessage-deflate', () => {
    const options = { deflate: 'unknown', fromStart: false } as const;
    expect(summaries([hello, again, hello], options)).toEqual([OK, OK, OK]);
    expect(summaries([again], options)).toEqual([LOST]);
  });

  test('where nothing was agreed on a message with RSV1 is not guessed at', () => {
    const steps = [{ ...hello, compressed: false }, frame('next')];
    expect(messagesOf(steps)[0]).toMatchObject({
      compressed: true,
      status: 'not-decoded',
      payload: HELLO,
      isText: false,
    });
    expect(summaries(steps, {})[1]).toBe('ok "next"');
  });

  test('a reserved opcode with RSV1 is not guessed at either, and leaves a hole in the window', () => {
    const odd = frame(HELLO, { opcode: 5, rsv1: true });
    expect(summaries([hello, odd, again])).toEqual([OK, 'not-decoded f248cdc9c90700', LOST]);
  });

  test('a match beyond the agreed window is reported, and the message inflated', () => {
    const text = Buffer.alloc(1000, 'far back there is something; then there is nothing for a long, long while. ');
    const message = Buffer.concat([text.subarray(0, 60), Buffer.from(fill(600)), text.subarray(0, 60)]);
    const deflate = (maxWindowBits: number) => ({ noContextTakeover: false, maxWindowBits });
    const step = compressedFrame(compressAlone(message), { opcode: BINARY });
    expect(messagesOf([step], { deflate: deflate(10) })[0]).toMatchObject({ status: 'ok', findings: [] });
    const [exceeded] = messagesOf([step], { deflate: deflate(9) });
    expect(exceeded).toMatchObject({ status: 'ok', payload: message });
    expect(exceeded?.findings.map((finding) => `${finding.code}: ${finding.message}`)).toEqual([
      'deflate.window-exceeded: a match 660 bytes back, where a window of 512 bytes was agreed on',
    ]);
  });

  test('trailing bytes are reported on the message', () => {
    const step = compressedFrame(Buffer.from('f348cdc9c90700deadbeef', 'hex'));
    expect(summaries([step])).toEqual(['ok "Hello" deflate.trailing-bytes']);
  });
});

describe('nothing is inflated with a wrong window', () => {
  const word = fc.constantFrom('price', 'size', '"bid":', '"ask":', '111.11', '999.87', '{', '}', ',', 'x'.repeat(300));
  const session = fc.array(
    fc.record({
      text: fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
      fate: fc.constantFrom('sent', 'sent', 'sent', 'plain', 'lost', 'gap', 'corrupt', 'split', 'half-lost'),
      at: fc.nat(1000),
    }),
    { maxLength: 14 },
  );
  const settings = fc.record({ level: fc.integer({ min: 1, max: 9 }), windowBits: fc.integer({ min: 9, max: 15 }) });

  test('whatever is lost, cut or split of a session, each message that is ok was sent', async () => {
    let ok = 0;
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(session, settings, fc.boolean(), async (sent, options, known) => {
        const compressed = await compressSession(
          sent.filter(({ fate }) => fate !== 'plain').map(({ text }) => Buffer.from(text)),
          options,
        );
        const steps = sent.flatMap(({ text, fate, at }) =>
          fate === 'plain' ? [frame(text)] : stepsOf(compressed.shift()!, fate, at),
        );
        const deflate = known ? { noContextTakeover: false, maxWindowBits: options.windowBits } : 'unknown';
        const texts = sent.map(({ text }) => text);
        // In order: each message that is ok stands behind the one before it.
        let next = 0;
        for (const message of messagesOf(steps, { deflate, fromStart: known })) {
          if (message.status === 'lost-context') lost++;
          if (message.status !== 'ok') continue;
          ok++;
          const found = texts.indexOf(String(message.payload), next);
          expect(found).toBeGreaterThanOrEqual(0);
          next = found + 1;
        }
      }),
      { numRuns: 400 },
    );
    expect(ok).toBeGreaterThan(100);
    expect(lost).toBeGreaterThan(20);
  });

  test('with nothing lost every message of a session is there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 500 })), settings, async (texts, options) => {
        const compressed = await compressSession(
          texts.map((text) => Buffer.from(text)),
          options,
        );
        const deflate = { noContextTakeover: false, maxWindowBits: options.windowBits };
        const messages = messagesOf(
          compressed.map((bytes) => compressedFrame(bytes)),
          { deflate },
        );
        expect(messages.map(({ payload }) => String(payload))).toEqual(texts);
        expect(messages.every(({ status, findings }) => status === 'ok' && findings.length === 0)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

/** The frames of a compressed message after its fate. */
function stepsOf(bytes: Buffer, fate: string, at: number): Step[] {
  const cut = at % (bytes.length + 1);
  const start = compressedFrame(bytes.subarray(0, cut), { fin: false });
  const rest = frame(bytes.subarray(cut), { opcode: CONTINUATION, compressed: true });
  switch (fate) {
    case 'lost':
      return ['lost'];
    case 'gap':
      return [gapFrame(bytes.subarray(0, cut), cut, bytes.length - cut, { rsv1: true, compressed: true })];
    case 'split':
      return [start, rest];
    case 'half-lost':
      return at % 2 === 0 ? [start, 'lost'] : ['lost', rest];
    case 'corrupt':
      // Damage on the way is not for a dissector to notice; a message of no DEFLATE is.
      return [compressedFrame(Buffer.concat([Buffer.of(0xff), bytes]))];
    default:
      return [compressedFrame(bytes)];
  }
}

/** Bytes in which nothing is repeated. */
function fill(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i & 1 ? i >> 1 : 128 + ((i * 7) >> 3)) & 0xff);
}
