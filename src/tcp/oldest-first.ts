interface Link<K, V> {
  readonly key: K;
  readonly value: V;
  before: Link<K, V> | undefined;
  after: Link<K, V> | undefined;
}

/**
 * A map that always knows its oldest entry.
 *
 * A `Map` keeps the order too, but what was deleted before its first entry is skipped again by each iterator: taking out
 * the oldest of 10,000 entries with each packet costs 10 µs that way.
 */
export class OldestFirst<K, V> {
  readonly #links = new Map<K, Link<K, V>>();
  #oldest: Link<K, V> | undefined = undefined;
  #newest: Link<K, V> | undefined = undefined;

  /** Entries in the map. */
  get size(): number {
    return this.#links.size;
  }

  has(key: K): boolean {
    return this.#links.has(key);
  }

  /** The entry that was set before all others. */
  get oldest(): { readonly key: K; readonly value: V } | undefined {
    return this.#oldest;
  }

  /** Sets an entry, which is the newest one then. */
  set(key: K, value: V): void {
    this.delete(key);
    const link = { key, value, before: this.#newest, after: undefined };
    if (this.#newest === undefined) this.#oldest = link;
    else this.#newest.after = link;
    this.#newest = link;
    this.#links.set(key, link);
  }

  /** @returns whether it was there */
  delete(key: K): boolean {
    const link = this.#links.get(key);
    if (link === undefined) return false;
    this.#links.delete(key);
    if (link.before === undefined) this.#oldest = link.after;
    else link.before.after = link.after;
    if (link.after === undefined) this.#newest = link.before;
    else link.after.before = link.before;
    return true;
  }

  /** All keys, in no promised order. */
  keys(): Iterable<K> {
    return this.#links.keys();
  }
}
