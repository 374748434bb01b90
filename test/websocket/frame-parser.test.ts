import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import { Conformance } from '../../src/websocket/conformance.js';
import { extensionBits } from '../../src/websocket/extension-bits.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import type { Frame } from '../../src/websocket/frame.js';
import { FrameParser, type PayloadWish } from '../../src/websocket/frame-parser.js';
import { moment } from '../support/segments.js';

class Reader {
  readonly frames: Frame[] = [];
  readonly cut: number[] = [];
  readonly parser: FrameParser;
  #packet = 0;

  constructor(options: { limits?: Partial<Limits>; wish?: PayloadWish } = {}) {
    const rules = { fromClient: true, deflate: undefined, extensions: extensionBits(undefined) };
    this.parser = new FrameParser(
      { ...DEFAULT_LIMITS, ...options.limits },
      new Conformance(rules, true),
      options.wish ?? 'all',
      { frame: (frame) => this.frames.push(frame), cutHeader: (bytes) => this.cut.push(bytes) },
    );
  }

  push(bytes: Buffer | string): this {
    const chunk = typeof bytes === 'string' ? Buffer.from(bytes.replaceAll(' ', ''), 'hex') : bytes;
    this.parser.push(chunk, moment(++this.#packet));
    return this;
  }

  gap(length: number | undefined): this {
    this.parser.gap(length, moment(++this.#packet));
    return this;
  }

  end(): this {
    this.parser.end(moment(this.#packet));
    return this;
  }

  get texts(): (string | undefined)[] {
    return this.frames.map((frame) => frame.payload?.toString('latin1'));
  }
}

const ARTICLE = '8187e1a4c61d8cc5f46e80cfa7';

describe('in step', () => {
  it('reads a frame that stands in one chunk', () => {
    const [frame] = new Reader().push(ARTICLE).frames;
    expect(frame).toMatchObject({ status: 'ok', missing: 0, gaps: [], offset: 0, messageOpcode: 1, at: { packet: 1 } });
    expect(frame?.payload?.toString()).toBe('ma2saka');
  });

  it('reads several frames in one chunk, empty ones too', () => {
    const reader = new Reader().push(`818000000000 ${ARTICLE} 898000000000`);
    expect(reader.texts).toEqual(['', 'ma2saka', '']);
    expect(reader.frames.map((frame) => frame.offset)).toEqual([0, 6, 19]);
  });

  it('reads a frame cut at any byte, and takes its packet from the last one', () => {
    const bytes = Buffer.from(ARTICLE, 'hex');
    for (let cut = 1; cut < bytes.length; cut++) {
      const reader = new Reader().push(bytes.subarray(0, cut)).push(bytes.subarray(cut));
      expect(reader.texts).toEqual(['ma2saka']);
      expect(reader.frames[0]).toMatchObject({ status: 'ok', offset: 0, at: { packet: 2 } });
    }
  });

  it('passes an empty frame on at the last byte of its header', () => {
    const reader = new Reader().push('8180').push('000000').push('00');
    expect(reader.frames).toMatchObject([{ payloadLength: 0, status: 'ok', at: { packet: 3 } }]);
  });

  it('names the later packet where a held segment is passed on behind it', () => {
    const bytes = Buffer.from(ARTICLE, 'hex');
    const reader = new Reader();
    reader.parser.push(bytes.subarray(0, 5), moment(9));
    reader.parser.push(bytes.subarray(5), moment(7));
    expect(reader.frames[0]?.at.packet).toBe(9);
  });

  it('does not unmask into the captured bytes', () => {
    const bytes = Buffer.from(ARTICLE, 'hex');
    new Reader().push(bytes);
    expect(bytes.toString('hex')).toBe(ARTICLE);
  });

  it('gives the same frames for any chunking', () => {
    const shape = fc.record({
      opcode: fc.constantFrom(0, 1, 2, 8, 9, 10, 3),
      fin: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 400, size: 'max' }),
      maskingKey: fc.option(fc.nat(0xffffffff), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 300 })), (shapes, cuts) => {
        const sent = shapes.map(({ maskingKey, ...rest }) =>
          encodeFrame(maskingKey === undefined ? rest : { ...rest, maskingKey }),
        );
        const bytes = Buffer.concat(sent);
        const reader = new Reader();
        let offset = 0;
        for (const cut of cuts) {
          reader.push(bytes.subarray(offset, offset + cut));
          offset += cut;
        }
        reader.push(bytes.subarray(offset)).end();
        expect(reader.texts).toEqual(shapes.map(({ payload }) => Buffer.from(payload).toString('latin1')));
        expect(reader.frames.map(({ status }) => status)).toEqual(shapes.map(() => 'ok'));
        expect(reader.cut).toEqual([]);
      }),
    );
  });
});

describe('missing bytes', () => {
  it('stays in step through a gap inside a payload, and says where it is', () => {
    const reader = new Reader().push('820a 6162').gap(3).push('66').gap(2).push('696a').push('810178');
    expect(reader.frames).toMatchObject([
      {
        status: 'gap',
        missing: 5,
        gaps: [
          { offset: 2, length: 3 },
          { offset: 6, length: 2 },
        ],
      },
      { status: 'ok' },
    ]);
    expect(reader.texts).toEqual(['abfij', 'x']);
  });

  it('unmasks behind a gap with the right bytes of the key', () => {
    const bytes = encodeFrame({ payload: 'abcdefghij', maskingKey: 0x01020304 });
    const reader = new Reader().push(bytes.subarray(0, 8)).gap(3).push(bytes.subarray(11));
    expect(reader.texts).toEqual(['abfghij']);
  });

  it('joins gaps that touch', () => {
    const reader = new Reader().push('8205 61').gap(1).gap(2).push('65');
    expect(reader.frames).toMatchObject([{ missing: 3, gaps: [{ offset: 1, length: 3 }] }]);
  });

  it('is in step behind a gap that ends with the frame', () => {
    const reader = new Reader().push('8205 61').gap(4).push('810178');
    expect(reader.frames).toMatchObject([{ status: 'gap', missing: 4 }, { status: 'ok' }]);
  });

  it('falls out of step where a gap goes on beyond the frame', () => {
    const reader = new Reader().push('8205 61').gap(5);
    expect(reader.frames).toMatchObject([{ status: 'gap', missing: 4 }]);
    expect(reader.parser.inStep).toBe(false);
  });

  it('falls out of step in a gap between frames or of unknown size', () => {
    expect(new Reader().push(ARTICLE).gap(1).parser.inStep).toBe(false);
    const reader = new Reader().push('8205 61').gap(undefined);
    expect(reader.parser.inStep).toBe(false);
    expect(reader.frames).toMatchObject([{ status: 'gap', missing: 4 }]);
  });

  it('reports a header that a gap cut, and shows no frame for it', () => {
    const reader = new Reader().push('81fe').gap(10);
    expect(reader.cut).toEqual([2]);
    expect(reader.frames).toEqual([]);
  });

  it('passes a frame on as truncated where nothing more comes', () => {
    const reader = new Reader().push('8205 6162').end();
    expect(reader.frames).toMatchObject([{ status: 'truncated', missing: 3, gaps: [{ offset: 2, length: 3 }] }]);
    expect(reader.texts).toEqual(['ab']);
  });

  it('reports a header that the end cut', () => {
    expect(new Reader().push('81').end().cut).toEqual([1]);
  });

  it('keeps a length above 2^53 whole, and counts what is missing of it', () => {
    const reader = new Reader().push('827f ffffffffffffffff 6162').end();
    expect(reader.frames).toMatchObject([
      {
        payloadLength: 2n ** 64n - 1n,
        status: 'truncated',
        findings: [{}, { code: 'ws.length-top-bit' }, {}, { code: 'limit.message' }],
      },
    ]);
    expect(reader.frames[0]?.missing).toBeTypeOf('bigint');
  });
});

describe('what is kept', () => {
  it('keeps a payload as long as the limit and no longer one', () => {
    const limits = { message: 4 };
    const reader = new Reader({ limits }).push('8204 61626364').push('8205 6162636465').push('810178');
    expect(reader.texts).toEqual(['abcd', undefined, 'x']);
    expect(reader.frames[1]).toMatchObject({ status: 'ok', missing: 0, findings: [{}, { code: 'limit.message' }] });
  });

  it('does not set memory aside for a length that is only announced', () => {
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 20 }, () => new Reader().push('827f0000000003000000 61'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024);
    expect(readers.flatMap(({ frames }) => frames)).toEqual([]);
  });

  it('unmasks late, where that is wanted, what it unmasks at once otherwise', () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((payload) => Buffer.from(payload));
    const frame = fc.record({ payload: bytes, opcode: fc.constantFrom(0, 1, 2, 9), maskingKey: fc.nat(2 ** 32 - 1) });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), fc.nat(500), (sent, cut) => {
        const all = Buffer.concat(sent.map((shape) => encodeFrame(shape)));
        const read = (wish: PayloadWish): unknown[] =>
          new Reader({ wish })
            .push(all.subarray(0, cut))
            .push(all.subarray(cut))
            .end()
            .frames.map((frame) => {
              const { opcode, offset, status, missing, findings, messageOpcode, payload } = frame;
              const { fin, mask, maskingKey, payloadLength, headerLength, gaps, compressed, coded } = frame;
              return [
                { opcode, offset, status, missing, findings, messageOpcode, payload: payload?.toString('hex') },
                { fin, mask, maskingKey, payloadLength, headerLength, gaps, compressed, coded },
              ];
            });
        expect(read('late')).toEqual(read('all'));
      }),
    );
  });

  it('leaves payloads alone that nobody asked for, save those of close frames and compressed ones', () => {
    const reader = new Reader({ wish: 'compressed' }).push('810178').push('c10178').push('800179').push('880203e8');
    expect(reader.texts).toEqual([undefined, 'x', undefined, '\x03\xe8']);
  });
});
