import { expect, it } from 'vitest';
import { FilteredConsumer } from '../../src/cli/commands/reading/filtered-consumer.js';
import type { Consumer } from '../../src/consumer.js';
import type { DissectEvent, LearnedEvent, OpenEvent } from '../../src/events.js';
import { EventFilter } from '../../src/filter/event-filter.js';
import { AT, connection, CONNECTION, message } from '../output/events.js';

const { handshake } = connection();
const early = { ...handshake };
delete early.url;

/**
 * A connection whose URL comes to light later is passed on with the event that tells it. A thread that shares connections has left
 * the step by the time that anything that waits goes on, so what came of the second event stood in another place.
 */
it('a connection that is chosen late is passed on before the event is over', () => {
  const taken: string[] = [];
  const consumer: Consumer = {
    wants: { frames: false, messages: true, connections: true },
    event: ({ type }) => {
      taken.push(type);
      return undefined;
    },
    end: () => undefined,
  };
  const filter = new EventFilter({ url: 'localhost' }, 'message');
  const filtered = new FilteredConsumer(consumer, { filter, type: 'message', isInverted: false, decode: 'off' });
  const open: OpenEvent = {
    ...{ type: 'open', packet: 1, number: 0, connection: CONNECTION, at: AT },
    handshake: early,
  };
  const learned: LearnedEvent = { type: 'learned', packet: 2, number: 0, connection: CONNECTION, handshake };
  const events: DissectEvent[] = [open, learned, message()];
  const passed = events.map((event) => {
    void filtered.event(event);
    return taken.length;
  });
  expect(passed).toEqual([0, 2, 3]);
  expect(taken).toEqual(['open', 'learned', 'message']);
});
