import { expect, it } from 'vitest';
import { FilteredConsumer } from '../../src/cli/commands/reading/filtered-consumer.js';
import type { ConnectionRef, DissectEvent } from '../../src/events.js';
import type { EventFilter } from '../../src/filter/event-filter.js';

const connection: ConnectionRef = { stream: 0, client: '10.0.0.1:4000', server: '10.0.0.2:80' };

/** Chooses a connection once its handshake is learned. */
class LateFilter {
  #isLearned = false;

  learn({ type }: DissectEvent): void {
    this.#isLearned ||= type === 'learned';
  }

  hasConnection(): boolean {
    return this.#isLearned;
  }

  needs(): boolean {
    return false;
  }
}

function late(event: (event: DissectEvent) => Promise<void> | undefined): FilteredConsumer {
  const wants = { frames: false, messages: true, connections: true };
  return new FilteredConsumer(
    { wants, event, end: () => undefined },
    { filter: new LateFilter() as unknown as EventFilter, type: undefined, isInverted: false, decode: 'off' },
  );
}

const events = ['open', 'learned', 'gap'].map((type) => ({ type, connection }) as unknown as DissectEvent);

it('a connection that is chosen late is told at once, in whichever thread: nothing that comes after it is told before', () => {
  const given: string[] = [];
  const consumer = late(({ type }) => void given.push(type));
  for (const event of events) expect(consumer.event(event)).toBeUndefined();
  expect(given).toEqual(['open', 'learned', 'gap']);
});

it('where there is something to wait for, the second event waits for the first', async () => {
  const given: string[] = [];
  const consumer = late(async ({ type }) => {
    await Promise.resolve();
    given.push(type);
  });
  for (const event of events) await consumer.event(event);
  expect(given).toEqual(['open', 'learned', 'gap']);
});
