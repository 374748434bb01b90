import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { consume, type Consumer } from '../../src/consumer.js';
import type { DissectEvent } from '../../src/events.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A batch of one event, and what tells whether it is still there. */
function batch(): [DissectEvent[], WeakRef<DissectEvent>] {
  const event = {
    type: 'finding',
    finding: { code: 'ws.bad-opcode' },
    packet: 1,
    number: 0,
  } as unknown as DissectEvent;
  return [[event], new WeakRef(event)];
}

test('a batch is not kept while the next one is made: two long messages do not stand side by side', async () => {
  const kept: boolean[] = [];
  const batches: AsyncIterable<DissectEvent[]> = {
    [Symbol.asyncIterator]: () => {
      let given = 0;
      let last: WeakRef<DissectEvent> | undefined;
      return {
        next: async () => {
          await setImmediate();
          await setImmediate();
          collect();
          if (last !== undefined) kept.push(last.deref() !== undefined);
          if (given++ === 3) return { done: true, value: undefined };
          const [value, event] = batch();
          last = event;
          return { done: false, value };
        },
      };
    },
  };
  let events = 0;
  const consumer = {
    wants: {},
    event: () => {
      events++;
    },
    end: () => undefined,
  } as unknown as Consumer;
  await consume(consumer, batches);
  expect(events).toBe(3);
  expect(kept).toEqual([false, false, false]);
});
