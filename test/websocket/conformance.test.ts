import { describe, expect, it } from 'vitest';
import { Conformance, mayBeSent } from '../../src/websocket/conformance.js';
import { extensionBits } from '../../src/websocket/extension-bits.js';
import { decodeFrameHeader } from '../../src/websocket/frame-header.js';

const CLIENT = { fromClient: true, deflate: false, extensions: extensionBits(undefined) };
const SERVER = { fromClient: false, deflate: false, extensions: extensionBits(undefined) };

/** Codes of the findings of each header, in order. */
function codes(headers: string[], rules = SERVER, fromStart = true): string[][] {
  const conformance = new Conformance(rules, fromStart);
  return headers.map((hex) => {
    const header = decodeFrameHeader(Buffer.from(hex, 'hex'), 0);
    return conformance.header(header!).map((finding) => finding.code);
  });
}

describe('header rules', () => {
  it.each([
    ['a text frame', '8105', []],
    ['an empty binary frame', '8200', []],
    ['a ping of 125 bytes', '897d', []],
    ['reserved data opcode 3', '8300', ['ws.reserved-opcode']],
    ['reserved data opcode 7', '8700', ['ws.reserved-opcode']],
    ['reserved control opcode 11', '8b00', ['ws.reserved-opcode']],
    ['reserved control opcode 15', '8f00', ['ws.reserved-opcode']],
    ['RSV1 with no extension', 'c100', ['ws.rsv1-without-extension']],
    ['RSV2', 'a100', ['ws.reserved-bit']],
    ['RSV2 and RSV3', 'b100', ['ws.reserved-bit']],
    ['RSV1 on a ping', 'c900', ['ws.rsv1-on-control']],
    ['a masked frame of the server', '818000000000', ['ws.server-masked']],
    ['a fragmented ping', '0900', ['ws.control-fragmented']],
    ['a ping of 126 bytes', '897e007e', ['ws.control-too-long']],
    ['16 bits for a length of 125', '817e007d', ['ws.length-not-minimal']],
    ['64 bits for a length of 65535', '817f000000000000ffff', ['ws.length-not-minimal']],
    ['a length of 2^53', '817f0020000000000000', ['ws.length-too-large']],
    ['a length with its top bit set', '817f8000000000000000', ['ws.length-top-bit', 'ws.length-too-large']],
    ['a continuation of nothing', '8000', ['ws.continuation-without-start']],
  ])('%s', (_name, hex, expected) => {
    expect(codes([hex])).toEqual([expected]);
  });

  it('a client that does not mask', () => {
    expect(codes(['8105', '818500000000'], CLIENT)).toEqual([['ws.client-not-masked'], []]);
  });

  it('says nothing of RSV1 where compression was agreed on or the answer is not known', () => {
    expect(codes(['c100'], { ...SERVER, deflate: true })).toEqual([[]]);
    expect(codes(['c100'], { ...SERVER, deflate: undefined } as never)).toEqual([[]]);
  });

  it('leaves reserved bits and opcodes to another extension that was agreed on', () => {
    expect(codes(['f300', 'fb00'], { ...SERVER, extensions: extensionBits('x-made-up') })).toEqual([
      [],
      ['ws.rsv1-on-control'],
    ]);
  });
});

describe('order', () => {
  it('lets control frames stand between fragments', () => {
    expect(codes(['0101', '8900', '0001', '8a00', '8000'])).toEqual([[], [], [], [], []]);
  });

  it('finds a new message inside a fragmented one', () => {
    expect(codes(['0101', '8201', '8001'])).toEqual([
      [],
      ['ws.data-inside-fragments'],
      ['ws.continuation-without-start'],
    ]);
  });

  it('finds RSV1 on a continuation', () => {
    expect(codes(['4101', 'c001'], { ...SERVER, deflate: true })).toEqual([[], ['ws.rsv1-on-continuation']]);
  });

  it('finds data after a close frame, but no fault in control frames after it', () => {
    expect(codes(['8800', '8a00', '8100'])).toEqual([[], [], ['ws.data-after-close']]);
  });

  it('does not blame a continuation where frames before it were lost', () => {
    expect(codes(['8000', '8000'], SERVER, false)).toEqual([[], ['ws.continuation-without-start']]);
  });

  it('knows which message a frame belongs to', () => {
    const conformance = new Conformance({ ...SERVER, deflate: true }, true);
    const seen = ['4101', '8900', '0001', '8001', '8000'].map((hex) => {
      conformance.header(decodeFrameHeader(Buffer.from(hex, 'hex'), 0)!);
      return [conformance.messageOpcode, conformance.compressed];
    });
    expect(seen).toEqual([
      [1, true],
      [9, false],
      [1, true],
      [1, true],
      [undefined, false],
    ]);
  });

  it('does not know it any more when frames were lost', () => {
    const conformance = new Conformance(SERVER, true);
    conformance.header(decodeFrameHeader(Buffer.from('0101', 'hex'), 0)!);
    conformance.lost();
    expect(conformance.header(decodeFrameHeader(Buffer.from('8001', 'hex'), 0)!)).toEqual([]);
    expect(conformance.messageOpcode).toBeUndefined();
  });
});

describe('close frames', () => {
  const close = (hex: string) =>
    new Conformance(SERVER, true).closePayload(Buffer.from(hex, 'hex')).map(({ code }) => code);

  it.each([
    ['', []],
    ['03e8', []],
    ['03e8e38182', []],
    ['03', ['ws.close-one-byte']],
    ['03ed', ['ws.close-code']],
    ['03e8ff', ['ws.invalid-utf8-reason']],
    ['0000ff', ['ws.close-code', 'ws.invalid-utf8-reason']],
  ])('body %s', (hex, expected) => {
    expect(close(hex)).toEqual(expected);
  });

  it('allows the codes of RFC 6455 7.4 and of the registry, and no others', () => {
    const allowed = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
    const refused = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535];
    expect(allowed.filter((code) => !mayBeSent(code))).toEqual([]);
    expect(refused.filter(mayBeSent)).toEqual([]);
  });
});
