import type { Consumer } from '../../consumer.js';
import type { Wants } from '../../conversation.js';
import type { ConnectionRef, DissectEvent } from '../../events.js';
import type { EventFilter } from '../../filter/event-filter.js';
import type { FilteredType } from '../../filter/filter-fields.js';
import type { DecodeChoice } from '../../subprotocol/meaning-reader.js';

/** Which events are passed on. */
export interface Filtering {
  readonly filter: EventFilter;
  /** The records that the filter is about. */
  readonly type: FilteredType;
  readonly isInverted: boolean;
  /** How messages are decoded where the filter asks what they mean. */
  readonly decode: DecodeChoice;
}

/** Passes on what a filter chooses, and of connections that it leaves out nothing. */
export class FilteredConsumer implements Consumer {
  readonly wants: Wants;
  readonly #consumer: Consumer;
  readonly #filtering: Filtering;

  constructor(consumer: Consumer, filtering: Filtering) {
    const { filter, decode } = filtering;
    this.wants = filter.needs('decoded') ? { ...consumer.wants, decode } : consumer.wants;
    this.#consumer = consumer;
    this.#filtering = filtering;
  }

  get isDone(): boolean {
    return this.#consumer.isDone === true;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    this.#filtering.filter.learn(event);
    return this.#isPassed(event) ? this.#consumer.event(event) : undefined;
  }

  pause(): Promise<void> | undefined {
    return this.#consumer.pause?.();
  }

  end(): Promise<void> | undefined {
    return this.#consumer.end();
  }

  #isPassed(event: DissectEvent): boolean {
    const { filter, type, isInverted } = this.#filtering;
    switch (event.type) {
      case 'finding':
      case 'open':
      case 'learned':
      case 'gap':
        return true;
      case type:
        return filter.has(event) !== isInverted;
      default:
        // Calls are found in messages, and a HAR entry is a connection.
        return type === 'call' || this.#hasConnection(event.connection);
    }
  }

  #hasConnection(connection: ConnectionRef): boolean {
    const { filter, isInverted } = this.#filtering;
    return isInverted || filter.hasConnection(connection);
  }
}
