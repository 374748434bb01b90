import type { Consumer } from '../../../consumer.js';
import type { PacketWitness } from '../../../dissection/capture-witness.js';
import type { ConnectionRef, DissectEvent, OpenEvent, Wants } from '../../../events.js';
import type { EventFilter } from '../../../filter/event-filter.js';
import type { FilteredType } from '../../../filter/filter-fields.js';
import type { DecodeChoice } from '../../../subprotocol/meaning-reader.js';

/** Which events are passed on. */
export interface Filtering {
  readonly filter: EventFilter;
  /** The records that the filter is about; `undefined` where it is to choose connections only. */
  readonly type: FilteredType | undefined;
  readonly isInverted: boolean;
  /** It chooses whole connections: inverted, those that it leaves out, and nothing of the others. */
  readonly isOfConnections?: boolean;
  /** How messages are decoded where the filter asks what they mean. */
  readonly decode: DecodeChoice;
}

/** Passes on what a filter chooses, and of connections that it leaves out nothing. */
export class FilteredConsumer implements Consumer {
  readonly wants: Wants;
  readonly #consumer: Consumer;
  readonly #filtering: Filtering;
  /** Connections that are not chosen as far as is known: what is told of them first, should they be later. */
  readonly #unchosen = new WeakMap<ConnectionRef, OpenEvent>();

  constructor(consumer: Consumer, filtering: Filtering) {
    const { filter, decode } = filtering;
    this.wants = filter.needs('decoded') ? { ...consumer.wants, decode } : consumer.wants;
    this.#consumer = consumer;
    this.#filtering = filtering;
  }

  get packets(): PacketWitness | undefined {
    return this.#consumer.packets;
  }

  get isDone(): boolean {
    return this.#consumer.isDone === true;
  }

  event(event: DissectEvent): Promise<void> | undefined {
    this.#filtering.filter.learn(event);
    if (event.type === 'open' && !this.#hasConnection(event.connection)) {
      this.#unchosen.set(event.connection, event);
      return undefined;
    }
    if (!this.#isPassed(event)) return undefined;
    const open = event.type === 'finding' ? undefined : this.#unchosen.get(event.connection);
    if (open === undefined) return this.#consumer.event(event);
    // More of the handshake has come to light, and it is chosen by that.
    this.#unchosen.delete(open.connection);
    const waiting = this.#consumer.event(open);
    // At once where there is nothing to wait for: in another thread the step is over then.
    return waiting === undefined ? this.#consumer.event(event) : waiting.then(() => this.#consumer.event(event));
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
        return true;
      case 'open':
      case 'learned':
      case 'gap':
        return this.#hasConnection(event.connection);
      case type:
        return filter.has(event) !== isInverted;
      default:
        // Calls are found in messages, and a HAR entry is a connection.
        return type === 'call' || this.#hasConnection(event.connection);
    }
  }

  #hasConnection(connection: ConnectionRef): boolean {
    const { filter, isInverted, isOfConnections = false } = this.#filtering;
    if (isOfConnections) return filter.hasConnection(connection) !== isInverted;
    return isInverted || filter.hasConnection(connection);
  }
}
