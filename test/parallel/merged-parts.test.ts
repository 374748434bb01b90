import { describe, expect, it } from 'vitest';
import { MergedParts, OneThreadNeeded } from '../../src/parallel/merged-parts.js';
import type { Epoch, EpochPart, PartUse } from '../../src/parallel/protocol.js';
import type { WrittenEpoch } from '../../src/parallel/shared-connections.js';
import { finding } from '../../src/common/finding.js';
import type { DissectEvent } from '../../src/events.js';
import { TRIALS } from '../../src/tls/trial-budget.js';

const LIMIT = 1000;

function epoch(number: number, threads: readonly boolean[], more: Partial<WrittenEpoch> = {}): WrittenEpoch {
  const memory = new SharedArrayBuffer(0);
  const steps: Epoch = { number, slab: memory, used: 0, rows: memory, count: 1, objects: [] };
  return {
    number,
    epochs: threads.map((has) => (has ? steps : undefined)),
    events: [],
    peak: 0,
    decisions: 0,
    ...more,
  };
}

function part(
  number: number,
  text: string,
  order: readonly number[],
  use: Partial<PartUse> = {},
  more: Partial<EpochPart> = {},
): EpochPart {
  return {
    epoch: number,
    isDone: true,
    bytes: Buffer.from(text),
    order,
    objects: [],
    connections: [],
    news: [],
    use: { peak: 0, held: 0, trials: 0, sessions: 0, missedSessions: 0, fractions: [], ...use },
    seen: { opened: 0, frames: 0, messages: 0, http2Connections: 0, isLossy: false },
    ...more,
  };
}

function merge(threads: number): { merged: MergedParts; printed: string[]; doubts: (string | undefined)[] } {
  const printed: string[] = [];
  const doubts: (string | undefined)[] = [];
  const merged = new MergedParts(threads, LIMIT, {
    bytes: (bytes) => void printed.push(Buffer.from(bytes).toString()),
    event: (event) => void printed.push(event.type === 'finding' ? `(${event.finding.message})` : event.type),
    piece: (piece) => void printed.push(`{${String(piece)}}`),
    start: (_, index) => void printed.push(`#${index}`),
    seen: () => undefined,
    taken: () => undefined,
    help: () => false,
    news: () => doubts.shift(),
    over: (over) => void printed.push(`|${over.number}`),
  });
  return { merged, printed, doubts };
}

function note(message: string): DissectEvent {
  return { type: 'finding', packet: 1, number: 0, finding: finding('tcp.gap', message) };
}

describe('the parts of several threads', () => {
  it('pass in the order of the steps, those of one thread that follow each other at once', async () => {
    const { merged, printed } = merge(2);
    merged.add(epoch(0, [true, true]));
    merged.part(1, part(0, 'bbe', [2, 2, 5, 3]));
    await merged.drain(1);
    expect(printed).toEqual([]);
    merged.part(0, part(0, 'aacd', [0, 1, 1, 2, 3, 3, 4, 4]));
    await merged.drain(0);
    expect(printed).toEqual(['aa', 'bb', 'cd', 'e', '|0']);
  });

  it('pass in pieces, with events between them', async () => {
    const { merged, printed } = merge(2);
    const own = { step: 3, event: note('own'), late: undefined };
    merged.add(epoch(0, [true, false], { events: [own] }));
    merged.add(epoch(1, [true, true]));
    const objects = [{ event: note('of a thread') }, { piece: 'a piece' }];
    merged.part(0, part(0, 'ab', [0, 1, 2, -1, 2, -3, 2, 2], {}, { objects, isDone: false }));
    merged.part(0, part(0, 'c', [4, 1]));
    await merged.drain(1);
    expect(printed).toEqual(['a', '(of a thread)', '{a piece}', 'b', '(own)', 'c', '|0']);
    merged.part(1, part(1, 'xy', [8, -2, 8, 1, 10, -4, 11, -6, 11, 2]));
    merged.part(0, part(1, 'd', [9, 1]));
    await merged.drain(0);
    expect(printed.slice(7)).toEqual(['#0', 'x', 'd', '#1', '#2', 'y', '|1']);
  });

  const beyond: readonly (readonly [what: string, uses: readonly Partial<PartUse>[], peak: number])[] = [
    ['hold more than the limit', [{ peak: 500 }, { peak: 400 }], 101],
    ['take more than all of what is shared', [{ fractions: [0, 0.6] }, { fractions: [0.9, 0.4] }], 0],
    ['try more records than the limit', [{ trials: TRIALS }, { trials: 1 }], 0],
    ['may know sessions that another one misses', [{ sessions: 1 }, { missedSessions: 1 }], 0],
  ];

  it.each(beyond)('do not pass where the threads %s', async (_, [one, other], peak) => {
    const { merged, printed } = merge(2);
    merged.add(epoch(0, [true, true], { peak }));
    merged.part(0, part(0, 'a', [0, 1], one));
    merged.part(1, part(0, 'b', [1, 1], other));
    await expect(merged.drain(0)).rejects.toThrow(OneThreadNeeded);
    expect(printed).toEqual([]);
  });

  it('pass where all use no more than there is', async () => {
    const { merged, printed } = merge(2);
    merged.add(epoch(0, [true, true], { peak: 100 }));
    merged.part(0, part(0, 'a', [0, 1], { peak: 500, trials: TRIALS, held: 0 }));
    merged.part(1, part(0, 'b', [1, 1], { peak: 400, missedSessions: 1 }));
    // What was held before does not count in an epoch after that.
    merged.add(epoch(1, [false, true]));
    merged.part(1, part(1, 'c', [2, 1], { peak: 1000, sessions: 1, missedSessions: 1 }));
    await merged.drain(0);
    expect(printed).toEqual(['a', 'b', '|0', 'c', '|1']);
  });

  it('do not pass where one thread might have decided otherwise', async () => {
    const { merged, printed, doubts } = merge(1);
    doubts.push('a doubt');
    merged.add(epoch(0, [true]));
    merged.part(0, part(0, 'a', [0, 1]));
    await expect(merged.drain(0)).rejects.toThrow('a doubt');
    expect(printed).toEqual([]);
  });

  it('end with what ends a thread', async () => {
    const { merged } = merge(1);
    merged.add(epoch(0, [true]));
    const drained = merged.drain(0);
    merged.fail(new Error('it is broken'));
    await expect(drained).rejects.toThrow('it is broken');
  });
});
