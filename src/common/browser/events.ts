type Listener = (...values: unknown[]) => void;

/** Kept apart from the emitters: the parser of pcap files inherits from them in the old way, and runs no constructor. */
const listenersOf = new WeakMap<object, Map<string, readonly Listener[]>>();

/** What the parser of pcap files needs of Node's events. */
export class EventEmitter {
  on(name: string, listener: Listener): this {
    const listeners = listenersOf.get(this) ?? new Map<string, readonly Listener[]>();
    listeners.set(name, [...(listeners.get(name) ?? []), listener]);
    listenersOf.set(this, listeners);
    return this;
  }

  emit(name: string, ...values: unknown[]): boolean {
    const listeners = listenersOf.get(this)?.get(name) ?? [];
    for (const listener of listeners) listener.call(this, ...values);
    return listeners.length > 0;
  }
}
