import { describe, expect, it } from 'vitest';
import { finding } from '../../src/common/finding.js';
import { HeldBytes } from '../../src/common/held-bytes.js';
import { HeldInput, ITEM_COST } from '../../src/common/held-input.js';
import { NO_TIME, type PacketTime } from '../../src/common/packet-time.js';
import type { ConnectionSink } from '../../src/common/sink.js';

const packet = (number: number): PacketTime => ({ ...NO_TIME, packet: number });

/** A sink that writes down what it gets. */
function recorder(): { sink: ConnectionSink; calls: string[] } {
  const calls: string[] = [];
  const sink: ConnectionSink = {
    bytes: (side, chunk) => calls.push(`${side} ${chunk.toString()}`),
    gap: (side, length) => calls.push(`${side} gap ${length ?? '?'}`),
    end: (side, how) => calls.push(`${side} end ${how}`),
    finding: (side, found) => calls.push(`${side} ${found.code}`),
  };
  return { sink, calls };
}

describe('HeldInput', () => {
  it('gives back what it took, in order, and counts nothing afterwards', () => {
    const total = new HeldBytes(10_000);
    const held = new HeldInput(total, 10_000);
    const chunk = Buffer.from('abc');
    held.bytes(0, chunk, packet(1));
    chunk.fill(0);
    held.gap(1, 5, packet(2));
    held.finding(1, finding('tcp.gap', 'five', { packet: 2 }));
    held.end(0, 'fin', packet(3));
    expect(total.total).toBe(4 * ITEM_COST + 3 + 4);
    const { sink, calls } = recorder();
    held.replay(sink);
    expect(calls).toEqual(['0 abc', '1 gap 5', '1 tcp.gap', '0 end fin']);
    expect([held.length, held.cost, total.total]).toEqual([0, 0, 0]);
  });

  it('makes one gap of those that follow one another on a side, unknown where one of them is', () => {
    const held = new HeldInput(new HeldBytes(10_000), 10_000);
    for (let i = 0; i < 1_000_000; i++) held.gap(0, 2, packet(i));
    expect([held.length, held.cost]).toEqual([1, ITEM_COST]);
    held.gap(1, 3, packet(7));
    held.gap(1, undefined, packet(8));
    const { sink, calls } = recorder();
    held.replay(sink);
    expect(calls).toEqual(['0 gap 2000000', '1 gap ?']);
  });

  it('refuses what would pass its own limit or that of all', () => {
    const total = new HeldBytes(1000);
    const held = new HeldInput(total, 200);
    expect(held.bytes(0, Buffer.alloc(136), packet(1))).toBe(true);
    expect(held.bytes(0, Buffer.alloc(1), packet(2))).toBe(false);
    expect(held.gap(0, 1, packet(2))).toBe(false);
    held.end(0, 'capture', packet(3));
    total.add(700);
    expect(new HeldInput(total, 200).bytes(0, Buffer.alloc(100), packet(1))).toBe(false);
    held.clear();
    expect(total.total).toBe(700);
  });

  it('takes items out one by one without keeping what went through it', () => {
    const total = new HeldBytes(1_000_000);
    const held = new HeldInput(total, 1_000_000);
    for (let i = 0; i < 1000; i++) {
      held.bytes(0, Buffer.from(String(i)), packet(i));
      if (i < 3) continue;
      const item = held.shift();
      expect(item?.kind === 'bytes' ? item.bytes.toString() : undefined).toBe(String(i - 3));
    }
    expect([held.length, held.first?.kind, held.at(2)?.kind, held.at(3)]).toEqual([3, 'bytes', 'bytes', undefined]);
  });
});
