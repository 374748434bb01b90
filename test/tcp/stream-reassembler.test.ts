import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/common/limits.js';
import { ACK, FIN, SYN } from '../../src/ip/tcp-segment.js';
import { ReassemblyMemory } from '../../src/tcp/reassembly/reassembly-memory.js';
import { StreamReassembler } from '../../src/tcp/reassembly/stream-reassembler.js';
import { moment, segment, type SegmentShape } from '../support/segments.js';

/** A reassembler alone, with the bytes of side 0 as text: a dot for each that is missing, `|` for its end. */
class Alone {
  readonly held = new HeldBytes(1 << 20);
  readonly codes: string[] = [];
  text = '';
  readonly #reassembler: StreamReassembler;
  #packet = 0;

  constructor(limits: Partial<Limits> = {}) {
    this.#reassembler = new StreamReassembler(new ReassemblyMemory({ ...DEFAULT_LIMITS, ...limits }, this.held), {
      bytes: (side, chunk) => (this.text += side === 0 ? chunk.toString('latin1') : ''),
      gap: (side, length) => (this.text += side === 0 ? '.'.repeat(length ?? 0) : ''),
      end: (side) => (this.text += side === 0 ? '|' : ''),
      finding: (_side, { code }) => this.codes.push(code),
    });
  }

  send(shape: SegmentShape): this {
    this.#reassembler.segment(shape.from === 2 ? 1 : 0, segment(shape), moment(++this.#packet));
    return this;
  }

  end(): this {
    this.#reassembler.end('capture', moment(this.#packet));
    return this;
  }
}

const TEXT = Array.from({ length: 200 }, (_, i) => String.fromCharCode(33 + (i % 90))).join('');
const piece = fc.record({ start: fc.nat(TEXT.length - 1), length: fc.integer({ min: 1, max: 40 }) });

describe('a stream reassembler alone', () => {
  it('gives the same bytes and the end for any order, cutting and duplication, the SYN and the FIN anywhere among them', () => {
    const base = fc.integer();
    const order = fc.array(fc.nat(1000), { minLength: 42, maxLength: 42 });
    fc.assert(
      fc.property(base, fc.array(piece, { maxLength: 20 }), order, (isn, extra, keys) => {
        const whole = Array.from({ length: 20 }, (_, i) => ({ start: 10 * i, length: 10 }));
        const shapes: SegmentShape[] = [...whole, ...extra].map(({ start, length }) => ({
          sequence: isn + 1 + start,
          data: TEXT.slice(start, start + length),
        }));
        shapes.push({ sequence: isn + 1 + TEXT.length, flags: FIN | ACK });
        shapes.sort((a, b) => (keys[shapes.indexOf(a)] ?? 0) - (keys[shapes.indexOf(b)] ?? 0));
        const alone = new Alone().send({ sequence: isn, flags: SYN });
        for (const shape of shapes) alone.send(shape);
        alone.end();
        expect(alone.text).toBe(`${TEXT}|`);
        expect(alone.codes).toEqual([]);
        expect(alone.held.total).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('counts what waits, and nothing once it has ended', () => {
    const alone = new Alone().send({ sequence: 100, flags: SYN }).send({ sequence: 110, data: 'late' });
    expect(alone.held.total).toBeGreaterThan(4);
    expect(alone.end().held.total).toBe(0);
    expect(alone.text).toBe('.........late|');
  });

  it('tells all numbers that nothing contradicts as missing, and no others', () => {
    const shape = fc.record({
      sequence: fc.nat(60),
      data: fc.constantFrom('', 'ab', 'cde'),
      isAcknowledged: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 12 }), (shapes) => {
        const alone = new Alone().send({ sequence: 0, flags: SYN });
        let highest = 1;
        for (const { sequence, data, isAcknowledged } of shapes) {
          if (isAcknowledged) alone.send({ from: 2, acknowledgment: sequence + 1 });
          else alone.send({ sequence: sequence + 1, data });
          highest = Math.max(highest, sequence + 1 + (isAcknowledged ? 0 : data.length));
        }
        const { length } = alone.end().text.replace('|', '');
        // The last number may be that of a FIN.
        expect([highest - 1, highest - 2]).toContain(length);
      }),
    );
  });

  it('waits for a hole as long as its limits say, and gives it up then', () => {
    for (const [limits, seconds] of [
      [{ holeSeconds: 5 }, 5],
      [{ holeSeconds: 6 }, 6],
    ] as const) {
      let bytes = 0;
      const memory = new ReassemblyMemory({ ...DEFAULT_LIMITS, ...limits }, new HeldBytes(1 << 20));
      const reassembler = new StreamReassembler(memory, {
        bytes: () => {
          bytes++;
        },
        gap: () => undefined,
        end: () => undefined,
        finding: () => undefined,
      });
      reassembler.segment(0, segment({ sequence: 0, flags: SYN }), moment(1, 0));
      reassembler.segment(0, segment({ sequence: 5, data: 'x' }), moment(2, 0));
      const acknowledge = segment({ from: 2, acknowledgment: 6 });
      reassembler.segment(1, acknowledge, moment(3, seconds - 1));
      expect(bytes).toBe(0);
      reassembler.segment(1, acknowledge, moment(4, seconds));
      expect(bytes).toBe(1);
    }
  });
});
