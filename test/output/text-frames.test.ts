import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../src/common/finding.js';
import { TextFrames } from '../../src/output/text/text-frames.js';
import { AT, completing, CONNECTION, frame, lines, message, PLAIN, printed } from './events.js';

const UNSAFE = /[^\n\P{C}]|\p{Default_Ignorable_Code_Point}|[\u2028\u2029]/u;

function shown(...events: Parameters<typeof printed>[1]): string {
  return printed(new TextFrames(PLAIN), events);
}

/** What follows the fields of the header. */
function payloadOf(changes: Parameters<typeof frame>[0], options = PLAIN): string {
  const text = printed(new TextFrames(options), [frame(changes)]);
  return text.slice(text.indexOf('e1a4c61d\n') + 'e1a4c61d\n'.length);
}

describe('a frame as text', () => {
  it('has the fields of the article in their order', () => {
    expect(shown(frame())).toBe(
      lines(
        '#1  packet 4  stream 0  2015-12-05 03:00:00.123456Z  127.0.0.1:50123 -> 127.0.0.1:8008  client to server',
        '    FIN          1',
        '    RSV1-3       0 0 0',
        '    opcode       1 (text)',
        '    Mask         1',
        '    Payload len  7',
        '    Masking-key  e1a4c61d',
        '    Payload      ma2saka',
      ),
    );
  });

  it('turns the arrow for the server, which has no masking key', () => {
    expect(shown(frame(), frame({ mask: false, fin: false, rsv3: true }))).toContain(
      lines(
        '',
        '#2  packet 4  stream 0  2015-12-05 03:00:00.123456Z  127.0.0.1:8008 -> 127.0.0.1:50123  server to client',
        '    FIN          0',
        '    RSV1-3       0 0 1',
        '    opcode       1 (text)',
        '    Mask         0',
        '    Payload len  7',
        '    Payload      (as sent)',
        '        0000  6d 61 32 73 61 6b 61                              ma2saka',
      ),
    );
  });

  it('leaves time and endpoints out where the capture has none', () => {
    const bare = { ...CONNECTION, client: undefined, server: undefined };
    expect(shown(frame({ at: { ...AT, precision: 0 } }, bare))).toMatch(
      /^#1 {2}packet 4 {2}stream 0 {2}client to server\n/,
    );
  });

  it('keeps lines of text aligned and shows what ends the last one', () => {
    expect(payloadOf({ payload: 'one\n\ntwo\r\n\u001b[2J\n' })).toBe(
      lines(
        '    Payload      (escaped) one',
        '    ',
        '                 two\\r',
        '                 \\x1b[2J',
        '    ...          line break',
      ),
    );
  });

  it('says that a payload is empty', () => {
    expect(payloadOf({ payload: '' })).toBe('    Payload      (empty)\n');
  });

  it('shows binary as a hex dump of 80 columns', () => {
    const bytes = Buffer.from(Array.from({ length: 20 }, (_, index) => index * 7));
    expect(payloadOf({ opcode: 2, payload: bytes })).toBe(
      lines(
        '    Payload      (binary)',
        '        0000  00 07 0e 15 1c 23 2a 31  38 3f 46 4d 54 5b 62 69  .....#*18?FMT[bi',
        '        0010  70 77 7e 85                                       pw~.',
      ),
    );
  });

  it('marks a payload that is compressed', () => {
    expect(payloadOf({ compressed: true, payload: Buffer.from('caff', 'hex') })).toMatch(
      /^ {4}Payload {6}\(compressed\)\n {8}0000 {2}ca ff/,
    );
  });

  it('shows each gap in its place', () => {
    const gaps = [
      { offset: 2, length: 20 },
      { offset: 24, length: 1 },
    ];
    const lost = { payload: 'abcdef', payloadLength: 27, status: 'gap', missing: 21, gaps } as const;
    expect(payloadOf(lost)).toBe(
      lines(
        '    Payload      ab',
        '    ...          20 bytes not captured',
        '                 cd',
        '    ...          1 byte not captured',
        '                 ef',
        '    Status       gap, 21 payload bytes not captured',
      ),
    );
    expect(payloadOf({ ...lost, opcode: 2 })).toBe(
      lines(
        '    Payload      (binary)',
        '        0000  61 62                                             ab',
        '    ...          20 bytes not captured',
        '        0016  63 64                                             cd',
        '    ...          1 byte not captured',
        '        0019  65 66                                             ef',
        '    Status       gap, 21 payload bytes not captured',
      ),
    );
  });

  it('shows a payload that is missing at its beginning or as a whole', () => {
    const beginning = {
      payload: 'b',
      payloadLength: 2,
      status: 'gap',
      missing: 1,
      gaps: [{ offset: 0, length: 1 }],
    } as const;
    expect(payloadOf(beginning)).toBe(
      lines(
        '    Payload',
        '    ...          1 byte not captured',
        '                 b',
        '    Status       gap, 1 payload byte not captured',
      ),
    );
    const whole = {
      payload: '',
      payloadLength: 3,
      status: 'truncated',
      missing: 3,
      gaps: [{ offset: 0, length: 3 }],
    } as const;
    expect(payloadOf(whole)).toBe(
      lines(
        '    Payload',
        '    ...          3 bytes not captured',
        '    Status       truncated, 3 payload bytes did not come',
      ),
    );
  });

  it('cuts text at the limit, but no code point', () => {
    const options = { ...PLAIN, maxPayload: 4 };
    expect(payloadOf({ payload: '日本' }, options)).toBe(
      lines('    Payload      日', '    ...          3 more bytes not shown (--max-payload)'),
    );
    expect(payloadOf({ payload: 'a😀' }, options)).toBe(
      lines('    Payload      a', '    ...          4 more bytes not shown (--max-payload)'),
    );
    expect(payloadOf({ payload: 'abcd' }, options)).toBe('    Payload      abcd\n');
    expect(payloadOf({ payload: Buffer.alloc(6, 0x80) }, options)).toMatch(/\\x80\\x80\\x80\\x80\n.*2 more bytes/);
  });

  it('cuts binary at the limit, and says nothing of gaps behind it', () => {
    const gaps = [{ offset: 4, length: 9 }];
    const options = { ...PLAIN, maxPayload: 4 };
    expect(payloadOf({ opcode: 2, payload: 'abcdef', status: 'gap', missing: 9, gaps }, options)).toBe(
      lines(
        '    Payload      (binary)',
        '        0000  61 62 63 64                                       abcd',
        '    ...          2 more bytes not shown (--max-payload)',
        '    Status       gap, 9 payload bytes not captured',
      ),
    );
  });

  it('shows no payload where none is wanted or none was kept', () => {
    expect(payloadOf({}, { ...PLAIN, maxPayload: 0 })).toBe('    Payload      (7 bytes not shown: --max-payload)\n');
    expect(payloadOf({ payload: undefined, payloadLength: 2n ** 63n - 1n })).toBe(
      '    Payload      (not kept: longer than --max-message)\n',
    );
  });

  it('names close codes', () => {
    const close = (hex: string): string => payloadOf({ opcode: 8, payload: Buffer.from(hex, 'hex') });
    expect(close('03e8')).toBe('    Close code   1000 (normal closure)\n');
    expect(close('03e9627965')).toBe(lines('    Close code   1001 (going away)', '    Close reason bye'));
    expect(close('03e9ff1b')).toBe(
      lines('    Close code   1001 (going away)', '    Close reason (escaped) \\xff\\x1b'),
    );
    expect(close('0bb8')).toBe('    Close code   3000 (registered)\n');
    expect(close('0fa0')).toBe('    Close code   4000 (private use)\n');
    expect(close('03ec')).toBe('    Close code   1004 (no meaning)\n');
    expect(close('')).toBe('    Payload      (empty)\n');
    expect(close('03')).toMatch(/^ {4}Payload {6}\(body of a close\)\n {8}0000 {2}03 /);
  });

  it('has a line for each finding', () => {
    const findings = [finding('ws.reserved-bit', 'RSV2 is \u001b 1'), finding('limit.message', 'too long')];
    expect(payloadOf({ findings })).toBe(
      lines(
        '    Payload      ma2saka',
        '    Finding      error: (escaped) RSV2 is \\x1b 1 (ws.reserved-bit, RFC 6455 5.2)',
        '    Finding      warning: too long (limit.message)',
      ),
    );
  });

  it('prints nothing for connections and findings', () => {
    expect(shown({ type: 'finding', packet: 4, number: 0, finding: finding('tcp.gap', 'gap') })).toBe('');
  });

  it('lets nothing through that a terminal could act on, for any payload', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom(1, 2, 8), fc.nat(40), (bytes, opcode, maxPayload) => {
        const text = printed(new TextFrames({ ...PLAIN, maxPayload }), [
          frame({ opcode, payload: Buffer.from(bytes) }),
        ]);
        expect(text).not.toMatch(UNSAFE);
      }),
    );
  });
});

describe('the message below the frame that completes it', () => {
  const inflated = { compressed: true, wireLength: 21, length: 38, frames: 3, payload: 'one\ntwo' };

  it('shows a compressed or fragmented one, marked as such', () => {
    expect(shown(...completing(frame({ opcode: 0 }), message(inflated)))).toContain(
      lines(
        '    Payload      ma2saka',
        '    Message      text, 38 bytes inflated from 21, 3 frames',
        '                 one',
        '                 two',
      ),
    );
    expect(shown(...completing(frame({ opcode: 0 }), message({ opcode: 2, frames: 2, payload: 'ab' })))).toContain(
      lines(
        '    Message      binary, 2 bytes, 2 frames',
        '        0000  61 62                                             ab',
      ),
    );
  });

  it('is not shown where it is the frame itself', () => {
    expect(shown(...completing(frame(), message()))).toBe(shown(frame()));
  });

  it('shows findings that belong to the message', () => {
    const findings = [finding('ws.invalid-utf8', 'byte 3 is no UTF-8')];
    expect(shown(...completing(frame(), message({ findings })))).toBe(
      shown(frame()) + '    Finding      error: byte 3 is no UTF-8 (ws.invalid-utf8, RFC 6455 8.1)\n',
    );
  });

  it('has a heading of its own where other frames came between', () => {
    const lost = { ...inflated, at: { ...AT, packet: 9 }, length: undefined, payload: undefined };
    expect(shown(frame(), message({ ...lost, status: 'lost-context' }))).toContain(
      lines(
        '    Payload      ma2saka',
        '',
        'message  packet 9  stream 0  2015-12-05 03:00:00.123456Z  127.0.0.1:50123 -> 127.0.0.1:8008  client to server',
        '    Message      text, 21 bytes compressed, 3 frames, lost-context: inflating it needs bytes that are not known',
      ),
    );
  });
});
