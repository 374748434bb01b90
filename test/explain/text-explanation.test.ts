import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldColors } from '../../src/explain/field-colors.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { lines } from '../output/events.js';
import { explained } from './explain.js';

const ARTICLE = '8187e1a4c61d8cc5f46e80cfa7';

describe('the article’s frame', () => {
  it('is explained bit by bit', () => {
    expect(explained(ARTICLE)).toBe(
      lines(
        'Frame 1: masked text frame, 6 bytes of header, 7 of payload',
        '    begins at byte 0 of the input',
        '    81 87 e1 a4 c6 1d 8c c5 f4 6e 80 cf a7',
        '',
        '         0                   1                   2                   3',
        '         0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1',
        '        +-+-+-+-+-------+-+-------------+-------------------------------+',
        '        |F|R|R|R|opcode |M| Payload len |          Masking-key          |',
        '        |I|S|S|S|       |A|             |                               |',
        '        |N|V|V|V|       |S|             |                               |',
        '        | |1|2|3|       |K|             |                               |',
        '     0  |1|0|0|0|0 0 0 1|1|0 0 0 0 1 1 1|1 1 1 0 0 0 0 1 1 0 1 0 0 1 0 0|',
        '        |      81       |      87       |      e1              a4       |',
        '        +-+-+-+-+-------+-+-------------+-------------------------------+',
        '        |    Masking-key (continued)    |         Payload data          |',
        '     4  |1 1 0 0 0 1 1 0 0 0 0 1 1 1 0 1|1 0 0 0 1 1 0 0 1 1 0 0 0 1 0 1|',
        '        |      c6              1d       |      8c              c5       |',
        '        +-------------------------------+-------------------------------+',
        '        |                   Payload data (continued)                    |',
        '     8  |1 1 1 1 0 1 0 0 0 1 1 0 1 1 1 0 1 0 0 0 0 0 0 0 1 1 0 0 1 1 1 1|',
        '        |      f4              6e              80              cf       |',
        '        +---------------+-----------------------------------------------+',
        '        | Payload data  |',
        '    12  |1 0 1 0 0 1 1 1|',
        '        |      a7       |',
        '        +---------------+',
        '',
        '    FIN          byte 0 bit 0    1                                   0x80',
        '                 1: the last frame of its message, and the first: the message is',
        '                 this one frame (RFC 6455 5.2)',
        '    RSV1         byte 0 bit 1    0                                   0x00',
        '                 0: the message is not compressed (RFC 7692 6)',
        '    RSV2         byte 0 bit 2    0                                   0x00',
        '                 0: reserved for extensions (RFC 6455 5.2)',
        '    RSV3         byte 0 bit 3    0                                   0x00',
        '                 0: reserved for extensions (RFC 6455 5.2)',
        '    opcode       byte 0 bits 4-7 0001                                0x01',
        '                 1: text: the message is UTF-8 (RFC 6455 5.6)',
        '    MASK         byte 1 bit 0    1                                   0x80',
        '                 1: the payload is masked, as every frame of a client must be',
        '                 (RFC 6455 5.1)',
        '    Payload len  byte 1 bits 1-7 0000111                             0x07',
        '                 7: 7 bytes of payload (RFC 6455 5.2)',
        '    Masking-key  bytes 2-5       11100001 10100100 11000110 00011101 0xe1a4c61d',
        '                 e1a4c61d: byte i of the payload was sent XOR byte i mod 4 of',
        '                 this key (RFC 6455 5.3)',
        '    Payload data bytes 6-12',
        '                 7 bytes: masked (RFC 6455 5.3)',
        '    Byte 0       0x81 = 129 = 128 (FIN) + 1 (opcode)',
        '    Byte 1       0x87 = 135 = 128 (MASK) + 7 (Payload len)',
        '',
        'Unmasking (RFC 6455 5.3): the byte on the wire XOR a byte of the key',
        '    byte 6    8c 10001100 ^ e1 11100001 (key byte 0) = 6d 01101101 m',
        '    byte 7    c5 11000101 ^ a4 10100100 (key byte 1) = 61 01100001 a',
        '    byte 8    f4 11110100 ^ c6 11000110 (key byte 2) = 32 00110010 2',
        '    byte 9    6e 01101110 ^ 1d 00011101 (key byte 3) = 73 01110011 s',
        '    byte 10   80 10000000 ^ e1 11100001 (key byte 0) = 61 01100001 a',
        '    byte 11   cf 11001111 ^ a4 10100100 (key byte 1) = 6b 01101011 k',
        '    byte 12   a7 10100111 ^ c6 11000110 (key byte 2) = 61 01100001 a',
        '',
        'Payload',
        '    Text         ma2saka',
        '',
        'Notes',
        '    It is masked, so a client sent it; from a server it would be a violation',
        '    (RFC 6455 5.1).',
      ),
    );
  });

  it('is coloured by field, the same in the bytes, the diagram and the list', () => {
    const colored = explained(ARTICLE, { fields: fieldColors() });
    const key = '\u001b[94m';
    expect(colored).toContain(`${key}e1\u001b[39m ${key}a4\u001b[39m ${key}c6\u001b[39m ${key}1d\u001b[39m`);
    expect(colored).toContain(`${key}11100001 10100100 11000110 00011101 \u001b[39m`);
    expect(colored).toContain(`${key}      e1       \u001b[39m`);
    const escapes = new RegExp(String.fromCharCode(27) + String.raw`\[\d+m`, 'g');
    expect(colored.replace(escapes, '')).toBe(explained(ARTICLE));
  });
});

describe('lengths', () => {
  it('of 126 and more are in the 16 bits behind', () => {
    const text = explained(encodeFrame({ payload: 'a'.repeat(256) }).toString('hex'));
    expect(text).toContain('|0|1 1 1 1 1 1 0|0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0|');
    expect(text).toContain('126: 126 stands for a length in the next 2 bytes (RFC 6455 5.2)');
    expect(text).toContain(
      '    Extended payload length\n                 bytes 2-3       00000001 00000000                   0x0100\n',
    );
    expect(text).toMatch(/256: 256 bytes of payload; the most significant byte comes\s+first/);
    expect(text).toContain('  ... 248 more bytes of payload\n');
  });

  it('of 65536 and more are in the 64 bits behind, the key after them', () => {
    const frame = encodeFrame({ payload: 'a'.repeat(65536), maskingKey: 0x01020304 });
    const text = explained(frame.toString('hex'), { maxPayload: 3 });
    expect(text).toContain('127: 127 stands for a length in the next 8 bytes (RFC 6455 5.2)');
    expect(text).toContain('bytes 2-9       00000000 00000000 00000000 00000000 0x00000000\n');
    expect(text).toContain('                 00000000 00000001 00000000 00000000 0x00010000\n');
    expect(text).toContain('Masking-key  bytes 10-13 ');
    expect(text).toContain('... and so on for 65528 more bytes (--bytes)');
    expect(text).toContain('65533 more bytes not shown (--max-payload)');
  });

  it.each([125, 126, 65535, 65536])('of %i bytes are told', (length) => {
    const text = explained(encodeFrame({ payload: Buffer.alloc(length) }).toString('hex'), { maxPayload: 1 });
    expect(text).toContain(`${length}: ${length} bytes of payload`);
  });

  it('that are not minimal are an error', () => {
    const text = explained(encodeFrame({ payload: 'a', lengthForm: 64 }).toString('hex'));
    expect(text).toMatch(/error: a payload length of 1 in 64 bits\s+\(ws.length-not-minimal, RFC 6455\s+5.2\)/);
  });

  it('above 2^53 are told exactly', () => {
    expect(explained('81 7f 7fffffffffffffff 61')).toContain(
      '9223372036854775807: 9223372036854775807 bytes of payload',
    );
  });
});

describe('what a frame says', () => {
  it('is inflated, with the window that was used', () => {
    const text = explained('c1 07 f2 48 cd c9 c9 07 00  c1 05 f2 00 11 00 00');
    expect(text).toContain('5 bytes inflated from 7 (RFC 7692 7.2.2)');
    expect(text).toContain('beginning with an empty window, as a first message does.\n    Text         Hello\n');
    expect(text).toContain(
      'with the window of the 1 compressed message before it in this input.\n    Text         Hello\n',
    );
    expect(text).toContain('193 = 128 (FIN) + 64 (RSV1) + 1 (opcode)');
  });

  it('is not guessed where it refers back to what is not there', () => {
    const text = explained('c1 05 f2 00 11 00 00');
    expect(text).toContain('The message cannot be shown: lost-context.');
    expect(text).not.toContain('Hello');
  });

  it('is joined of its fragments', () => {
    const text = explained('01 03 48 65 6c  80 02 6c 6f');
    expect(text).toContain('0: more frames of this message follow (RFC 6455 5.2)');
    expect(text).toContain('The message goes on in another frame.');
    expect(text).toContain('The text message: 5 bytes, from 2 frames (RFC 6455 5.4).\n    Text         Hello\n');
  });

  it('is the end of a message whose beginning is not there', () => {
    expect(explained('80 02 6c 6f')).toContain('The frames that this message began with are missing.');
  });

  it('is a close code with its name, and a reason', () => {
    const text = explained('88 05 03e8 627965');
    expect(text).toContain('Close code   1000 (normal closure), from the first two bytes: 0x03e8');
    expect(text).toContain('Close reason bye');
    expect(explained('88 02 03ed')).toMatch(/error: close code 1005 must not be sent/);
    expect(explained('88 00')).toContain('There is no payload.');
    expect(explained('88 01 03')).toContain('ws.close-one-byte');
  });

  it.each([
    ['8900', 'ping: the receiver answers with a pong of the same payload'],
    ['8a00', 'pong: the answer to a ping'],
    ['8200', 'binary: the message is bytes of any kind'],
    ['8300', 'reserved: it has no meaning'],
  ])('follows from its opcode: %s', (hex, meaning) => {
    expect(explained(hex)).toContain(meaning);
  });

  it('never reaches the terminal as it is', () => {
    expect(explained('81 05 1b 5b 33 31 6d')).toContain(String.raw`Text         (escaped) \x1b[31m`);
  });
});

describe('what is wrong', () => {
  it('is bytes that do not belong to the frame: they are the next one', () => {
    const text = explained(`${ARTICLE}8a00`);
    expect(text).toMatch(/ends before byte 13 of the input\. 2 bytes follow: this is the next\s+frame, not its text\./);
    expect(text).toContain('Frame 2: unmasked pong frame, 2 bytes of header, 0 of payload\n    begins at byte 13');
  });

  it('is an input that is too short for the payload', () => {
    const text = explained(ARTICLE.slice(0, -6));
    expect(text).toMatch(
      /The input is too short: the frame needs 3 more bytes \(4 of 7 bytes of\s+payload are there\)/,
    );
    expect(text).toContain('|1 1 1 1 0 1 0 0 0 1 1 0 1 1 1 0 ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ?|');
    expect(text).toContain('byte 10   ?? (not there)');
    expect(text).not.toContain('ma2saka');
  });

  it.each([
    ['81', 'the frame needs at least 1 more byte. A header has'],
    ['81fe00', 'the frame needs at least 5 more bytes. By its'],
  ])('is an input that is too short for the header: %s', (hex, remark) => {
    expect(explained(hex)).toContain(remark);
  });

  it('is a client that does not mask, or a server that does', () => {
    expect(explained('810161', { direction: 'client-to-server' })).toContain('ws.client-not-masked');
    expect(explained(ARTICLE, { direction: 'server-to-client' })).toContain('ws.server-masked');
    expect(explained('810161')).toContain('It is not masked, so a server sent it; from a client it would be');
  });

  it('is a reserved bit or opcode', () => {
    const text = explained('b3 01 61');
    expect(text).toContain('ws.reserved-bit');
    expect(text).toContain('ws.reserved-opcode');
    expect(text).toContain('must be 0, unless an extension gives it a meaning');
  });

  it('is RSV1 where only the first frame of a message has it', () => {
    expect(explained('c0 01 61')).toContain('always 0 here: only the first frame tells');
    expect(explained('c9 00')).toContain('must be 0: only text and binary messages are compressed');
  });

  it('is text that is not UTF-8', () => {
    expect(explained('81 02 c3 28')).toContain('ws.invalid-utf8');
  });
});

it('breaks the title where the payload length leaves no room', () => {
  for (const hex of ['007f0000001749000000', '007fffffffffffffffff']) {
    const shown = explained(hex).split('\n');
    expect(Math.max(...shown.map((text) => text.length))).toBeLessThanOrEqual(80);
    expect(shown[1]).toMatch(/^ {4}10 bytes of header, \d+ of payload$/);
  }
});

it('no line is wider than 80 columns, and no input throws', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(bytes, (given) => {
      for (const line of explained(Buffer.from(given).toString('hex')).split('\n')) {
        if (!/^ {4}(?:Text|Close reason| {13})/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
      }
    }),
    { numRuns: 300 },
  );
});
