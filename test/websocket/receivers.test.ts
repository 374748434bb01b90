import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/common/finding.js';
import { readCapture } from '../hostile/read-capture.js';
import { Talk } from '../hostile/talk.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';

/** The receiver of `ws`, which its types leave out. */
interface Receiver {
  on(event: 'error', listener: (error: Error & { code?: string }) => void): void;
  on(event: 'message' | 'conclude', listener: () => void): void;
  write(bytes: Buffer): void;
}
const { Receiver: WsReceiver } = createRequire(import.meta.url)('ws') as {
  Receiver: new (options: Record<string, unknown>) => Receiver;
};

/** What the receiver of `ws` throws out first, by its code; `undefined` where it takes everything. */
async function refusal(frames: readonly Buffer[], fromClient: boolean): Promise<string | undefined> {
  const receiver = new WsReceiver({ isServer: fromClient, allowSynchronousEvents: true });
  let code: string | undefined;
  receiver.on('error', (error) => (code ??= error.code));
  receiver.on('message', () => undefined);
  receiver.on('conclude', () => undefined);
  for (const frame of frames) {
    // It unmasks in place.
    receiver.write(Buffer.from(frame));
    await new Promise(setImmediate);
    if (code !== undefined) break;
  }
  return code;
}

/** Errors that we tell of the same frames. */
async function errorsOf(frames: readonly Buffer[], fromClient: boolean): Promise<readonly Finding[]> {
  const talk = new Talk().upgrade();
  for (const frame of frames) talk.send(fromClient ? 0 : 1, frame);
  const { events } = await readCapture(talk.finish().pcap());
  return events
    .flatMap((event) => {
      if (event.type === 'frame') return event.frame.findings;
      if (event.type === 'message') return event.message.findings;
      return event.type === 'finding' ? [event.finding] : [];
    })
    .filter(({ severity }) => severity === 'error');
}

const KEY = 0x37fa213d;
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

/**
 * What real receivers fail on, one by one: `ws` as it is, Chromium's WebSocketFrameParser and WebSocketChannel by their
 * source. Each row: the frames, what `ws` says, and the code that we tell. `ws` is laxer than Chromium on the last ones.
 */
const ROWS: Record<string, { frames: readonly string[]; client?: true; ws?: string; ours: string }> = {
  'RSV1 without the extension': {
    frames: ['c10161'],
    ws: 'WS_ERR_UNEXPECTED_RSV_1',
    ours: 'ws.rsv1-without-extension',
  },
  RSV2: { frames: ['a10161'], ws: 'WS_ERR_UNEXPECTED_RSV_2_3', ours: 'ws.reserved-bit' },
  RSV3: { frames: ['910161'], ws: 'WS_ERR_UNEXPECTED_RSV_2_3', ours: 'ws.reserved-bit' },
  'RSV2 on a ping': { frames: ['a900'], ws: 'WS_ERR_UNEXPECTED_RSV_2_3', ours: 'ws.reserved-bit' },
  'RSV1 on a ping': { frames: ['c900'], ws: 'WS_ERR_UNEXPECTED_RSV_1', ours: 'ws.rsv1-on-control' },
  'RSV1 on a close': { frames: ['c800'], ws: 'WS_ERR_UNEXPECTED_RSV_1', ours: 'ws.rsv1-on-control' },
  'RSV1 on a continuation': {
    frames: ['010161', 'c00162'],
    ws: 'WS_ERR_UNEXPECTED_RSV_1',
    ours: 'ws.rsv1-on-continuation',
  },
  ...Object.fromEntries(
    [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [
      `opcode ${opcode}`,
      { frames: [`8${opcode.toString(16)}00`], ws: 'WS_ERR_INVALID_OPCODE', ours: 'ws.reserved-opcode' },
    ]),
  ),
  'a continuation of nothing': {
    frames: ['800161'],
    ws: 'WS_ERR_INVALID_OPCODE',
    ours: 'ws.continuation-without-start',
  },
  'a continuation after a whole message': {
    frames: ['810161', '800161'],
    ws: 'WS_ERR_INVALID_OPCODE',
    ours: 'ws.continuation-without-start',
  },
  'a text inside fragments': {
    frames: ['010161', '810162'],
    ws: 'WS_ERR_INVALID_OPCODE',
    ours: 'ws.data-inside-fragments',
  },
  'a ping in fragments': { frames: ['0900'], ws: 'WS_ERR_EXPECTED_FIN', ours: 'ws.control-fragmented' },
  'a close in fragments': { frames: ['080203e8'], ws: 'WS_ERR_EXPECTED_FIN', ours: 'ws.control-fragmented' },
  'a ping of 126 bytes': {
    frames: [`897e007e${'61'.repeat(126)}`],
    ws: 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH',
    ours: 'ws.control-too-long',
  },
  'a client that does not mask': {
    frames: ['810161'],
    client: true,
    ws: 'WS_ERR_EXPECTED_MASK',
    ours: 'ws.client-not-masked',
  },
  'a server that masks': { frames: ['81810000000061'], ws: 'WS_ERR_UNEXPECTED_MASK', ours: 'ws.server-masked' },
  'a length with its top bit set': {
    frames: ['827f8000000000000000'],
    ws: 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
    ours: 'ws.length-top-bit',
  },
  'a close of one byte': { frames: ['880103'], ws: 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH', ours: 'ws.close-one-byte' },
  ...Object.fromEntries(
    [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) => [
      `close code ${code}`,
      { frames: [`8802${code.toString(16).padStart(4, '0')}`], ws: 'WS_ERR_INVALID_CLOSE_CODE', ours: 'ws.close-code' },
    ]),
  ),
  'a reason that is not UTF-8': { frames: ['880303e8ff'], ws: 'WS_ERR_INVALID_UTF8', ours: 'ws.invalid-utf8-reason' },
  'a reason that ends inside a character': {
    frames: ['880403e8e381'],
    ws: 'WS_ERR_INVALID_UTF8',
    ours: 'ws.invalid-utf8-reason',
  },
  'a text that is not UTF-8': { frames: ['8101ff'], ws: 'WS_ERR_INVALID_UTF8', ours: 'ws.invalid-utf8' },
  'a text that ends inside a character': { frames: ['8102e381'], ws: 'WS_ERR_INVALID_UTF8', ours: 'ws.invalid-utf8' },
  'a character cut off by the last fragment': {
    frames: ['0101e3', '800181'],
    ws: 'WS_ERR_INVALID_UTF8',
    ours: 'ws.invalid-utf8',
  },
  'a surrogate in a text': { frames: ['8103eda080'], ws: 'WS_ERR_INVALID_UTF8', ours: 'ws.invalid-utf8' },
  'a character in too many bytes': { frames: ['8102c080'], ws: 'WS_ERR_INVALID_UTF8', ours: 'ws.invalid-utf8' },
  'a character above U+10FFFF': { frames: ['8104f4908080'], ws: 'WS_ERR_INVALID_UTF8', ours: 'ws.invalid-utf8' },
  'Chromium: 16 bits for a length of 1': { frames: ['827e000161'], ours: 'ws.length-not-minimal' },
  'Chromium: 64 bits for a length of 1': { frames: ['827f000000000000000161'], ours: 'ws.length-not-minimal' },
  'Chromium: data after a close': { frames: ['880203e8', '810161'], ours: 'ws.data-after-close' },
};

describe('what real receivers fail on is told', () => {
  it.each(Object.entries(ROWS))('%s', async (_name, { frames, client, ws, ours }) => {
    const bytes = frames.map(hex);
    expect(await refusal(bytes, client === true)).toBe(ws);
    expect((await errorsOf(bytes, client === true)).map(({ code }) => code)).toContain(ours);
  });

  it.each(['0102e381', '010161'])('and a character may be cut between fragments: %s', async (start) => {
    const bytes = [hex(start), hex(start === '010161' ? '800162' : '800182')];
    expect(await refusal(bytes, false)).toBeUndefined();
    expect(await errorsOf(bytes, false)).toEqual([]);
  });
});

/** Errors of ours that `ws` lets pass. */
const LAXER = new Set(['ws.length-not-minimal', 'ws.data-after-close']);

it('no sequence of frames fails in ws that passes with us, and none the other way but where ws is known to be lax', async () => {
  const shape = fc.record({
    opcode: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 8, 9, 10) },
      { weight: 1, arbitrary: fc.nat(15) },
    ),
    fin: fc.boolean(),
    rsv1: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    rsv2: fc.oneof({ weight: 19, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    payload: fc.oneof(
      fc.constantFrom('', 'a', 'é', 'ok').map((text) => Buffer.from(text)),
      fc.constantFrom('03e8', '03ed', '03', 'e381', '82', 'ff').map(hex),
      fc.constant(Buffer.alloc(130, 0x61)),
    ),
    isMasked: fc.oneof({ weight: 19, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(shape, { minLength: 1, maxLength: 6 }), async (shapes) => {
      const frames = shapes.map(({ isMasked, ...each }) => encodeFrame(isMasked ? { ...each, maskingKey: KEY } : each));
      const refused = await refusal(frames, true);
      const errors = (await errorsOf(frames, true)).filter(({ code }) => !LAXER.has(code));
      // After a close frame ws reads nothing more, so only what comes before it can be compared.
      const closes = shapes.findIndex(({ opcode }) => opcode === 8);
      if (closes >= 0 && closes < shapes.length - 1) {
        if (refused !== undefined)
          expect(
            errors.map(({ code }) => code),
            refused,
          ).not.toEqual([]);
        return;
      }
      expect(errors.length > 0, `${refused} ${errors.map(({ code }) => code).join()}`).toBe(refused !== undefined);
    }),
    { numRuns: 300, seed: 20261125 },
  );
});
