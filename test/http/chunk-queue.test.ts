import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_MOMENT, type Moment } from '../../src/common/moment.js';
import { ChunkQueue } from '../../src/http/chunk-queue.js';

function at(packet: number): Moment {
  return { ...NO_MOMENT, packet };
}

describe('ChunkQueue', () => {
  test('reads chunks as one run up to the first gap, and gives them back as they came', () => {
    const queue = new ChunkQueue();
    queue.push(Buffer.from('ab'), at(1));
    queue.push(Buffer.from('cd'), at(2));
    queue.pushGap(5, at(3));
    queue.push(Buffer.from('e'), at(4));
    expect(queue.length).toBe(5);
    expect(queue.peek().toString()).toBe('abcd');
    expect(queue.takeGap()).toBeUndefined();
    expect(queue.skip(3)).toEqual(at(2));
    expect(queue.peekChunk()).toEqual({ bytes: Buffer.from('d'), at: at(2) });
    expect(queue.skip(1)).toEqual(at(2));
    expect(queue.peekChunk()).toBeUndefined();
    expect(queue.hasGap).toBe(true);
    expect(queue.takeGap()).toEqual({ length: 5, at: at(3) });
    expect(queue.peek().toString()).toBe('e');
    expect(queue.hasGap).toBe(false);
    queue.clear();
    expect(queue.isEmpty).toBe(true);
  });

  test('joins gaps behind one another, and does not know the length of the whole where it does not know one', () => {
    const queue = new ChunkQueue();
    queue.pushGap(5, at(1));
    queue.pushGap(7, at(2));
    queue.push(Buffer.from('a'), at(3));
    queue.pushGap(1, at(4));
    queue.pushGap(undefined, at(5));
    expect(queue.takeGap()).toEqual({ length: 12, at: at(2) });
    expect(queue.takeGap()).toBeUndefined();
    queue.skip(1);
    expect(queue.takeGap()).toEqual({ length: undefined, at: at(5) });
    expect(queue.isEmpty).toBe(true);
  });

  test('gives what was pushed in any order of pushing and taking', () => {
    const action = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom('gap', 'skip', 'chunk'));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 600 }), (actions) => {
        const queue = new ChunkQueue();
        let pushed = '';
        let taken = '';
        const take = (length: number) => {
          taken += queue.peek().toString('latin1', 0, length);
          queue.skip(length);
        };
        let packet = 0;
        for (const what of actions) {
          packet++;
          if (typeof what === 'number') {
            const text = String.fromCharCode(97 + (packet % 26)).repeat(what);
            queue.push(Buffer.from(text), at(packet));
            pushed += text;
          } else if (what === 'gap') {
            queue.pushGap(1, at(packet));
            pushed += '-';
          } else if (what === 'skip' && queue.peek().length > 0) take(1);
          else if (queue.peekChunk() !== undefined) take(queue.peekChunk()!.bytes.length);
          else taken += '-'.repeat(queue.takeGap()?.length ?? 0);
        }
        while (!queue.isEmpty) {
          const gap = queue.takeGap();
          if (gap === undefined) take(queue.peekChunk()!.bytes.length);
          else taken += '-'.repeat(gap.length!);
        }
        expect(taken).toBe(pushed);
        expect(queue.length).toBe(0);
      }),
    );
  });
});
