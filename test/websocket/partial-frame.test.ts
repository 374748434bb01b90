import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { encodeFrame } from '../../src/websocket/encode-frame.js';
import { decodeFrameHeader } from '../../src/websocket/frame-header.js';
import { PartialFrame } from '../../src/websocket/partial-frame.js';

const KEY = 0x37fa213d;

/** A frame of which the header was read, its payload on the wire, and where its bytes are counted. */
function begun(payload: Buffer, limit = Infinity, keep = true): { frame: PartialFrame; wire: Buffer; held: HeldBytes } {
  const bytes = encodeFrame({ opcode: 2, payload, maskingKey: KEY });
  const header = decodeFrameHeader(bytes, 0)!;
  const held = new HeldBytes(limit);
  return { frame: new PartialFrame(header, 0, [], keep, held, 100), wire: bytes.subarray(header.headerLength), held };
}

describe('a frame in several chunks', () => {
  it('is put together and unmasked, however it is cut and whatever is missing', () => {
    const runs = fc.array(fc.record({ length: fc.integer({ min: 1, max: 40 }), isMissing: fc.boolean() }));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), runs, (bytes, cuts) => {
        const payload = Buffer.from(bytes);
        const { frame, wire, held } = begun(payload);
        const seen: Buffer[] = [];
        let missing = 0;
        let at = 0;
        for (const { length, isMissing } of [...cuts, { length: payload.length, isMissing: false }]) {
          const end = Math.min(payload.length, at + length);
          if (isMissing) {
            frame.miss(end - at);
            missing += end - at;
          } else {
            expect(frame.push(wire.subarray(at, end), 0)).toBe(end - at);
            seen.push(payload.subarray(at, end));
          }
          at = end;
        }
        expect(frame.remaining).toBe(0);
        expect(frame.payload).toEqual(Buffer.concat(seen));
        expect((frame.gaps ?? []).reduce((sum, gap) => sum + gap.length, 0)).toBe(missing);
        frame.release();
        expect(held.total).toBe(0);
      }),
    );
  });

  it('takes no more than its own bytes of a chunk', () => {
    const { frame, wire } = begun(Buffer.from('abc'));
    expect(frame.push(Buffer.concat([wire, Buffer.from('next')]), 0)).toBe(3);
    expect(frame.payload?.toString()).toBe('abc');
  });

  it('joins gaps that touch', () => {
    const { frame } = begun(Buffer.alloc(10));
    frame.miss(2);
    frame.miss(3);
    expect(frame.gaps).toEqual([{ offset: 0, length: 5 }]);
  });

  it('counts what it holds, and holds nothing where nobody wants the payload', () => {
    const kept = begun(Buffer.alloc(100));
    kept.frame.push(kept.wire.subarray(0, 10), 0);
    expect(kept.held.total).toBe(100);
    const unwanted = begun(Buffer.alloc(100), Infinity, false);
    unwanted.frame.push(unwanted.wire, 0);
    expect(unwanted.held.total).toBe(0);
    expect(unwanted.frame.payload).toBeUndefined();
  });

  it('lets go of its payload where no more may be held, says so, and goes on counting', () => {
    const { frame, wire, held } = begun(Buffer.alloc(100_000), 80_000);
    frame.push(wire.subarray(0, 60_000), 0);
    expect(held.total).toBe(65_536);
    frame.push(wire.subarray(60_000), 0);
    expect(held.total).toBe(0);
    expect(frame.payload).toBeUndefined();
    expect(frame.remaining).toBe(0);
    expect(frame.findings.map(({ code }) => code)).toEqual(['limit.held-bytes']);
    frame.release();
    expect(held.total).toBe(0);
  });
});
