import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureInput, type CaptureInputOptions } from '../../src/capture/capture-input.js';
import { writePcap } from '../../src/capture/pcap/pcap-writer.js';
import type { CaptureSink } from '../../src/capture/packet.js';
import type { Limits } from '../../src/common/limits.js';
import { weighFrames } from '../../src/websocket/boundaries/weigh-frames.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { run } from '../cli/fake-io.js';
import { ARTICLE, dumpForms, ipPacket, PACKET_FORMS } from '../support/dumps.js';
import { bytewise, read, type Read } from './read.js';

/** As the library reads: what is nothing else may be frames. */
class Input extends CaptureInput {
  constructor(sink: CaptureSink, limits: Limits, options: CaptureInputOptions = {}) {
    super(sink, limits, { weighFrames, ...options });
  }
}

type Form = keyof typeof dumpForms;
const FORMS = Object.keys(dumpForms) as Form[];
const OFFSET_FORMS = FORMS.slice(0, 10);

function readText(text: string | Buffer): Read {
  return read(Input, [Buffer.from(text)]);
}

function bytesOf({ packets }: Read): Buffer {
  return Buffer.concat(packets.map(({ bytes }) => bytes));
}

const frame = fc
  .uint8Array({ minLength: 0, maxLength: 90 })
  .map((payload) => encodeFrame({ payload: Buffer.from(payload), maskingKey: 0xe1a4c61d, opcode: 2 }));

describe('a pasted dump', () => {
  it.each(FORMS)('gives the frame of the article, saying what it was taken for: %s', async (form) => {
    const bytes = PACKET_FORMS.includes(form) ? ipPacket(ARTICLE) : ARTICLE;
    const { code, stdout, stderr } = await run(['--json'], { stdin: [dumpForms[form](bytes)] });
    expect(JSON.parse(stdout)).toMatchObject({ type: 'frame', packet: 1, text: 'ma2saka' });
    expect(stderr).toMatch(/^wsdissect: stdin: read as: \S.*\(capture\.read-as\)$/m);
    expect(code).toBe(0);
  });

  it.each(FORMS)('goes into explain: %s', async (form) => {
    const bytes = PACKET_FORMS.includes(form) ? ipPacket(ARTICLE) : ARTICLE;
    const { stdout, stderr } = await run(['explain'], { stdin: [dumpForms[form](bytes)] });
    expect(stdout).toContain('Text         ma2saka');
    expect(stderr).toContain('read as: ');
  });

  it.each(FORMS)('is read alike byte by byte, with a prompt before it, and with CRLF: %s', (form) => {
    const text = dumpForms[form](ipPacket(ARTICLE));
    const whole = readText(text);
    expect(whole.error).toBeUndefined();
    expect(bytesOf(whole)).toEqual(ipPacket(ARTICLE));
    expect(read(Input, bytewise(Buffer.from(text)))).toEqual(whole);
    expect(bytesOf(readText(`$ dump frame.bin\n${text}`))).toEqual(ipPacket(ARTICLE));
    if (form !== 'escaped string') expect(bytesOf(readText(text.replaceAll('\n', '\r\n')))).toEqual(ipPacket(ARTICLE));
  });

  it.each(FORMS.filter((form) => !PACKET_FORMS.includes(form)))('gives the bytes that it holds: %s', (form) => {
    fc.assert(
      fc.property(frame, (bytes) => {
        const result = readText(dumpForms[form](bytes));
        // Base64 counts by proof only, and a few numbers below 100 are hex as well.
        if (result.error === undefined) expect(bytesOf(result)).toEqual(bytes);
        else expect(['base64', 'base64 for URLs']).toContain(form);
      }),
    );
  });

  it.each(OFFSET_FORMS)(
    'gives no frame that its bytes do not hold, whatever lines are lost, doubled or moved: %s',
    (form) => {
      const change = fc.tuple(fc.constantFrom('drop', 'double', 'move', 'join'), fc.nat(9), fc.nat(9));
      fc.assert(
        fc.property(frame, change, (bytes, [what, at, to]) => {
          const lines = dumpForms[form](bytes).split('\n');
          const [line] = lines.splice(at % lines.length, 1);
          if (what === 'double') lines.splice(at, 0, line!, line!);
          if (what === 'move') lines.splice(to % lines.length, 0, line!);
          if (what === 'join') lines.splice(to % lines.length, 1, `${lines[to % lines.length]}${line}`);
          // An offset that stands first or alone is a line of hex like any other.
          fc.pre(!/^[0-9a-f]+$/.test(lines.find((each) => each !== '') ?? ''));
          const there = bytesOf(readText(lines.join('\n')));
          // The end may be missing where nothing says how long the dump is; a dump may stand there twice.
          expect([
            bytes.subarray(0, there.length),
            Buffer.concat([bytes, bytes]).subarray(0, there.length),
          ]).toContainEqual(there);
        }),
      );
    },
  );

  it('names the line whose offset does not agree', () => {
    const lines = dumpForms.xxd(Buffer.alloc(64, 'ma2saka')).split('\n');
    lines.splice(2, 1);
    const { error, packets } = readText(lines.join('\n'));
    expect(packets).toEqual([]);
    expect(error?.message).toMatch(/^line 3: the offset 00000030 does not agree with the 32 bytes before it/);
    expect(readText('0040   81 87 e1 a4\n').error?.message).toContain('does not agree with the 0 bytes before it');
  });

  it('names the line whose text is not that of its bytes', () => {
    const text = dumpForms['hexdump -C'](ARTICLE).replace('6e', '6f');
    expect(readText(text).error?.message).toMatch(/^line 1: its text column does not agree with its bytes/);
  });

  it('holds rows that repeat the one before, and no bomb of them', () => {
    const bytes = Buffer.concat([Buffer.from('820008', 'hex'), Buffer.alloc(93)]);
    const rows = dumpForms['hexdump -C'](bytes).split('\n');
    rows.splice(2, 4, '*');
    expect(bytesOf(readText(rows.join('\n')))).toEqual(bytes);
    const bomb = `${rows.slice(0, 3).join('\n')}\nfffffff0  00\n`;
    expect(readText(bomb).error?.code).toBe('bad-hex');
    expect(readText(rows.slice(0, 3).join('\n')).error?.message).toContain('no offset says where the repetition ends');
  });

  it.each([
    ['xxd -e', '00000000: a4e18781 c58c1dc6 cf806ef4       a7  .........n...\n'],
    ['xxd -g4 without a text that shows the order', '00000000: 8187e1a4 c61d8cc5  ........\n'],
    ['hexdump', '0000000 8781 a4e1 1dc6 c58c 6ef4 cf80 00a7\n000000d\n'],
    ['octal numbers', ' 201 207 341 244 306 035 214 305 364 156 200 317 247\n'],
    ['numbers below 0 and above 127', '[129, -121, 225]\n'],
    ['a number of two bytes', '[129, 135, 256]\n'],
    ['words in an array', '{0x8187, 0xe1a4}\n'],
    ['an octal number', '[0201, 0207]\n'],
    ['what Node left out', '<Buffer 81 fe 00 80 ... 126 more bytes>\n'],
    ['what Node left out of an array', 'Uint8Array(130) [\n  129, 254, 0, 128,\n  ... 126 more items\n]\n'],
    ['an array that says that it is longer', 'unsigned char x[] = {0x81, 0x01, 0x61};\nunsigned int x_len = 4;\n'],
    ['a typed array that says that it is longer', 'Uint8Array(4) [ 129, 1, 97 ]\n'],
    ['an escape that is cut', String.raw`"\x81\x8"` + '\n'],
    ['a character above 0x7f', '"\\x81\\x87\u00e1"\n'],
    ['a string that does not end', String.raw`"\x81\x87` + '\n'],
    ['text after a string', String.raw`"\x81\x87" % x` + '\n'],
    ['a row with a digit that is none', '0000   81 87 e1 a4 c6 1d 8c c5 f4 6e 80 cf a7 81 05 61\n0010   6g 62\n'],
    ['a line that is broken', '00000000: 8187 e1a4 c61d\n8cc5 f46e 80cf a7\n'],
    ['tcpdump without -x', '10:32:31.090191 IP 10.0.0.1.5000 > 10.0.0.2.8008: Flags [P.], length 13\n'],
    ['words of prose', 'password\n'],
    ['base64 of something else', 'aGVsbG8gd29ybGQ=\n'],
    ['a JSON text', '{"blog":{"entries":[{"a":1}]}}\n'],
  ])('is refused in one line that says what is wrong: %s', (_, text) => {
    const { error, packets } = readText(text);
    expect(packets).toEqual([]);
    expect(error?.message).toMatch(/^[^\n]+$/);
    expect(['bad-hex', 'not-a-capture']).toContain(error?.code);
  });

  it('holds packets where a header adds up, from the link layer or from IP on', async () => {
    const packet = ipPacket(ARTICLE);
    const ethernet = Buffer.concat([Buffer.from('0200000000010200000000020800', 'hex'), packet]);
    for (const bytes of [packet, ethernet]) {
      for (const form of ['hex dump of Wireshark', 'C array of Wireshark', 'base64', 'tcpdump'] as const) {
        const { stdout } = await run(['--json'], { stdin: [dumpForms[form](bytes)] });
        expect(JSON.parse(stdout)).toMatchObject({ text: 'ma2saka', client: '10.0.0.1:5000' });
      }
      const { stdout } = await run(['--json'], { stdin: [`${bytes.toString('hex')}\n`] });
      expect(JSON.parse(stdout)).toMatchObject({ text: 'ma2saka', client: '10.0.0.1:5000' });
    }
    const wrong = Buffer.from(packet);
    wrong[11]! ^= 1;
    expect((await run(['--json'], { stdin: [dumpForms['hex dump of Wireshark'](wrong)] })).stdout).not.toContain(
      'ma2saka',
    );
  });

  it('of several packets gives each, and of tshark none of what it made of them', () => {
    const text = dumpForms['tshark -x'](ipPacket(ARTICLE)) + dumpForms['tshark -x'](ipPacket(ARTICLE));
    expect(readText(text).packets.map(({ at }) => at.packet)).toEqual([1, 2]);
    const parts = `Frame (53 bytes):\n\n${dumpForms['tshark -x'](ipPacket(ARTICLE))}Unmasked data (7 bytes):\n\n${dumpForms['tshark -x'](Buffer.from('ma2saka'))}`;
    expect(bytesOf(readText(parts))).toEqual(ipPacket(ARTICLE));
  });

  it('of a capture file is that capture', async () => {
    const pcap = writePcap([{ seconds: 1, nanoseconds: 0, bytes: ipPacket(ARTICLE) }], { linkType: 101 });
    for (const form of ['xxd', 'hexdump -C', 'base64', 'array of C'] as const) {
      const { stdout } = await run(['--json'], { stdin: [dumpForms[form](pcap)] });
      expect(JSON.parse(stdout)).toMatchObject({ text: 'ma2saka', time: '1970-01-01T00:00:01.000000Z' });
    }
  });

  it('knows how long a packet was that tcpdump cut', () => {
    const { packets } = readText(dumpForms.tcpdump(ipPacket(ARTICLE).subarray(0, 48)));
    expect(packets.map(({ bytes, originalLength }) => [bytes.length, originalLength])).toEqual([[48, 53]]);
  });
});

describe('bytes that are frames and nothing else', () => {
  it('are read where they are frames by proof, of both directions', async () => {
    const answer = encodeFrame({ payload: Buffer.from('hello'), opcode: 1 });
    const { stdout, stderr } = await run(['--json'], { stdin: [Buffer.concat([ARTICLE, answer, ARTICLE])] });
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { direction: string; text: string });
    expect(records.map(({ direction, text }) => [direction, text])).toEqual([
      ['client-to-server', 'ma2saka'],
      ['server-to-client', 'hello'],
      ['client-to-server', 'ma2saka'],
    ]);
    expect(stderr).toContain('read as: frames in binary');
  });

  it('are not taken for frames without proof, unless they are said to be', async () => {
    const ping = Buffer.from('8980e1a4c61d', 'hex');
    expect((await run(['--json'], { stdin: [ping] })).code).toBe(2);
    const { code, stdout } = await run(['--json', '--input', 'raw'], { stdin: [ping] });
    expect([code, (JSON.parse(stdout) as { opcode: number }).opcode]).toEqual([0, 9]);
    expect((await run(['explain', '--input', 'raw'], { stdin: [ping] })).stdout).toContain('ping');
  });

  it('are read alike however they come', () => {
    const bytes = Buffer.concat(
      Array.from({ length: 300 }, (_, n) =>
        encodeFrame({ payload: Buffer.from(`text ${n}`), opcode: 1, maskingKey: n * 77777 }),
      ),
    );
    expect(bytesOf(read(Input, bytewise(bytes)))).toEqual(bytes);
    expect(bytesOf(readText(bytes))).toEqual(bytes);
  });

  it('are none where they are random', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        (bytes) => weighFrames(Buffer.from(bytes), true) !== 'proven',
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a text without end', () => {
  it.each([
    ['a line of hex', '81'],
    ['a string', String.raw`"\x81`],
    ['an array', '[129, '],
    ['a row', '00000000: 8187 '],
    ['base64', 'gYfhpMYd'],
    ['a decimal', '129, '],
  ])('is refused when the limit is passed: %s', (_, start) => {
    const chunks = [
      Buffer.from(start.padEnd(4200, start)),
      ...Array.from({ length: 40 }, () => Buffer.from(start.repeat(500))),
    ];
    const { error, packets } = read(Input, chunks, { hexLine: 10_000 });
    expect(packets).toEqual([]);
    expect(error?.code).toBe('bad-hex');
    expect(error?.message).toContain('more than the 10000 characters');
  });
});
