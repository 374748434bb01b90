import { deflateRawSync, constants } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RULES, type FindingCode } from '../../src/common/finding-codes.js';
import type { Side } from '../../src/common/sink.js';
import { encodeFrame, type FrameShape } from '../../src/websocket/encode-frame.js';
import { findingsOf, readCapture, type Reading } from './read-capture.js';
import { requestText, responseText, Talk, type UpgradeFields } from './talk.js';

const KEY = 0x37fa213d;
const DEFLATE = { offered: 'permessage-deflate', extensions: 'permessage-deflate' };

/** A frame of the client, masked. */
function client(shape: FrameShape): Buffer {
  return encodeFrame({ maskingKey: KEY, ...shape });
}

function close(...body: number[]): FrameShape {
  return { opcode: 8, payload: Uint8Array.from(body) };
}

/** A header with a 64-bit length that no bytes follow. */
function header(length: bigint): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.set([0x82, 0xff]);
  bytes.writeBigUInt64BE(length, 2);
  bytes.writeUInt32BE(KEY, 10);
  return bytes;
}

/** A violation: the frames that commit it, in packets of their own, and what is said of it. */
interface Violation {
  readonly code: FindingCode;
  readonly frames: readonly Buffer[];
  readonly from?: Side;
  readonly upgrade?: UpgradeFields;
  /** Which of the frames it is said of, from 0; the first one unless given. */
  readonly at?: number;
  /** It belongs to the message that the frame completes. */
  readonly ofMessage?: true;
  /** Nothing can be read behind it. */
  readonly isLast?: true;
}

const compressed = (payload: Buffer): Buffer => client({ rsv1: true, payload });
const farBack = deflateRawSync('abcdefgh'.repeat(10), {
  dictionary: Buffer.from('abcdefgh'),
  finishFlush: constants.Z_SYNC_FLUSH,
}).subarray(0, -4);

const VIOLATIONS: Record<string, Violation> = {
  'opcode 3': { code: 'ws.reserved-opcode', frames: [client({ opcode: 3, payload: 'abc' })] },
  'opcode 7': { code: 'ws.reserved-opcode', frames: [client({ opcode: 7 })] },
  'opcode 11': { code: 'ws.reserved-opcode', frames: [client({ opcode: 11 })] },
  'opcode 15': { code: 'ws.reserved-opcode', frames: [client({ opcode: 15, payload: 'abc' })] },
  'RSV1 without the extension': { code: 'ws.rsv1-without-extension', frames: [client({ rsv1: true, payload: 'abc' })] },
  'RSV1 on a ping': { code: 'ws.rsv1-on-control', frames: [client({ opcode: 9, rsv1: true })], upgrade: DEFLATE },
  'RSV1 on a continuation': {
    code: 'ws.rsv1-on-continuation',
    frames: [client({ fin: false, payload: 'a' }), client({ opcode: 0, rsv1: true, payload: 'b' })],
    upgrade: DEFLATE,
    at: 1,
  },
  RSV2: { code: 'ws.reserved-bit', frames: [client({ rsv2: true, payload: 'abc' })] },
  RSV3: { code: 'ws.reserved-bit', frames: [client({ rsv3: true, payload: 'abc' })] },
  'a client that does not mask': { code: 'ws.client-not-masked', frames: [encodeFrame({ payload: 'abc' })] },
  'a server that masks': {
    code: 'ws.server-masked',
    frames: [encodeFrame({ payload: 'abc', maskingKey: KEY })],
    from: 1,
  },
  'a ping of 126 bytes': { code: 'ws.control-too-long', frames: [client({ opcode: 9, payload: Buffer.alloc(126) })] },
  'a ping in fragments': { code: 'ws.control-fragmented', frames: [client({ opcode: 9, fin: false, payload: 'a' })] },
  'a continuation of nothing': {
    code: 'ws.continuation-without-start',
    frames: [client({ opcode: 0, payload: 'abc' })],
  },
  'a text inside fragments': {
    code: 'ws.data-inside-fragments',
    frames: [client({ fin: false, payload: 'a' }), client({ payload: 'b' })],
    at: 1,
  },
  'a message that a text cuts short': {
    code: 'ws.unfinished-message',
    frames: [client({ fin: false, payload: 'a' }), client({ payload: 'b' })],
    at: 1,
    ofMessage: true,
  },
  'five bytes in 16 bits': { code: 'ws.length-not-minimal', frames: [client({ payload: 'abcde', lengthForm: 16 })] },
  'five bytes in 64 bits': { code: 'ws.length-not-minimal', frames: [client({ payload: 'abcde', lengthForm: 64 })] },
  '300 bytes in 64 bits': {
    code: 'ws.length-not-minimal',
    frames: [client({ payload: 'a'.repeat(300), lengthForm: 64 })],
  },
  'a length with the top bit': { code: 'ws.length-top-bit', frames: [header(2n ** 63n + 5n)], isLast: true },
  'a length of 2^53': { code: 'ws.length-too-large', frames: [header(2n ** 53n)], isLast: true },
  'a text that is not UTF-8': {
    code: 'ws.invalid-utf8',
    frames: [client({ payload: Buffer.from('61c328', 'hex') })],
    ofMessage: true,
  },
  'a close reason that is not UTF-8': { code: 'ws.invalid-utf8-reason', frames: [client(close(3, 232, 0xff))] },
  'a close of one byte': { code: 'ws.close-one-byte', frames: [client(close(3))] },
  'data after the close': {
    code: 'ws.data-after-close',
    frames: [client(close(3, 232)), client({ payload: 'abc' })],
    at: 1,
  },
  'bytes that are not DEFLATE': {
    code: 'deflate.bad-data',
    frames: [compressed(Buffer.from('ffffff', 'hex'))],
    upgrade: DEFLATE,
    ofMessage: true,
  },
  'a reference to before the connection': {
    code: 'deflate.bad-data',
    frames: [compressed(farBack)],
    upgrade: DEFLATE,
    ofMessage: true,
  },
  'a message over the inflate limit': {
    code: 'limit.message',
    frames: [
      compressed(deflateRawSync(Buffer.alloc(200_000), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)),
    ],
    upgrade: DEFLATE,
    ofMessage: true,
  },
  ...Object.fromEntries(
    [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code): [string, Violation] => [
      `close code ${code}`,
      { code: 'ws.close-code', frames: [client(close(code >>> 8, code & 0xff))] },
    ]),
  ),
};

const AFTER = 'still in step';

async function readViolation({ frames, from = 0, upgrade }: Violation): Promise<{ reading: Reading; first: number }> {
  const talk = new Talk().upgrade(upgrade);
  const first = talk.packets.length + 1;
  for (const frame of frames) talk.send(from, frame);
  const key = from === 0 ? { maskingKey: KEY } : {};
  talk.send(from, encodeFrame({ payload: AFTER, ...key }));
  return { reading: await readCapture(talk.finish().pcap(), { limits: { message: 100_000 } }), first };
}

describe('a violation of RFC 6455 or RFC 7692', () => {
  it.each(Object.entries(VIOLATIONS))('is found where it is: %s', async (_name, violation) => {
    const { code, at = 0, ofMessage, from = 0 } = violation;
    const { reading, first } = await readViolation(violation);
    const direction = from === 0 ? 'client-to-server' : 'server-to-client';
    const found = (ofMessage ? reading.messages : reading.frames).flatMap((event) =>
      event.direction === direction ? findingsOf(event).map((finding) => ({ event, finding })) : [],
    );
    const hit = found.find(({ finding }) => finding.code === code);
    expect(found.map(({ finding }) => finding.code)).toContain(code);
    const rule = RULES[code];
    expect(hit?.finding.severity).toBe(rule.severity);
    expect(hit?.finding.rfc).toBe('rfc' in rule ? rule.rfc : undefined);
    const event = hit?.event;
    const packet =
      event?.type === 'message' ? event.message.at.packet : event?.type === 'frame' ? event.frame.at.packet : 0;
    // A message that another one cuts short ended with its own last frame.
    if (!violation.isLast) expect(packet).toBe(first + (code === 'ws.unfinished-message' ? 0 : at));
  });

  it.each(Object.entries(VIOLATIONS).filter(([, { isLast }]) => !isLast))(
    'does not put the reading out of step: %s',
    async (_name, violation) => {
      const { reading } = await readViolation(violation);
      const direction = (violation.from ?? 0) === 0 ? 'client-to-server' : 'server-to-client';
      const frames = reading.frames.filter((event) => event.direction === direction);
      expect(frames).toHaveLength(violation.frames.length + 1);
      expect(frames.at(-1)?.frame.payload?.toString()).toBe(AFTER);
      expect(frames.at(-1)?.frame.status).toBe('ok');
    },
  );

  it.each(['ws.length-top-bit', 'ws.length-too-large'])(
    'of a length that nobody can mean ends it: %s',
    async (code) => {
      const violation = Object.values(VIOLATIONS).find((row) => row.code === code)!;
      const { reading } = await readViolation(violation);
      expect(reading.frames[0]?.frame.status).toBe('truncated');
      expect(reading.frames[0]?.frame.missing).toBeGreaterThan(2 ** 52);
    },
  );

  it('is not seen in frames that obey: all of them together', async () => {
    const talk = new Talk().upgrade(DEFLATE);
    talk.send(0, client({ fin: false, payload: 'a' })).send(0, client({ opcode: 9 }));
    talk.send(0, client({ opcode: 0, payload: 'b' })).send(0, client({ payload: Buffer.alloc(126, 0x61) }));
    talk.send(1, encodeFrame({ opcode: 10 })).sendAll(1, encodeFrame({ payload: Buffer.alloc(65_536, 0x61) }));
    talk.send(0, client(close(3, 232, 0xc3, 0xa9))).send(1, encodeFrame(close(3, 232)));
    expect((await readCapture(talk.finish().pcap())).codes).toEqual([]);
  });
});

describe('a violation in the opening handshake', () => {
  const request = requestText();
  const response = responseText();
  const drop = (text: string, name: string): string => text.replace(new RegExp(`${name}: [^\r]*\r\n`), '');

  it.each<[FindingCode, string, string]>([
    ['handshake.wrong-accept', request, response.replace(/Accept: ./, 'Accept: X')],
    ['handshake.missing-accept', request, drop(response, 'Sec-WebSocket-Accept')],
    ['handshake.missing-key', drop(request, 'Sec-WebSocket-Key'), response],
    ['handshake.bad-key', request.replace(/Key: .{4}/, 'Key: '), response],
    ['handshake.wrong-version', request.replace('Version: 13', 'Version: 8'), response],
    ['handshake.extension-not-offered', request, responseText({ extensions: 'permessage-deflate' })],
    ['handshake.subprotocol-not-offered', request, responseText({ subprotocol: 'chat' })],
    ['handshake.bad-method', request.replace('GET', 'POST'), response],
    ['handshake.missing-header', drop(request, 'Host'), response],
    ['handshake.bad-extensions', requestText({ offered: ';;' }), response],
    [
      'handshake.bad-parameter',
      requestText({ offered: 'permessage-deflate' }),
      responseText({ extensions: 'permessage-deflate; server_max_window_bits=99' }),
    ],
  ])('%s is found, and the frames behind it are read', async (code, asked, answered) => {
    const talk = new Talk()
      .open()
      .send(0, asked)
      .send(1, answered)
      .send(0, client({ payload: AFTER }));
    const { codes, findings, frames } = await readCapture(talk.finish().pcap());
    expect(codes).toContain(code);
    const found = findings.find((finding) => finding.code === code);
    expect(found?.stream).toBe(0);
    expect(found?.severity).toBe(RULES[code].severity);
    expect(frames.map(({ frame }) => frame.payload?.toString())).toEqual([AFTER]);
  });
});
